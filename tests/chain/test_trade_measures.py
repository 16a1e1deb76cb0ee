"""What trade measures do on the tiny world: directions, revenue, who may still ship, and when."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.ensemble.pairs import run_batch
from tests.laws import ABROAD, HOME, tiny

YEAR_OF_START = 1
TARIFF = {"kind": "import-tariff", "by": "Abroad", "start": "2024-01-01", "rate": 0.25}


def pair(measures, months=24, runs=(0, 1)):
    """Both paths of some runs under measures: name -> (path, ...)."""
    return run_batch(tiny(months=months, measures=measures), runs)


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
    two = pair({"a": one, "b": {**one, "rate": 0.15}})
    whole = pair({"a": {**one, "rate": 0.25}})
    for name, values in two.items():
        np.testing.assert_allclose(values, whole[name], rtol=1e-9, atol=1e-9, err_msg=name)


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
