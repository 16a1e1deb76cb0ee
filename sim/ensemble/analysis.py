"""What drives the answer: sensitivity of the outputs of a sweep to its inputs.

Each analysis is of one output and one set of measures: `y` (pair,) in the order of the design, `u`
(pair, input) the inputs on (0, 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.chain.arrays import Array
from sim.ensemble.designs import LEVELS, SEED, problem
from sim.ensemble.outputs import WITHOUT

RESAMPLES = 200
CONFIDENCE = 0.9
OUTER = 0.2
"""Share of the points at either end of an input whose mean is compared, for its direction."""
PAWN_SLICES = 10
FEWEST_POINTS = 10 * PAWN_SLICES


@dataclass(frozen=True)
class Influence:
    """How much one input matters to one output.

    `low` and `high` are the mean of the output where the input is in its lowest and highest fifth
    (the seed has no direction). The others are None unless the design tells them: `first` and
    `total` are Sobol's shares of the variance with half widths of 90 % bootstrap intervals,
    `morris` the mean size of an elementary effect over the whole range with the same, `spread` the
    standard deviation of the effects, `pawn` the median Kolmogorov-Smirnov distance of the output's
    distribution where the input is known, and `idle` that of an input that does nothing.
    """

    input: str
    low: float | None = None
    high: float | None = None
    first: float | None = None
    first_error: float | None = None
    total: float | None = None
    total_error: float | None = None
    morris: float | None = None
    morris_error: float | None = None
    spread: float | None = None
    pawn: float | None = None
    idle: float | None = None

    @property
    def matters(self) -> bool:
        """Whether it can be told from an input that does nothing, as far as the design shows."""
        return self.weight > 0

    @property
    def weight(self) -> float:
        """By what inputs are ranked: the first of total share, Morris, PAWN above that of an input
        that does nothing, and the swing."""
        excess = None if self.pawn is None else self.pawn - (self.idle or 0.0)
        for value in (self.total, self.morris, excess):
            if value is not None:
                return value
        return abs((self.high or 0.0) - (self.low or 0.0))


def influences(ds: xr.Dataset, output: str, alternative: str | None = None) -> list[Influence]:
    """The inputs by their influence on an output, the strongest first.

    Empty where the output does not vary, is not a number somewhere, or nothing was swept.
    """
    part = ds.sel(pair=ds["alternative"] == (alternative or alternatives(ds)[0]))
    y, u = part["values"].sel(output=output).values, part["u"].values.T
    names = [str(name) for name in ds["input"].values]
    if not names or not np.isfinite(y).all() or y.max() == y.min():
        return []
    found: dict[str, dict[str, float]] = {name: {} for name in names}
    for analysis in ANALYSES[ds.attrs["design"]]:
        for name, values in zip(names, analysis(names, u, y), strict=True):
            found[name] |= values
    ranked = [Influence(name, **values) for name, values in found.items()]
    return sorted(ranked, key=lambda i: -i.weight)


def alternatives(ds: xr.Dataset) -> list[str]:
    """The sets of measures of a sweep, the scenario's own first."""
    return str(ds.attrs["alternatives"]).split(";")


Analysis = Callable[[list[str], Array, Array], list[dict[str, float]]]


def _swing(names: list[str], u: Array, y: Array) -> list[dict[str, float]]:
    """Means of the output over both ends of each input."""
    rows = []
    for k, name in enumerate(names):
        low, high = np.quantile(u[:, k], [OUTER, 1 - OUTER])
        ends = {"low": float(y[u[:, k] <= low].mean()), "high": float(y[u[:, k] >= high].mean())}
        rows.append({} if name == SEED else ends)
    return rows


def independent(design: str, u: Array) -> NDArray[np.int_]:
    """Places of the points (point, input) that share no input: in a Saltelli design its A and B."""
    every = np.arange(len(u))
    block = u.shape[1] + 2
    return every[np.isin(every % block, (0, block - 1))] if design == "sobol" else every


def _sobol(names: list[str], u: Array, y: Array) -> list[dict[str, float]]:
    """First and total order (Saltelli 2010, Jansen 1999) of standardised outputs."""
    from SALib.analyze import sobol

    z = (y - y.mean()) / y.std()
    found = sobol.analyze(
        problem(names),
        z,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=1,
    )
    return _columns(
        {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}, found
    )


def _sobol_swing(names: list[str], u: Array, y: Array) -> list[dict[str, float]]:
    """The swing over the independent points of a Saltelli design alone."""
    chosen = independent("sobol", u)
    return _swing(names, u[chosen], y[chosen])


def _morris(names: list[str], u: Array, y: Array) -> list[dict[str, float]]:
    """Elementary effects (Morris 1991; mean size after Campolongo et al. 2007)."""
    from SALib.analyze import morris

    found = morris.analyze(
        problem(names),
        u,
        y,
        num_levels=LEVELS,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=1,
    )
    return _columns({"morris": "mu_star", "morris_error": "mu_star_conf", "spread": "sigma"}, found)


def _pawn(names: list[str], u: Array, y: Array) -> list[dict[str, float]]:
    """PAWN (Pianosi and Wagener 2015), over ten slices of each input; too few points tell none."""
    from SALib.analyze import pawn

    if len(y) < FEWEST_POINTS:
        return [{} for _ in names]
    idle = np.random.default_rng(1).random((len(u), 1))
    columns = problem([*names, "idle"])
    found = pawn.analyze(columns, np.hstack([u, idle]), y, S=PAWN_SLICES, seed=1)
    *distances, nothing = map(float, found["median"])
    return [{"pawn": distance, "idle": nothing} for distance in distances]


def _columns(keys: dict[str, str], found: dict[str, Array]) -> list[dict[str, float]]:
    rows = zip(*(np.ma.getdata(found[key]) for key in keys.values()), strict=True)
    return [dict(zip(keys, map(float, row), strict=True)) for row in rows]


ANALYSES: dict[str, tuple[Analysis, ...]] = {
    "sobol": (_sobol_swing, _sobol),
    "morris": (_swing, _morris),
    "latin-hypercube": (_swing, _pawn),
    "grid": (_swing,),
}


def seed_share(ds: xr.Dataset, output: str) -> float | None:
    """Share of an output's variance due to the seed; None where the design does not tell it.

    In a Sobol design the seed's total share; in a grid the variance within points, over the draws
    of the assumptions and of all that is random within a run, against that of all pairs.
    """
    if ds.attrs["design"] == "sobol":
        found = {i.input: i.total for i in influences(ds, output)}
        return found.get(SEED)
    if ds.attrs["design"] != "grid" or int(ds.attrs["runs"]) < 2:
        return None
    own = ds.sel(pair=ds["alternative"] == alternatives(ds)[0])
    y = own["values"].sel(output=output).values.reshape(-1, int(ds.attrs["runs"]))
    variance = y.var()
    return float(y.var(axis=1).mean() / variance) if variance > 0 else None


def gain_from_sharing(ds: xr.Dataset, output: str) -> float | None:
    """How much larger the variance of a difference would be if its two paths shared no draws.

    (Var policy + Var counterfactual) / Var(policy - counterfactual): so many times more pairs would
    give the same error. None for an output that is no level of either path, or does not differ.
    """
    if f"{output} {WITHOUT}" not in ds["output"].values:
        return None
    own = ds["values"].sel(pair=ds["alternative"] == alternatives(ds)[0])
    policy, other = (own.sel(output=name).values for name in (output, f"{output} {WITHOUT}"))
    paired = (policy - other).var()
    return float((policy.var() + other.var()) / paired) if paired > 0 else None
