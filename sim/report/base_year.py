"""A world's base year as tables, and how much of it stands on named firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from rich.table import Table

from sim.ensemble import BaseYearRow
from sim.report.numbers import short
from sim.report.tables import table
from sim.world import World

# Stage -> (table, column that names the firm, columns summed, unit).
_STAGES: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "mines": ("mines", "mine", ("output",), "t REO"),
    "separators": (
        "separators",
        "separator",
        ("light_capacity", "heavy_capacity"),
        "t REO/year of capacity",
    ),
    "magnet makers": ("magnet_makers", "maker", ("output",), "t magnets"),
    "EV makers": ("ev_makers", "owner", ("bev", "phev"), "vehicles"),
}


@dataclass(frozen=True)
class NamedShare:
    """Share of a stage's total in the base year that named firms hold."""

    stage: str
    firms: int
    named: float
    total: float
    share: float
    unit: str


def named_shares(world: World) -> list[NamedShare]:
    """Number of named firms of each stage, working or planned, and their share of the total."""
    shares = []
    for stage, (source, firm, columns, unit) in _STAGES.items():
        rows = world.tables[source]
        size = rows[list(columns)].sum(axis=1)
        by_name = rows["named"] == "true"
        named, total = float(size[by_name].sum()), float(size.sum())
        firms = int(rows.loc[by_name, firm].nunique())
        shares.append(NamedShare(stage, firms, named, total, named / total if total else 0.0, unit))
    return shares


def base_year_tables(
    world: World, rows: Sequence[BaseYearRow], named: Sequence[NamedShare]
) -> list[Table]:
    """The base year side by side, what explains its deviations, and the share that is named."""
    seen = table(
        f"{world.title}: the model and the observed, {world.base_year}",
        ["item", "region", "element", "unit"],
        ["model", "observed", "deviation"],
    )
    for heading in ("confidence", "source"):
        seen.add_column(heading)
    explained = table("Explained deviations", ["", ""])
    for row in rows:
        mark = "*" if row.explanation else ""
        deviation = "-" if isnan(row.deviation) else f"{row.deviation:+.1%}{mark}"
        numbers = (short(row.model), short(row.observed), deviation)
        name = row.item.replace("_", " ")
        seen.add_row(name, row.region, row.element, row.unit, *numbers, row.confidence, row.source)
        if row.explanation:
            explained.add_row(f"* {name} {row.region} {row.element}", row.explanation)
    by_name = table("Named firms", ["stage"], ["firms", "share", "of"])
    by_name.add_column("unit")
    for n in named:
        by_name.add_row(n.stage, str(n.firms), f"{n.share:.0%}", short(n.total), n.unit)
    return [seen, *([explained] if explained.rows else []), by_name]
