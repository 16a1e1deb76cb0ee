"""`completion`: what the shell proposes at the Tab key, and the names that it may propose."""

from __future__ import annotations

import argparse

from sim.cli.options import Commands, Given
from sim.cli.printing import print_lines

SHELLS = {
    "bash": 'eval "$(exportshock completion bash)"',
    "zsh": 'eval "$(exportshock completion zsh)"',
    "fish": "exportshock completion fish | source",
}
"""Shell -> the line for its start-up file."""


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    lines = "; ".join(f"in {shell}: {line}" for shell, line in SHELLS.items())
    parser = commands.add_parser(
        "completion",
        help="let the shell complete commands, scenarios and worlds",
        description=f"print the code; what to put into the shell's start-up file: {lines}",
    )
    parser.set_defaults(command=_completion)
    parser.add_argument("shell", choices=sorted(SHELLS))


def _completion(given: Given) -> None:
    from argcomplete import shellcode

    print_lines(shellcode(["exportshock"], shell=given.shell))
