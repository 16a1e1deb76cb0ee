"""A run's answer as tables on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from sim.report.account import account_tables
from sim.report.numbers import short
from sim.report.tables import Row, cell, named, table
from sim.world import Parameter

# Each table: title, the key that makes its rows, and (heading, indicator, key of its value).
_PRICES = (
    ("peak ratio\nat home", "peak_price_ratio", "home"),
    ("months > 1.5x\nat home", "months_price_above_1.5", "home"),
    ("peak ratio\nabroad", "peak_price_ratio", "abroad"),
    ("months > 1.5x\nabroad", "months_price_above_1.5", "abroad"),
)
_VEHICLES = (
    ("vehicles\nlost", "vehicles_lost"),
    ("lost, less\ncaught up", "vehicles_lost_net"),
    ("months to\nrecover", "months_to_recover"),
    ("magnets per\nvehicle, USD", "magnet_cost_per_vehicle"),
    ("mean rise,\nUSD", "magnet_cost_mean_rise"),
    ("largest rise,\nUSD", "magnet_cost_largest_rise"),
)


class _Console(Console):
    """A console whose reader may leave: whoever prints decides what that means."""

    def on_broken_pipe(self) -> None:
        """Tell by BrokenPipeError; rich would end the program."""
        raise BrokenPipeError


def plain_console() -> Console:
    """A console on standard output that shows every text as it is; in a pipe it is 140 wide."""
    width = None if sys.stdout is not None and sys.stdout.isatty() else 140
    return _Console(width=width, markup=False, highlight=False, emoji=False)


def print_summary(
    console: Console, attrs: Mapping[str, Any], runs: int, rows: Sequence[Row]
) -> None:
    """Print the rows of a summary as one table per subject; every row is shown."""
    other = attrs["counterfactual"] or "the counterfactual"
    home = named(rows, "peak_price_ratio")[0]["region"]
    why = "" if attrs["imposers"] else ", which separates most, as nothing here restricts supply"
    console.print(attrs["title"], style="bold")
    console.print(
        f"{attrs['scenario']} against {other}: {runs} pairs of runs, seed {attrs['seed']}, "
        f"world {attrs['world']}.\nHome is {home}{why}. "
        "Medians; the line beneath each holds 90 % of the runs."
        f"\n{attrs.get('assumptions', '')}"
    )
    for made in (*run_tables(rows), *account_tables(rows)):
        console.print()
        console.print(made)


def run_tables(rows: Sequence[Row]) -> list[Table]:
    """Prices, vehicles, capacity and shock accounting of a summary as tables."""
    makers = (_price_table, _vehicle_table, _capacity_table, _accounting_table)
    return [make(rows) for make in makers]


def parameter_table(parameters: Iterable[Parameter]) -> Table:
    """The model's assumptions: prior, unit, meaning, grade of evidence and source."""
    made = table("Assumptions", ["name", "prior", "unit", "grade", "meaning", "source"])
    for p in parameters:
        prior = f"{p.distribution} {p.low:g}, {p.mode:g}, {p.high:g}"
        if p.distribution == "fixed":
            prior = f"fixed {p.mode:g}"
        if p.distribution == "uniform":
            prior = f"uniform {p.low:g}, {p.high:g}"
        made.add_row(p.name, prior, p.unit, p.grade, p.meaning, p.source)
    return made


def _price_table(rows: Sequence[Row]) -> Table:
    two_tier = named(rows, "two_tier_ratio")
    made = table(
        "Oxide prices against the counterfactual",
        ["element"],
        [*(h for h, _, _ in _PRICES), "abroad / home\nat its largest", "without"],
    )
    for row in two_tier:
        sides = {
            (r["name"], "abroad" if r["region"] == "abroad" else "home"): r
            for r in rows
            if r["element"] == row["element"]
        }
        cells = [cell(sides[name, side]) for _, name, side in _PRICES]
        made.add_row(row["element"], *cells, cell(row), short(row["counterfactual"]))
    return made


def _vehicle_table(rows: Sequence[Row]) -> Table:
    made = table("Vehicles by region of production", ["region"], [h for h, _ in _VEHICLES])
    columns = [named(rows, name) for _, name in _VEHICLES]
    for of_region in zip(*columns, strict=True):
        made.add_row(of_region[0]["region"], *(cell(row) for row in of_region))
    return made


def _capacity_table(rows: Sequence[Row]) -> Table:
    names = dict.fromkeys(r["name"] for r in rows if r["name"].startswith("capacity_share_abroad"))
    years = [name.rsplit("_", 1)[1] for name in names]
    headings = [h for year in years for h in (year, f"{year}, without")]
    made = table("Share of capacity abroad", ["stage"], headings)
    for of_stage in zip(*(named(rows, name) for name in names), strict=True):
        cells = [c for row in of_stage for c in (cell(row), short(row["counterfactual"]))]
        made.add_row(of_stage[0]["stage"], *cells)
    return made


def _accounting_table(rows: Sequence[Row]) -> Table:
    rows = [row for row in rows if row["name"].startswith("accounting_")]
    elements = list(dict.fromkeys(row["element"] for row in rows))
    made = table("Supply lost abroad and what made up for it, t of oxide", [""], elements)
    for name in dict.fromkeys(row["name"] for row in rows):
        label = name.removeprefix("accounting_").replace("_", " ")
        made.add_row(label, *(cell(row) for row in named(rows, name)))
    return made
