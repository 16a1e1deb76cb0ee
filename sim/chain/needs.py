"""What the world will need of each element, as all can foresee it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, total
from sim.chain.home_terms import HomeTerms
from sim.chain.other_users import growth_index

if TYPE_CHECKING:
    from sim.chain.build import Chain


def need_at(c: Chain, k: int, index: Array) -> Array:
    """World need of each element in a month, t a year (element, run); `index` (powertrain,
    region, run) is what is asked of vehicle makers. Magnets count by their recipes."""
    makers, vehicles, users, a = c.makers, c.vehicles, c.users, c.assume
    hot, years = vehicles.high_share, c.steps[k] / MONTHS_PER_YEAR
    weight = vehicles.vehicles * vehicles.mass / 1000.0 * vehicles.base_pm_share[:, 0]
    mass = total(weight[..., None] * index[:, vehicles.region])
    rate = users.growth * a["demand.other_growth"]
    other = users.base * growth_index(rate, years, a["demand.saturation"])
    std = total(mass * (1 - hot)) + total(other * (1 - users.high_share))
    high = total(mass * hot) + total(other * users.high_share)
    content = makers.recipe[0] * std + makers.recipe[1] * high
    rest = c.oxide_users.need(years, np.zeros((c.n, c.runs)))
    made = makers.first_output
    lost = total(made) / total(made * makers.frontier_yield)
    return content * lost + total(rest) * MONTHS_PER_YEAR


def foreseen_growth(c: Chain, t: int, ahead: int, terms: HomeTerms) -> Array:
    """Growth of world need between two months (log), mandates for vehicles known: (element,
    run)."""
    sales = c.vehicles.sales
    if not sales.mandated:
        return np.log(c.need_index[ahead] / c.need_index[t])
    target = sales.target(terms, ahead, c.months[ahead])
    later = need_at(c, ahead, sales.index(ahead, target)) / c.first_need
    return np.log(later / (need_at(c, t, sales.index(t)) / c.first_need))


def vehicle_demand_added(c: Chain, terms: HomeTerms, day: date) -> Array:
    """What mandates for vehicles alone add to world need on a day, as a share of it and at most
    all of it (element, run)."""
    k = min(max(bisect_right(c.months, day) - 1, 0), len(c.months) - 1)
    plain = c.vehicles.growth[:, :, k]
    share = need_at(c, k, c.vehicles.sales.asked(k, terms, day))
    return np.clip(share / need_at(c, k, plain) - 1, -1.0, 1.0)


def yearly_need(c: Chain) -> Array:
    """World need of each oxide as it was last smoothed, at first as planned: t a year
    (element, run)."""
    if c.smoothed is not None:
        return total(c.smoothed) * MONTHS_PER_YEAR
    quiet = np.zeros((c.n, c.runs))
    others = c.oxide_users.need(c.first_year, quiet)
    planned = total(c.makers.use_at(c.makers.plan)) + total(others)
    return planned * MONTHS_PER_YEAR
