"""Where new capacity goes: the worth of mines, circuits and magnet plants, and room for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, total
from sim.chain.investment import annuity
from sim.chain.needs import foreseen_growth
from sim.chain.processing import mine_netbacks, ore_values, region_mean
from sim.chain.terms import MonthTerms

if TYPE_CHECKING:
    from sim.chain.build import Chain

FORESIGHT = 0.4
"""Most that a foreseen gap between supply and demand moves an expected price (log)."""
LEAD = 4.0
"""Years ahead that builders look."""
SPARE = 0.85
"""Utilisation that builders of circuits plan for."""


def premium(c: Chain) -> Array:
    """What a region grants to supply of its own, as a share of price (region, run)."""
    threat = c.assume["invest.threat_premium"] * c.views.threat
    return c.security * c.assume["invest.security_factor"] + threat


def foreseen_prices(c: Chain, t: int, terms: MonthTerms) -> Array:
    """Oxide prices expected at completion, USD/kg (region, element, run).

    Price beliefs, moved by demand growth less everything under construction over the years that
    building takes: blind to the pipeline, prices swing by a factor without any shock.
    """
    ahead = min(t + int(LEAD * MONTHS_PER_YEAR), len(c.need_index) - 1)
    growth = foreseen_growth(c, t, ahead, terms)
    coming = total(c.mines.plants.pipeline[:, None] * c.mines.share)
    standing = total(c.mines.output[:, None] * c.mines.share)
    gap = growth - ratio(coming, standing)
    move = FORESIGHT * np.tanh(gap / c.assume["invest.foresight_elasticity"] / FORESIGHT)
    return np.exp(c.views.fundamental + move[None])


def adapt_capacity(c: Chain, t: int, month: date, terms: MonthTerms) -> None:
    """Invest, build, learn, close and reopen: the slow month's work."""
    price = foreseen_prices(c, t, terms)
    secure = price * (1 + premium(c))[:, None]
    index = c.growth(t)
    at_home = {circuit: ore_values(c, circuit, secure) for circuit in c.concentrates}
    _mines(c, month, secure, at_home, index, terms)
    for circuit, values in at_home.items():
        aid = c.support.own_feed(circuit, price)
        _circuits(c, circuit, ore_values(c, circuit, price), values, aid, index)
    _makers(c, index)
    c.mines.close_and_reopen()
    _learn(c, terms)


def _mines(
    c: Chain,
    month: date,
    price: Array,
    values: Mapping[str, Array],
    index: Array,
    terms: MonthTerms,
) -> None:
    """Mines and projects: netback at foreseen prices, and aid, against cost and capital."""
    plants, mines = c.mines.plants, c.mines
    counted = {k: value + c.support.ore(k, price, ahead=True) for k, value in values.items()}
    aid = c.support.mine_aid(price, ahead=True)
    earned = mine_netbacks(c, counted) + aid - mines.unit_cost
    own_capital = plants.capital(c.assume) * (1 - c.support.capex_share("mine"))
    worth = earned * mines.annuity / own_capital
    room = plants.ceiling * index - plants.capacity - plants.pipeline
    room = np.minimum(room, 0.25 * plants.ceiling * index) * mines.may_build(month)
    for key, quota in terms.production.items():
        bound = mines.under_quota(key) if key.stage == "mine" else []
        for row in bound:
            part = ratio(plants.capacity[row], total(plants.capacity[bound]))
            wanted = quota.yearly() * part / SPARE - plants.capacity[row] - plants.pipeline[row]
            room[row] = np.minimum(room[row], wanted)
    plants.invest(worth, room, c.assume)
    plants.build(c.assume, *c.chances.building("mines", c.t))


