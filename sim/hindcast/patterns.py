"""Patterns of the past with a numeric band, fixed before any fit, and what a path makes of them.

A reading is `statistic|series|period`, the statistic being mean, sum, max or min over months; a
pattern is the product of its numerator's readings (separated by `;`) over its denominator's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.chain.arrays import Array, total
from sim.hindcast.observed import table
from sim.hindcast.periods import Period, parse_period
from sim.hindcast.trajectory import Trajectory
from sim.world import rows


@dataclass(frozen=True)
class Reading:
    """One figure of a path: a statistic of a series over a period."""

    statistic: str
    series: str
    period: Period

    def of(self, trajectory: Trajectory) -> Array:
        """The figure in each run (run,)."""
        months = trajectory.series(self.series)[trajectory.months(self.period)]
        return STATISTICS[self.statistic](months)


@dataclass(frozen=True)
class Pattern:
    """A stylised fact: `text` says it, the value of a path should lie between `low` and `high`.

    `fitted` tells whether the calibration saw the years it speaks of: yes, no or part.
    """

    id: str
    episode: str
    text: str
    numerator: tuple[Reading, ...]
    denominator: tuple[Reading, ...]
    low: float
    high: float
    observed: float
    fitted: str
    source: str
    band: str

    def value(self, trajectory: Trajectory) -> Array:
        """What a path makes of the pattern (run,); not a number where the denominator is 0."""
        above, below = (self._product(part, trajectory) for part in self._parts())
        return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)

    def _parts(self) -> tuple[tuple[Reading, ...], tuple[Reading, ...]]:
        return self.numerator, self.denominator

    @staticmethod
    def _product(readings: tuple[Reading, ...], trajectory: Trajectory) -> Array:
        value = np.ones(trajectory.records["price"].shape[-1])
        for reading in readings:
            value = value * reading.of(trajectory)
        return value


STATISTICS: dict[str, Callable[[Array], Array]] = {
    "mean": lambda months: total(months) / len(months),
    "sum": total,
    "max": lambda months: months.max(axis=0),
    "min": lambda months: months.min(axis=0),
}


@cache
def patterns() -> tuple[Pattern, ...]:
    """All patterns, in the order of the table."""
    return tuple(
        Pattern(
            row.id,
            row.episode,
            row.text,
            _readings(row.numerator),
            _readings(row.denominator),
            float(row.low),
            float(row.high),
            float(row.observed),
            row.fitted,
            row.source,
            row.band,
        )
        for row in rows(table("patterns"))
    )


def _readings(text: str) -> tuple[Reading, ...]:
    parts = [part.split("|") for part in text.split(";") if part]
    return tuple(Reading(stat, series, parse_period(period)) for stat, series, period in parts)
