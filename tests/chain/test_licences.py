"""Licences as queues: what they hold up, refuse, let pass, and for whom."""

from __future__ import annotations

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.arrays import total
from sim.chain.licences import LONGEST, LicenceQueue, Rule, decided, in_mood
from sim.ensemble.pairs import run_batch
from tests.chain.test_trade_measures import STEADY, flows
from tests.laws import ABROAD, mass_gap, tiny, worst

LICENCE = {
    "kind": "export-licence", "by": "Home", "product": "oxide", "start": "2023-07-01",
    "approval": 1.0, "delay_days": 45,
}  # fmt: skip


class Given(dict):
    """Assumptions as a table."""


ASSUME = Given({"licence.delay_shape": np.array([4.0]), "licence.patience": np.array([6.0])})


def queue(months, approval=1.0, delay=1.5, repeat=0.0, free=0.0, want=100.0):
    """Released and shipped t by month where all that may be shipped is, up to what is wanted."""
    covers = np.ones((1, 1))
    one = LicenceQueue(covers, 1)
    rule = Rule(
        covers, np.full((1, 1, 1), approval), np.array([delay]), np.array([repeat]),
        np.array([free]),
    )  # fmt: skip
    shipped = []
    for _ in range(months):
        limit = one.release(rule, np.full((1, 1, 1), want), ASSUME)
        sent = np.minimum(limit, want)
        one.book(sent)
        shipped.append(float(sent[0, 0, 0]))
    return np.array(shipped), one


@pytest.mark.parametrize("delay", [0.0, 0.5, 1.5, 6.0, 100.0])
def test_all_applications_are_decided_in_time(delay):
    split = decided(np.array([delay]), np.array([4.0]))
    assert split.shape == (LONGEST, 1)
    assert (split >= 0).all()
    np.testing.assert_allclose(split.sum(axis=0), 1.0)
    if 0.5 < delay < 10:
        mean = (split * np.arange(LONGEST)[:, None]).sum()
        assert abs(mean - delay) < 0.05
    if delay == 0:
        assert split[0] == 1


def test_a_queue_is_no_ceiling():
    shipped, _ = queue(36)
    assert shipped[0] < 10
    assert (shipped[12:] > 99.99).all()


def test_what_is_refused_is_lost_unless_it_is_applied_for_again():
    refused, _ = queue(48, approval=0.3)
    assert abs(refused[24:].mean() - 30) < 1
    repeated, _ = queue(48, approval=0.3, repeat=1.0)
    assert repeated[24:].mean() > 1.5 * refused[24:].mean()
    assert repeated.max() <= 100


def test_nobody_applies_twice_for_one_tonne():
    shipped, one = queue(48, delay=3.0)
    assert 100 * 2.5 < total(one.pending).max() < 100 * 3.5
    assert shipped.sum() + total(one.pending).max() <= 4800


def test_queues_stay_finite_when_nothing_is_ever_granted():
    shipped, one = queue(600, approval=0.0, repeat=1.0)
    assert (shipped == 0).all()
    assert one.refused.max() < 100 * 8
    assert total(one.pending).max() < 100 * 8 * 1.5


def test_what_needs_no_licence_passes():
    shipped, _ = queue(24, approval=0.0, free=0.25)
    np.testing.assert_allclose(shipped, 25.0)


def test_moods_leave_certainties_alone():
    mood = np.array([-2.0, 0.0, 2.0])
    assert (in_mood(np.zeros(3), mood) == 0).all()
    assert (in_mood(np.ones(3), mood) == 1).all()
    moved = in_mood(np.full(3, 0.5), mood)
    assert moved[0] < moved[1] == 0.5 < moved[2]


@pytest.mark.parametrize("product", ["oxide", "magnet"])
def test_flows_dip_and_come_back_when_all_is_granted(product):
    flow = flows({"l": {**LICENCE, "product": product}}, product, 30).mean(axis=1)
    assert (flow[:6] == 1).all()
    assert flow[6] < 0.2
    assert flow[24:].mean() > 0.85


@pytest.mark.parametrize("product", ["oxide", "magnet"])
def test_fewer_approvals_let_less_pass(product):
    passed = [
        flows({"l": {**LICENCE, "product": product, **keys}}, product, 20)[8:].mean()
        for keys in ({"approval": 0.0}, {"approval": 0.3}, {"approval": 0.9})
    ]
    assert passed[0] == 0
    assert passed[0] < passed[1] < passed[2]


def test_look_alikes_wait_though_they_are_not_covered():
    keys = {**LICENCE, "elements": "Dy", "approval": 0.0}
    free = flows({"l": keys}, "oxide", 12)[6:]
    held = flows({"l": {**keys, "look_alikes": 0.8}}, "oxide", 12)[6:]
    assert (free[0] > 0.8).all()
    assert (held[0] < 0.3).all()
    assert (held[3:] > held[0]).all()


def test_a_licence_on_heavy_elements_hits_the_grade_made_with_them():
    keys = {**LICENCE, "product": "magnet", "elements": "Dy", "approval": 0.0}
    model = SupplyChain(tiny(months=9, measures={"l": keys}), "policy", (0, 1))
    model.run()
    standard, hot = model.chain.delivered[:, ABROAD, 0]
    assert (hot == 0).all()
    assert (standard > 100).all()


def test_a_refused_end_use_gets_none_of_what_passes_and_mass_is_kept():
    keys = {**LICENCE, "product": "magnet", "approval_by_use": {"wind": 0.0}}
    model = SupplyChain(tiny(months=14, measures={"l": keys}, assumptions=STEADY), "policy", (0, 1))
    assert worst(model, mass_gap)[0] < 1e-9
    chain = model.chain
    received = dict(zip(chain.users.use, chain.user_received.sum(axis=0), strict=True))
    asked = dict(zip(chain.users.use, chain.user_orders.sum(axis=0), strict=True))
    at_home = chain.magnets.share[ABROAD, ABROAD]
    assert (received["wind"] / asked["wind"] < at_home + 0.05).all()
    assert (received["wind"] / asked["wind"] < received["industry"] / asked["industry"]).all()


def test_permits_that_nobody_uses_lapse():
    covers, rule = np.ones((1, 1)), None
    one = LicenceQueue(covers, 1)
    for _ in range(100):
        rule = Rule(covers, np.full((1, 1, 1), 0.9), *(np.array([x]) for x in (1.0, 0.0, 0.0)))
        one.release(rule, np.full((1, 1, 1), 100.0), ASSUME)
    assert one.permits.max() < 700
    assert total(one.pending).max() < 150


def test_licences_move_expectations_when_they_are_announced():
    keys = {**LICENCE, "announced": "2023-03-01", "approval": 0.2}
    records = run_batch(tiny(months=6, measures={"l": keys}, assumptions=STEADY), (0, 1))
    price = records["oxide_price"]
    assert (price[0, :2] == price[1, :2]).all()
    assert (price[1, 2:, ABROAD] > price[0, 2:, ABROAD]).all()


def test_ore_waits_for_licences_as_well():
    keys = {**LICENCE, "by": "Abroad", "product": "concentrate"}
    shipped = []
    for measures in ({}, {"l": {**keys, "approval": 0.0}}, {"l": {**keys, "approval": 0.5}}):
        model = SupplyChain(tiny(months=11, measures=measures, assumptions=STEADY), "policy", (0,))
        assert worst(model, mass_gap)[0] < 1e-9
        shipped.append(model.chain.concentrate_flow[ABROAD, 0].sum())
    free, none, half = shipped
    assert none == 0 < half < free
