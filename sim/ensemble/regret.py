"""Which of several sets of measures is least regretted, whatever the future."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.ensemble.analysis import alternatives

HIGH = 0.9
LOSSES = ("vehicles_lost", "months_", "magnet_cost", "peak_price_ratio", "accounting_unmet")
"""Beginnings of the names of outputs of which less is better for those who buy."""


@dataclass(frozen=True)
class Regret:
    """How one set of measures does against the best set in each future.

    `median` is that of the output; regret is its distance to the smallest of all sets at the same
    point and run: its mean, 90th percentile and largest; `best` is the share of futures in which
    the set is the best.
    """

    alternative: str
    median: float
    mean: float
    high: float
    largest: float
    best: float


def regrets(ds: xr.Dataset, output: str) -> list[Regret]:
    """The sets of measures by their largest regret, the least first.

    Sets are the alternatives of a sweep; empty where there is but one, and for an output of which
    less is not better. Source: minimax regret, Savage 1951, J. Am. Stat. Assoc. 46:55-67.
    """
    names = alternatives(ds)
    if len(names) < 2 or not output.startswith(LOSSES):
        return []
    values = ds["values"].sel(output=output).values.reshape(len(names), -1)
    regret = values - values.min(axis=0)
    rows = [
        Regret(
            name,
            float(np.median(own)),
            float(loss.mean()),
            float(np.quantile(loss, HIGH)),
            float(loss.max()),
            float((loss == 0).mean()),
        )
        for name, own, loss in zip(names, values, regret, strict=True)
    ]
    return sorted(rows, key=lambda row: row.largest)
