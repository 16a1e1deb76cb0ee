"""What each stage adds in value, and what its buyers take: the money side of the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import Array, total
from sim.chain.magnet_trade import SCRAP_VALUE

if TYPE_CHECKING:
    from sim.chain.build import Chain

SECTORS = ("mine", "separation", "magnet", "vehicle")
"""Stages whose value added is recorded."""


def value_added(c: Chain) -> Array:
    """Value added of a month by sector and region (sector, region, run), million USD.

    Sales less purchases from within the chain: what is bought elsewhere (reagents, power, steel) is
    not taken off, but for vehicles, of whose price a stated share is value added. Goods count when
    they are made. Source: production account, own.
    """
    thousand = np.stack(
        [
            c.mines.by_region.sum(c.dug * c.mines.netback),
            _separation(c),
            _magnets(c),
            c.vehicles.by_region.sum(c.vehicles.built * c.vehicles.list_price)
            * c.assume["account.vehicle_value_added"]
            / 1000.0,
        ]
    )
    return thousand / 1000.0


def _separation(c: Chain) -> Array:
    """Oxides made, at the month's prices, less what their feed was paid, thousand USD."""
    separators = c.separators
    worth = total((separators.made * c.traded.price[separators.region]).swapaxes(0, 1))
    running = [line.running_cost() * line.intake for line in separators.circuits.values()]
    return separators.by_region.sum(worth - separators.spent + total(np.stack(running)))


def _magnets(c: Chain) -> Array:
    """Magnets made at contract prices less the oxides in them, thousand USD; below 0 for a while
    where oxides rise faster than contracts follow."""
    cost = c.magnets.material_cost(c.traded.price, np.full(c.runs, SCRAP_VALUE))
    made = np.stack([c.makers.by_region.sum(grade) for grade in c.makers.made], axis=1)
    return total((made * (c.magnets.price - cost)).swapaxes(0, 1))


def magnet_vehicles(c: Chain) -> Array:
    """Vehicles built this month whose motors hold magnets (region, run)."""
    v = c.vehicles
    return v.by_region.sum(np.maximum(v.pm_share * (v.built + v.lost) - v.lost, 0.0))
