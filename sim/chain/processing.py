"""From ore to oxide: what mines earn, dig and ship, and what separators make of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import Array, ratio, total
from sim.chain.booking import discard_residue, offer_oxides
from sim.chain.concentrates import Shipped
from sim.chain.terms import MonthTerms, QuotaKey

if TYPE_CHECKING:
    from sim.chain.build import Chain


def region_mean(c: Chain, circuit: str, a: Array) -> Array:
    """Capacity-weighted mean over a region's separators (region, run), the world's where none."""
    weight = np.maximum(c.separators.circuits[circuit].plants.capacity, 1e-6)
    return c.separators.by_region.mean(a, weight)


def element_values(c: Chain, circuit: str, price: Array) -> Array:
    """What each element of a feed is worth to a region's separators, USD/kg (region, element, run).

    The recovered oxide at the region's price (region, element, run); what a light circuit cannot
    finish counts at a part of its value.
    """
    line = c.separators.circuits[circuit]
    worth = price * region_mean(c, circuit, line.recovery(c.separators.frontier))[:, None]
    if circuit == "light":
        residue = c.assume["separation.residue_value"]
        worth = np.where(c.light_elements[None, :, None] > 0, worth, worth * residue)
    return worth


def ore_values(c: Chain, circuit: str, price: Array) -> Array:
    """What separators of a region can pay for each mine's ore, USD/kg REO (region, mine, run).

    The netback: what its elements are worth at the region's prices (region, element, run), less
    the cost of separation.
    """
    cost = region_mean(c, circuit, c.separators.circuits[circuit].unit_cost())
    worth = element_values(c, circuit, price)
    values = worth[:, None, 0] * c.mines.share[:, 0]
    for element in range(1, worth.shape[1]):
        values += worth[:, None, element] * c.mines.share[:, element]
    return values - cost[:, None]


def mine_netbacks(c: Chain, values: Mapping[str, Array]) -> Array:
    """Netback at the mine gate, USD/kg REO (mine, run), over the routes its ore takes.

    `values`: by circuit, see `ore_values`.
    """
    netback = np.zeros_like(c.mines.netback)
    for circuit, trade in c.concentrates.items():
        gate = trade.at_gate(values[circuit])
        earned = total((trade.routes * gate).swapaxes(0, 1))
        netback = np.where(trade.mask, earned, netback)
    return netback


def dig_and_separate(c: Chain, t: int, month: date, terms: MonthTerms) -> None:
    """Dig, ship and separate one month; leaves what is offered on the oxide market in `c`."""
    mines = c.mines
    allowance = {
        key: c.allowance.of_batch(key, quota, month.year, month.month)
        for key, quota in terms.production.items()
    }
    price = c.oxides.price
    values = {k: ore_values(c, k, price) + c.support.ore(k, price) for k in c.concentrates}
    mines.netback = mine_netbacks(c, values)
    up = c.outages["mines"][:, t] * terms.up("mine", mines)
    c.dug = mines.dig(mines.quota_limits(allowance), up)
    mines.stock = mines.stock + c.dug
    c.ledger.add("mine", mines.by_region.sum(c.dug[:, None] * mines.share))
    made, spent = np.zeros_like(c.separators.made), np.zeros_like(c.separators.spent)
    c.concentrate_flow = np.zeros((c.n, c.n, made.shape[1], mines.runs))
    release = _release(c, allowance)
    shipped_home = np.zeros_like(mines.stock)
    working = c.outages["separators"][:, t] * terms.up("separation", c.separators)
    for circuit, trade in c.concentrates.items():
        c.separators.circuits[circuit].up = working
        pool = c.pool if circuit == "heavy" else np.zeros_like(c.pool)
        sent = trade.run(month, values[circuit], pool, release, terms)
        mines.stock = np.maximum(mines.stock - sent.from_mines, 0.0)
        shipped_home = shipped_home + sent.from_mines
        finished = c.light_elements if circuit == "light" else np.ones_like(c.light_elements)
        oxides, passed, losses = c.separators.separate(circuit, sent.feed, finished)
        if circuit == "heavy":
            c.pool = c.pool * np.maximum(1 - sent.from_pool[:, None], 0.0)
        c.pool = c.pool + c.separators.by_region.sum(passed)
        spent = spent + _spent(c, circuit, sent, passed)
        made = made + oxides
        c.ledger.add("losses", c.separators.by_region.sum(losses))
        c.concentrate_flow = c.concentrate_flow + sent.flow
    c.separators.made, c.separators.spent = made, spent
    discard_residue(c)
    _book_quotas(c, allowance, shipped_home)
    abroad = c.concentrate_flow * (1 - np.eye(c.n))[:, :, None, None]
    c.ledger.trade("concentrate", abroad)
    offer_oxides(c)


def _spent(c: Chain, circuit: str, sent: Shipped, passed: Array) -> Array:
    """What a month's feed and its separation cost, less what is got for the intermediate passed
    on, thousand USD (separator, run).

    Ore is paid at its netback in the separator's region. Intermediates (`passed`, and the part of
    the feed that was bought as such) change hands at what light circuits count for them.
    """
    price, at = c.oxides.price, c.separators.region
    line = c.separators.circuits[circuit]
    residue = element_values(c, "light", price)[at]
    ore = sent.feed - sent.intermediates
    charge = region_mean(c, circuit, line.unit_cost())[at]
    worth = element_values(c, circuit, price)[at]
    paid = ore * worth + (sent.intermediates - passed) * residue
    tonnes, feed = total(ore.swapaxes(0, 1)), total(sent.feed.swapaxes(0, 1))
    return total(paid.swapaxes(0, 1)) - charge * tonnes + line.running_cost() * feed


def separator_margins(c: Chain) -> Array:
    """Margin of separators, USD per kg of oxide made this month (separator, run).

    Oxides count at the month's price of their region, sold or not, so that a change of prices since
    the feed was bought is in it; where nothing is made it is 0.
    """
    separators = c.separators
    worth = total((separators.made * c.traded.price[separators.region]).swapaxes(0, 1))
    return ratio(worth - separators.spent, total(separators.made.swapaxes(0, 1)))


def _release(c: Chain, allowance: dict[QuotaKey, Array]) -> Array:
    """Share of each mine's stock that a separation quota lets pass (mine, run).

    The quota counts oxides made from the ore of mines under a quota; imported feed and ore that was
    mined without a licence are outside it.
    """
    mines = c.mines
    share = np.ones_like(mines.stock)
    for quota, tonnes in allowance.items():
        if quota.stage != "separation":
            continue
        rows = mines.under_quota(quota)
        oxide = total(mines.stock[rows]) * float(c.separators.frontier.mean())
        share[rows] = np.minimum(share[rows], np.minimum(ratio(tonnes, oxide, 1.0), 1.0))
    return share


def _book_quotas(c: Chain, allowance: dict[QuotaKey, Array], shipped: Array) -> None:
    """Count the month's output against the yearly quotas."""
    for quota in allowance:
        rows = c.mines.under_quota(quota)
        if quota.stage == "mine":
            tonnes = total(c.dug[rows])
        else:
            tonnes = total(shipped[rows]) * float(c.separators.frontier.mean())
        c.allowance.book(quota, tonnes)
