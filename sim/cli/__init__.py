"""The command `exportshock`: it parses, calls and prints, and does nothing else.

Each group of commands is a module that adds its parsers and holds a function per command.
Everything heavy is imported by the function that needs it, so that help is there at once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from sim.cli.ending import FAULT, endings, interrupted
from sim.cli.parser import build_parser
from sim.cli.printing import any_encoding, finish_output, tell
from sim.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code, of which `exportshock --help` tells."""
    any_encoding()
    parser = build_parser()
    if "_ARGCOMPLETE" in os.environ:  # the shell asks what could come next
        from argcomplete import autocomplete

        autocomplete(parser)
    with endings() as ended:
        try:
            given = parser.parse_args(arguments)  # may leave by itself, with help or what is wrong
            given.command(given)
            finish_output()
        except UserError as error:
            return tell(str(error), FAULT)
        except MemoryError as error:
            return tell(f"exportshock: not enough memory; fewer --runs need less ({error})", FAULT)
        except OSError as error:  # what a command did not foresee, such as a folder taken away
            place = f"{error.filename}: " if error.filename else ""
            return tell(f"exportshock: {place}{error.strerror or error}", FAULT)
        except KeyboardInterrupt as kept:
            what = str(kept) or "nothing was written"
            return tell(f"exportshock: interrupted, {what}", interrupted(ended))
    return 0
