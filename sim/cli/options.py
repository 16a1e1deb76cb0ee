"""Options that several commands share, and what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario import Scenario

Commands = argparse._SubParsersAction
Given = argparse.Namespace


def add_command(
    commands: Commands[argparse.ArgumentParser],
    name: str,
    function: Callable[[Given], None],
    help_text: str,
) -> argparse.ArgumentParser:
    """The parser of a command that prints, and so takes `--json`."""
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(command=function)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """What every command that runs a scenario takes."""
    parser.add_argument("--runs", metavar="N", help="number of paired runs")
    parser.add_argument("--seed", metavar="S", help="seed of all random draws")
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="put a TOML value over a key of the file; may be repeated",
    )
    add_workers(parser)


def add_workers(parser: argparse.ArgumentParser) -> None:
    """`--workers`, in one wording."""
    parser.add_argument(
        "--workers", metavar="N", type=at_least_one, help="processes (default: one a core)"
    )


def at_least_one(text: str) -> int:
    """A whole number from 1; argparse tells the user of a ValueError."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def load(file: str, given: Given) -> Scenario:
    """The scenario of a path or shipped name under the given options. Raises UserError."""
    from sim.scenario import find_scenario, load_scenario

    return load_scenario(find_scenario(file), overrides(given))


def overrides(given: Given) -> list[str]:
    """What `--set`, `--runs` and `--seed` put over the keys of a file, as KEY=VALUE."""
    numbers = {"ensemble.runs": given.runs, "ensemble.seed": given.seed}
    return [
        *given.overrides,
        *(f"{key}={value}" for key, value in numbers.items() if value is not None),
    ]
