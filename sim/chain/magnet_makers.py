"""Magnet makers: metal, alloy and magnets of two grades, and their stocks."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, total
from sim.chain.draws import Draws
from sim.chain.investment import Plants
from sim.chain.orders import orders
from sim.chain.parameters import Assumptions
from sim.chain.population import Population
from sim.world import World

STANDARD, HIGH = 0, 1
GRADES = ("standard", "high-temperature")


class MagnetMakers(Population):
    """Makers; `stock` (maker, element, run) is t of oxide, `recipe` (grade, element) kg per kg."""

    kind = "magnet maker"
    state = ("output", "capacity", "know_how", "unit_cost")

    def __init__(self, world: World, draws: Draws, assume: Assumptions) -> None:
        table = world.tables["magnet_makers"]
        super().__init__(table, "maker", world.regions, len(draws.runs))
        self.assume = assume
        know_how = self.full(0.5 * (table["technology"] + table["technology_metal"]))
        lead = self.lead_times(table["lead"], draws, assume)
        self.plants = Plants(
            self.full(table["capacity"]),
            self.full(table["building"]),
            self.column(np.maximum(table["max_capacity"], table["capacity"])),
            self.column(table["capex"]),
            lead,
            know_how,
        )
        recipes = world.tables["recipes"].pivot_table(
            index="grade", columns="element", values="content"
        )
        recipes = recipes.reindex(index=list(GRADES), columns=list(world.elements)).fillna(0.0)
        self.recipe = recipes.to_numpy()[:, :, None]
        self.aid = np.zeros_like(know_how)
        self.frontier_yield = self.column(table["yield"])
        self.conversion = self.full(table["cost"])
        self.high_share = self.column(table["high_share"])
        self.cover = self.column(table["stock_days"]) / 365.0
        self.first_output = self.full(table["output"] / MONTHS_PER_YEAR)
        self.stock_up(np.full(self.runs, 0.2))

    def stock_up(self, hot: Array) -> None:
        """Start from the base year's output, a share `hot` (run,) of it high-temperature grade,
        with stocks at their targets."""
        self.plan = np.stack([self.first_output * (1 - hot), self.first_output * hot])
        self.made = self.plan.copy()
        self.stock = self.cover[:, None] * MONTHS_PER_YEAR * self.use_at(self.plan)

    @property
    def capacity(self) -> Array:
        """Finished magnets, t a year."""
        return self.plants.capacity

    @property
    def know_how(self) -> Array:
        """Metal and magnet technology, 0 to 1."""
        return self.plants.know_how

    @property
    def output(self) -> Array:
        """Magnets of both grades, t a year."""
        return total(self.made) * MONTHS_PER_YEAR

    @property
    def unit_cost(self) -> Array:
        """Conversion cost without oxides, USD per kg finished magnet."""
        return self.conversion * self.plants.cost_factor(self.assume)

    def yields(self) -> Array:
        """Share of the rare-earth input that ends in finished magnets (maker, run)."""
        return self.frontier_yield * (
            1 - self.assume["technology.yield_penalty"] * self.plants.gap()
        )

    def use_at(self, plan: Array) -> Array:
        """Oxide that a plan (grade, maker, run) takes: (maker, element, run)."""
        content = total(plan[:, :, None] * self.recipe[:, None])
        return content / self.yields()[:, None]

    def take_orders(self, orders: Array, up: Array) -> None:
        """Plan the month: regional orders (grade, region, run) by capacity, hot grade first."""
        room = self.plants.capacity / MONTHS_PER_YEAR * up
        for grade, most in ((HIGH, room * self.high_share), (STANDARD, room)):
            free = np.minimum(most, room)
            share = ratio(free, self.by_region.spread(self.by_region.sum(free)))
            self.plan[grade] = np.minimum(self.by_region.spread(orders[grade]) * share, free)
            room = room - self.plan[grade]

    def oxide_orders(self, alarm: Array) -> Array:
        """Oxide orders (maker, element, run), t this month: use and what stocks lack."""
        use, felt = self.use_at(self.plan), alarm[self.region][:, None]
        return orders(use, self.stock, self.cover[:, None], felt, self.assume)

    def produce(self, bought: Array) -> tuple[Array, Array]:
        """Make magnets from stock and purchases (maker, element, run).

        Every element of a grade's recipe is critical to it (Pichler et al. 2022). Returns magnets
        (grade, maker, run) and scrap (maker, element, run).
        """
        self.stock = self.stock + bought
        self.made = np.zeros_like(self.plan)
        used = np.zeros_like(self.stock)
        for grade in (HIGH, STANDARD):
            need = self.plan[grade][:, None] * self.recipe[grade] / self.yields()[:, None]
            enough = np.where(need > 0, ratio(self.stock - used, need, 1.0), 1.0)
            fill = np.clip(enough.min(axis=1), 0.0, 1.0)
            self.made[grade] = self.plan[grade] * fill
            used = used + need * fill[:, None]
        self.stock = np.maximum(self.stock - used, 0.0)
        lost = used * (1 - self.yields())[:, None]
        return self.made, lost
