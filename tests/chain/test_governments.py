"""Governments that answer: when they act, in which runs, and that they change nothing else."""

import numpy as np
import pytest

from sim.chain import PURPOSES, SupplyChain
from sim.chain.governments import Rule
from sim.ensemble.pairs import run_batch
from sim.measures import MEASURES
from sim.scenario.answers import Answer
from tests.laws import (
    ABROAD,
    HOME,
    below_zero,
    clearing_gap,
    differing,
    differing_paths,
    mass_gap,
    money_gap,
    tiny,
    use_gap,
    worst,
)

BAN = {
    "kind": "export-ban", "by": "Home", "product": "magnet", "start": "2023-07-01",
    "announced": "2023-05-01",
}  # fmt: skip
OXIDE_BAN = {**BAN, "product": "oxide"}
MEASURES_TAKEN = {
    "subsidy": {"kind": "subsidy", "by": "Abroad", "stage": "magnet", "capex_share": 0.5},
    "floor": {"kind": "price-floor", "by": "Abroad", "element": "NdPr", "strike": 150.0},
    "purchase": {
        "kind": "stockpile", "by": "Abroad", "action": "purchase", "element": "Dy",
        "unit": "t/year", "level": 20.0,
    },
    "recycling": {
        "kind": "recycling-mandate", "by": "Abroad", "basis": "collection", "level": 0.3,
    },
    "vehicles": {
        "kind": "demand-mandate", "by": "Abroad", "unit": "share of forecast", "level": 0.8,
    },
    "outage": {"kind": "outage", "by": "Home", "stage": "mine", "loss": 0.2},
    "quota": {
        "kind": "production-quota", "by": "Home", "stage": "mine", "class": "all",
        "unit": "t REO/year", "level": 20000.0,
    },
    "export quota": {
        "kind": "export-quota", "by": "Home", "product": "oxide", "unit": "t REO/year",
        "level": 1000.0,
    },
    "tariff": {
        "kind": "import-tariff", "by": "Abroad", "targets": ("Home",), "product": "magnet",
        "rate": 0.25,
    },
    "ban": {"kind": "export-ban", "by": "Abroad", "product": "oxide"},
    "licence": {"kind": "export-licence", "by": "Home", "product": "oxide", "approval": 0.3},
    "embargo": {
        "kind": "undeclared-embargo", "by": "Home", "product": "magnet", "share": 0.3,
    },
    "rule abroad": {
        "kind": "extraterritorial-rule", "by": "Home", "threshold": 0.0, "compliance": 0.8,
    },
    "tax": {"kind": "export-tax", "by": "Home", "product": "oxide", "rate": 0.2},
    "technology": {
        "kind": "technology-export-ban", "by": "Home", "prohibited": ("magnet", "separation"),
    },
}  # fmt: skip
DEAR = {"indicator": "oxide price", "region": "Abroad", "element": "NdPr", "above": 1.4}


def answering(answers, measures=None, months=24, **changes):
    """The tiny scenario with a magnet ban, or other measures, and answers."""
    read = {name: Answer.model_validate(table) for name, table in answers.items()}
    measures = {"ban": BAN} if measures is None else measures
    return tiny("tiny-quota", months, measures, answers=read, **changes)


def test_every_kind_of_measure_can_be_an_answer():
    assert {table["kind"] for table in MEASURES_TAKEN.values()} == set(MEASURES)


def rule(**keys):
    table = {**DEAR, "measure": MEASURES_TAKEN["subsidy"], **keys}
    return Rule(Answer.model_validate(table), 1)


def seen(one, levels):
    """Where a rule is in force, month by month."""
    found = []
    for level in levels:
        one.see(np.array([float(level)]))
        found.append(bool(one.in_force[0]))
    return "".join("x" if there else "." for there in found)


def test_a_rule_waits_for_its_months_and_its_lag_both_ways():
    levels = [1, 2, 1, 2, 2, 2, 1, 1, 1, 1]
    assert seen(rule(), levels) == ".x.xxx...."
    assert seen(rule(months=2), levels) == "....xxx..."
    assert seen(rule(months=2, lag=2), levels) == "......xxx."
    assert seen(rule(months=2, lag=1, stays=True), levels) == ".....xxxxx"
    assert seen(rule(above=None, below=0.9), [1, 1, 0.8, 1]) == "..x."


