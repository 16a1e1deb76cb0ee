"""The market clears, keeps its limits, and does not depend on where or with whom it is solved."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

import sim.chain.market as market_module
from sim.chain.arrays import Groups
from sim.chain.market import MarketError
from tests.chain.markets import (
    column,
    cut_off,
    gap_error,
    imbalance,
    importers_fall,
    licence_over_reserve,
    over_backstop,
    over_caps,
    over_quota,
    price_gap,
    quotas,
    random_market,
    same_bits,
    seeds,
    sizes,
    trade_at_equal_prices,
)

few = settings(max_examples=15, deadline=None)


@few
@given(seed=seeds, quota=quotas, **sizes)
def test_clears_within_all_limits(seed, quota, regions, goods, columns):
    market = random_market(seed, regions, goods, columns, quota)
    cleared = market.clear()
    assert imbalance(market, cleared) < 1e-9
    assert over_caps(market, cleared) <= 0
    assert over_backstop(market, cleared) <= 1e-9
    assert gap_error(market, cleared) <= 2.2
    if quota is not None:
        assert over_quota(market, cleared) <= 1e-9
        assert licence_over_reserve(market, cleared) <= 1e-6


@few
@given(seed=seeds, quota=quotas, **sizes)
def test_price_is_unique(seed, quota, regions, goods, columns):
    market = random_market(seed, regions, goods, columns, quota)
    rng = np.random.default_rng(seed)
    elsewhere = market.price * np.exp(rng.uniform(-1.5, 1.5, market.price.shape))
    assert price_gap(market.clear(), market.clear(elsewhere)) < 1e-6


@few
@given(seed=seeds, **sizes)
def test_cut_off_regions_stay_below_their_backstop(seed, regions, goods, columns):
    market = cut_off(random_market(seed, regions, goods, columns, empty=1))
    cleared = market.clear()
    assert imbalance(market, cleared) < 1e-9
    assert over_backstop(market, cleared) <= 1e-9
    assert (cleared.price[1] > 0.7 * market.offers.backstop[1]).all()
    bought = market.layout.blocks.sum(cleared.bought)
    np.testing.assert_allclose(cleared.unmet[1], bought[1], rtol=1e-4)


@few
@given(seed=seeds, **sizes)
def test_equal_prices_carry_no_trade(seed, regions, goods, columns):
    market = random_market(seed, regions, goods, columns, alike=True)
    cost = np.repeat(market.offers.cost[:1], len(market.offers.cost), axis=0)
    market = market.changed(cost=cost, edge=0.2 * cost)
    assert trade_at_equal_prices(market, market.clear()) < 0.01


@few
@given(seed=seeds, **sizes)
def test_tighter_quota_never_lowers_an_importers_price(seed, regions, goods, columns):
    loose = random_market(seed, regions, goods, columns, 0.8, importers=True)
    before = loose.clear()
    for share in (0.9, 0.5, 0.05):
        tight = loose.changed(quota=loose.offers.quota * share)
        after = tight.clear(before.price)
        assert importers_fall(before, after) < 1e-6
        before = after


@few
@given(seed=seeds, quota=quotas, **sizes)
def test_column_alone_has_the_bits_of_the_batch(seed, quota, regions, goods, columns):
    market = random_market(seed, regions, goods, columns + 5, quota)
    together = market.clear()
    for k in (0, columns + 4):
        assert same_bits(market.clear(columns=np.array([k])), column(together, k))


def test_quota_lifted_from_a_tight_one_clears():
    market = random_market(3, 4, 3, 50, 0.05)
    tight = market.clear()
    lifted = market.changed(quota=market.offers.quota * 1e4).clear(tight.price)
    assert (lifted.licence_price < market.offers.reserve_licence).all()


def test_no_supply_from_the_neighbour():
    market = random_market(1, 3, 2, 4, empty=1)
    cleared = market.clear()
    sold = market.layout.sellers.sum(cleared.sold)
    assert (sold[1] == 0).all()
    assert (sold[0] > 0).all()
    assert (sold[2] > 0).all()


def test_market_that_does_not_clear_says_so(monkeypatch):
    monkeypatch.setattr(market_module, "STEPS", 1)
    with pytest.raises(MarketError, match="did not clear in 1 steps"):
        random_market(1, 3, 2, 4).clear()


def test_mutant_idle_licence_with_a_price_is_caught():
    market = random_market(1, 3, 2, 4, 2.0)
    reserve = market.offers.reserve_licence
    assert -1 < licence_over_reserve(market, market.clear()) <= 1e-6
    assert licence_over_reserve(market, market.changed(reserve_licence=10 * reserve).clear()) > 1e-6


def test_mutant_search_that_stops_early_is_caught(monkeypatch):
    market = random_market(1, 3, 2, 4)
    monkeypatch.setattr(market_module, "TOLERANCE", 1e-2)
    assert price_gap(market.clear(), market.clear(3.0 * market.price)) > 1e-6


def test_mutant_route_that_ships_without_gain_is_caught():
    market = random_market(1, 3, 2, 4, alike=True)
    wide = market.changed(edge=2.0 * market.offers.cost)
    assert trade_at_equal_prices(wide, wide.clear()) > 0.01


def test_mutant_quota_the_wrong_way_round_is_caught():
    loose = random_market(1, 3, 2, 4, 0.3, importers=True)
    before = loose.clear()
    looser = loose.changed(quota=2.0 * loose.offers.quota).clear(before.price)
    assert importers_fall(before, looser) > 1e-6


def test_mutant_loose_tolerance_is_caught(monkeypatch):
    monkeypatch.setattr(market_module, "TOLERANCE", 1e-3)
    market = random_market(1, 3, 2, 4)
    assert imbalance(market, market.clear()) > 1e-9


def test_mutant_flow_above_its_cap_is_caught():
    market = random_market(1, 3, 2, 4, 0.5)
    cleared = market.clear()
    leaky = market.changed(cap=1.05 * market.offers.cap, quota=1.2 * market.offers.quota).clear()
    assert over_caps(market, leaky) > 0 >= over_caps(market, cleared)
    assert over_quota(market, leaky) > 1e-9 >= over_quota(market, cleared)


def test_mutant_neighbours_value_for_an_empty_group_is_caught(monkeypatch):
    def careless(groups, a):
        order = np.argsort(groups.index, kind="stable")
        starts = np.searchsorted(groups.index[order], np.arange(groups.count))
        starts = np.minimum(starts, len(a) - 1)
        return np.add.reduceat(a[order], starts, axis=0)

    market = random_market(1, 3, 2, 4, empty=1)
    sold = market.clear().sold
    assert (market.layout.sellers.sum(sold)[1] == 0).all()
    monkeypatch.setattr(Groups, "sum", careless)
    assert (market.layout.sellers.sum(sold)[1] > 0).all()


def test_mutant_unpriced_cost_is_caught():
    market = random_market(1, 3, 2, 4)
    free = market.changed(cost=0.5 * market.offers.cost).clear()
    assert gap_error(market, free) > 2.2


def test_mutant_market_without_backstop_is_caught():
    market = cut_off(random_market(1, 3, 2, 4, empty=1))
    none = market.changed(backstop=10 * market.offers.backstop)
    assert over_backstop(market, none.clear()) > 1e-9


def test_mutant_sum_that_depends_on_the_batch_is_caught(monkeypatch):
    def careless(a):
        return np.mean(a) * 0 + np.sum(a * (1 + 1e-15 * a.shape[-1]), axis=0)

    market = random_market(1, 4, 3, 9, 0.3)
    monkeypatch.setattr(market_module, "total", careless)
    together = market.clear()
    alone = [market.clear(columns=np.array([k])) for k in range(9)]
    assert not all(same_bits(alone[k], column(together, k)) for k in range(9))


def test_replacing_offers_keeps_the_rest():
    market = random_market(1, 3, 2, 4)
    taken = market.offers.take(np.array([2]))
    assert np.array_equal(taken.need[..., 0], market.offers.need[..., 2])
    assert taken.backstop_width == replace(market.offers).backstop_width
