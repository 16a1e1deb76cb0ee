"""How a month is booked: what is offered, kept, thrown away and used, and the ledger of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, total

if TYPE_CHECKING:
    from sim.chain.build import Chain

POOL_MONTHS = 12.0
"""Months of inflow of unseparated heavies that are kept; what is older is discarded."""


def discard_residue(c: Chain) -> None:
    """Keep unseparated heavies up to some months of inflow; discard the rest."""
    inflow = total(c.pool.swapaxes(0, 1))
    c.pool_inflow = c.pool_inflow + (inflow - c.pool_inflow) / 12.0
    most = np.maximum(c.pool_inflow * POOL_MONTHS, 1e-9)
    over = np.clip(1 - ratio(most, inflow, 1.0), 0.0, 1.0)
    c.ledger.add("discards", c.pool * over[:, None])
    c.pool = c.pool * (1 - over[:, None])


def offer_oxides(c: Chain) -> None:
    """What separators and recyclers offer, and the log price below which they keep it.

    Separators hold out for part of the way (in logs) from their finishing cost to the price
    that they expect a year out.
    """
    made, losses, collected = c.recyclers.recover(c.growth(c.t), c.oxides.price)
    c.ledger.add("losses", losses)
    c.ledger.add("scrap_collected", collected)
    c.recycled = made
    separators = c.separators
    c.offered = np.concatenate(
        [
            separators.unsold + separators.made,
            c.recyclers.unsold + made + c.reserves.released,
        ]
    )
    hoped = c.views.expected()[separators.region] - c.oxides.finishing
    asked = c.oxides.finishing + c.assume["separation.hold"] * np.maximum(hoped, 0.0)
    cost = np.minimum(np.log(c.recyclers.cost)[:, None], c.oxides.finishing)
    reserve = np.broadcast_to(cost, made.shape)
    c.reserve = np.concatenate([asked, reserve])


def book_oxide_trade(c: Chain) -> None:
    """Take in a month's oxide trade: stocks, discards, and uses outside magnets."""
    traded, rows = c.traded, len(c.separators)
    discards = c.separators.keep_unsold(c.offered[:rows], traded.sold[:rows])
    c.ledger.add("discards", c.separators.by_region.sum(discards))
    share_sold = ratio(traded.sold[rows:], c.offered[rows:])
    c.reserves.settle(ratio(traded.bought, c.need), share_sold)
    public = c.reserves
    c.recyclers.see(c.recycled, traded.bought - public.bought)
    left = c.offered[rows:] - public.released - (traded.sold[rows:] - public.sold)
    left = np.maximum(left, 0.0)
    kept = np.minimum(left, np.maximum(6.0 * c.recycled, 0.9 * c.recyclers.unsold))
    c.recyclers.unsold = kept
    c.ledger.add("discards", left - kept)
    c.holders.settle(traded.stored)
    c.public_money.spend("stockpile", public.spending(traded.price))
    c.ledger.trade("oxide", traded.legal)
    c.ledger.trade("leakage", traded.smuggled)
    c.fill = ratio(traded.bought, c.need)
    part = ratio(c.oxide_need, c.need)
    used, unmet = traded.bought * part, traded.unmet * part
    c.oxide_used = used
    for account, content in (
        ("use", used),
        ("need", c.oxide_baseline),
        ("unmet", unmet),
        ("substitution", c.oxide_baseline - used - unmet),
    ):
        c.ledger.add(account, content)


def book_magnets(c: Chain, bought: Array, scrap: Array) -> None:
    """Book scrap, which goes to recyclers, and the content of magnets that cross borders."""
    arising = c.makers.by_region.sum(scrap)
    c.recyclers.scrap = c.recyclers.scrap + arising
    tonnes = total(arising.swapaxes(0, 1)) * MONTHS_PER_YEAR
    c.recyclers.grow(tonnes, c.growth(c.t))
    content = [c.delivered[g].swapaxes(0, 1)[:, :, None] * c.makers.recipe[g] for g in (0, 1)]
    abroad = (content[0] + content[1]) * (1 - np.eye(c.n))[:, :, None, None]
    c.magnet_content = abroad
    c.ledger.trade("magnet", abroad)


def book_use(c: Chain) -> None:
    """Use of magnets, and why it differs from the need at the start's designs and prices."""
    v, u = c.vehicles, c.users
    mass = total(c.baseline * v.mass[..., None]) / 1000.0
    hot = v.high_share * v.base_pm_share

    def blend(total_mass: Array, hot_mass: Array) -> Array:
        return c.content(np.stack([total_mass - hot_mass, hot_mass]))

    need = blend(mass * v.base_pm_share, mass * hot)
    motors = blend(mass * v.pm_share, mass * v.pm_share * v.high_share)
    thrifty = c.content(v.magnets_needed(c.baseline, c.heavy_thrift))
    asked, used = c.content(c.vehicle_needs), c.content(c.vehicle_used)
    by = v.by_region.sum
    _book(
        c,
        by(need),
        by(motors - thrifty),
        by(need - motors + thrifty - asked),
        by(asked - used),
        by(used),
    )
    need = blend(c.user_baseline, c.user_baseline * u.high_share)
    kept = c.user_baseline * u.kept
    after = blend(kept, kept * u.high_share)
    asked, used = c.content(c.user_needs), c.content(c.user_used)
    by = u.by_region.sum
    _book(c, by(need), by(after - asked), by(need - after), by(asked - used), by(used))
    held = c.stocks()
    c.ledger.add("stock_change", held - c.held)
    c.held = held


def _book(
    c: Chain, need: Array, thrift: Array, substitution: Array, unmet: Array, use: Array
) -> None:
    for account, content in (
        ("need", need),
        ("thrift", thrift),
        ("substitution", substitution),
        ("unmet", unmet),
        ("use", use),
    ):
        c.ledger.add(account, content)
