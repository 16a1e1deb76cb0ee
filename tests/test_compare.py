"""Two scenarios on shared draws, with the real model on the teaching world."""

import numpy as np
import pytest

import sim
from sim.errors import UserError
from sim.results.accounting import shock_accounting
from sim.scenario import find_scenario

SHORT = ["end=2025-06-30", "ensemble.runs=2", "measures.oxide-quota.end=2025-05-31"]


def quota(level):
    return sim.load_scenario(
        find_scenario("tiny-quota"), [*SHORT, f"measures.oxide-quota.level={level}"]
    )


@pytest.fixture(scope="module")
def compared():
    return sim.compare(quota(0.8), quota(0.4), workers=1)


def test_the_first_scenario_takes_the_place_of_the_counterfactual(compared):
    alone = sim.run(quota(0.8), workers=1)
    np.testing.assert_array_equal(
        compared["oxide_price"].sel(path="counterfactual"), alone["oxide_price"].sel(path="policy")
    )


def test_the_accounting_holds_between_two_scenarios(compared):
    accounting = shock_accounting(compared)
    assert float(np.abs(accounting.sel(term="residual")).max()) < 1e-6
    assert float(accounting.sel(term="lost_supply", element="NdPr").min()) != 0


def test_a_scenario_against_itself_is_no_difference():
    same = sim.compare(quota(0.4), quota(0.4), workers=1)
    assert float(np.abs(shock_accounting(same)).max()) == 0


def test_scenarios_that_differ_in_more_than_measures_are_refused():
    other = sim.load_scenario(
        find_scenario("tiny-quota"), [*SHORT, "assumptions.'mine.adjustment'=0.2"]
    )
    with pytest.raises(UserError, match="differ in assumptions"):
        sim.compare(quota(0.4), other)
