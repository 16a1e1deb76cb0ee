"""Every pair of kinds of measures runs together on the tiny world: finite, balanced, whatever the
order in which they are written.

A new kind enters with one line in EXAMPLES.
"""

from itertools import combinations

import pytest

from sim.chain import SupplyChain
from sim.measures import MEASURES
from tests.laws import (
    bad_numbers,
    below_zero,
    clearing_gap,
    differing,
    mass_gap,
    money_gap,
    tiny,
    use_gap,
    worst,
)

HOME = {"by": "Home", "announced": "2023-02-01", "start": "2023-03-01", "end": "2023-05-31"}
ABROAD = {**HOME, "by": "Abroad"}
STOP = {**HOME, "product": "oxide"}
EXAMPLES = {
    "production-quota": {
        **HOME, "stage": "mine", "class": "light", "unit": "t REO/year", "level": 20000.0,
    },
    "export-quota": {**STOP, "unit": "share of pre-measure flow", "level": 0.6},
    "export-tax": {**STOP, "rate": 0.3},
    "export-ban": {**STOP, "enforcement": 0.7},
    "export-licence": {
        **STOP, "product": "magnet", "approval": 0.5, "delay_days": 30.0,
        "approval_by_use": {"wind": 0.1}, "elements": "Dy", "look_alikes": 0.5,
    },
    "extraterritorial-rule": {**HOME, "compliance": 0.5},
    "import-tariff": {**ABROAD, "product": "magnet", "rate": 0.25},
    "technology-export-ban": {**HOME, "prohibited": ("separation", "magnet")},
    "undeclared-embargo": {
        **STOP, "announced": None, "start": "2023-02-01", "lag_months": 1, "recovery_months": 1,
    },
    "outage": {**HOME, "stage": "mine", "loss": 0.5},
    "stockpile": {
        **ABROAD, "action": "purchase", "element": "NdPr", "unit": "t/year", "level": 1000.0,
    },
    "subsidy": {**ABROAD, "stage": "magnet", "per_unit": 5.0, "capex_share": 0.3},
    "price-floor": {**ABROAD, "element": "NdPr", "strike": 120.0},
    "recycling-mandate": {**ABROAD, "basis": "collection", "level": 0.3},
    "demand-mandate": {**ABROAD, "unit": "share of forecast", "level": 1.2},
}  # fmt: skip
CALM = {"noise.news": 0.0}
"""News is drawn by the names of measures, which the test exchanges."""
OF_IMPOSERS = {"imposer_imports", "quota_rent"}
"""Records of those who impose, which differ by who that is."""


def example(kind):
    """The example of a kind, without keys that are left out."""
    return {"kind": kind, **{k: v for k, v in EXAMPLES[kind].items() if v is not None}}


def model_of(*kinds):
    """One run of the tiny world under an example of each kind, named and written in this order."""
    measures = {f"m{k}": example(kind) for k, kind in enumerate(kinds)}
    scenario = tiny(months=7, measures=measures, assumptions=CALM)
    return SupplyChain(scenario, "policy", (0,))


def on_full_world(*kinds):
    """The same of the full world, Home being China and Abroad the United States."""
    model = model_of(*kinds)
    there = {"Home": "China", "Abroad": "United States"}
    measures = {
        name: measure.model_copy(update={"by": tuple(there[region] for region in measure.by)})
        for name, measure in model.scenario.measures.items()
    }
    scenario = model.scenario.model_copy(update={"world": "2023", "measures": measures})
    return SupplyChain(scenario, "policy", (0,))


def test_every_kind_has_an_example():
    assert set(EXAMPLES) == set(MEASURES)


def check(model, other):
    """Laws of a model in every month, and the same bits as the other."""
    gaps = worst(model, mass_gap, use_gap, money_gap, clearing_gap, below_zero)
    assert max(gaps[:4]) < 1e-9
    assert gaps[4] <= 0
    records = model.recorder.arrays()
    assert bad_numbers(records) == []
    assert differing(records, other.run()) == []


@pytest.mark.parametrize("pair", list(combinations(EXAMPLES, 2)), ids="+".join)
def test_pairs_run_balanced_and_their_order_does_not_matter(pair):
    check(model_of(*pair), model_of(*reversed(pair)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in EXAMPLES if kind != "export-licence"])
def test_pairs_with_a_licence_run_on_the_full_world(kind):
    pair = ("export-licence", kind)
    check(on_full_world(*pair), on_full_world(*reversed(pair)))


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_does_something_or_needs_a_third_region(kind):
    moved = set(differing(model_of(kind).run(), model_of().run())) - OF_IMPOSERS
    assert (moved == set()) == (kind == "extraterritorial-rule")
