"""Who sold to whom: firm-level trades behind the regional flows of oxide and magnets, by a rule.

All sellers of a region ship the same mix of destinations, and all buyers of a region draw the same
mix of origins. So a trade is the regional flow, times the seller's share of what its region sold,
times the buyer's share of what its region bought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.chain.arrays import Array, Index
from sim.chain.magnet_makers import GRADES

if TYPE_CHECKING:
    from sim.chain.model import SupplyChain

LEAST = 1e-9
"""Tonnes below which a trade is left out."""


def oxide_trades(model: SupplyChain, element: str, run: int = 0) -> pd.DataFrame:
    """Oxide trades of the last month in one run: seller, buyer, good, origin, destination, t.

    Sellers are separators, recyclers and, where they drew them down, a region's stocks; buyers are
    magnet makers, other uses and, where they grew, stocks. `run` is a position in the model's runs.
    Raises ValueError for an element that the world does not have.
    """
    c, e = model.chain, model.world.elements.index(element)
    regions = model.world.regions
    flow = (c.traded.legal + c.traded.smuggled)[:, :, e, run].copy()
    stored = c.traded.stored[:, e, run]
    sellers = [*c.separators.names, *(f"recyclers of {r}" for r in regions)]
    sellers += [f"stocks of {r}" for r in regions]
    sold = np.concatenate([c.traded.sold[:, e, run], np.maximum(-stored, 0.0)])
    seller_region = np.concatenate([c.oxides.sellers, np.arange(c.n)])
    buyers = [*c.makers.names, *(f"other uses in {r}" for r in regions)]
    buyers += [f"stocks of {r}" for r in regions]
    fill = c.fill[:, e, run]
    to_makers = c.maker_orders[:, e, run] * fill[c.makers.region]
    bought = np.concatenate([to_makers, c.oxide_need[:, e, run] * fill, np.maximum(stored, 0.0)])
    buyer_region = np.concatenate([c.makers.region, np.arange(c.n), np.arange(c.n)])
    # What a region sold and did not ship stayed at home.
    at_home = np.maximum(_sum(sold, seller_region, c.n) - flow.sum(axis=1), 0.0)
    flow[np.arange(c.n), np.arange(c.n)] = at_home
    trade = _allot(flow, (sold, seller_region), (bought, buyer_region))
    return _table(model, element, (sellers, seller_region), (buyers, buyer_region), trade)


def magnet_trades(model: SupplyChain, grade: str, run: int = 0) -> pd.DataFrame:
    """Magnet trades of the last month in one run: seller, buyer, good, origin, destination, t.

    Sellers are magnet makers, buyers are plants of vehicle makers and other users. `run` is a
    position in the model's runs. Raises ValueError for a grade that there is not.
    """
    c, g = model.chain, GRADES.index(grade)
    buyers, place, received = _magnets(model, c.vehicle_received, c.user_received, g, run)
    sold = (c.makers.made[g, :, run], c.makers.region)
    trade = _allot(c.delivered[g, :, :, run].T, sold, (received, place))
    return _table(model, grade, (list(c.makers.names), c.makers.region), (buyers, place), trade)


def customers(model: SupplyChain, firm: str, run: int = 0) -> pd.DataFrame:
    """To whom a firm sold last month: a separator its oxides, a magnet maker its magnets."""
    trades = _all_trades(model, run)
    return trades[trades["seller"] == firm].reset_index(drop=True)


def suppliers(model: SupplyChain, firm: str, run: int = 0) -> pd.DataFrame:
    """From whom a firm bought last month: a magnet maker oxides, a vehicle maker magnets."""
    trades = _all_trades(model, run)
    return trades[trades["buyer"] == firm].reset_index(drop=True)


def magnet_losses(model: SupplyChain, run: int = 0) -> pd.DataFrame:
    """What each buyer of magnets ordered last month and did not get: buyer, region, good, ordered,
    received, missing (t)."""
    c, tables = model.chain, []
    for g, grade in enumerate(GRADES):
        buyers, place, ordered = _magnets(model, c.vehicle_orders, c.user_orders, g, run)
        _, _, received = _magnets(model, c.vehicle_received, c.user_received, g, run)
        columns = {
            "buyer": buyers,
            "region": np.array(model.world.regions)[place],
            "good": grade,
            "ordered": ordered,
            "received": received,
            "missing": ordered - received,
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def _all_trades(model: SupplyChain, run: int) -> pd.DataFrame:
    """All trades of the last month in one run."""
    oxides = [oxide_trades(model, element, run) for element in model.world.elements]
    magnets = [magnet_trades(model, grade, run) for grade in GRADES]
    return pd.concat([*oxides, *magnets], ignore_index=True)


def _magnets(
    model: SupplyChain, vehicles: Array, users: Array, grade: int, run: int
) -> tuple[list[str], Index, Array]:
    """Buyers of magnets, their regions, and their part of (grade, row, run) in one run."""
    c, regions = model.chain, model.world.regions
    names = [f"{use} in {regions[r]}" for use, r in zip(c.users.use, c.users.region, strict=True)]
    place = np.concatenate([c.vehicles.region, c.users.region])
    tonnes = np.concatenate([vehicles[grade, :, run], users[grade, :, run]])
    return [*c.vehicles.names, *names], place, tonnes


def _allot(flow: Array, sold: tuple[Array, Index], bought: tuple[Array, Index]) -> Array:
    """Trades (seller, buyer) behind flows (origin, destination), by what each sold and bought."""
    count = len(flow)
    part, drawn = (
        tonnes / np.maximum(_sum(tonnes, region, count), LEAST)[region]
        for tonnes, region in (sold, bought)
    )
    trade: Array = flow[np.ix_(sold[1], bought[1])] * part[:, None] * drawn[None]
    return trade


def _table(
    model: SupplyChain,
    good: str,
    sellers: tuple[list[str], Index],
    buyers: tuple[list[str], Index],
    trade: Array,
) -> pd.DataFrame:
    """Trades (seller, buyer) of names and regions as a table, t."""
    regions = np.array(model.world.regions)
    seller, buyer = np.nonzero(trade > LEAST)
    return pd.DataFrame(
        {
            "seller": np.array(sellers[0])[seller],
            "buyer": np.array(buyers[0])[buyer],
            "good": good,
            "origin": regions[sellers[1][seller]],
            "destination": regions[buyers[1][buyer]],
            "tonnes": trade[seller, buyer],
        }
    )


def _sum(values: Array, region: Index, count: int) -> Array:
    """Sum of one run's values by region."""
    sums: Array = np.bincount(region, weights=values, minlength=count).astype(float)
    return sums
