"""From runs to predictions: the model's discrepancy on top of its parameters' uncertainty."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from scipy.stats import norm

from sim.chain.arrays import Array
from sim.hindcast.observed import Observation
from sim.hindcast.trajectory import Trajectory
from sim.world import load_posterior


def raw(path: Trajectory, seen: Sequence[Observation]) -> Array:
    """What the runs say of some observations of one series (observation, run), above 0."""
    return np.maximum(np.stack([path.read(o.series, o.period) for o in seen]), 1e-9)


def predictive(path: Trajectory, seen: Sequence[Observation]) -> Array:
    """What is predicted of some observations of one series (observation, run).

    Each run is moved by the series' discrepancy and by the observation's own error.
    """
    runs = raw(path, seen)
    own = np.array([o.error for o in seen])[:, None]
    spread = np.sqrt(discrepancy(seen[0].series) ** 2 + own**2)
    moved: Array = runs * np.exp(spread * _moves(seen[0].series, runs.shape[1]))
    return moved


def predictive_path(path: Trajectory, series: str) -> Array:
    """A whole series with its discrepancy (month, run)."""
    runs = path.series(series)
    moved: Array = runs * np.exp(discrepancy(series) * _moves(series, runs.shape[1]))
    return moved


def _moves(series: str, count: int) -> Array:
    """One standard normal move a run, for the whole path, as errors of a model last.

    Evenly spread quantiles in an order of their own by series: the same runs, the same bands.
    """
    order = np.random.default_rng(zlib.crc32(series.encode())).permutation(count)
    moves: Array = norm.ppf((np.arange(count) + 0.5) / count)[order]
    return moves


def discrepancy(series: str) -> float:
    """Standard deviation of a series' discrepancy in logs; 0 without a posterior."""
    posterior = load_posterior()
    found = posterior.about["discrepancy"] if posterior else {}
    if series in found:
        return float(found[series])
    return float(np.median(list(found.values()))) if found else 0.0


def estimate_discrepancy(path: Trajectory, seen: Sequence[Observation]) -> float:
    """The discrepancy that makes the median's squared errors what the bands say they are.

    Mean squared error of the median in logs, less the runs' variance and that of the observations;
    years count alike. At least 0.1: no model is better than that.
    """
    runs = np.log(raw(path, seen))
    error = (np.median(runs, axis=1) - np.log([o.value for o in seen])) ** 2
    left = error - runs.var(axis=1) - np.array([o.error for o in seen]) ** 2
    years: dict[int, list[float]] = {}
    for o, value in zip(seen, left, strict=True):
        years.setdefault(int(o.period.year), []).append(float(value))
    mean = float(np.mean([np.mean(values) for values in years.values()]))
    return float(np.sqrt(max(mean, 0.01)))
