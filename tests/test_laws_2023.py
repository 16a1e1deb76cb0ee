"""The laws on the world of 2023, for a few months and runs."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.arrays import ratio, total
from sim.ensemble.pairs import run_batch
from tests.laws import (
    bad_numbers,
    banned_flow,
    below_zero,
    branch,
    clearing_gap,
    differing,
    differing_paths,
    importers,
    mass_gap,
    money_gap,
    months_of,
    over_backstop,
    pick,
    price_fall,
    tiny,
    use_gap,
    worst,
)

CHINA = {"by": "China", "start": "2023-03-01"}
QUOTA = {
    "kind": "export-quota", "product": "oxide", "unit": "share of pre-measure flow", **CHINA
}  # fmt: skip
TAX = {"kind": "export-tax", "product": "concentrate", "rate": 0.2, **CHINA}
MAGNET_BAN = {"kind": "export-ban", "product": "magnet", "targets": ("Japan",), **CHINA}
TECHNOLOGY = {"kind": "technology-export-ban", "prohibited": ("magnet",), **CHINA}
MINES = {
    "kind": "production-quota", "stage": "mine", "class": "light", "unit": "t REO/year",
    "level": 150000.0, **CHINA,
}  # fmt: skip


def scenario(months, measures, world="oxide-quota-halved", **changes):
    return tiny(world, months, measures, runs=2, **changes)


def test_laws_of_every_month():
    measures = {
        "quota": {**QUOTA, "level": 0.3}, "tax": TAX, "ban": MAGNET_BAN,
        "technology": TECHNOLOGY, "mines": MINES,
    }  # fmt: skip
    model = SupplyChain(scenario(16, measures), "policy")
    laws = (mass_gap, use_gap, money_gap, clearing_gap, over_backstop, banned_flow, below_zero)
    mass, use, money, clearing, backstop, banned, negative = worst(model, *laws)
    assert mass < 1e-9
    assert use < 1e-9
    assert money < 1e-9
    assert clearing < 1e-9
    assert backstop <= 1e-9
    assert banned == 0
    assert negative <= 0
    assert bad_numbers(model.recorder.arrays()) == []


def test_tighter_quota_never_lowers_an_importers_price():
    variants = [{"quota": {**QUOTA, "level": level}} for level in (0.6, 0.3, 0.9)]
    past, tighter, looser = branch(scenario(6, variants[0]), 5, variants)
    china = past.world.regions.index("China")
    assert importers(past, china).any(axis=(0, 2)).all()
    assert price_fall(past, tighter, china) < 1e-6
    assert price_fall(looser, past, china) < 1e-6
    assert price_fall(tighter, looser, china) > 1e-6


def test_neutral_measure_changes_no_bit():
    tax = {**TAX, "product": "oxide", "rate": 0.0}
    records = run_batch(scenario(6, {"tax": tax}), (0, 1))
    assert differing_paths(records, 6) == []


def test_run_has_the_same_bits_alone_and_in_a_batch():
    some = scenario(6, {"quota": {**QUOTA, "level": 0.3}, "ban": MAGNET_BAN})
    together = run_batch(some, range(6))
    assert differing(run_batch(some, [4]), pick(together, [4])) == []


def two_tier_rise(name, months, home, measures):
    """Rise of the ratio of prices abroad to prices at home by element, median over months and runs
    of log ratios weighted with use, against no measure."""
    ratios = []
    for chosen in (measures, {}):
        model = SupplyChain(scenario(months, chosen, name), "policy")
        logs = []
        for month in months_of(model):
            price, use = model.chain.traded.price, model.chain.traded.bought.copy()
            use[home] = 0.0
            abroad = ratio(total(price * use), total(use))
            if month.month > 6:
                logs.append(np.log(abroad / price[home]))
        ratios.append(np.median(logs, axis=(0, 2)))
    return dict(zip(model.world.elements, ratios[0] - ratios[1], strict=True))


@pytest.mark.parametrize("kind", ["quota", "ban"])
def test_light_elements_split_less_where_only_heavy_ones_are_restricted(kind):
    measure = {"by": "Home", "product": "oxide", "start": "2023-03-01", "elements": ("Dy",)}
    if kind == "quota":
        measure |= {"kind": "export-quota", "unit": "share of pre-measure flow", "level": 0.3}
    else:
        measure |= {"kind": "export-ban"}
    rise = two_tier_rise("tiny-quota", 12, 0, {"m": measure})
    assert rise["Dy"] > 0.1
    assert abs(rise["NdPr"]) < 0.2 * rise["Dy"]


def test_light_elements_split_less_where_only_heavy_ones_are_restricted_in_2023():
    measure = {**QUOTA, "level": 0.2, "elements": ("Dy", "Tb")}
    rise = two_tier_rise("oxide-quota-halved", 9, 0, {"m": measure})
    light = max(abs(rise[e]) for e in ("La", "Ce", "NdPr"))
    heavy = min(rise[e] for e in ("Dy", "Tb"))
    assert heavy > 0.1
    assert light < 0.2 * heavy


def test_mutant_quota_on_all_elements_is_caught():
    rise = two_tier_rise("oxide-quota-halved", 9, 0, {"m": {**QUOTA, "level": 0.2}})
    assert max(abs(rise[e]) for e in ("La", "Ce")) > rise["Dy"]


OFF = ("demand", "outage_rate", "setback_rate", "failure_rate", "news")
SWING = 0.02


def log_prices(noise):
    """Oxide prices in China (month, element, run) without a measure, demand noise of a size."""
    assumptions = {**{f"noise.{name}": 0.0 for name in OFF}, "noise.demand": noise}
    quiet = tiny("no-shock", 60, {}, runs=5, assumptions=assumptions)
    return np.log(SupplyChain(quiet, "policy").run()["oxide_price"][12:, 0])


def test_prices_swing_at_most_twice_as_much_as_demand():
    swing = log_prices(SWING) - log_prices(0.0)
    size = np.sqrt((swing**2).mean(axis=(0, 2)))
    assert (size > 0.1 * SWING).all()
    assert (size < 2.0 * SWING).all()
