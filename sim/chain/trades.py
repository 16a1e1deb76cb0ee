"""Who sold to whom: firm-level trades behind the regional flows of oxide, by a stated rule.

All sellers of a region ship the same mix of destinations, and all buyers of a region draw the same
mix of origins. So a trade is the regional flow, times the seller's share of what its region sold,
times the buyer's share of what its region bought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.chain.arrays import Array

if TYPE_CHECKING:
    from sim.chain.model import SupplyChain

LEAST = 1e-9
"""Tonnes below which a trade is left out."""


def oxide_trades(model: SupplyChain, element: str, run: int = 0) -> pd.DataFrame:
    """Trades of the last month in one run: seller, buyer, origin, destination, t.

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
    supply, demand = _sum(sold, seller_region, c.n), _sum(bought, buyer_region, c.n)
    # What a region sold and did not ship stayed at home.
    flow[np.arange(c.n), np.arange(c.n)] = np.maximum(supply - flow.sum(axis=1), 0.0)
    part = sold / np.maximum(supply, LEAST)[seller_region]
    drawn = bought / np.maximum(demand, LEAST)[buyer_region]
    trade = flow[np.ix_(seller_region, buyer_region)] * part[:, None] * drawn[None]
    seller, buyer = np.nonzero(trade > LEAST)
    return pd.DataFrame(
        {
            "seller": np.array(sellers)[seller],
            "buyer": np.array(buyers)[buyer],
            "origin": np.array(regions)[seller_region[seller]],
            "destination": np.array(regions)[buyer_region[buyer]],
            "tonnes": trade[seller, buyer],
        }
    )


def _sum(values: Array, region: Array, count: int) -> Array:
    """Sum of one run's values by region."""
    sums: Array = np.bincount(region.astype(int), weights=values, minlength=count).astype(float)
    return sums
