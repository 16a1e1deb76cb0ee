"""The scoreboard: every scored series of every window against naive forecasts, and the patterns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.chain.arrays import Array
from sim.hindcast import scores
from sim.hindcast.observed import Observation, observations, settings
from sim.hindcast.patterns import Pattern, patterns
from sim.hindcast.periods import Period, parse_period
from sim.hindcast.predictive import predictive
from sim.hindcast.trajectory import Trajectory

FEWEST = 3
"""Observations in a window below which a series is not scored."""
BELOW = ("log_rmse", "mape", "annual_mape", "theil_u2", "crps", "log_width")
"""Metrics of which less is better."""


@dataclass(frozen=True)
class Score:
    """One figure of the scoreboard; `naive` and `aim` are empty where there is none."""

    series: str
    period: str
    metric: str
    value: float
    naive: float | None
    aim: str
    met: bool | None

    @property
    def beats_naive(self) -> bool | None:
        """Whether it is better than the naive forecasts."""
        if self.naive is None or not np.isfinite(self.naive) or not np.isfinite(self.value):
            return None
        if self.metric in BELOW:
            return self.value < self.naive
        return self.value > self.naive


@dataclass(frozen=True)
class PatternScore:
    """A pattern, its value in the median run and the 5th and 95th percentile of the runs."""

    pattern: Pattern
    value: float
    low: float
    high: float

    @property
    def met(self) -> bool:
        """Whether the median lies in the band."""
        return self.pattern.low <= self.value <= self.pattern.high


@dataclass(frozen=True)
class Ablation:
    """One mechanism off: patterns met, mean log-RMSE of prices by window, patterns that changed."""

    mechanism: str
    met: int
    error: Mapping[str, float]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    moves_nothing: bool


@dataclass(frozen=True)
class Slice:
    """The observations of a series that one row of the scoreboard is about."""

    series: str
    label: str
    seen: Sequence[Observation]
    before: Sequence[Observation]
    fitted: bool


def score_patterns(paths: Mapping[str, Trajectory]) -> list[PatternScore]:
    """All patterns of the episodes that were run."""
    found = []
    for pattern in patterns():
        if pattern.episode in paths:
            value = pattern.value(paths[pattern.episode])
            low, middle, high = np.nanquantile(value, [0.05, 0.5, 0.95])
            found.append(PatternScore(pattern, float(middle), float(low), float(high)))
    return found


def score_series(paths: Mapping[str, Trajectory]) -> list[Score]:
    """All scores of the episodes that were run, and the sums over series that have an aim."""
    board: list[Score] = []
    for name, path in paths.items():
        for window in settings()["episodes"][name]["windows"]:
            period = parse_period(window["period"])
            slices = list(_slices(path, window["name"], period, window["fitted"]))
            rows = [score for part in slices for score in _of_slice(part, path)]
            board += rows
            board += _over_series(rows, window["name"], window["fitted"])
    return board + list(_exports(paths))


def _slices(path: Trajectory, label: str, period: Period, fitted: bool) -> Iterator[Slice]:
    """The series of a window; what was seen in design stands apart."""
    told = settings()["seen_in_design"]
    for name in dict.fromkeys(o.series for o in observations()):
        found = [o for o in observations() if o.series == name and o.scored]
        inside = [o for o in found if o.period.within(period) and o.period.within(path.period)]
        before = [o for o in found if o.period.last < period.first]
        seen = [
            o
            for o in inside
            for t in told
            if name in t["series"] and o.period.within(parse_period(t["period"]))
        ]
        rest = [o for o in inside if o not in seen]
        if len(rest) >= FEWEST:
            yield Slice(name, label, rest, before, fitted)
        if len(seen) >= FEWEST:
            yield Slice(name, f"{label}, seen in design", seen, before, fitted)


def _of_slice(part: Slice, path: Trajectory) -> Iterator[Score]:
    """All metrics of one series in one window."""
    observed = np.array([o.value for o in part.seen])
    runs = predictive(path, part.seen)
    median = np.median(runs, axis=1)
    low, high = scores.interval(runs)
    values = {
        "log_rmse": scores.log_rmse(observed, median),
        "mape": scores.mape(observed, median),
        "theil_u2": scores.theil_u2(observed, median),
        "directional_accuracy": scores.directional_accuracy(observed, median),
        "coverage": scores.coverage(observed, low, high),
        "log_width": scores.log_width(low, high),
        "crps": scores.crps(observed, runs),
    }
    if "price" in part.series:
        values["annual_mape"] = _annual(part.seen, observed, median)
    naive = _naive(part, observed)
    for metric, value in values.items():
        other = naive.get(metric)
        aim, met = _aim(part, metric, value, other)
        yield Score(part.series, part.label, metric, float(value), other, aim, met)


def _annual(seen: Sequence[Observation], observed: Array, predicted: Array) -> float:
    """MAPE of yearly means: quoted years, and years with quotes in at least nine months."""
    years: dict[int, list[int]] = {}
    for k, o in enumerate(seen):
        years.setdefault(int(o.period.year), []).append(k)
    means = []
    for rows in years.values():
        whole = [k for k in rows if len(seen[k].period) == 12]
        months = [k for k in rows if len(seen[k].period) == 1]
        chosen = whole or (months if len(months) >= 9 else [])
        if chosen:
            means.append((observed[chosen].mean(), predicted[chosen].mean()))
    if not means:
        return float("nan")
    return scores.mape(*(np.array(side) for side in zip(*means, strict=True)))


def _naive(part: Slice, observed: Array) -> dict[str, float]:
    """The better of the naive forecasts by metric; of bands, those of a random walk."""
    if len(part.before) < 2:
        return {}
    order = sorted(part.before, key=lambda o: o.period.year)
    times = np.array([o.period.year for o in order])
    values = np.array([o.value for o in order])
    at = np.array([o.period.year for o in part.seen])
    forecasts = [scores.last_value(times, values, at), scores.trend(times, values, at)]
    low, high = scores.walk_interval(times, values, at)
    spread = np.log(high / low) / (2 * scores.Z95)
    walk = values[-1] * np.exp(spread[:, None] * _normals(99)[None])
    best = {
        "log_rmse": min(scores.log_rmse(observed, f) for f in forecasts),
        "mape": min(scores.mape(observed, f) for f in forecasts),
        "theil_u2": min(scores.theil_u2(observed, f) for f in forecasts),
        "directional_accuracy": max(scores.directional_accuracy(observed, f) for f in forecasts),
        "coverage": scores.coverage(observed, low, high),
        "log_width": scores.log_width(low, high),
        "crps": scores.crps(observed, walk),
    }
    if "price" in part.series:
        best["annual_mape"] = min(_annual(part.seen, observed, f) for f in forecasts)
    return best


def _normals(count: int) -> Array:
    """Evenly spread quantiles of the standard normal distribution."""
    from scipy.stats import norm

    quantiles: Array = norm.ppf((np.arange(count) + 0.5) / count)
    return quantiles


def _aim(part: Slice, metric: str, value: float, naive: float | None) -> tuple[str, bool | None]:
    """What the figure should be, and whether it is."""
    aims = settings()["aims"]
    if metric == "log_rmse" and part.fitted and part.series in aims["log_rmse"]:
        most = aims["log_rmse"][part.series]
        return f"<= {most}", value <= most
    if metric == "log_width" and naive is not None and "price" in part.series:
        most = aims["width_over_walk"]
        return f"<= {most} x naive", value <= most * naive
    return "", None


def _over_series(rows: Sequence[Score], label: str, fitted: bool) -> Iterator[Score]:
    """Sums over the price series of a window, without what was seen in design."""
    aims = settings()["aims"]
    prices = [s for s in rows if s.series.startswith("price") and s.period == label]
    inside = [s for s in prices if s.metric == "coverage"]
    if inside:
        value = float(np.mean([s.value for s in inside]))
        low, high = aims["coverage"]
        yield Score(
            "all prices", label, "coverage", value, None, f"{low} to {high}", low <= value <= high
        )
    if fitted:
        return
    better = [s.beats_naive for s in rows if s.metric == "log_rmse" and s.period == label]
    counted = [b for b in better if b is not None]
    if counted:
        value, least = float(np.mean(counted)), aims["better_than_naive"]
        yield Score(
            "all series", label, "better_than_naive", value, None, f">= {least}", value >= least
        )
    yearly = [s.value for s in prices if s.metric == "annual_mape" and np.isfinite(s.value)]
    if yearly:
        value, most = float(np.mean(yearly)), aims["annual_mape"]
        yield Score("all prices", label, "annual_mape", value, None, f"<= {most}", value <= most)


def _exports(paths: Mapping[str, Trajectory]) -> Iterator[Score]:
    """Chinese exports by year of the quotas."""
    aim = settings()["aims"]["exports"]
    period = parse_period(aim["period"])
    for path in paths.values():
        seen = [
            o
            for o in observations()
            if o.series == aim["series"] and o.scored and len(o.period) >= aim["months"]
            if o.period.within(period) and o.period.within(path.period)
        ]
        if seen:
            value = scores.mape(
                np.array([o.value for o in seen]),
                np.array([np.median(path.read(o.series, o.period)) for o in seen]),
            )
            most = aim["mape"]
            yield Score(
                aim["series"], aim["name"], "mape", value, None, f"<= {most}", value <= most
            )


def as_json(
    board: Sequence[Score], found: Sequence[PatternScore], ablations: Sequence[Ablation] = ()
) -> dict[str, Any]:
    """The scoreboard as plain data; what is not a number is null."""

    def plain(value: float | None) -> float | None:
        return None if value is None or not np.isfinite(value) else float(value)

    return {
        "scores": [
            {
                "series": s.series,
                "period": s.period,
                "metric": s.metric,
                "value": plain(s.value),
                "naive": plain(s.naive),
                "aim": s.aim or None,
                "met": None if s.met is None else bool(s.met),
            }
            for s in board
        ],
        "patterns": [
            {
                "id": p.pattern.id,
                "text": p.pattern.text,
                "low": p.pattern.low,
                "high": p.pattern.high,
                "value": plain(p.value),
                "met": bool(p.met),
            }
            for p in found
        ],
        **({"ablations": [asdict(a) for a in ablations]} if ablations else {}),
    }
