"""Which rules hold in a month, run by run."""

from datetime import date

import numpy as np
import pytest

from sim.chain.draws import Draws
from sim.chain.policy import Policy
from sim.chain.terms import QuotaKey
from sim.measures import parse_measure
from sim.world import load_world

QUOTA = {
    "kind": "production-quota", "by": "Home", "stage": "mine", "class": "light",
    "unit": "t REO/year", "level": 60000.0, "start": date(2022, 6, 1),
}  # fmt: skip
LIGHT = QuotaKey(0, "mine", "light")


def issued(measures, weights=None):
    """What the light quota of the tiny world's mines issues at the end of 2022 (run,)."""
    measures = {key: parse_measure(data) for key, data in measures.items()}
    policy = Policy(measures, load_world("tiny"), Draws(1, (0, 1), {}))
    return policy.terms(date(2022, 12, 1), weights).production[LIGHT].issued


def test_a_measure_takes_the_place_of_the_standing_rule():
    assert issued({}) == pytest.approx([26000, 26000])
    assert issued({"more": QUOTA}) == pytest.approx([60000, 60000])


def test_the_standing_rule_holds_again_in_runs_in_which_the_measure_is_lifted():
    assert issued({"more": QUOTA}, {"more": np.array([1.0, 0.0])}) == pytest.approx([60000, 26000])
