"""What trade measures do on the tiny world: directions, revenue, who may still ship, and when."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.ensemble.pairs import run_batch
from tests.laws import ABROAD, HOME, tiny

YEAR_OF_START = 1
TARIFF = {"kind": "import-tariff", "by": "Abroad", "start": "2024-01-01", "rate": 0.25}

STEADY = {"noise.outage_rate": 0.0, "noise.demand": 0.0, "policy.news_gain": 0.5}
"""Neither noise nor a panic: the measures themselves are on test."""


def pair(measures, months=24, runs=(0, 1)):
    """Both paths of some runs under measures: name -> (path, ...)."""
    return run_batch(tiny(months=months, measures=measures, assumptions=STEADY), runs)


def change(records, name):
    """Policy minus counterfactual."""
    return records[name][1] - records[name][0]


@pytest.mark.parametrize("product", ["oxide", "magnet"])
def test_a_tariff_raises_the_price_where_it_is_levied_and_not_where_goods_come_from(product):
    records = pair({"tariff": {**TARIFF, "product": product}})
    price = np.log(records[f"{product}_price"][1] / records[f"{product}_price"][0])
    after = price[13:].mean(axis=0)
    assert (after[ABROAD] > 0.02).all()
    assert (after[ABROAD] < np.log(1.25) + 0.1).all()
    assert (after[HOME] < after[ABROAD]).all()


@pytest.mark.parametrize("product", ["oxide", "magnet", "concentrate"])
def test_duties_go_to_the_region_that_levies_them(product):
    tariff = pair({"t": {**TARIFF, "product": product}})
    got = change(tariff, "tariff_revenue")[YEAR_OF_START]
    assert (got[HOME] == 0).all()
    assert (got[ABROAD] > 0).all() or product == "concentrate"
    tax = {"kind": "export-tax", "by": "Home", "start": "2024-01-01", "rate": 0.25}
    got = change(pair({"t": {**tax, "product": product}}), "export_tax_revenue")[YEAR_OF_START]
    assert (got[ABROAD] == 0).all()
    assert (got[HOME] > 0).all() or product == "concentrate"


def test_revenue_is_value_times_rate():
    model = SupplyChain(tiny(months=3, measures={}), "policy", (0,))
    model.step()
    chain = model.chain
    price = chain.oxides.price.copy()
    model.step()
    shipped = chain.traded.legal[HOME, ABROAD]
    rate = chain.costs.export_tax["oxide"][HOME, ABROAD]
    duty = shipped * rate * price[HOME]
    np.testing.assert_allclose(chain.traded.export_tax[HOME], duty, rtol=1e-12)
    magnets = chain.delivered[:, ABROAD, HOME]
    value = (magnets * chain.magnets.price[HOME]).sum(axis=0)
    duty = chain.costs.tariff["magnet"][HOME, ABROAD]
    np.testing.assert_allclose(chain.magnets.tariff[ABROAD], duty * value, rtol=1e-12)


def test_tariffs_on_one_flow_add_up():
    one = {**TARIFF, "product": "magnet", "rate": 0.1}
    found = []
    for measures in ({"a": one, "b": {**one, "rate": 0.15}}, {"a": {**one, "rate": 0.25}}):
        model = SupplyChain(tiny(months=14, measures=measures), "policy", (0, 1))
        model.run()
        found.append(model.chain.magnets.duties(model.terms)[1])
    np.testing.assert_allclose(*found, rtol=1e-12)


def test_a_magnet_duty_on_heavy_elements_falls_on_the_grade_made_with_them():
    model = SupplyChain(
        tiny(months=14, measures={"t": {**TARIFF, "product": "magnet", "elements": "Dy"}}),
        "policy", (0,),
    )  # fmt: skip
    model.run()
    _, tariff = model.chain.magnets.duties(model.terms)
    standing = model.chain.costs.tariff["magnet"][HOME, ABROAD]
    assert tariff[HOME, ABROAD, 0] == standing
    assert tariff[HOME, ABROAD, 1] == standing + 0.25


EMBARGO = {
    "kind": "undeclared-embargo", "by": "Home", "start": "2023-07-01", "end": "2023-12-31",
    "share": 0.1, "lag_months": 2, "recovery_months": 3,
}  # fmt: skip


def flows(measures, product, months=24):
    """Monthly flow from Home to Abroad over that without measures, mean over runs."""
    found = []
    for chosen in (measures, {}):
        scenario = tiny(months=months, measures=chosen, assumptions=STEADY)
        model = SupplyChain(scenario, "policy", (0, 1))
        path = []
        while model.t < months:
            model.step()
            chain = model.chain
            sent = {
                "oxide": chain.traded.legal[HOME, ABROAD, 0],
                "magnet": chain.delivered[:, ABROAD, HOME].sum(axis=0),
                "concentrate": chain.concentrate_flow[HOME, ABROAD].sum(axis=0),
            }
            path.append(sent[product])
        found.append(np.array(path))
    return np.divide(*found, out=np.ones_like(found[0]), where=found[1] > 0)


@pytest.mark.parametrize("product", ["oxide", "magnet"])
def test_an_undeclared_embargo_falls_with_a_lag_never_to_zero_and_comes_back(product):
    flow = flows({"embargo": {**EMBARGO, "product": product}}, product)
    assert (flow[:6] == 1).all()
    assert (flow[6] > flow[7]).all()
    assert (flow[7] > flow[8]).all()
    assert ((flow[8:12] > 0.02) & (flow[8:12] < 0.2)).all()
    assert (np.diff(flow[11:14], axis=0) > 0).all()  # later, stocks built up meanwhile tell
    assert (flow[15:].max(axis=0) > 0.4).all()


def test_a_leaky_stop_lets_its_share_through():
    ban = {**EMBARGO, "kind": "export-ban", "product": "oxide", "enforcement": 0.7}
    ban = {k: v for k, v in ban.items() if k in ("kind", "by", "start", "product", "enforcement")}
    flow = flows({"ban": ban}, "oxide", 12)[6:]
    assert (flow > 0.2).all()
    assert (flow < 0.35).all()


def test_a_leaky_quota_lets_its_share_of_the_cut_through():
    quota = {
        "kind": "export-quota", "by": "Home", "product": "oxide", "start": "2023-07-01",
        "unit": "share of pre-measure flow", "level": 0.3,
    }  # fmt: skip
    passed = [
        flows({"q": {**quota, "enforcement": share}}, "oxide", 12)[6:].mean()
        for share in (1.0, 0.5, 0.0)
    ]
    assert 0.2 < passed[0] < 0.4
    assert 0.45 < passed[1] < 0.75
    assert passed[2] > 0.95


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_a_ban_and_a_quota_on_one_flow_resolve_to_the_tighter(names):
    ban = {"kind": "export-ban", "by": "Home", "product": "oxide", "start": "2023-07-01"}
    quota = {
        "kind": "export-quota", "by": "Home", "product": "oxide", "start": "2023-07-01",
        "unit": "share of pre-measure flow", "level": 0.5,
    }  # fmt: skip
    both = flows(dict(zip(names, (ban, quota), strict=True)), "oxide", 12)
    assert (both[6:] == 0).all()
    loose = {**ban, "enforcement": 0.2}
    both = flows(dict(zip(names, (loose, quota), strict=True)), "oxide", 12)
    alone = flows({"a": quota}, "oxide", 12)
    assert (both[6:].mean(axis=0) < flows({"a": loose}, "oxide", 12)[6:].mean(axis=0) - 0.2).all()
    # Licence holders ask less where a ban leaves them less to sell: equal but for that.
    np.testing.assert_allclose(both[6:].mean(axis=0), alone[6:].mean(axis=0), atol=0.1)
