"""Allocation keeps amounts, room and caps, and uses what is there."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chain.allocation import Reference, allocate

few = settings(max_examples=40, deadline=None)
sizes = {"seed": st.integers(0, 9999), "givers": st.integers(1, 5), "takers": st.integers(1, 5)}


def random_case(seed, givers, takers):
    rng = np.random.default_rng(seed)
    some = rng.random((givers, takers, 3)) < 0.7
    return (
        rng.random((givers, 3)) * 10, rng.random((takers, 3)) * 10,
        rng.random((givers, takers, 3)) * some, rng.random((givers, takers, 3)) * 5,
    )  # fmt: skip


def excess(amount, room, cap, sent):
    """Largest overrun of an amount, a room or a cap, t."""
    over = (sent - cap).max(), (sent.sum(axis=1) - amount).max(), (sent.sum(axis=0) - room).max()
    return max(*over, -sent.min())


@few
@given(**sizes)
def test_within_amounts_room_and_caps(seed, givers, takers):
    amount, room, weight, cap = random_case(seed, givers, takers)
    sent = allocate(amount, room, weight, cap)
    assert excess(amount, room, cap, sent) < 1e-12
    assert (sent[weight == 0] == 0).all()


@few
@given(**sizes)
def test_column_alone_has_the_bits_of_the_batch(seed, givers, takers):
    case = random_case(seed, givers, takers)
    one = allocate(*(a[..., [1]] for a in case))
    assert np.array_equal(one, allocate(*case)[..., [1]])


def test_shares_follow_weights_where_nothing_binds():
    weight = np.array([1.0, 3.0])[None, :, None]
    sent = allocate(np.array([[8.0]]), np.full((2, 1), 100.0), weight, np.full((1, 2, 1), 100.0))
    np.testing.assert_allclose(sent[0, :, 0], [2.0, 6.0])


def test_what_one_has_no_room_for_goes_to_the_other():
    weight = np.array([1.0, 1e-200])[None, :, None]
    room = np.array([[3.0], [100.0]])
    sent = allocate(np.array([[8.0]]), room, weight, np.full((1, 2, 1), np.inf))
    np.testing.assert_allclose(sent[0, :, 0], [3.0, 5.0])


def test_mutant_cap_ignored_is_caught():
    amount, room, weight, cap = random_case(1, 4, 4)
    sent = allocate(amount, room, weight, np.full_like(cap, np.inf))
    assert excess(amount, room, cap, sent) > 1e-3


def test_reference_stands_still_where_policy_limits():
    reference = Reference(np.array([10.0, 10.0]))
    reference.follow(np.array([4.0, 4.0]), np.array([True, False]))
    assert reference.before[0] == 10
    assert reference.before[1] < 10
    assert (reference.trailing < 10).all()
