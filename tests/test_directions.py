"""Directions on the whole chain: what a tighter or looser measure does to prices of one state."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.chain.quotas import ExportQuotas
from tests.laws import ABROAD, HOME, branch, importers, price_fall, tiny

BEFORE = 5  # months under the first measure
QUOTA = {
    "kind": "export-quota", "by": "Home", "product": "oxide", "start": "2023-03-01",
    "unit": "share of pre-measure flow",
}  # fmt: skip
TAX = {"kind": "export-tax", "by": "Home", "product": "oxide", "start": "2023-03-01"}
BAN = {"kind": "export-ban", "by": "Home", "product": "oxide", "start": "2023-03-01"}
SIZES = {"quota": (QUOTA, "level"), "tax": (TAX, "rate"), "ban": (BAN, "enforcement")}


def branches(kind, sizes, seed=7, elements=None):
    """Models of one state after a month under a measure of each size; the first one is the past."""
    measure, key = SIZES[kind]
    if elements:
        measure = {**measure, "elements": elements}
    variants = [{"m": {**measure, key: size}} for size in sizes]
    scenario = tiny(months=BEFORE + 1, measures=variants[0], seed=seed, runs=2)
    return branch(scenario, BEFORE, variants)


levels = st.tuples(st.floats(0.1, 1.0), st.floats(0.05, 1.5))


@settings(max_examples=6, deadline=None)
@given(levels=levels, seed=st.integers(0, 1000), elements=st.none() | st.just(("Dy",)))
def test_tighter_quota_never_lowers_an_importers_price(levels, seed, elements):
    models = branches("quota", levels, seed, elements)
    looser, tighter = models if levels[0] > levels[1] else models[::-1]
    assert importers(looser, HOME)[ABROAD].any()
    assert price_fall(looser, tighter) < 1e-6


@settings(max_examples=4, deadline=None)
@given(rates=st.tuples(st.floats(0, 1), st.floats(0, 1)), seed=st.integers(0, 1000))
def test_higher_tax_never_lowers_an_importers_price(rates, seed):
    models = branches("tax", rates, seed)
    lower, higher = models if rates[0] < rates[1] else models[::-1]
    assert price_fall(lower, higher) < 1e-6


@settings(max_examples=4, deadline=None)
@given(shares=st.tuples(st.floats(0, 0.95), st.floats(0, 0.95)), seed=st.integers(0, 1000))
def test_stricter_ban_never_lowers_an_importers_price(shares, seed):
    models = branches("ban", shares, seed)
    laxer, stricter = models if shares[0] < shares[1] else models[::-1]
    assert price_fall(laxer, stricter) < 1e-6


def test_halved_quota_raises_prices_abroad_and_lowers_them_at_home():
    loose, tight = branches("quota", (0.8, 0.4))
    rise = np.log(tight.chain.traded.price / loose.chain.traded.price)
    assert (rise[ABROAD] > 0.01).all()
    assert (rise[HOME] < 0).all()


def test_mutant_quota_the_wrong_way_round_is_caught(monkeypatch):
    monthly = ExportQuotas.monthly

    def perverse(self, quotas, before, *args):
        normal = before[HOME].sum(axis=(0, 1)) / 12.0
        return np.maximum(1.2 * normal - monthly(self, quotas, before, *args), 0.0)

    monkeypatch.setattr(ExportQuotas, "monthly", perverse)
    assert price_fall(*branches("quota", (0.8, 0.4))) > 1e-6


@pytest.mark.parametrize("kind", ["tax", "ban"])
def test_mutant_measure_the_wrong_way_round_is_caught(kind):
    lax, strict = branches(kind, (0.1, 0.6))
    assert price_fall(lax, strict) < 1e-6 < price_fall(strict, lax)
