"""The rule of verdicts on cases worked by hand."""

import numpy as np
import pytest

from sim.claims.verdicts import hinge, together, verdict


@pytest.mark.parametrize(
    ("low", "high", "sign", "expected"),
    [
        (2, 4, 1, "supported"),
        (0.1, 4, 1, "supported"),  # the interval is above 0 and the median of material size
        (0.1, 1.5, 1, "depends"),  # on the claimed side, but the median is too small to matter
        (-1, 4, 1, "depends"),
        (0.1, 0.9, 1, "contradicted"),  # no effect that matters
        (-3, -2, 1, "contradicted"),
        (-4, -2, -1, "supported"),
        (-0.9, 3, -1, "contradicted"),
        (-4, 1, -1, "depends"),
        (-0.9, 0.9, 0, "supported"),
        (-2, 0.5, 0, "depends"),
        (1.1, 3, 0, "contradicted"),
        (-3, -1.1, 0, "contradicted"),
        (-3, 3, 0, "depends"),
    ],
)
def test_the_rule(low, high, sign, expected):
    """21 runs spread evenly, so that the second and the last but one are the interval."""
    step = (high - low) / 18
    outcome = np.linspace(low - step, high + step, 21)
    assert verdict(outcome, sign, 1.0) == expected


def test_what_is_not_a_number_decides_nothing():
    assert verdict(np.array([np.nan, 1.0, 2.0]), 1, 1.0) == "depends"


def test_parts_of_a_claim():
    assert together(["supported", "supported"]) == "supported"
    assert together(["supported", "depends"]) == "depends"
    assert together(["depends", "contradicted", "supported"]) == "contradicted"


@pytest.fixture
def draws():
    rng = np.random.default_rng(1)
    return {f"p{k}": rng.uniform(0, 1, 80) for k in range(40)} | {"fixed": np.full(80, 2.0)}


def test_the_hinge_is_the_parameter_that_parts_the_runs(draws):
    found = hinge(draws["p7"] - 0.6, draws)
    assert found.parameter == "p7"
    assert found.correlation == pytest.approx(1)
    below, above = draws["p7"][draws["p7"] <= 0.6].max(), draws["p7"][draws["p7"] > 0.6].min()
    assert found.value == pytest.approx((below + above) / 2)
    assert found.sorted == 1


def test_a_noisy_hinge_sorts_most_runs(draws):
    found = hinge(-draws["p3"] + 0.5 + np.random.default_rng(2).normal(0, 0.1, 80), draws)
    assert found.parameter == "p3"
    assert found.correlation < -0.8
    assert 0.8 < found.sorted < 1


@pytest.mark.parametrize("shift", [1, -0.05])
def test_with_nearly_all_runs_on_one_side_there_is_no_value(draws, shift):
    found = hinge(shift + draws["p7"], draws)
    assert (found.parameter, found.value, found.sorted) == ("p7", None, None)


def test_what_hardly_varies_hinges_on_nothing(draws):
    assert hinge(1 + draws["p7"] / 1000, draws) is None
    assert hinge(1 + draws["p7"] / 1000, draws, material=0.01).parameter == "p7"


def test_chance_is_no_hinge(draws):
    assert hinge(np.random.default_rng(3).normal(size=80), draws) is None
    assert hinge(np.zeros(80), draws) is None
