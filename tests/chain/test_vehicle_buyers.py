"""Where the buyers of vehicles that were not built go."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.arrays import total
from tests.laws import tiny


def makers(**assumptions):
    """Vehicle makers of the tiny world after a month."""
    assumptions = {name.replace("_", ".", 1): value for name, value in assumptions.items()}
    model = SupplyChain(tiny("tiny-quota", measures={}, assumptions=assumptions), "policy", (0, 1))
    model.step()
    return model.chain.vehicles


def test_dear_magnets_raise_the_price_only_of_vehicles_that_hold_some():
    vehicles = makers(ev_pass_through=1.0, ev_demand_elasticity=-1.0)
    baseline = vehicles.vehicles[..., None] * np.ones(2)
    vehicles.backlog, vehicles.switched = 0.0 * vehicles.backlog, 0.0 * vehicles.switched
    vehicles.magnet_cost = vehicles.base_magnet_cost + 0.1 * vehicles.list_price
    for share in (0.0, 0.5, 1.0):
        vehicles.pm_share = np.full_like(vehicles.pm_share, share)
        np.testing.assert_allclose(vehicles.demand(baseline) * (1 + 0.1 * share), baseline)


def test_no_buyer_both_waits_and_goes_to_another_maker():
    vehicles = makers(ev_switch_share=0.5, ev_backlog_share=0.7)
    plan = vehicles.vehicles[..., None] * np.ones(2)
    needed = np.ones_like(vehicles.stock)
    vehicles.stock = 0.5 * needed
    vehicles.build(plan, needed, np.zeros_like(needed))
    still_there = total(vehicles.backlog + vehicles.switched)
    assert (vehicles.lost > 0).all()
    assert still_there == pytest.approx(total(vehicles.lost))


def test_buyers_who_find_no_spare_capacity_go_on_waiting():
    vehicles = makers(ev_backlog_share=0.0, ev_switch_share=0.0)
    baseline = vehicles.vehicles[..., None] * np.ones(2)
    ordinary = vehicles.demand(baseline)
    vehicles.backlog = total(baseline)
    asked = vehicles.demand(baseline)
    taken = total(asked - ordinary)
    nothing = np.zeros_like(vehicles.stock)
    vehicles.build(asked, nothing, nothing)
    np.testing.assert_allclose(vehicles.backlog, 0.97 * (total(baseline) - taken))
