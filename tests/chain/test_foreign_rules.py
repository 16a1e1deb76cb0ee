"""Extraterritorial rules on the full world: whose sales they bind, and that their zero is zero."""

from datetime import date

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.foreign_rules import foreign_content
from sim.measures import parse_measure
from sim.scenario import find_scenario, load_scenario
from tests.laws import mass_gap

RULE = {
    "kind": "extraterritorial-rule", "by": "China", "targets": "United States",
    "start": date(2023, 3, 1), "compliance": 0.5,
}  # fmt: skip


def run(**keys):
    """The full world after five months of one run, under the rule with some keys changed."""
    measures = {"rule": parse_measure({**RULE, **keys})} if keys else {}
    scenario = load_scenario(find_scenario("magnet-rule-abroad"))
    scenario = scenario.model_copy(update={"measures": measures, "end": date(2023, 5, 31)})
    model = SupplyChain(scenario, "policy", (0,))
    model.run()
    return model


@pytest.fixture(scope="module")
def free():
    return run()


def to_america(model):
    """Deliveries of magnets to the United States by origin, t (origin,)."""
    place = model.world.regions.index("United States")
    return model.chain.delivered[:, place].sum(axis=0)[:, 0]


@pytest.fixture(scope="module")
def bound():
    return run(compliance=0.5)


def test_it_binds_what_others_sell_and_not_what_is_sold_at_home_or_by_the_imposer(free, bound):
    regions = list(free.world.regions)
    japan, china, america = (regions.index(r) for r in ("Japan", "China", "United States"))
    one, other = to_america(free), to_america(bound)
    assert other[japan] < 0.7 * one[japan]
    assert other[china] >= one[china]
    assert other[america] >= 0.99 * one[america]
    assert mass_gap(bound) < 1e-9


def test_content_is_a_share_of_value_and_nobody_holds_his_own(free):
    china = np.array([float(region == "China") for region in free.world.regions])
    content = foreign_content(free.chain, china, np.ones(len(free.world.elements)))
    japan = free.world.regions.index("Japan")
    assert (content >= 0).all()
    assert 0.05 < content[japan, 0, 0] < 1
    nothing = foreign_content(free.chain, 0 * china, np.ones(len(free.world.elements)))
    assert (nothing == 0).all()


@pytest.mark.parametrize("keys", [{"compliance": 0.0}, {"approval": 1.0}, {"threshold": 1.0}])
def test_a_rule_that_binds_nobody_changes_no_bit(free, keys):
    idle = run(**keys)
    for name in ("oxide_price", "magnet_price", "magnet_stock", "flows_magnet"):
        np.testing.assert_array_equal(
            idle.recorder.arrays()[name], free.recorder.arrays()[name], err_msg=name
        )


def test_technology_binds_without_material(free):
    bound = run(threshold=1.0, technology_share=1.0, compliance=1.0)
    japan = free.world.regions.index("Japan")
    assert to_america(bound)[japan] == 0