def _circuits(c: Chain, circuit: str, sold: Array, secure: Array, aid: Array, index: Array) -> None:
    """Separation: where feed already comes and capacity is short, and where own ore is worth more
    separated at home, security premium and know-how included, than sold to the best buyer.

    `sold`, `secure`: ore values without and with the premium, see `ore_values`; `aid` (separator,
    run): what a new plant can count on, USD/kg REO of feed.
    """
    line, trade = c.separators.circuits[circuit], c.concentrates[circuit]
    plants, by = line.plants, c.separators.by_region
    ceiling = np.maximum(plants.ceiling * index - plants.capacity - plants.pipeline, 0.0)
    headroom = by.sum(ceiling)
    feed = by.sum(line.intake) * MONTHS_PER_YEAR
    standing = by.sum(plants.capacity + plants.pipeline)
    short = np.minimum(np.maximum(feed * 1.1 / SPARE - standing, 0.0), headroom)
    own = c.mines.by_region.sum(np.where(trade.mask, c.mines.output, 0.0))
    if circuit == "heavy":
        passed = c.pool_inflow * MONTHS_PER_YEAR
        own = own + passed
    lacking = np.minimum(np.maximum(own - standing, 0.0), headroom)
    gate = trade.at_gate(sold)
    at_home = secure[c.mines.region, np.arange(len(c.mines))]
    gain = at_home - gate.max(axis=1)
    weight = np.where(trade.mask, c.mines.output, 0.0)
    gain = ratio(c.mines.by_region.sum(gain * weight), c.mines.by_region.sum(weight))
    gain = gain + region_mean(c, circuit, line.unit_cost() - line.running_cost())
    years = annuity(c.finance[:, None], c.assume["invest.life"])
    capital = by.spread(region_mean(c, circuit, plants.capital(c.assume)))
    capital = capital * (1 - c.support.capex_share("separation"))
    worth = (by.spread(gain) + aid) * by.spread(years) / capital
    share = ratio(ceiling, by.spread(headroom))
    scarce = 2.0 * c.assume["invest.hurdle"] * np.ones_like(worth)
    plants.invest(scarce, by.spread(short) * share, c.assume)
    plants.invest(worth, by.spread(lacking) * share, c.assume)
    plants.build(c.assume, *c.chances.building("separators", c.t))


def _makers(c: Chain, index: Array) -> None:
    """Magnet makers: room is what is ordered or what home needs; worth is price less cost.

    The cost is net of the aid of the day; what counts is the aid over the plant's life.
    """
    makers, trade = c.makers, c.magnets
    plants, by = makers.plants, makers.by_region
    price = grade_mean(trade.buyers_price()) * (1 + premium(c))
    cost = grade_mean(trade.price) / (1 + c.assume["magnet.margin"])
    years = annuity(c.finance[:, None], c.assume["invest.life"])
    aid = c.support.unit_aid("magnet", makers.unit_cost, ahead=True)
    aid = aid - by.spread(trade.region_mean(makers.aid))
    capital = by.spread(trade.region_mean(plants.capital(c.assume)))
    capital = capital * (1 - c.support.capex_share("magnet"))
    worth = (by.spread(price - cost) + aid) * by.spread(years) / capital
    home = total(c.magnet_needs) * MONTHS_PER_YEAR
    aimed = np.maximum(trade.ordered * 1.1, c.assume["magnet.home_aim"] * home)
    standing = by.sum(plants.capacity + plants.pipeline)
    ceiling = np.maximum(plants.ceiling * index - plants.capacity - plants.pipeline, 0.0)
    headroom = by.sum(ceiling)
    room = np.minimum(np.maximum(aimed / c.assume["magnet.utilisation"] - standing, 0.0), headroom)
    share = ratio(ceiling, by.spread(headroom))
    plants.invest(worth, by.spread(room) * share, c.assume)
    plants.build(c.assume, *c.chances.building("magnet makers", c.t))


def grade_mean(price: Array) -> Array:
    """Mean of the two grades of magnets: (region, grade, run) -> (region, run)."""
    return 0.5 * (price[:, 0] + price[:, 1])


def _learn(c: Chain, terms: MonthTerms) -> None:
    """Know-how of every stage, by access to foreign technology, research and experience."""
    assume, threat = c.assume, c.views.threat
    mines, makers = c.mines, c.makers
    busy = ratio(mines.output, mines.plants.capacity)
    mines.plants.learn(terms.access["mine"][mines.region], busy, threat[mines.region], assume)
    for line in c.separators.circuits.values():
        place = c.separators.region
        line.plants.learn(
            terms.access["separation"][place], line.utilisation(), threat[place], assume
        )
    access = 0.5 * (terms.access["metal"] + terms.access["magnet"])[makers.region]
    busy = ratio(makers.output, makers.plants.capacity)
    makers.plants.learn(access, busy, threat[makers.region], assume)


def stage_capacity(c: Chain) -> Array:
    """Capacity by stage (stage, region, run), t a year."""
    lines = c.separators.circuits
    by = c.separators.by_region
    return np.stack(
        [
            c.mines.by_region.sum(c.mines.plants.capacity * (1 - c.mines.closed)),
            by.sum(lines["light"].plants.capacity),
            by.sum(lines["heavy"].plants.capacity),
            c.makers.by_region.sum(c.makers.plants.capacity),
        ]
    )


def stage_know_how(c: Chain) -> Array:
    """State of technology by stage, 0 to 1, mean by capacity (stage, region, run)."""
    lines = c.separators.circuits
    stages = (
        (c.mines, c.mines.plants),
        (c.separators, lines["light"].plants),
        (c.separators, lines["heavy"].plants),
        (c.makers, c.makers.plants),
    )
    return np.stack(
        [
            firms.by_region.mean(plants.know_how, np.maximum(plants.capacity, 1e-6))
            for firms, plants in stages
        ]
    )
