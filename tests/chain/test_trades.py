"""Trades between firms add up to what each firm sold and bought."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.magnet_makers import GRADES
from sim.chain.trades import customers, magnet_losses, magnet_trades, oxide_trades, suppliers
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


def test_what_the_world_does_not_have_is_refused(model):
    with pytest.raises(ValueError, match="not in tuple"):
        oxide_trades(model, "Xx")
    with pytest.raises(ValueError, match="not in tuple"):
        magnet_trades(model, "cheap")


@pytest.fixture(scope="module")
def short():
    """A magnet ban in its third month."""
    scenario = load_scenario(find_scenario("tiny-magnet-ban"))
    chain = SupplyChain(scenario, runs=range(2))
    ban = scenario.measures["magnet-ban"]
    while chain.month < ban.start:
        chain.step()
    for _ in range(3):
        chain.step()
    return chain


@pytest.mark.parametrize("when", ["model", "short"])
@pytest.mark.parametrize("grade", GRADES)
def test_magnet_trades_add_up_to_output_purchases_and_regional_flows(request, when, grade):
    model = request.getfixturevalue(when)
    trades, g, c = magnet_trades(model, grade, run=1), GRADES.index(grade), model.chain
    by_seller = trades.groupby("seller")["tonnes"].sum()
    for row, name in enumerate(c.makers.names):
        assert by_seller.get(name, 0.0) == pytest.approx(c.makers.made[g, row, 1], rel=1e-9)
    by_buyer = trades.groupby("buyer")["tonnes"].sum()
    for row, name in enumerate(c.vehicles.names):
        assert by_buyer.get(name, 0.0) == pytest.approx(c.vehicle_received[g, row, 1], rel=1e-9)
    flows = trades.groupby(["destination", "origin"])["tonnes"].sum()
    for d, destination in enumerate(model.world.regions):
        for o, origin in enumerate(model.world.regions):
            flow = flows.get((destination, origin), 0.0)
            assert flow == pytest.approx(c.delivered[g, d, o, 1], rel=1e-9, abs=1e-6)


def test_mutant_maker_left_out_is_caught(model, monkeypatch):
    monkeypatch.setattr(model.chain.makers, "made", 0.0 * model.chain.makers.made)
    assert magnet_trades(model, GRADES[0]).empty
    assert model.chain.delivered[0].sum() > 0


def test_customers_of_a_firm(model, short):
    before, after = customers(model, "Home Magnets"), customers(short, "Home Magnets")
    assert set(before["good"]) == set(GRADES)
    assert "Abroad Cars" in set(before["buyer"])
    assert set(after["destination"]) == {"Home"}
    oxides = customers(model, "Home Separation")
    assert set(oxides["good"]) == {"NdPr", "Dy"}
    bought = suppliers(model, "Abroad Magnets")
    assert {"Home Separation", "Abroad Separation"} <= set(bought["seller"])
    assert set(suppliers(model, "Home Cars")["good"]) == set(GRADES)


def test_losses_of_a_firm(short):
    losses = magnet_losses(short, run=1).set_index(["buyer", "good"])
    missing = losses["missing"]
    assert (missing > -1e-9).all()
    assert missing["Abroad Cars"].sum() > 0.1 * losses["ordered"]["Abroad Cars"].sum()
    assert missing["Home Cars"].sum() == pytest.approx(0.0, abs=1e-9)
    c = short.chain
    everything = sum(c.magnet_needs[..., 1].ravel()) - sum(c.delivered[..., 1].ravel())
    assert missing.sum() == pytest.approx(everything, rel=1e-9)
