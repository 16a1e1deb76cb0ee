"""Smugglers: goods that leave without licence, duty or tax, where the price gap pays."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, relax, total
from sim.chain.parameters import Assumptions
from sim.world import World

DEARNESS = 0.5
"""Power of price by which smugglers prefer what is dear: at 0 they would share their capacity as
the legal trade weighs, at 1 by its value and then carry more of the heavies than anybody uses."""


class Smugglers:
    """One a region of the leakage table; `capacity` (smuggler, run) t a year of all oxides.

    `mix` (smuggler, destination, element) shares it between the weight and the value of the legal
    trade of the base year. They sell below the market price abroad, by a `discount`.
    """

    def __init__(self, world: World, flows: Array, runs: int, assume: Assumptions) -> None:
        table = world.tables["leakage"]
        self.assume = assume
        self.origins = [world.regions.index(region) for region in table["origin"]]
        self.capacity = np.repeat(table["capacity"].to_numpy(float)[:, None], runs, axis=1)
        self.ceiling = (
            table["max_capacity"].to_numpy(float)[:, None] * assume["leakage.ceiling_factor"]
        )
        self.discount = table["discount"].to_numpy(float)
        self.cost = table["cost"].to_numpy(float)
        price = world.tables["elements"]["price_abroad"].to_numpy(float)
        pull = flows[self.origins] * price**DEARNESS
        self.mix = pull / np.maximum(pull.sum(axis=(1, 2), keepdims=True), 1e-9)

    def caps(self) -> Array:
        """Most that can be smuggled this month, t (smuggler, destination, element, run)."""
        return self.mix[..., None] * self.capacity[:, None, None] / MONTHS_PER_YEAR

    def grow(self, smuggled: Array) -> None:
        """Capacity follows its use, towards its ceiling when all of it is used."""
        carried = total(
            np.moveaxis(smuggled.reshape(len(self.origins), -1, smuggled.shape[-1]), 1, 0)
        )
        used = carried * MONTHS_PER_YEAR / np.maximum(self.capacity, 1e-9)
        wanted = np.maximum(self.ceiling * used, 0.02 * self.ceiling)
        self.capacity = relax(self.capacity, wanted, self.assume.rate("leakage.years"))
