"""The measures at home in the chain: their direction, their zero, their laws, who pays."""

import numpy as np
import pytest

from sim.chain import ACCOUNTS, PURPOSES, SupplyChain
from sim.ensemble.pairs import run_batch, run_pairs
from sim.results.accounting import shock_accounting
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
    unaccounted,
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
AID = {"kind": "subsidy", "by": "Abroad", "stage": "magnet", "start": "2023-07-01"}
FLOOR = {
    "kind": "price-floor", "by": "Abroad", "element": "NdPr", "strike": 110.0,
    "start": "2023-07-01",
}  # fmt: skip
RECYCLE = {
    "kind": "recycling-mandate", "by": "Abroad", "basis": "collection", "level": 0.4,
    "start": "2023-07-01",
}  # fmt: skip
VEHICLES = {
    "kind": "demand-mandate", "by": "Abroad", "unit": "share of forecast", "level": 1.4,
    "start": "2023-07-01",
}  # fmt: skip
EVERY = {
    "recycling": {"recycle": {**RECYCLE, "start": "2023-05-01"}},
    "vehicles": {"vehicles": VEHICLES},
    "capital for magnets": {"aid": {**AID, "capex_share": 0.5, "budget": 20.0}},
    "credit for magnets": {"aid": {**AID, "cost_share": 0.2, "per_unit": 1.0}},
    "aid to mines": {"aid": {**AID, "stage": "mine", "capex_share": 0.5, "per_unit": 5.0}},
    "aid to separation": {"aid": {**AID, "stage": "separation", "capex_share": 0.5}},
    "floor": {"floor": FLOOR},
    "contract for difference": {"floor": {**FLOOR, "stage": "mine", "upside": 1.0}},
    "stockpile": {"buy": BUY, "sell": SELL},
    "outage of a mine": {"out": OUTAGE},
    "outage of separation": {"out": {**OUTAGE, "stage": "separation", "firms": None}},
    "outage of magnets": {"out": {**OUTAGE, "stage": "magnet", "firms": None}},
}
NEUTRAL = {
    "quota of a group above any output": {
        "kind": "production-quota",
        "by": "Home",
        "stage": "mine",
        "class": "all",
        "firms": ("Home Clay",),
        "unit": "t REO/year",
        "level": 1e6,
        "start": "2023-07-01",
    },
    "collection of nothing": {**RECYCLE, "level": 0.0},
    "content of nothing": {**RECYCLE, "basis": "content", "level": 0.0},
    "vehicles as forecast": {**VEHICLES, "level": 1.0},
    "subsidy of nothing": {**AID, "per_unit": 0.0, "capex_share": 0.0},
    "subsidy without money": {**AID, "cost_share": 0.3, "budget": 0.0},
    "floor below any price": {**FLOOR, "strike": 1.0},
    "stockpile of nothing": {**BUY, "level": 0.0},
    "release from an empty reserve": SELL,
    "outage of no output": {**OUTAGE, "loss": 0.0},
}


def pair(measures, months=24, **changes):
    """Records of both paths of two runs."""
    return run_batch(tiny("tiny-quota", months, measures, **changes), (0, 1))


def change(records, name):
    """Relative change of a record by the measures."""
    return records[name][1] / np.maximum(records[name][0], 1e-9) - 1


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
    assert differing_paths(records, 9) != []


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
    records = pair({"out": OUTAGE}, 42)
    price = change(records, "oxide_price")
    assert (price[8:12, :, DY] > 0.02).all()
    assert (records["mine_output"][1, 6:12, HOME] < records["mine_output"][0, 6:12, HOME]).all()
    late = np.abs(price[36:, :, DY]).max()
    assert late < price[6:12, :, DY].max()


def test_an_outage_of_magnet_plants_loses_vehicles():
    records = pair({"out": {**OUTAGE, "stage": "magnet", "firms": None, "loss": 0.9}}, 18)
    assert (records["vehicles_lost"][1].sum(axis=(0, 1)) > 1e4).all()


def spending(records, purpose, place=ABROAD):
    """Public money of the policy path (year, run), million USD."""
    return records["public_spending"][1][:, place, PURPOSES.index(purpose)]


STAGES = {"mine": 0, "light": 1, "magnet": 3}


@pytest.mark.parametrize(
    ("stage", "form", "grown"),
    [
        ("mine", {"capex_share": 0.5}, "mine"),
        ("mine", {"per_unit": 10.0}, "mine"),
        ("separation", {"per_unit": 10.0}, "light"),
        ("separation", {"cost_share": 0.5}, "light"),
        ("magnet", {"capex_share": 0.5}, "magnet"),
        ("magnet", {"cost_share": 0.3}, "magnet"),
    ],
)
def test_a_subsidy_builds_capacity_and_costs_money(stage, form, grown):
    records = pair({"aid": {**AID, "stage": stage, **form}}, 54)
    capacity = change(records, "capacity")[-1, STAGES[grown], ABROAD]
    assert (capacity > 0).all()
    assert (spending(records, "subsidy")[1:] > 0).all()
    assert (spending(records, "subsidy", HOME) == 0).all()


