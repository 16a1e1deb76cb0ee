"""Trades between firms add up to what each firm sold and bought."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.trades import oxide_trades
from sim.scenario import find_scenario, load_scenario


@pytest.fixture(scope="module")
def model():
    scenario = load_scenario(find_scenario("tiny-quota"), ["end=2025-06-30"])
    chain = SupplyChain(scenario, runs=range(2))
    chain.run()
    return chain


@pytest.mark.parametrize("element", ["NdPr", "Dy"])
def test_trades_add_up_to_sales_and_purchases(model, element):
    trades = oxide_trades(model, element, run=1)
    c, e = model.chain, model.world.elements.index(element)
    by_seller = trades.groupby("seller")["tonnes"].sum()
    for row, name in enumerate(c.separators.names):
        assert by_seller.get(name, 0.0) == pytest.approx(c.traded.sold[row, e, 1], abs=1e-6)
    by_buyer = trades.groupby("buyer")["tonnes"].sum()
    bought = c.maker_orders[:, e, 1] * c.fill[c.makers.region, e, 1]
    for row, name in enumerate(c.makers.names):
        assert by_buyer.get(name, 0.0) == pytest.approx(bought[row], rel=1e-6)


def test_regional_flows_stand_behind_trades(model):
    trades = oxide_trades(model, "NdPr")
    abroad = trades[trades["origin"] != trades["destination"]]["tonnes"].sum()
    flow = (model.chain.traded.legal + model.chain.traded.smuggled)[:, :, 0, 0]
    assert abroad == pytest.approx(flow.sum() - np.trace(flow), rel=1e-9)


def test_unknown_element_is_refused(model):
    with pytest.raises(ValueError, match="not in tuple"):
        oxide_trades(model, "Xx")
