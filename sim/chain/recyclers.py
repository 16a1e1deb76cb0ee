"""Recyclers: the scrap of magnet making and of end-of-life goods, back into oxide."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, relax, total
from sim.chain.parameters import Assumptions
from sim.world import World


class Recyclers:
    """One a region: `scrap` waiting (region, element, run) t, `capacity` (region, run) t/y."""

    def __init__(self, world: World, basket: Array, runs: int, assume: Assumptions) -> None:
        table = world.tables["recyclers"].set_index("region").reindex(list(world.regions)).fillna(0)

        def column(name: str) -> Array:
            return table[name].to_numpy(float)[:, None]

        self.assume = assume
        self.capacity = np.repeat(column("capacity"), runs, axis=1)
        self.ceiling, self.recovery, self.cost = (
            column("max_capacity"),
            column("recovery"),
            np.maximum(column("cost"), 0.1),
        )
        self.basket = basket[None, :, None]
        self.scrap = np.repeat(column("scrap_stock")[:, None] * self.basket, runs, axis=2)
        self.collected = column("end_of_life")[:, None] * self.basket / MONTHS_PER_YEAR
        self.unsold = np.zeros_like(self.scrap)
        self.base_worth: Array | None = None

    def recover(self, growth: Array, price: Array) -> tuple[Array, Array, Array]:
        """Treat a month's scrap; `growth` (run,) of need, `price` (region, element, run).

        More goods at their end of life are collected when oxides are dear. Returns oxide made,
        losses and goods collected, t."""
        worth = total((self.basket * price).swapaxes(0, 1))
        if self.base_worth is None:
            self.base_worth = worth
        dearer = (worth / self.base_worth) ** self.assume["recycling.elasticity"]
        collected = self.collected * (growth * dearer)[:, None]
        self.scrap = self.scrap + collected
        waiting = total(self.scrap.swapaxes(0, 1))
        share = np.minimum(self.capacity / MONTHS_PER_YEAR / np.maximum(waiting, 1e-9), 1.0)
        treated = self.scrap * share[:, None]
        self.scrap = self.scrap - treated
        made = treated * self.recovery[:, None]
        return made, treated - made, collected

    def grow(self, arising: Array, index: Array) -> None:
        """Let capacity follow the scrap that arises (region, run; t/y), up to what can be built."""
        wanted = np.minimum(1.2 * arising, self.ceiling * index)
        rate = self.assume.rate("recycling.years")
        self.capacity = np.maximum(self.capacity, relax(self.capacity, wanted, rate))
