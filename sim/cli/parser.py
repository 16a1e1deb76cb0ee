"""The parser of the whole command, put together from the groups of commands."""

from __future__ import annotations

import argparse
from importlib.metadata import version

from sim.cli import (
    claims,
    completion,
    explore,
    hindcast,
    look,
    results,
    runs,
    scenarios,
    sweeps,
)
from sim.cli.ending import EXIT_CODES

GROUPS = (runs, results, sweeps, claims, hindcast, explore, scenarios, look, completion)
"""Modules whose `add_commands` adds parsers, in the order of the help."""


def build_parser() -> argparse.ArgumentParser:
    """A parser that leaves in `command` the function to call with what it found."""
    parser = argparse.ArgumentParser(
        prog="exportshock",
        description="What export restrictions on rare earths do to prices, magnets and vehicles.\n"
        "FILE is the path of a scenario file or the name of a shipped scenario.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('exportshock')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add_commands(commands)
    return parser
