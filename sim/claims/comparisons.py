"""How the arms of a test are set against each other: one outcome a run, on shared draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.chain.arrays import Array


def level(only: Array) -> Array:
    """The quantity itself."""
    return only


def percent(policy: Array, other: Array) -> Array:
    """Policy over counterfactual, less 1, per cent."""
    return 100 * (policy / other - 1)


def difference(policy: Array, other: Array) -> Array:
    """Policy less counterfactual."""
    return policy - other


def interaction(neither: Array, first: Array, second: Array, both: Array) -> Array:
    """What two measures do together beyond the sum of what each does alone, per cent of neither."""
    return 100 * (both - first - second + neither) / neither


def first_share(neither: Array, first: Array, second: Array, both: Array) -> Array:
    """Share of the variance of ln Y over the four arms that the first factor explains, per cent."""
    return _shares(neither, first, second, both)[0]


def second_share(neither: Array, first: Array, second: Array, both: Array) -> Array:
    """Share of the variance of ln Y over the four arms that the second factor explains."""
    return _shares(neither, first, second, both)[1]


def _shares(neither: Array, first: Array, second: Array, both: Array) -> list[Array]:
    """Main effects and interaction of a two by two design, as shares of their sum of squares."""
    y = [np.log(np.maximum(arm, 1e-12)) for arm in (neither, first, second, both)]
    effects = [
        y[1] - y[0] + y[3] - y[2],
        y[2] - y[0] + y[3] - y[1],
        y[3] - y[1] - y[2] + y[0],
    ]
    squares = [effect**2 for effect in effects]
    everything = np.maximum(squares[0] + squares[1] + squares[2], 1e-300)
    return [100 * square / everything for square in squares]


def power_lost(other: Array, cut: Array, there_other: Array, there_cut: Array) -> Array:
    """How much less a cut moves a quantity in another world, per cent: 100 ln(cut / other) here
    less there."""
    return 100 * (np.log(cut / other) - np.log(there_cut / there_other))


def best_answer(other: Array, first: Array, second: Array) -> Array:
    """The larger gain of two answers over none."""
    return np.maximum(first, second) - other


def larger_fall(other: Array, first: Array, second: Array, third: Array) -> Array:
    """By how much removing the first lowers a quantity more than removing the second or third."""
    return (other - first) - np.maximum(other - second, other - third)


def more_delay(first: Array, first_other: Array, second: Array, second_other: Array) -> Array:
    """How much larger the first difference is than the second."""
    return (first - first_other) - (second - second_other)


COMPARISONS: dict[str, Callable[..., Array]] = {
    comparison.__name__: comparison
    for comparison in (
        level, percent, difference, interaction, first_share, second_share, power_lost, best_answer,
        larger_fall, more_delay,
    )
}  # fmt: skip
