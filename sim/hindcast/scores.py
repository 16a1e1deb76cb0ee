"""How well a prediction meets what was observed: point scores, band scores, and naive forecasts.

`observed` is (point,), `median` (point,), `runs` (point, run). Prices move by a factor of ten, so
whatever is not a percentage is in logs.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray
Z95 = 1.6448536269514722
"""95th percentile of the standard normal distribution."""


def log_rmse(observed: Array, predicted: Array) -> float:
    """Root mean square of ln predicted - ln observed. Source: RMSLE."""
    return float(np.sqrt(np.mean((np.log(predicted) - np.log(observed)) ** 2)))


def mape(observed: Array, predicted: Array) -> float:
    """Mean absolute percentage error, in percent of the observed."""
    return float(100.0 * np.mean(np.abs(predicted - observed) / np.abs(observed)))


def theil_u2(observed: Array, predicted: Array) -> float:
    """Theil's U2 on log changes between successive points; below 1 beats "no change".

    sqrt(sum (dP - dA)^2 / sum dA^2). Not a number where nothing changed. Source: Theil 1966.
    """
    seen, told = np.diff(np.log(observed)), np.diff(np.log(predicted))
    moved = float(np.sum(seen**2))
    return float(np.sqrt(np.sum((told - seen) ** 2) / moved)) if moved > 0 else float("nan")


def directional_accuracy(observed: Array, predicted: Array) -> float:
    """Share of the observed moves whose sign the prediction shares; no move observed, none counted.

    Not a number where nothing moved.
    """
    seen, told = np.sign(np.diff(observed)), np.sign(np.diff(predicted))
    moved = seen != 0
    return float(np.mean(seen[moved] == told[moved])) if moved.any() else float("nan")


def interval(runs: Array, share: float = 0.9) -> tuple[Array, Array]:
    """The central interval that holds `share` of the runs: lower and upper ends (point,)."""
    tail = (1.0 - share) / 2.0
    low, high = np.quantile(runs, [tail, 1.0 - tail], axis=-1)
    return low, high


def coverage(observed: Array, low: Array, high: Array) -> float:
    """Share of the points inside their interval."""
    return float(np.mean((observed >= low) & (observed <= high)))


def log_width(low: Array, high: Array) -> float:
    """Mean width of the intervals in logs."""
    return float(np.mean(np.log(high) - np.log(low)))


def crps(observed: Array, runs: Array) -> float:
    """Continuous ranked probability score in logs, mean over points; a point forecast's is its
    absolute error.

    1/m sum |x_j - a| - 1/(2 m^2) sum_jl |x_j - x_l|. Source: Gneiting and Raftery 2007.
    """
    x, a = np.sort(np.log(runs), axis=-1), np.log(observed)[:, None]
    m = x.shape[-1]
    # In sorted order the double sum is 2 sum_j (2 j - m + 1) x_j, j from 0.
    weights = 2.0 * np.arange(m) - m + 1.0
    spread = (x * weights).sum(axis=-1) / m**2
    return float(np.mean(np.abs(x - a).mean(axis=-1) - spread))


def last_value(times: Array, values: Array, at: Array) -> Array:
    """Naive forecast: the last observed value carried on. `times` in years, in order."""
    return np.full(len(at), values[-1], dtype=float)


def trend(times: Array, values: Array, at: Array, years: float = 2.0) -> Array:
    """Naive forecast: the log trend of the last `years` of observations carried on.

    The line goes through the last value; with a single observation it is the last value.
    """
    recent = times > times[-1] - years - 1e-9
    if recent.sum() < 2:
        return last_value(times, values, at)
    slope = np.polyfit(times[recent], np.log(values[recent]), 1)[0]
    forecast: Array = values[-1] * np.exp(slope * (at - times[-1]))
    return forecast


def walk_volatility(times: Array, values: Array) -> float:
    """Standard deviation of a log random walk per square root of a year, from past values.

    Each move counts by the time that it took; not a number with fewer than two observations.
    """
    steps = np.diff(times)
    if not len(steps):
        return float("nan")
    return float(np.sqrt(np.sum(np.diff(np.log(values)) ** 2) / np.sum(steps)))


def walk_interval(times: Array, values: Array, at: Array) -> tuple[Array, Array]:
    """The 90 % interval of a random walk from the last observed value."""
    spread = Z95 * walk_volatility(times, values) * np.sqrt(np.maximum(at - times[-1], 0.0))
    return values[-1] * np.exp(-spread), values[-1] * np.exp(spread)
