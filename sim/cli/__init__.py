"""The command `exportshock`: it parses, calls and prints, and does nothing else.

Each group of commands is a module that adds its parsers and holds a function per command.
Everything heavy is imported by the function that needs it, so that help is there at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sim.cli.parser import build_parser
from sim.errors import UserError

FAULT, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 2 for a mistake of the user's, 130 for an interruption."""
    given = build_parser().parse_args(arguments)
    try:
        given.command(given)
        sys.stdout.flush()
    except UserError as error:
        print(error, file=sys.stderr)
        return FAULT
    except KeyboardInterrupt as kept:
        print(f"exportshock: interrupted, {str(kept) or 'nothing was written'}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
