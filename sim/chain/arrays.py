"""Array arithmetic whose bits do not depend on how many runs share a batch.

The run axis stands last everywhere. `sum(axis=0)`, `@` and `einsum` were measured to round
differently for one column than for many; `np.add.reduceat` does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Index: TypeAlias = NDArray[np.intp]

MONTHS_PER_YEAR = 12.0
"""Rates are stored per year and scaled by this one number."""


def logistic(x: Array) -> Array:
    """Logistic function of any shape; small values keep their relative precision."""
    return 1.0 / (1.0 + np.exp(np.minimum(-x, 700.0)))


def total(a: Array) -> Array:
    """Sum over the first axis: (rows, ...) -> (...); zeros where there are no rows."""
    if len(a) == 0:
        return np.zeros(a.shape[1:])
    return np.add.reduceat(a, [0], axis=0)[0]


def ratio(a: Array, b: Array, empty: float = 0.0) -> Array:
    """a / b where b is positive, else `empty`; shapes broadcast."""
    a, b = np.broadcast_arrays(a, b)
    return np.divide(a, b, out=np.full(a.shape, empty), where=b > 0)


def relax(state: Array, target: Array, per_year: Array | float) -> Array:
    """State after a month of moving to the target at a yearly rate; exact for a fixed target."""
    return state + (target - state) * -np.expm1(-per_year / MONTHS_PER_YEAR)


@dataclass(frozen=True)
class Groups:
    """Sums of rows by group, e.g. of firms by region; a group without rows sums to 0.

    `order` sorts the rows by group with one zero row (index `rows`) appended per empty group:
    `np.add.reduceat` would return the neighbour's value for it.
    """

    index: Index
    count: int
    order: Index
    starts: Index

    @classmethod
    def of(cls, index: Index, count: int) -> Groups:
        """Groups `0 .. count - 1` of the rows whose group numbers are `index`."""
        index = np.asarray(index, dtype=np.intp)
        empty = np.setdiff1d(np.arange(count), index)
        padded = np.concatenate([index, empty])
        order = np.argsort(padded, kind="stable")
        starts = np.searchsorted(padded[order], np.arange(count))
        return cls(index, count, np.minimum(order, len(index)), starts)

    def sum(self, a: Array) -> Array:
        """(rows, ...) -> (groups, ...)."""
        if len(self.order) == len(self.index):
            return np.add.reduceat(a[self.order], self.starts, axis=0)
        padded = np.concatenate([a, np.zeros((1, *a.shape[1:]))])
        return np.add.reduceat(padded[self.order], self.starts, axis=0)

    def mean(self, a: Array, weight: Array) -> Array:
        """Mean by group, weighted (rows, ...) > 0; a group without rows gets the mean of all."""
        everything = total(a * weight) / total(weight)
        some = self.sum(np.ones_like(a)) > 0
        return np.where(some, ratio(self.sum(a * weight), self.sum(weight)), everything[None])

    def spread(self, a: Array) -> Array:
        """(groups, ...) -> (rows, ...): each row gets its group's value."""
        return a[self.index]
