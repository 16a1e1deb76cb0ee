"""What mines dig under production quotas."""

import numpy as np

from sim.chain import SupplyChain
from sim.chain.terms import QuotaKey
from tests.laws import tiny


def mines_in_a_slump(months=3):
    """The tiny world's mines when prices have fallen far below cost from one month to the next."""
    model = SupplyChain(tiny("tiny-quota", measures={}), "policy", (0, 1))
    for _ in range(months):
        model.step()
    mines = model.chain.mines
    mines.netback = 0.2 * mines.unit_cost
    return mines


QUOTA = QuotaKey(0, "mine", "all")


def dug(tonnes):
    """What mines dig, t a year, where a quota on those at home leaves so many t this month."""
    mines = mines_in_a_slump()
    allowance = {} if tonnes is None else {QUOTA: np.full(2, tonnes)}
    return mines.dig(mines.quota_limits(allowance), np.ones_like(mines.output)) * 12


def test_a_quota_above_any_output_leaves_mines_to_close_as_slowly_as_without_it():
    assert (dug(1e6) == dug(None)).all()
    assert (dug(1e6)[0] > 0.7 * mines_in_a_slump().output[0]).all()


def test_a_quota_that_binds_is_used_up_and_shared_by_what_mines_would_dig():
    bound = mines_in_a_slump().under_quota(QUOTA)
    free, held = dug(None)[bound], dug(1000.0)[bound]
    np.testing.assert_allclose(held.sum(axis=0), 12000.0)
    np.testing.assert_allclose(held, free * 12000.0 / free.sum(axis=0))
