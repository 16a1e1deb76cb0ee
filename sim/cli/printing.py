"""What commands print: JSON, the answer of an ensemble, progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray as xr


def print_json(content: object) -> None:
    """Print JSON as people and programs read it."""
    print(json.dumps(content, indent=1, ensure_ascii=False))


def print_answer(results: xr.Dataset, rows: list[dict[str, Any]], as_json: bool) -> None:
    """The indicators of an ensemble, as tables or JSON."""
    if as_json:
        print_json({"indicators": rows})
    else:
        from sim.report.text import plain_console, print_summary

        print_summary(plain_console(), results.attrs, results.sizes["run"], rows)
    sys.stdout.flush()  # the answer is there before the figures are drawn


@contextmanager
def progress(what: str = "pairs of runs") -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
