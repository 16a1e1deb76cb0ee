"""From ore to oxide: what mines earn, dig and ship, and what separators make of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import Array, ratio, total
from sim.chain.terms import MonthTerms

if TYPE_CHECKING:
    from sim.chain.build import Chain


def region_mean(c: Chain, circuit: str, a: Array) -> Array:
    """Capacity-weighted mean over a region's separators (region, run), the world's where none."""
    weight = np.maximum(c.separators.circuits[circuit].plants.capacity, 1e-6)
    return c.separators.by_region.mean(a, weight)


def ore_values(c: Chain, circuit: str, price: Array) -> Array:
    """What separators of a region can pay for each mine's ore, USD/kg REO (region, mine, run).

    The netback: recovered oxides at the region's prices (region, element, run) less the cost of
    separation; what a light circuit cannot finish counts at a part of its value.
    """
    line = c.separators.circuits[circuit]
    recovery = region_mean(c, circuit, line.recovery(c.separators.frontier))
    cost = region_mean(c, circuit, line.unit_cost())
    worth = price * recovery[:, None]
    if circuit == "light":
        residue = c.assume["separation.residue_value"]
        worth = np.where(c.light_elements[None, :, None] > 0, worth, worth * residue)
    values = np.stack([total((worth[r][None] * c.mines.share).swapaxes(0, 1)) for r in range(c.n)])
    return values - cost[:, None]


def mine_netbacks(c: Chain, price: Array) -> Array:
    """Netback at the mine gate, USD/kg REO (mine, run), over the routes its ore takes."""
    netback = np.zeros_like(c.mines.netback)
    for circuit, trade in c.concentrates.items():
        gate = trade.at_gate(ore_values(c, circuit, price))
        earned = total((trade.routes * gate).swapaxes(0, 1))
        netback = np.where(trade.mask, earned, netback)
    return netback


def dig_and_separate(c: Chain, t: int, month: date, terms: MonthTerms) -> None:
    """Dig, ship and separate one month; leaves what is offered on the oxide market in `c`."""
    mines = c.mines
    allowance = {
        key: c.allowance.month(key, level, month.year, month.month)
        for key, level in terms.production.items()
    }
    mines.netback = mine_netbacks(c, c.oxides.price)
    c.dug = mines.dig(mines.quota_limits(terms, allowance), c.outages["mines"][:, t])
    mines.stock = mines.stock + c.dug
    c.ledger.add("mine", mines.by_region.sum(c.dug[:, None] * mines.share))
    made = np.zeros_like(c.separators.made)
    c.concentrate_flow = np.zeros((c.n, c.n, made.shape[1], mines.runs))
    release = _release(c, allowance)
    shipped_home = np.zeros_like(mines.stock)
    for circuit, trade in c.concentrates.items():
        pool = c.pool if circuit == "heavy" else np.zeros_like(c.pool)
        values = ore_values(c, circuit, c.oxides.price)
        sent = trade.run(month, values, pool, release, terms)
        mines.stock = np.maximum(mines.stock - sent.from_mines, 0.0)
        shipped_home = shipped_home + sent.from_mines
        finished = c.light_elements if circuit == "light" else np.ones_like(c.light_elements)
        oxides, passed, losses = c.separators.separate(circuit, sent.feed, finished)
        if circuit == "heavy":
            c.pool = c.pool * np.maximum(1 - sent.from_pool[:, None], 0.0)
        c.pool = c.pool + c.separators.by_region.sum(passed)
        made = made + oxides
        c.ledger.add("losses", c.separators.by_region.sum(losses))
        c.concentrate_flow = c.concentrate_flow + sent.flow
    c.separators.made = made
    c.discard_residue()
    _book_quotas(c, allowance, shipped_home)
    abroad = c.concentrate_flow * (1 - np.eye(c.n))[:, :, None, None]
    c.ledger.trade("concentrate", abroad)
    c.offer_oxides()


def _release(c: Chain, allowance: dict[tuple[int, str, str], Array]) -> Array:
    """Share of each mine's stock that a separation quota lets pass (mine, run).

    The quota counts oxides made from domestic ore; imported feed is outside it.
    """
    mines = c.mines
    share = np.ones_like(mines.stock)
    for (region, stage, klass), tonnes in allowance.items():
        if stage != "separation":
            continue
        rows = mines.region == region
        if klass != "all":
            rows = rows & (mines.heavy[:, 0] == (klass == "heavy"))
        oxide = total(mines.stock[rows]) * float(c.separators.frontier.mean())
        share[rows] = np.minimum(share[rows], np.minimum(ratio(tonnes, oxide, 1.0), 1.0))
    return share


def _book_quotas(c: Chain, allowance: dict[tuple[int, str, str], Array], shipped: Array) -> None:
    """Count the month's output against the yearly quotas."""
    for region, stage, klass in allowance:
        if stage == "mine":
            tonnes = total(c.dug[c.mines.under_quota(region, klass)])
        else:
            rows = list(np.flatnonzero(c.mines.region == region))
            if klass != "all":
                rows = [r for r in rows if c.mines.heavy[r, 0] == (klass == "heavy")]
            tonnes = total(shipped[rows]) * float(c.separators.frontier.mean())
        c.allowance.book((region, stage, klass), tonnes)
