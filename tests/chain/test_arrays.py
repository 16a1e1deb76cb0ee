"""Sums by group, and arithmetic whose bits do not depend on the batch."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chain.arrays import Groups, logistic, ratio, relax, total


@settings(max_examples=50, deadline=None)
@given(index=st.lists(st.integers(0, 6), max_size=12), columns=st.integers(1, 4))
def test_groups_sum_their_rows_and_empty_ones_to_zero(index, columns):
    values = np.random.default_rng(len(index)).random((len(index), 2, columns))
    groups = Groups.of(np.array(index, dtype=np.intp), 8)
    sums = groups.sum(values)
    for group in range(8):
        rows = [row for row, g in enumerate(index) if g == group]
        np.testing.assert_allclose(sums[group], values[rows].sum(axis=0), rtol=1e-12, atol=0)
    if index:
        assert np.array_equal(groups.spread(sums)[0], sums[index[0]])


def test_sums_have_the_same_bits_alone_and_together():
    values = np.random.default_rng(0).random((37, 300))
    groups = Groups.of(np.arange(37) % 5, 6)
    for k in (0, 150, 299):
        assert np.array_equal(groups.sum(values)[:, [k]], groups.sum(values[:, [k]]))
        assert np.array_equal(total(values)[[k]], total(values[:, [k]]))


def test_total_of_nothing_is_zero():
    assert np.array_equal(total(np.zeros((0, 3, 2))), np.zeros((3, 2)))


def test_ratio_by_nothing_is_what_is_asked_for():
    found = ratio(np.array([1.0, 1.0]), np.array([0.0, 4.0]), 7.0)
    assert found.tolist() == [7.0, 0.25]


def test_logistic_is_symmetric_and_bounded():
    x = np.array([-1e4, -2.0, 0.0, 2.0, 1e4])
    np.testing.assert_allclose(logistic(x) + logistic(-x), 1.0, rtol=1e-14)
    assert logistic(x)[0] >= 0
    assert logistic(x)[-1] == 1


def test_twelve_months_of_relaxing_are_a_year():
    state = np.array([1.0])
    for _ in range(12):
        state = relax(state, np.array([0.0]), 2.0)
    np.testing.assert_allclose(state, np.exp(-2.0), rtol=1e-12)
