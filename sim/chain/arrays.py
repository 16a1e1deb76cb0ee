"""Array arithmetic whose bits do not depend on how many runs share a batch.

The run axis stands last everywhere. `sum(axis=0)`, `@` on dense arrays and `einsum` were measured
to round differently for one column than for many. Adding row after row does not, and neither does
a sparse matrix times a dense one, which does the same and was measured to be four times as fast as
`np.add.reduceat` at a thousand columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array: TypeAlias = NDArray[np.float64]
Index: TypeAlias = NDArray[np.intp]

MONTHS_PER_YEAR = 12.0
"""Rates are stored per year and scaled by this one number."""

FEW_ROWS = 12
"""Rows up to which adding them one by one costs less than calling a sparse product."""


def logistic(x: Array) -> Array:
    """Logistic function of any shape; small values keep their relative precision."""
    y = np.minimum(np.negative(x), 700.0)
    np.exp(y, out=y)
    y += 1.0
    return np.divide(1.0, y, out=y)


def total(a: Array) -> Array:
    """Sum over the first axis: (rows, ...) -> (...); zeros where there are no rows."""
    if len(a) == 0:
        return np.zeros(a.shape[1:])
    if len(a) > FEW_ROWS and a.flags.c_contiguous:
        return (_row_of_ones(len(a)) @ a.reshape(len(a), -1)).reshape(a.shape[1:])
    sum_ = a[0].copy()
    for row in a[1:]:
        sum_ += row
    return sum_


@cache
def _row_of_ones(length: int) -> Any:  # noqa: ANN401 (scipy is not typed)
    return sparse.csr_array(np.ones((1, length)))


def ratio(a: Array, b: Array, empty: Array | float = 0.0) -> Array:
    """a / b where b is positive, else `empty`; shapes broadcast."""
    positive = b > 0
    return np.where(positive, a / np.where(positive, b, 1.0), empty)


def relax(state: Array, target: Array, per_year: Array | float) -> Array:
    """State after a month of moving to the target at a yearly rate; exact for a fixed target."""
    return state + (target - state) * -np.expm1(-per_year / MONTHS_PER_YEAR)


@dataclass(frozen=True)
class Groups:
    """Sums of rows by group, e.g. of firms by region; a group without rows sums to 0."""

    index: Index
    count: int
    matrix: Any

    @classmethod
    def of(cls, index: Index, count: int) -> Groups:
        """Groups `0 .. count - 1` of the rows whose group numbers are `index`."""
        index = np.asarray(index, dtype=np.intp)
        return cls(index, count, _matrix(index, np.ones(len(index)), count))

    def sum(self, a: Array) -> Array:
        """(rows, ...) -> (groups, ...)."""
        flat = a.reshape(len(a), prod(a.shape[1:]))
        return (self.matrix @ flat).reshape(self.count, *a.shape[1:])

    def mean(self, a: Array, weight: Array) -> Array:
        """Mean by group, weighted (rows, ...) > 0; a group without rows gets the mean of all."""
        part, whole = self.sum(a * weight), self.sum(weight)
        return ratio(part, whole, total(part) / total(whole))

    def spread(self, a: Array) -> Array:
        """(groups, ...) -> (rows, ...): each row gets its group's value."""
        return a[self.index]


def _matrix(index: Index, weight: Array, count: int) -> Any:  # noqa: ANN401 (scipy is not typed)
    """The sparse matrix that sums weighted rows by group, in the order of the rows."""
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(count + 1))
    return sparse.csr_array((weight[order], order, starts), shape=(count, len(index)))
