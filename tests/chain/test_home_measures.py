"""The measures at home in the chain: their direction, their zero, their laws, who pays."""

import numpy as np
import pytest

from sim.chain import PURPOSES, SupplyChain
from sim.ensemble.pairs import run_batch
from tests.laws import (
    ABROAD,
    HOME,
    bad_numbers,
    below_zero,
    clearing_gap,
    differing_paths,
    mass_gap,
    money_gap,
    tiny,
    use_gap,
    worst,
)

NDPR, DY = 0, 1
BUY = {
    "kind": "stockpile", "by": "Abroad", "action": "purchase", "element": "NdPr",
    "unit": "t/year", "level": 3000.0, "start": "2023-07-01", "end": "2023-12-31",
}  # fmt: skip
SELL = {**BUY, "action": "release", "level": 6000.0, "start": "2024-04-01", "end": "2024-09-30"}
OUTAGE = {
    "kind": "outage", "by": "Home", "stage": "mine", "firms": ("Home Clay",), "loss": 0.6,
    "start": "2023-07-01", "end": "2023-12-31",
}  # fmt: skip
EVERY = {
    "stockpile": {"buy": BUY, "sell": SELL},
    "outage of a mine": {"out": OUTAGE},
    "outage of separation": {"out": {**OUTAGE, "stage": "separation", "firms": None}},
    "outage of magnets": {"out": {**OUTAGE, "stage": "magnet", "firms": None}},
}
NEUTRAL = {
    "stockpile of nothing": {**BUY, "level": 0.0},
    "release from an empty reserve": SELL,
    "outage of no output": {**OUTAGE, "loss": 0.0},
}


def pair(measures, months=24, **changes):
    """Records of both paths of two runs."""
    return run_batch(tiny("tiny-quota", months, measures, **changes), (0, 1))


def change(records, name):
    """Relative change of a record by the measures."""
    return records[name][1] / records[name][0] - 1


@pytest.fixture(scope="module")
def stockpile():
    return pair(EVERY["stockpile"])


@pytest.mark.parametrize("name", EVERY)
def test_laws_hold(name):
    model = SupplyChain(tiny("tiny-quota", 20, EVERY[name]), "policy", (0, 1))
    gaps = worst(model, mass_gap, use_gap, money_gap, clearing_gap, below_zero)
    assert max(gaps[:4]) < 1e-9
    assert gaps[4] <= 0
    assert bad_numbers(model.recorder.arrays()) == []


@pytest.mark.parametrize("name", NEUTRAL)
def test_a_neutral_measure_changes_no_bit(name):
    records = pair({"m": {**NEUTRAL[name]}}, 18)
    assert differing_paths(records, 18) == []


@pytest.mark.parametrize("name", EVERY)
def test_nothing_moves_before_the_announcement_and_something_after(name):
    measures = {k: {**m, "announced": "2023-05-01"} for k, m in EVERY[name].items()}
    records = pair(measures, 12)
    assert differing_paths(records, 4) == []
    assert "oxide_price" in differing_paths(records, 5)


def test_a_purchase_raises_the_price_and_a_release_lowers_it(stockpile):
    kept = pair({"buy": BUY})
    price = change(kept, "oxide_price")[:, ABROAD, NDPR]
    assert (price[6:12] > 0).all()
    released = stockpile["oxide_price"][1] / kept["oxide_price"][1] - 1
    assert (released[15:18, :, NDPR] < -0.01).all()


def test_a_reserve_releases_only_what_is_there():
    model = SupplyChain(tiny("tiny-quota", 24, EVERY["stockpile"]), "policy", (0, 1))
    bought = sold = 0.0
    while model.t < len(model.months):
        model.step()
        bought = bought + model.chain.reserves.bought
        sold = sold + model.chain.reserves.sold
        assert (sold <= bought + 1e-9).all()
    assert (bought[ABROAD, NDPR] > 1000).all()
    assert (sold[ABROAD, NDPR] > 0.9 * bought[ABROAD, NDPR]).all()
    assert bought[HOME].max() == bought[:, DY].max() == 0


def test_the_state_pays_for_the_reserve_and_is_paid_for_it(stockpile):
    spent = stockpile["public_spending"]
    assert (spent[0] == 0).all()
    paid = spent[1][:, ABROAD, PURPOSES.index("stockpile")]
    assert (paid[0] > 0).all()
    assert (paid[1] < 0).all()
    assert (spent[1][:, HOME] == 0).all()


def test_a_limit_keeps_the_state_from_buying_dear():
    free = pair({"buy": BUY}, 12)["public_spending"][1].sum()
    held = pair({"buy": {**BUY, "limit": 40.0}}, 12)["public_spending"][1].sum()
    assert 0 < held < 0.2 * free


def test_an_outage_raises_prices_of_what_the_mine_gives_and_passes(stockpile):
    records = pair({"out": OUTAGE}, 48)
    price = change(records, "oxide_price")
    assert (price[8:12, :, DY] > 0.02).all()
    assert (records["mine_output"][1, 6:12, HOME] < records["mine_output"][0, 6:12, HOME]).all()
    late = np.abs(price[40:, :, DY]).max()
    assert late < price[6:12, :, DY].max()


def test_an_outage_of_magnet_plants_loses_vehicles():
    records = pair({"out": {**OUTAGE, "stage": "magnet", "firms": None, "loss": 0.9}}, 18)
    assert (records["vehicles_lost"][1].sum(axis=(0, 1)) > 1e4).all()
