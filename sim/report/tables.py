"""Tables on a terminal: their one look, and the rows of a summary in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from sim.report.numbers import interval

Row = Mapping[str, Any]
"""One indicator as it stands in `summary.json`."""


def table(title: str, labels: Iterable[str], numbers: Iterable[str] = ()) -> Table:
    """An empty table of the one look that all share: columns of text left, of numbers right."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for heading in labels:
        made.add_column(heading)
    for heading in numbers:
        made.add_column(heading, justify="right")
    return made


def named(rows: Sequence[Row], name: str) -> list[Row]:
    """The rows of one indicator."""
    return [row for row in rows if row["name"] == name]


def cell(row: Row) -> str:
    """A row's median and interval."""
    return interval(row["median"], row["low"], row["high"])
