"""What the announcement of a measure at home says about prices and supplies to come."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, total
from sim.chain.home_terms import HomeTerms, OutageTerm
from sim.chain.needs import vehicle_demand_added, yearly_need

if TYPE_CHECKING:
    from sim.chain.build import Chain
    from sim.chain.terms import MonthTerms


def home_risk(c: Chain, terms: HomeTerms, day: date, magnet: Array) -> tuple[Array, Array]:
    """Share of each oxide's supply that measures take off the market, or add to it where below 0
    (region, element, run), and the threat that is felt (region, run).

    `terms` are those of the measures alone on the `day` by which they are judged; `magnet` (origin,
    destination, run) is the share of a destination's magnets from each origin. An oxide lost
    anywhere is lost to the world market, so all regions expect the same.
    """
    oxide = np.zeros((c.n, len(c.world.elements), c.runs))
    threat = np.zeros((c.n, c.runs))
    for outage in terms.outages:
        if outage.stage == "magnet":
            lost = _magnets_lost(terms, c)
            threat = np.maximum(threat, total(magnet * lost[:, None]))
        else:
            share = _oxide_lost(outage, terms, c)
            oxide = oxide + share
            threat = np.maximum(threat, share.max(axis=0)[None])
    if terms.vehicle_targets:
        oxide = oxide + vehicle_demand_added(c, terms, day)
    need = np.maximum(yearly_need(c), 1e-9)
    for term in terms.stockpiles:
        for region in term.regions:
            held = c.reserves.stock[region, term.element]
            tonnes = -np.minimum(term.pace, held) if term.release else term.pace
            share = np.clip(tonnes / need[term.element], -1.0, 1.0)
            oxide[:, term.element] = oxide[:, term.element] + share
    return oxide, threat


def ore_risk(c: Chain, terms: MonthTerms) -> Array:
    """Share of the world's supply of each element that bans, duties and licences on concentrate
    hold back (element, run): ore that cannot go where it is separated is lost to the world market.
    """
    duty = terms.tax["concentrate"] + terms.tariff["concentrate"]
    cut = 1 - terms.cap["concentrate"] + np.minimum(duty, 1.0)
    for licence in terms.licences_on("concentrate"):
        cut = np.maximum(cut, licence.at_risk())
    mines, held = c.mines, np.zeros((len(c.world.elements), c.runs))
    for trade in c.concentrates.values():
        part = total((trade.routes * cut.max(axis=2)[mines.region]).swapaxes(0, 1))
        held = held + total((np.where(trade.mask, mines.output, 0.0) * part)[:, None] * mines.share)
    return ratio(held, total(mines.output[:, None] * mines.share))


def _magnets_lost(terms: HomeTerms, c: Chain) -> Array:
    """Share of each region's magnet capacity that stands still (region, run)."""
    capacity, up = c.makers.plants.capacity, terms.up("magnet", c.makers)
    return ratio(c.makers.by_region.sum(capacity * (1 - up)), c.makers.by_region.sum(capacity))


def _oxide_lost(outage: OutageTerm, terms: HomeTerms, c: Chain) -> Array:
    """Share of the world's supply of each element that an outage takes (element, run)."""
    if outage.stage == "mine":
        made = c.mines.output[:, None] * c.mines.share
        up = terms.up("mine", c.mines)
    else:
        made = c.separators.made * MONTHS_PER_YEAR
        up = terms.up("separation", c.separators)
    return ratio(total(made * (1 - up)[:, None]), total(made))
