"""Recyclers: the scrap of magnet making and of end-of-life goods, back into oxide."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, relax, total
from sim.chain.home_terms import HomeTerms
from sim.chain.parameters import Assumptions
from sim.world import World


class Recyclers:
    """One a region: `scrap` waiting (region, element, run) t, `capacity` (region, run) t/y.

    `organised` (region, run; t/y) is what could be collected under mandates beyond what pays.
    """

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
        self.organised = np.zeros_like(self.capacity)
        self.asked = np.zeros_like(self.capacity)
        self.plain = np.zeros_like(self.capacity)
        self.made, self.use = np.zeros_like(self.capacity), np.zeros_like(self.capacity)
        self.month_of_basket = self.basket / MONTHS_PER_YEAR
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
        self.plain = total(collected.swapaxes(0, 1)) * MONTHS_PER_YEAR
        collected = collected + (self.asked * self.organised)[:, None] * self.month_of_basket
        self.scrap = self.scrap + collected
        waiting = total(self.scrap.swapaxes(0, 1))
        share = np.minimum(self.capacity / MONTHS_PER_YEAR / np.maximum(waiting, 1e-9), 1.0)
        treated = self.scrap * share[:, None]
        self.scrap = self.scrap - treated
        made = treated * self.recovery[:, None]
        return made, treated - made, collected

    def prepare(self, terms: HomeTerms, growth: Array) -> None:
        """Let collection beyond the plain one grow towards what mandates ask for, `growth` (run,)
        being that of need. What comes to its end bounds it."""
        end_of_life = total(self.collected.swapaxes(0, 1)) * MONTHS_PER_YEAR * growth
        end_of_life = end_of_life / self.assume["recycling.collected_share"]
        wanted, self.asked = np.zeros_like(self.capacity), np.zeros_like(self.capacity)
        for term in terms.recycling:
            lacking = (
                self._content_lacking(term.share)
                if term.of_content
                else (term.share * end_of_life - self.plain)
            )
            for region in term.regions:
                wanted[region] = np.maximum(wanted[region], lacking[region])
                self.asked[region] = np.maximum(self.asked[region], term.in_force)
        wanted = np.minimum(wanted, np.maximum(end_of_life - self.plain, 0.0))
        self.organised = relax(self.organised, wanted, self.assume.rate("recycling.years"))

    def _content_lacking(self, share: Array) -> Array:
        """What has to be collected beyond the plain collection so that recycled oxide is a share of
        use (region, run), t a year."""
        without = np.maximum(self.made - self.recovery * self.asked * self.organised, 0.0)
        return (share * self.use - without) / self.recovery

    def see(self, made: Array, used: Array) -> None:
        """Keep the month's recycled oxide and the oxide used (region, element, run; t), as yearly
        rates, of the elements that scrap holds."""
        self.made = total(made.swapaxes(0, 1)) * MONTHS_PER_YEAR
        self.use = total((used * (self.basket > 0)).swapaxes(0, 1)) * MONTHS_PER_YEAR

    def grow(self, arising: Array, index: Array) -> None:
        """Let capacity follow the scrap that arises (region, run; t/y), up to what can be built."""
        wanted = np.minimum(1.2 * (arising + self.organised), self.ceiling * index)
        rate = self.assume.rate("recycling.years")
        self.capacity = np.maximum(self.capacity, relax(self.capacity, wanted, rate))
