"""The table of claims says what it must, and names only what is there."""

import inspect
from pathlib import Path

import pytest

from sim.claims.comparisons import COMPARISONS
from sim.claims.quantities import QUANTITIES
from sim.claims.table import load_table
from sim.claims.worlds import STEPS
from sim.errors import UserError
from sim.scenario import shipped_scenarios

TABLE = load_table()
TESTS = [(claim.id, test) for claim in TABLE.claims for test in claim.tests]


def test_the_claims_are_numbered_from_1_to_19():
    assert [claim.id for claim in TABLE.claims] == list(range(1, 20))


@pytest.mark.parametrize("claim", TABLE.claims, ids=lambda claim: str(claim.id))
def test_a_claim_is_tested_or_says_why_not(claim):
    signed = [test for test in claim.tests if test.sign is not None]
    assert bool(signed) != bool(claim.reason)
    assert claim.scenario
    assert not signed or claim.tests[0].sign is not None  # the headline stands first


@pytest.mark.parametrize(("number", "test"), TESTS, ids=lambda x: str(getattr(x, "outcome", x)))
def test_a_test_names_what_exists(number, test):
    assert set(test.arms) <= TABLE.arms.keys()
    assert len(test.of) == len(test.arms)
    assert len(inspect.signature(COMPARISONS[test.compare]).parameters) == len(test.arms)
    for of in test.of:
        inspect.signature(QUANTITIES[test.quantity]).bind(None, **of)
    assert test.sign in (-1, 0, 1, None)
    assert test.material > 0


@pytest.mark.parametrize("arm", TABLE.arms.values(), ids=lambda arm: arm.name)
def test_an_arm_names_what_exists(arm):
    assert arm.scenario in shipped_scenarios()
    assert arm.world in ("", *TABLE.worlds)
    assert any(arm.name in test.arms for _, test in TESTS)


@pytest.mark.parametrize("world", TABLE.worlds)
def test_a_derived_world_names_steps_that_exist(world):
    for step in TABLE.worlds[world]:
        arguments = {key: value for key, value in step.items() if key != "do"}
        inspect.signature(STEPS[step["do"]]).bind({}, {}, **arguments)
    assert any(arm.world == world for arm in TABLE.arms.values())


def test_arms_are_shared():
    claims = TABLE.chosen((12, 18))
    shared = ["neither", "ban", "quota", "both", "frozen"]
    assert [arm.name for arm in TABLE.needed(claims)] == shared


def test_an_unknown_claim_is_told():
    with pytest.raises(UserError, match="no claim 20; claims are 1 to 19"):
        TABLE.chosen((3, 20))


def test_the_page_of_the_documentation_is_of_this_table():
    page = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
    for claim in TABLE.claims:
        assert f"## {claim.id}. {claim.claim}" in page
        assert claim.scenario in page
        assert claim.note in page
        for test in claim.tests:
            assert f"| {test.outcome} |" in page
