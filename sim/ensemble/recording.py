"""Firms and flows by month of every run: how large that gets, and when it is refused."""

from __future__ import annotations

from collections.abc import Collection
from math import prod

from sim.chain.record import RECORDS
from sim.errors import UserError
from sim.results import MONTHLY, PATHS
from sim.scenario import Scenario
from sim.world import load_world

MOST_RECORDED = 1_000_000_000
"""Bytes of firms and flows by month beyond which a run is refused."""
FIRM_TABLES = ("mines", "separators", "magnet_makers", "ev_makers")


def recorded_bytes(scenario: Scenario, record: Collection[str]) -> int:
    """Bytes in memory of some groups of RECORDS by month, both paths of every run.

    Raises UserError for a group that there is not, and for more than MOST_RECORDED bytes.
    """
    for group in record:
        if group not in RECORDS:
            raise UserError(f"cannot record {group!r}; there are: {', '.join(RECORDS)}")
    world = load_world(scenario.world)
    years, months = (scenario.end.year - scenario.start.year), scenario.end.month
    sizes = {
        "time": years * 12 + months - scenario.start.month + 1,
        "firm": sum(len(world.tables[table]) for table in FIRM_TABLES),
        "origin": len(world.regions),
        "destination": len(world.regions),
        "element": len(world.elements),
    }
    names = [f"{name}_monthly" for group in record for name in RECORDS[group]]
    numbers = sum(prod(sizes[axis] for axis in MONTHLY[name][0]) for name in names)
    size = 8 * numbers * len(PATHS) * scenario.runs
    if size > MOST_RECORDED:
        most = scenario.runs * MOST_RECORDED // size
        raise UserError(
            f"recording {' and '.join(record)} by month of {scenario.runs} runs takes "
            f"{size / 1e9:.1f} GB, more than {MOST_RECORDED / 1e9:.0f} GB; "
            f"{most} runs would fit"
        )
    return size
