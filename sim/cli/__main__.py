"""`python -m sim.cli`, where the command itself is not on the path."""

import sys

from sim.cli import main

sys.exit(main())
