"""Arguments that several commands share, and what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario import Scenario

Commands = argparse._SubParsersAction
Given = argparse.Namespace
MOST_WORKERS = 1024
"""More processes than any one machine has cores for."""


def add_command(
    commands: Commands[argparse.ArgumentParser],
    name: str,
    function: Callable[[Given], None],
    help_text: str,
) -> argparse.ArgumentParser:
    """The parser of a command that prints, and so takes `--json` and `--quiet`."""
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(command=function)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="the answer alone: no progress, no notes"
    )
    return parser


def add_scenario(
    parser: argparse.ArgumentParser,
    name: str = "file",
    nargs: str | None = None,
    default: str | None = None,
    help_text: str = "path of a scenario file, or name of a shipped one",
) -> None:
    """An argument that shells complete with files and the names of shipped scenarios."""
    parser.add_argument(
        name, metavar="FILE", nargs=nargs, default=default, help=help_text
    ).completer = _scenarios  # type: ignore[attr-defined]


def add_world(parser: argparse.ArgumentParser) -> None:
    """An argument that shells complete with the names of worlds."""
    parser.add_argument(
        "name", metavar="NAME", help="a shipped world, or the path of a folder (with a /)"
    ).completer = _worlds  # type: ignore[attr-defined]


def _scenarios(prefix: str, **_: object) -> list[str]:
    from argcomplete.completers import FilesCompleter

    from sim.shipped import shipped_scenarios

    files = FilesCompleter(["toml"])(prefix)
    return [*(name for name in shipped_scenarios() if name.startswith(prefix)), *files]


def _worlds(prefix: str, **_: object) -> list[str]:
    from sim.shipped import list_worlds

    return [name for name in list_worlds() if name.startswith(prefix)]


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
        "--workers",
        metavar="N",
        type=whole_number(1, MOST_WORKERS),
        help="processes (default: one a core)",
    )


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers within limits, for argparse."""
    allowed = f"from {least:,} to {most:,}" if most is not None else f"from {least:,}"

    def read(text: str) -> int:
        """The number; raises ArgumentTypeError for any other text."""
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least or (most is not None and number > most):
            shown = text if len(text) <= 40 else f"{text[:40]}..."
            raise argparse.ArgumentTypeError(f"not a whole number {allowed}: {shown!r}")
        return number

    return read


def folder(text: str) -> Path:
    """A path that was given and is not empty, for argparse."""
    if not text:
        raise argparse.ArgumentTypeError("an empty path")
    return Path(text)


def page(text: str) -> Path:
    """The path of a page that can be written once the work is done, for argparse."""
    path = folder(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"no file in a folder that is there: {text!r}")
    return path


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
