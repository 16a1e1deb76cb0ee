"""What commands print: JSON, the answer of an ensemble, notes and progress beside it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.options import Given
from sim.errors import UserError

if TYPE_CHECKING:
    import xarray as xr


def any_encoding() -> None:
    """Let characters that the terminal or pipe cannot show come out as escapes, not as a fault."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def to_reader() -> Iterator[None]:
    """Print a part of the answer, whole when this ends.

    A reader that has seen enough, as `head` has, hinders nothing: the command goes on without it.
    Raises UserError where the answer cannot be printed, on a full disk for instance.
    """
    try:
        yield
        if sys.stdout is not None:  # None: whoever started the command has closed it
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _drop_output()
        raise UserError(f"cannot print the answer: {error.strerror or error}") from error


def _drop_output() -> None:
    """Send what is still to be printed nowhere, what is waiting in the stream included."""
    with suppress(OSError, ValueError):  # a stream in memory has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def finish_output() -> None:
    """Bring out all that was printed. Raises UserError as `to_reader` does."""
    with to_reader():
        pass


def tell(message: str, code: int) -> int:
    """Say on stderr why the command ends; returns its exit code."""
    with suppress(OSError):  # stderr may be full or gone; the code is still there
        print(message, file=sys.stderr, flush=True)
    return code


def note(given: Given, message: str) -> None:
    """Say something beside the answer; not with `--quiet`."""
    if not given.quiet:
        with suppress(OSError):
            print(message, file=sys.stderr, flush=True)


def print_lines(*lines: str) -> None:
    """Print lines of the answer."""
    with to_reader():
        for line in lines:
            print(line)


def print_json(content: object) -> None:
    """Print JSON, in which letters are escaped where the terminal or pipe cannot show them."""
    unicode = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    print_lines(json.dumps(content, indent=1, ensure_ascii=not unicode))


def print_tables(*tables: object) -> None:
    """Print rich tables."""
    from sim.report.text import plain_console

    console = plain_console()
    with to_reader():
        for table in tables:
            console.print(table)


def print_answer(results: xr.Dataset, rows: list[dict[str, Any]], as_json: bool) -> None:
    """The indicators of an ensemble, as tables or JSON; there before figures are drawn."""
    if as_json:
        print_json({"indicators": rows})
        return
    from sim.report.text import plain_console, print_summary

    with to_reader():
        print_summary(plain_console(), results.attrs, results.sizes["run"], rows)


def print_place(given: Given, place: Path) -> None:
    """Say where the results stand; not in JSON, nor with `--quiet`."""
    if not given.json and not given.quiet:
        print_lines("", f"Written to {place}")


@contextmanager
def progress(
    given: Given, what: str = "pairs of runs"
) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal; nothing in a pipe, nor with `--quiet`."""
    if given.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
