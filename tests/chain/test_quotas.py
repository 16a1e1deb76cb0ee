"""Licence holders, and the news of quotas that follow one another."""

from datetime import date

import numpy as np
import pytest

from sim.chain.draws import Draws
from sim.chain.expectations import Expectations
from sim.chain.policy import Policy
from sim.chain.quotas import ExportQuotas
from sim.chain.terms import ExportQuota
from sim.measures import parse_measure
from sim.world import load_world

ONE = np.ones(1)
ASSUME = {
    "market.licence_reserve": 0.05 * ONE,
    "market.licence_follow": 0.2 * ONE,
    "market.licence_relax": 0.4 * ONE,
    "policy.news_gain": 0.5 * ONE,
    "policy.news_spread": 0.4 * ONE,
}
COVERS = np.ones((1, 1, 1))


def quota(key="quota"):
    return ExportQuota(key, np.ones((2, 2, 1)), 120.0 * ONE, False, ONE)


def after_a_month(used, price, news=0.0, key="quota", quotas=None):
    """What holders ask after a month of 10 t of licences."""
    quotas = quotas or ExportQuotas(1, ASSUME)
    some = [quota(key)]
    quotas.monthly(some, np.ones((2, 2, 1, 1)), 2010, 1)
    shipped = np.full((1, 1, 1), used)
    quotas.book(some, COVERS, shipped, np.full((1, 1), price), np.full((1, 1), news))
    return quotas, float(quotas.asked[key][0])


def test_holders_ask_more_when_licences_are_dear_and_all_used():
    # ln 0.05 moves a fifth of the way to ln 5, and use above 85 % adds 0.4 x 0.1.
    _, asked = after_a_month(used=10.0, price=5.0)
    assert np.log(asked) == pytest.approx(np.log(0.05) + 0.2 * np.log(100) + 0.04)


def test_news_adds_half_of_itself_to_the_price_that_holders_follow():
    _, calm = after_a_month(used=8.5, price=5.0)
    _, alarmed = after_a_month(used=8.5, price=5.0, news=1.0)
    assert np.log(alarmed / calm) == pytest.approx(0.2 * 0.5)


def test_idle_licences_make_holders_ask_less_but_never_less_than_the_least():
    quotas, high = after_a_month(used=10.0, price=50.0)
    _, lower = after_a_month(used=1.0, price=high, quotas=quotas)
    assert np.log(lower / high) == pytest.approx(-0.4 * 0.5)
    _, least = after_a_month(used=0.0, price=0.0)
    assert least == 0.05


def test_a_new_quota_begins_with_what_holders_asked_before():
    quotas, asked = after_a_month(used=10.0, price=50.0)
    assert quotas.reservations([quota("next")])[0] == asked


def views():
    shape = (1, 1, 1)
    return Expectations(np.zeros(shape), np.zeros(shape), ASSUME)


def hear(seen, name, share, begins=True):
    risk = np.full((1, 1, 1), share)
    seen.hear(name, risk, np.full((1, 1), share), begins, np.ones(1))
    seen.take_in(np.ones((1, 1, 1)))
    return float(seen.news[0, 0, 0])


def test_a_quota_after_one_of_the_same_size_is_no_news():
    seen = views()
    assert hear(seen, "2010", 0.6) == pytest.approx(0.3)
    assert hear(seen, "2011", 0.6) == pytest.approx(0.3)
    assert hear(seen, "2010", 0.6, begins=False) == pytest.approx(0.3)


def test_the_end_of_the_last_measure_takes_back_part_of_its_news():
    seen = views()
    hear(seen, "2010", 0.6)
    hear(seen, "2011", 0.2)
    assert hear(seen, "2010", 0.6, begins=False) == pytest.approx(0.3)
    assert hear(seen, "2011", 0.2, begins=False) == pytest.approx(0.3 - 0.5 * 0.5 * 0.2)


def test_regions_that_are_spared_hear_of_a_measure_by_the_trade_that_it_hits():
    shape = (3, 1, 1)
    seen = Expectations(np.zeros(shape), np.zeros(shape), ASSUME)
    risk, imports = np.array([1.0, 0.0, 0.0]), np.array([2.0, 98.0, 0.0])
    seen.hear("tariff", risk.reshape(shape), np.zeros((3, 1)), True, ONE)
    seen.take_in(imports.reshape(shape))
    # A gain of 0.5, of which the others take up 0.4 of the 2 % of trade that is at risk.
    assert seen.news.ravel() == pytest.approx([0.5, 0.004, 0.004])


def test_a_release_is_news_as_a_purchase_is_with_the_other_sign():
    release, purchase = views(), views()
    assert hear(release, "sale", -0.4) == -hear(purchase, "purchase", 0.4)
    assert hear(release, "sale", -0.4, begins=False) == pytest.approx(-0.1)
    assert hear(purchase, "purchase", 0.4, begins=False) == pytest.approx(0.1)


def test_a_measure_that_puts_nothing_at_risk_is_no_news_to_the_bit():
    seen = views()
    before = hear(seen, "2010", 0.6)
    assert hear(seen, "tax of 0", 0.0) == before
    assert hear(seen, "tax of 0", 0.0, begins=False) == before


def test_a_tonnage_is_news_by_what_it_takes_from_the_flow_before():
    world = load_world("tiny")
    n, e = len(world.regions), len(world.elements)
    flow = np.zeros((n, n, e, 1))
    flow[0, 1:] = 100.0
    policy = Policy({}, world, Draws(1, (0,), {}))

    def at_risk(tonnes):
        data = {"by": world.regions[0], "product": "oxide", "unit": "t REO/year", "level": tonnes}
        rule = parse_measure({"kind": "export-quota", "start": date(2024, 1, 1), **data})
        day = rule.judged()
        return policy.at_risk("quota", rule, day, flow, np.zeros((n, n, 1)))[0]

    assert at_risk(0.25 * flow.sum())[1].max() == pytest.approx(0.75)
    assert at_risk(2 * flow.sum()).max() == 0
