"""The model as Mesa sees it: steps by hand, agents, collectors, and rules replaced from outside."""

import gc
import weakref

import mesa
import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.ev_makers import motors_by_cost
from sim.chain.population import EVMaker, Mine
from tests.laws import differing, tiny


def model(months=6, runs=(0, 1, 2)):
    return SupplyChain(tiny("tiny-quota", months), "policy", runs)


def test_steps_by_hand():
    chain = model()
    assert isinstance(chain, mesa.Model)
    chain.step()
    assert chain.t == 1
    assert chain.steps == 1
    assert chain.month.month == 2


def test_steps_by_hand_are_a_run():
    one, other = model(), model()
    while one.t < len(one.months):
        one.step()
    assert differing(one.recorder.arrays(), other.run()) == []


def test_agents_are_views_on_the_arrays():
    chain = model()
    chain.step()
    assert set(chain.agents_by_type) >= {Mine, EVMaker}
    makers = chain.agents_by_type[EVMaker]
    assert len(makers) == len(chain.chain.vehicles)
    home = makers.select(lambda firm: firm.region == "Home")
    assert sorted(home.get("name")) == ["Home Cars", "Home Motors"]
    rows = chain.chain.vehicles.region == 0
    np.testing.assert_allclose(home.agg("built", sum), chain.chain.vehicles.built[rows, 0].sum())
    chain.shown_run = 2
    np.testing.assert_allclose(home.agg("built", sum), chain.chain.vehicles.built[rows, 2].sum())
    with pytest.raises(AttributeError):
        _ = home[0].no_such_state


def test_data_collector():
    chain = model()
    collector = mesa.DataCollector(
        model_reporters={"price": lambda m: float(m.chain.traded.price[1, 0, 0])},
        agenttype_reporters={EVMaker: {"built": "built"}},
    )
    for _ in range(3):
        chain.step()
        collector.collect(chain)
    prices = collector.get_model_vars_dataframe()["price"]
    assert len(prices) == 3
    assert (prices > 0).all()
    assert (collector.get_agenttype_vars_dataframe(EVMaker)["built"] > 0).all()


def test_a_rule_of_a_named_maker_is_replaced_from_outside():
    def no_magnets(makers, rows):
        return np.full((len(rows), makers.runs), 0.1)

    chain, plain = model(), model()
    chain.chain.vehicles.replace_rule("motors", ["Home Motors"], no_magnets)
    chain.run(), plain.run()
    share, before = chain.chain.vehicles.pm_share, plain.chain.vehicles.pm_share
    assert (share[0] < before[0] - 0.01).all()
    np.testing.assert_allclose(share[1], before[1], rtol=1e-3)
    alone = model(runs=[2])
    alone.chain.vehicles.replace_rule("motors", ["Home Motors"], no_magnets)
    assert np.array_equal(
        alone.run()["vehicles_built"], chain.recorder.arrays()["vehicles_built"][..., [2]]
    )


def test_the_same_rule_leaves_every_bit():
    chain, plain = model(), model()
    chain.chain.vehicles.replace_rule("motors", ["Home Motors"], motors_by_cost)
    assert differing(chain.run(), plain.run()) == []


def test_a_rule_needs_a_decision_and_a_firm_that_exist():
    vehicles = model(months=1).chain.vehicles
    with pytest.raises(KeyError, match="motors"):
        vehicles.replace_rule("colour", ["Home Motors"], motors_by_cost)
    with pytest.raises(KeyError, match="Nobody"):
        vehicles.replace_rule("motors", ["Nobody"], motors_by_cost)


def test_models_are_freed():
    chain = model(months=1)
    chain.run()
    gone = weakref.ref(chain.chain)
    del chain
    gc.collect()
    assert gone() is None
