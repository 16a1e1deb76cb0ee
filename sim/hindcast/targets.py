"""How far a run is from what was observed: the distance that the calibration makes small."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from sim.chain.arrays import Array, total
from sim.hindcast.observed import Observation, observations, settings
from sim.hindcast.periods import Period, parse_period
from sim.hindcast.trajectory import Trajectory


def targets() -> dict[str, list[Observation]]:
    """The scored observations that the calibration sees, by series: those of the fitted years."""
    told = settings()["calibration"]
    seen = parse_period(told["period"])
    found = defaultdict(list)
    for o in observations():
        if o.scored and o.series in told["series"] and o.period.within(seen):
            found[o.series].append(o)
    return dict(found)


def implausibility(trajectory: Trajectory, aims: dict[str, list[Observation]]) -> Array:
    """Implausibility of each run by series (series, run).

    Root mean square of ln model - ln observed over the spread that is allowed: the observation's
    own error and the model's discrepancy. Each year of a series counts alike, so that months that
    were quoted often do not drown the peak. Source: history matching, Craig et al. 1997.
    """
    return np.stack([_of_series(trajectory, found) for found in aims.values()])


def _of_series(trajectory: Trajectory, found: list[Observation]) -> Array:
    told = settings()["calibration"]
    own = told["series"][found[0].series]
    years: dict[int, list[Array]] = defaultdict(list)
    for o in found:
        predicted = np.maximum(trajectory.read(o.series, o.period), 1e-9)
        allowed = o.error**2 + own**2
        years[int(o.period.year)].append((np.log(predicted) - np.log(o.value)) ** 2 / allowed)
    means = [total(np.stack(year)) / len(year) for year in years.values()]
    mean: Array = np.sqrt(total(np.stack(means)) / len(means))
    return mean


def distance(implausible: Array) -> Array:
    """One number a run: the root mean square of the series' implausibilities (run,)."""
    mean: Array = np.sqrt(total(implausible**2) / len(implausible))
    return mean


def fitted_period() -> Period:
    """The months that the calibration sees."""
    return parse_period(settings()["calibration"]["period"])