def test_a_production_subsidy_lowers_the_price_of_magnets():
    records = pair({"aid": {**AID, "per_unit": 5.0}}, 18)
    assert (change(records, "magnet_price")[-1, ABROAD] < -0.01).all()


def test_builders_count_on_money_that_lasts_and_not_on_money_that_ends():
    lasting = {**AID, "start": "2027-01-01", "announced": "2023-07-01", "per_unit": 10.0}
    ending = {**lasting, "start": "2023-08-01", "end": "2023-12-31"}
    sure, gone = (
        change(pair({"aid": a}, 46), "capacity")[-1, 3, ABROAD] for a in (lasting, ending)
    )
    assert (sure > 0.001).all()
    assert (np.abs(gone) < 0.2 * sure).all()


def test_a_budget_is_never_passed_and_ends_the_subsidy():
    records = pair({"aid": {**AID, "cost_share": 0.3, "budget": 40.0}})
    assert spending(records, "subsidy").sum(axis=0) == pytest.approx([40.0, 40.0], rel=1e-9)
    assert (change(records, "magnet_price")[8, ABROAD] < 0).all()
    assert (np.abs(change(records, "magnet_price")[-1, ABROAD]) < 0.01).all()


def test_a_named_firm_elsewhere_is_paid_by_the_regions_that_impose():
    records = pair(
        {"aid": {**AID, "by": "Home", "firms": ("Abroad Magnets",), "per_unit": 2.0}}, 12
    )
    made = 2.0 * records["magnet_output"][1][6:, ABROAD].sum(axis=(0, 1)) / 1000
    assert spending(records, "subsidy", HOME)[0] == pytest.approx(made, rel=1e-9)
    assert (spending(records, "subsidy")[0] == 0).all()


@pytest.mark.parametrize("upside", [0.0, 0.3, 1.0])
def test_the_state_pays_the_gap_to_the_strike_and_takes_its_share_above(upside):
    records = pair({"floor": {**FLOOR, "strike": 70.0, "upside": upside}}, 12)
    price = records["oxide_price"][1][6:, ABROAD, NDPR]
    made = records["separation_output"][1][6:, ABROAD, NDPR]
    gap = np.maximum(70 - price, 0) - upside * np.maximum(price - 70, 0)
    owed = (gap * made).sum(axis=0) / 1000
    assert spending(records, "price-floor")[0] == pytest.approx(owed, rel=1e-9, abs=1e-9)


def test_a_floor_builds_separation_and_mines_and_leaves_the_market_alone():
    records = pair({"floor": FLOOR}, 54)
    capacity = change(records, "capacity")[-1, :, ABROAD]
    assert (capacity[STAGES["light"]] > 0.02).all()
    assert (capacity[STAGES["mine"]] > 0).all()
    assert (np.abs(change(records, "oxide_price")[7]) < 0.03).all()


def test_the_reference_price_of_a_contract_may_be_another_regions():
    own = spending(pair({"floor": FLOOR}, 12), "price-floor")[0]
    home = spending(pair({"floor": {**FLOOR, "reference": "Home"}}, 12), "price-floor")[0]
    assert (home > own).all()


def collected(records, path=1):
    """Goods collected abroad at their end of life, t a year (year, run)."""
    return records["accounts"][path][:, ABROAD, :, ACCOUNTS.index("scrap_collected")].sum(axis=1)


@pytest.fixture(scope="module")
def recycling():
    late = {"start": "2025-01-01", "announced": "2023-03-01"}
    return pair({"recycle": {**RECYCLE, **late, "basis": "content", "level": 0.35}}, 60)


def test_a_recycling_mandate_is_prepared_from_its_announcement_and_felt_from_its_start(recycling):
    more = collected(recycling) - collected(recycling, 0)
    assert (np.abs(more[:2]) < 1).all()
    assert (more[2:] > 100).all()
    surprise = pair({"recycle": {**RECYCLE, "start": "2025-01-01", "level": 0.15}}, 30)
    prepared = pair(
        {"recycle": {**RECYCLE, "start": "2025-01-01", "level": 0.15, "announced": "2023-03-01"}},
        30,
    )
    assert (collected(prepared)[2] > 1.5 * collected(surprise)[2]).all()


