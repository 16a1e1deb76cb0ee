"""Designs: the points at which a sweep runs.

Every input of a design is uniform on (0, 1) and becomes a value through its own quantiles. The last
input of a sampled design is the seed, so that its share of the variance can be told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.chain.arrays import Array
from sim.chain.draws import prior, quantile
from sim.measures import Distribution
from sim.world import Parameter

SEED = "seed"
"""Name of the input that stands for all that is random within a run."""

LEVELS = 4  # of each input in a Morris design
INNER = (0.05, 0.95)
"""Quantiles between which a Morris design moves a prior, which may have no ends."""
MANY_SEEDS = 2**20
EDGE = 1e-9  # nearest to 0 and 1 that a quantile is asked for

Value = float | date
Numbers = NDArray[np.int_]


@dataclass(frozen=True)
class Input:
    """What a sweep varies: `measures.NAME.KEY` or a parameter, and the values it can take.

    Exactly one of `values` (a list), `between` (two ends) and `prior` is given.
    """

    name: str
    values: tuple[Value, ...] = ()
    between: tuple[Value, Value] | None = None
    prior: Parameter | Distribution | None = None

    @property
    def is_measure(self) -> bool:
        """Whether it is a key of a measure, and no parameter."""
        return self.name.startswith("measures.")

    @property
    def is_date(self) -> bool:
        """Whether its values are dates."""
        return isinstance((self.values or self.between or (0.0,))[0], date)

    def at(self, u: Array) -> list[Value]:
        """Values at quantiles u (point,); dates are taken by month, the step of the model."""
        if self.values:
            return [self.values[k] for k in _step(u, len(self.values))]
        if self.between is not None:
            low, high = self.between
            if isinstance(low, date) and isinstance(high, date):
                months = _months(low, high, self.name.endswith(".end"))
                return [months[k] for k in _step(u, len(months))]
            return [float(low) + (float(high) - float(low)) * float(x) for x in u]  # type: ignore[arg-type]
        u = np.clip(u, EDGE, 1 - EDGE)
        if isinstance(self.prior, Parameter):
            return [float(x) for x in prior(self.prior, u)]
        assert self.prior is not None
        return [float(x) for x in quantile(self.prior.shape, self.prior.values, u)]


def _step(u: Array, count: int) -> Array:
    return np.minimum((u * count).astype(int), count - 1)


def _months(low: date, high: date, last_days: bool) -> list[date]:
    """One day for each month from low to high: the first, or for an end the last, within them."""
    first = [
        date(m // 12, m % 12 + 1, 1)
        for m in range(low.year * 12 + low.month - 1, high.year * 12 + high.month)
    ]
    if not last_days:
        return [max(day, low) for day in first]
    following = [(day + timedelta(days=31)).replace(day=1) for day in first]
    return [min(max(day - timedelta(days=1), low), high) for day in following]


@dataclass(frozen=True)
class Design:
    """The points of a sweep: where each lies (point, input), all in (0, 1), and its run number.

    In a sampled design the last column is the seed's, and each point is one run. A grid has no such
    column, and `runs` holds every run of every point, which share their draws.
    """

    kind: str
    inputs: tuple[Input, ...]
    u: Array
    points: Numbers
    runs: Numbers

    @property
    def names(self) -> list[str]:
        """Names of the columns of `u`."""
        return [i.name for i in self.inputs] + ([] if self.kind == "grid" else [SEED])

    def values(self, k: int) -> list[Value]:
        """Values of an input at every point; a Morris design stays within the ends of a prior."""
        u = self.u[:, k]
        if self.kind == "morris" and self.inputs[k].prior is not None:
            u = INNER[0] + (INNER[1] - INNER[0]) * u
        return self.inputs[k].at(u)


def make_design(
    kind: str, samples: int | None, inputs: Sequence[Input], seed: int, runs: int
) -> Design:
    """The points of a design.

    `samples` is the base number N: a Latin hypercube has N points, Sobol N(D+2) (Saltelli 2010,
    without second order), Morris N(D+1), where D counts the inputs and the seed. A grid has every
    combination of the values, each with `runs` runs.
    """
    inputs = tuple(inputs)
    if kind == "grid":
        steps = [(np.arange(len(i.values)) + 0.5) / len(i.values) for i in inputs]
        u = np.array(list(product(*steps))).reshape(-1, len(inputs))
        points = np.repeat(np.arange(len(u)), runs)
        return Design(kind, inputs, u, points, np.tile(np.arange(runs), len(u)))
    assert samples is not None
    u = SAMPLERS[kind](samples, len(inputs) + 1, seed)
    numbers = {
        "latin-hypercube": lambda x: _step(x, samples),
        "sobol": lambda x: _step(x, MANY_SEEDS),
        # One number before the step of the seed in a trajectory, and another after it.
        "morris": lambda x: 2 * (np.arange(len(u)) // (u.shape[1] + 1)) + (x > 0.5),
    }[kind](u[:, -1])
    return Design(kind, inputs, u, np.arange(len(u)), numbers)


def number_of_pairs(kind: str, samples: int | None, inputs: Sequence[Input], runs: int) -> int:
    """Pairs that a design runs for each set of measures."""
    if kind == "grid":
        return runs * math.prod(len(i.values) for i in inputs)
    assert samples is not None
    d = len(inputs) + 1
    return samples * {"latin-hypercube": 1, "sobol": d + 2, "morris": d + 1}[kind]


def problem(names: Sequence[str]) -> dict[str, object]:
    """The inputs as SALib wants them, all on (0, 1)."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _latin_hypercube(samples: int, inputs: int, seed: int) -> Array:
    from scipy.stats import qmc

    return qmc.LatinHypercube(inputs, rng=np.random.default_rng(seed)).random(samples)


def _sobol(samples: int, inputs: int, seed: int) -> Array:
    from SALib.sample import sobol

    names = [str(k) for k in range(inputs)]
    made: Array = sobol.sample(
        problem(names), samples, calc_second_order=False, seed=np.random.default_rng(seed)
    )
    return made


def _morris(samples: int, inputs: int, seed: int) -> Array:
    from SALib.sample import morris

    names = [str(k) for k in range(inputs)]
    made: Array = morris.sample(problem(names), samples, LEVELS, seed=np.random.default_rng(seed))
    return made


SAMPLERS = {"latin-hypercube": _latin_hypercube, "sobol": _sobol, "morris": _morris}
