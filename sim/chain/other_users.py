"""Other users: wind, industry, electronics, cars, defence; and uses of oxide outside magnets."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, Groups, ratio, relax
from sim.chain.orders import orders
from sim.chain.parameters import Assumptions
from sim.world import World, rows

LEAST_NEED = 1e-4
"""Tonnes a month used in every region, so that a price exists where nothing else is."""
SOURCED_YEARS = 12.0
"""Years of growth after the base year at the tables' rates; then growth fades."""


def growth_index(rate: Array, years: float, saturation: Array) -> Array:
    """Demand over the base year's: exponential while sourced, then saturating; rate (row, run)."""
    first = min(years, SOURCED_YEARS)
    later = max(years - SOURCED_YEARS, 0.0)
    return np.exp(rate * (first - np.expm1(-saturation * later) / saturation))


class OtherUsers:
    """Magnet users by use and region: `stock` (grade, user, run) t, `kept` the share of need left
    after substitution."""

    def __init__(self, world: World, runs: int, assume: Assumptions) -> None:
        table = world.tables["magnet_users"]
        self.assume = assume
        self.use = tuple(table["use"])
        self.region = np.array([world.regions.index(r) for r in table["region"]], dtype=np.intp)
        self.by_region = Groups.of(self.region, len(world.regions))
        self.base = table["demand"].to_numpy(float)[:, None]
        self.high_share = table["high_share"].to_numpy(float)[:, None]
        self.growth = table["growth"].to_numpy(float)[:, None]
        self.elasticity = table["elasticity"].to_numpy(float)[:, None]
        self.cover = table["stock_days"].to_numpy(float)[:, None] / 365.0
        self.kept = np.ones((len(table), runs))
        needed = self.needed(
            self.base * np.ones(runs) / MONTHS_PER_YEAR, np.ones((len(world.regions), runs))
        )
        self.stock = needed * MONTHS_PER_YEAR * self.cover

    def __len__(self) -> int:
        return len(self.use)

    def baseline(self, years: float, noise: Array) -> Array:
        """Need at base prices, t this month (user, run)."""
        rate = self.growth * self.assume["demand.other_growth"]
        index = growth_index(rate, years, self.assume["demand.saturation"])
        return self.base * index / MONTHS_PER_YEAR * np.exp(noise)

    def needed(self, baseline: Array, heavy: Array) -> Array:
        """Magnets needed (grade, user, run), t this month."""
        mass = baseline * self.kept
        hot = self.high_share * heavy[self.region]
        return np.stack([mass * (1 - hot), mass * hot])

    def orders(self, needed: Array, alarm: Array) -> Array:
        """Orders (grade, user, run): need, and part of the stock's shortfall."""
        return orders(needed, self.stock, self.cover, alarm[self.region], self.assume)

    def use_magnets(self, needed: Array, received: Array) -> Array:
        """Use what there is: magnets used (grade, user, run)."""
        self.stock = self.stock + received
        used = np.minimum(needed, self.stock)
        self.stock = self.stock - used
        return used

    def adapt(self, price: Array, base_price: Array) -> None:
        """Substitution follows the magnet price (region, grade, run) over years."""
        mean = ratio(price[:, 0] + price[:, 1], base_price[:, 0] + base_price[:, 1], 1.0)[
            self.region
        ]
        target = mean ** (-self.elasticity)
        self.kept = relax(self.kept, target, self.assume.rate("substitution.years"))


class OxideUsers:
    """Uses outside magnets: catalysts, polishing, glass, phosphors; need (region, element, run).

    `kept` is the share of the need left after substitution, which follows the price over years
    beside the uses that give way at once: polishing powder was replaced or recycled after 2011.
    It comes back with the old price, which polishing powder did not.
    """

    def __init__(self, world: World, assume: Assumptions) -> None:
        self.assume = assume
        self.kept: Array = np.ones(1)
        shape = (len(world.regions), len(world.elements), 1)
        self.base, self.growth = np.zeros(shape), np.zeros(shape)
        for row in rows(world.tables["oxide_users"]):
            place = (world.regions.index(row.region), world.elements.index(row.element), 0)
            self.base[place] += row.demand
            self.growth[place] = row.growth

    def need(self, years: float, noise: Array) -> Array:
        """Need at reference prices, t this month; `noise` (region, run) in logs."""
        rate = self.growth * self.assume["demand.other_growth"]
        index = growth_index(rate, years, self.assume["demand.saturation"])
        need = self.base * index / MONTHS_PER_YEAR * np.exp(noise)[:, None]
        return np.maximum(need, LEAST_NEED)

    def adapt(self, log_price: Array, log_base: Array) -> None:
        """Substitution follows the oxide price over the base price (region, element, run)."""
        target = np.exp(-self.assume["substitution.oxide_elasticity"] * (log_price - log_base))
        kept = np.broadcast_to(self.kept, target.shape)
        self.kept = relax(kept, target, self.assume.rate("substitution.years"))