def test_recycled_content_reaches_its_share_and_lowers_prices(recycling):
    price = change(recycling, "oxide_price")[-1, ABROAD, NDPR]
    assert (price < 0).all()
    measures = {"recycle": {**RECYCLE, "basis": "content", "level": 0.35}}
    model = SupplyChain(tiny("tiny-quota", 84, measures), "policy", (0, 1))
    model.run()
    recyclers = model.chain.recyclers
    assert recyclers.made[ABROAD] / recyclers.use[ABROAD] == pytest.approx(0.35, rel=0.15)


def test_a_mandate_for_vehicles_moves_orders_prices_and_mines_both_ways():
    for level, sign in ((1.4, 1.0), (0.6, -1.0)):
        records = pair({"vehicles": {**VEHICLES, "level": level}}, 54)
        vehicles = sign * change(records, "vehicles_demanded")[-1]
        assert (vehicles[ABROAD] > 0.3).all()
        assert (vehicles[HOME] > 0).all()
        assert (sign * change(records, "oxide_price")[24:, :, NDPR] > 0).all()
        assert (sign * change(records, "capacity")[-1, 0].sum(axis=0) > 0).all()


def test_a_number_of_vehicles_is_sold_and_sales_return_when_it_ends():
    target = {**VEHICLES, "unit": "vehicles/year", "level": 9e6, "end": "2025-06-30"}
    scenario = tiny("tiny-quota", 60, {"vehicles": target})
    model = SupplyChain(scenario, "policy", (0, 1))
    sales = model.chain.vehicles.sales
    while model.t < 29:
        model.step()
    sold = (sales.forecast[:, ABROAD, model.t - 1] * sales.factor[:, ABROAD]).sum(axis=0)
    assert sold == pytest.approx([9e6, 9e6], rel=0.2)
    assert (sold > 1.3 * sales.forecast[:, ABROAD, model.t - 1].sum(axis=0)).all()
    model.run()
    assert sales.factor == pytest.approx(1.0, abs=0.15)


def test_a_change_of_need_is_accounted_for():
    measures = {"vehicles": VEHICLES, "ban": {"kind": "export-tax", "by": "Home",
                "product": "oxide", "rate": 0.2, "start": "2023-08-01"}}  # fmt: skip
    dataset = run_pairs(tiny("tiny-quota", 24, measures, runs=2), workers=1)
    assert unaccounted(dataset) < 1e-9
    assert (shock_accounting(dataset).sel(term="lower_need") < 0).all()


GROUP = {
    "kind": "production-quota", "by": "Home", "stage": "mine", "class": "all",
    "firms": ("Home Clay",), "unit": "t REO/year", "level": 4000.0, "start": "2024-01-01",
}  # fmt: skip


def dug(measures, firm, months=24):
    """Ore of a mine by month (month, run), t REO."""
    model = SupplyChain(tiny("tiny-quota", months, measures), "policy", (0, 1))
    found = []
    while model.t < len(model.months):
        model.step()
        found.append(model.chain.dug[model.chain.mines.names.index(firm)])
    return np.array(found)


def test_a_group_keeps_its_own_quota_and_others_theirs():
    held, free = ({"q": GROUP}, {})
    assert (dug(held, "Home Clay")[12:].sum(axis=0) <= 4000 * (1 + 1e-9)).all()
    assert (dug(free, "Home Clay")[12:].sum(axis=0) > 6000).all()
    assert (dug(held, "Home Rock")[12:].sum(axis=0) <= 30000).all()
    assert dug(held, "Home Rock")[:12] == pytest.approx(dug(free, "Home Rock")[:12])


def test_a_quota_binds_a_region_whose_mines_the_table_puts_under_none():
    quota = {**GROUP, "by": "Abroad", "firms": None, "class": "light", "level": 5000.0}
    assert (dug({"q": quota}, "Abroad Rock")[12:].sum(axis=0) <= 5000 * (1 + 1e-9)).all()


def test_a_batch_is_spread_over_its_months_and_lapses_with_the_year():
    schedule = {"2024": 6000.0, "2024-04": 20000.0, "2025": 26000.0}
    quota = {
        **GROUP, "firms": None, "class": "light", "unit": "t REO/batch", "level": None,
        "schedule": schedule,
    }  # fmt: skip
    ore = dug({"q": quota}, "Home Rock", 36)
    assert (ore[12:15].sum(axis=0) <= 6000 * (1 + 1e-9)).all()
    assert (ore[12:24].sum(axis=0) <= 26000 * (1 + 1e-9)).all()
    assert (ore[15:24].sum(axis=0) > 19000).all()
    assert (ore[24:].sum(axis=0) <= 26000 * (1 + 1e-9)).all()
