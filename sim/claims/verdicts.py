"""The rule by which a claim is judged, stated once, and what a verdict hinges on.

Of each test, the signed outcome is the outcome times the sign it has if the claim is true, and its
interval holds 90 % of the runs. Effects under the test's stated material size count as none.

- supported: the interval lies on the claimed side of 0 and the median is of material size; for
  a claim of no effect, the whole interval is smaller than that;
- contradicted: the interval lies under the material size, that is, there is no such effect or one
  of the other sign; for a claim of no effect, the interval lies beyond that size on one side;
- depends on ...: anything else, with the parameter whose draws are most related to the outcome.

A claim with several tests is supported if all are, contradicted if one is, and depends otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from sim.chain.arrays import Array

SUPPORTED, CONTRADICTED, DEPENDS = "supported", "contradicted", "depends"
NOT_TESTABLE = "not testable"
QUANTILES = (0.05, 0.5, 0.95)
CHANCE = 0.05
"""How often the strongest of all correlations would pass the bar if none were real."""


MINORITY = 0.1
"""Share of runs on the rarer side below which no value is sought that parts the sides."""
SPREAD = 0.01
"""Spread of an outcome, over its material size, below which it hinges on nothing."""


@dataclass(frozen=True)
class Hinge:
    """A parameter on whose draws an outcome depends: rank correlation, and the value at which the
    outcome's side changes best, with the share of runs that it sorts rightly (None where nearly
    all runs are on one side)."""

    parameter: str
    correlation: float
    value: float | None
    sorted: float | None


def verdict(outcome: Array, sign: int, material: float) -> str:
    """supported, contradicted or depends, for outcomes (run,) in the unit of `material`."""
    low, median, high = np.quantile(outcome, QUANTILES)
    if not np.isfinite([low, median, high]).all():
        return DEPENDS
    if sign == 0:
        if max(-low, high) < material:
            return SUPPORTED
        return CONTRADICTED if low > material or high < -material else DEPENDS
    low, median, high = sorted(sign * value for value in (low, median, high))
    if low > 0 and median >= material:
        return SUPPORTED
    return CONTRADICTED if high < material else DEPENDS


def together(verdicts: Sequence[str]) -> str:
    """The verdict on a claim of several parts."""
    if CONTRADICTED in verdicts:
        return CONTRADICTED
    return SUPPORTED if set(verdicts) == {SUPPORTED} else DEPENDS


def rank_correlations(outcome: Array, draws: Mapping[str, Array]) -> dict[str, float]:
    """Spearman's rank correlation of an outcome (run,) with each parameter that varies."""
    ranks = rankdata(outcome)
    return {
        name: float(np.corrcoef(ranks, rankdata(values))[0, 1])
        for name, values in draws.items()
        if np.ptp(values) > 0
    }


def hinge(outcome: Array, draws: Mapping[str, Array], material: float = 1.0) -> Hinge | None:
    """The parameter most related to an outcome (run,); None where none passes the bar of chance.

    Spearman's rank correlation with each parameter's draws; the bar is Bonferroni's for as many
    parameters as there are. An outcome that hardly varies, seen by its `material` size, hinges on
    nothing.
    """
    runs = len(outcome)
    if runs < 4 or not np.ptp(outcome) > SPREAD * material:
        return None
    related = rank_correlations(outcome, draws)
    name = max(related, key=lambda key: abs(related[key]))
    if abs(related[name]) < ndtri(1 - CHANCE / 2 / len(related)) / np.sqrt(runs - 1):
        return None
    return Hinge(name, related[name], *_split(draws[name], outcome > 0))


def _split(values: Array, above: NDArray[np.bool_]) -> tuple[float, float] | tuple[None, None]:
    """The value of a parameter that best parts the runs, and the share it sorts rightly."""
    if min(above.mean(), 1 - above.mean()) < MINORITY:
        return None, None
    order = np.argsort(values)
    side = above[order]
    right = np.cumsum(side)[:-1] + np.cumsum(~side[::-1])[::-1][1:]
    right = np.maximum(right, len(side) - right)
    best = int(right.argmax())
    middle = 0.5 * (values[order][best] + values[order][best + 1])
    return float(middle), float(right[best] / len(side))