@pytest.mark.parametrize("kind", MEASURES_TAKEN)
def test_an_answer_that_is_not_taken_changes_no_bit(kind):
    answers = {"never": {**DEAR, "above": 1000.0, "measure": MEASURES_TAKEN[kind]}}
    with_it, without = (run_batch(answering(a, months=16), (0, 1)) for a in (answers, {}))
    assert differing(with_it, without) == []


# A rule on foreign makers needs a third region, of which the tiny world has none.
@pytest.mark.parametrize("kind", sorted(MEASURES_TAKEN.keys() - {"rule abroad"}))
def test_an_answer_that_is_taken_changes_something_and_keeps_the_laws(kind):
    answers = {"yes": {**DEAR, "above": 0.1, "stays": True, "measure": MEASURES_TAKEN[kind]}}
    model = SupplyChain(answering(answers, {}, 20), "policy", (0, 1))
    gaps = worst(model, mass_gap, use_gap, money_gap, clearing_gap, below_zero)
    assert max(gaps[:4]) < 1e-9 and gaps[4] <= 0
    plain = SupplyChain(answering({}, {}, 20), "policy", (0, 1)).run()
    moved = model.recorder.arrays()
    assert any(not np.array_equal(moved[name], plain[name]) for name in ("oxide_price", "capacity"))


def test_each_run_answers_for_itself_whatever_its_batch():
    answers = {
        "aid": {**DEAR, "above": 1.2, "measure": MEASURES_TAKEN["subsidy"]},
        "hit": {**DEAR, "above": 1.3, "lag": 1, "measure": MEASURES_TAKEN["tariff"]},
        "buy": {**DEAR, "above": 1.1, "measure": MEASURES_TAKEN["purchase"]},
        "quota": {**DEAR, "above": 1.25, "measure": MEASURES_TAKEN["export quota"]},
        "relax": {**DEAR, "above": 1.35, "lifts": ["ban"]},
    }
    scenario = answering(answers, {"ban": OXIDE_BAN}, 18)
    together = run_batch(scenario, range(8))
    spent = together["public_spending"][1].sum(axis=(0, 1, 2))
    assert len(set(spent)) > 4
    for run in (0, 4):
        alone = run_batch(scenario, [run])
        assert differing(alone, {n: v[..., [run]] for n, v in together.items()}) == []


def test_paths_are_equal_until_the_announcement_though_answers_are_taken_before():
    answers = {"aid": {**DEAR, "above": 0.5, "measure": MEASURES_TAKEN["purchase"]}}
    records = run_batch(answering(answers, months=12), (0, 1))
    assert differing_paths(records, 4) == []
    assert (records["public_spending"][0] > 0).any()


def test_lost_vehicles_bring_money_for_plants():
    lost = {"indicator": "vehicles lost", "region": "Abroad", "above": 0.1, "months": 2, "lag": 3}
    answers = {"aid": {**lost, "stays": True, "measure": MEASURES_TAKEN["subsidy"]}}
    with_it, without = (run_batch(answering(a, months=60), (0, 1)) for a in (answers, {}))
    spent = with_it["public_spending"][:, :, ABROAD, PURPOSES.index("subsidy")]
    assert (spent[0][:3] == 0).all()
    assert (spent[1][1:] > 0).all()
    assert (with_it["capacity"][1, -1, 3, ABROAD] > without["capacity"][1, -1, 3, ABROAD]).all()


def test_a_ban_is_lifted_when_exporters_suffer():
    suffer = {"indicator": "exports", "region": "Home", "below": 0.7, "months": 6, "stays": True}
    with_it, without = (
        run_batch(answering(a, months=36), (0, 1))
        for a in ({"relax": {**suffer, "lifts": ["ban"]}}, {})
    )
    flows = [r["flows_magnet"][1, :, HOME, ABROAD] for r in (with_it, without)]
    assert (flows[0][2] > 0.2 * flows[0][0]).all()
    assert (flows[1][2] == 0).all()


def test_retaliation_comes_with_its_lag():
    poor = {"indicator": "imports", "region": "Abroad", "below": 0.8, "months": 2, "lag": 4}
    answers = {"hit": {**poor, "measure": MEASURES_TAKEN["ban"]}}
    model = SupplyChain(answering(answers, months=16), "policy", (0, 1))
    first = None
    while model.t < len(model.months):
        model.step()
        if first is None and (model.terms.cap["oxide"][ABROAD, HOME] < 1).any():
            first = model.t - 1
    assert first is not None
    assert 6 + 2 + 4 <= first <= 6 + 3 + 4
