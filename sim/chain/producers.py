"""Mines: what they dig this month, when they close, and whether they grow."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from sim.chain.arrays import MONTHS_PER_YEAR, Array, Index, logistic, ratio, total
from sim.chain.draws import Draws
from sim.chain.investment import Plants, annuity
from sim.chain.parameters import Assumptions
from sim.chain.population import Population
from sim.chain.terms import QuotaKey
from sim.world import World

LOSS = -0.4
"""Margin over avoidable cost at which mothballing is under way."""
LOSS_WIDTH = 0.1
BUSY = 0.93
"""Utilisation at which a mine well above cost runs."""
FULL_STOCK = 6.0
"""Months of capacity lying unsold as concentrate at which a mine stops."""


def output_by_margin(mines: Mines, rows: Index) -> Array:
    """Wanted output, t a year: full well above cost, none well below, less as stocks pile up.

    The netback is of the mine's own ore basket (joint products, Brown and Eggert 2018); aid is
    public money per kg.
    """
    margin = (mines.netback[rows] + mines.aid[rows]) / mines.unit_cost[rows] - 1
    pull = logistic(margin / mines.assume["mine.margin_width"])
    capacity = mines.plants.capacity[rows]
    piled = mines.stock[rows] / np.maximum(capacity * FULL_STOCK / MONTHS_PER_YEAR, 1e-9)
    open_ = 1.0 - mines.closed[rows]
    return capacity * pull * np.clip(1.5 - piled, 0.0, 1.0) * open_


class Mines(Population):
    """Producers of concentrate; `share` (mine, element) is the ore's basket."""

    kind = "mine"
    state = ("output", "capacity", "stock", "netback", "unit_cost", "closed", "know_how")

    def __init__(self, world: World, draws: Draws, assume: Assumptions) -> None:
        table = world.tables["mines"]
        super().__init__(table, "mine", world.regions, len(draws.runs))
        self.assume = assume
        ores = world.tables["ores"].pivot_table(index="ore", columns="element", values="share")
        ores = ores.reindex(columns=list(world.elements)).fillna(0.0)
        self.share = ores.loc[list(table["ore"])].to_numpy()[:, :, None]
        self.heavy = np.array(table["feed"] == "heavy")[:, None]
        self.quota_class = tuple(table["quota"])
        self.earliest = tuple(table["earliest"])
        self.cost = self.full(table["cost"]) * assume["mine.cost_factor"]
        lead = self.lead_times(table["lead"], draws, assume)
        capacity, building, idle = self._at_the_start(table)
        self.plants = Plants(
            self.full(capacity),
            self.full(building),
            self.column(np.maximum(table["max_capacity"], table["capacity"])),
            self.column(table["capex"]),
            lead,
            self.full(table["technology"]),
        )
        self.plants.started = self.full(idle)
        self.output = self.full(table["output"])
        self.stock = np.zeros_like(self.output)
        self.netback = 2.0 * self.cost
        self.aid = np.zeros_like(self.output)
        self.closed = np.zeros_like(self.output)
        rates = np.array([world.tables["regions"]["finance_rate"][r] for r in self.region])
        self.annuity = annuity(rates[:, None], assume["invest.life"])
        self.default_rule("output", output_by_margin)

    @staticmethod
    def _at_the_start(table: pd.DataFrame) -> tuple[Array, Array, Array]:
        """Working capacity, what is being built, and idle nameplate, t REO a year.

        Outside a quota, nameplate that the base year did not use has yet to be brought in.
        """
        capacity, building = table["capacity"].to_numpy(float), table["building"].to_numpy(float)
        working = np.minimum(capacity, table["output"].to_numpy(float) / BUSY)
        working = np.where(table["quota"] == "", working, capacity)
        return working, building, capacity - working

    @property
    def capacity(self) -> Array:
        """Capacity, t REO a year."""
        return self.plants.capacity

    @property
    def know_how(self) -> Array:
        """State of mining and beneficiation technology, 0 to 1."""
        return self.plants.know_how

    @property
    def unit_cost(self) -> Array:
        """Avoidable cash cost, USD per kg REO."""
        return self.cost * self.plants.cost_factor(self.assume)

    def under_quota(self, quota: QuotaKey) -> list[int]:
        """Rows of the mines that a production quota binds: those of the region whose class in the
        table it is, or those of the group; all of the region where the table names none."""
        there = [row for row in range(len(self)) if self.region[row] == quota.region]
        if quota.firms:
            there = [row for row in self.chosen([quota.region], quota.firms) if row in there]
        named = any(self.quota_class[row] for row in there) and not quota.firms
        return [
            row
            for row in there
            if (own := self.quota_class[row] if named else self._feed(row))
            and quota.klass in (own, "all")
        ]

    def _feed(self, row: int) -> str:
        """The class of a mine's ore."""
        return "heavy" if self.heavy[row, 0] else "light"

    def quota_limits(self, allowance: dict[QuotaKey, Array]) -> Array:
        """Most each mine may dig this month under production quotas, t (mine, run).

        A quota is shared in proportion to what its mines would dig without it; no mine digs more.
        """
        limit = np.full_like(self.output, np.inf)
        asked = self._next_output() / MONTHS_PER_YEAR
        for quota, tonnes in allowance.items():
            bound = self.under_quota(quota) if quota.stage == "mine" else []
            if bound:
                share = ratio(tonnes, total(asked[bound]), np.inf)
                held = np.where(share < 1, asked[bound] * np.minimum(share, 1.0), np.inf)
                limit[bound] = np.minimum(limit[bound], held)
        return limit

    def _next_output(self) -> Array:
        """Output part of the way to what is wanted, t a year (mine, run)."""
        wanted = self.decide("output")
        moved = self.output + self.assume["mine.adjustment"] * (wanted - self.output)
        return np.minimum(moved, self.plants.capacity)

    def dig(self, limit: Array, up: Array) -> Array:
        """Move output part of the way to what is wanted, within the quota: t REO this month."""
        self.output = np.minimum(self._next_output(), limit * MONTHS_PER_YEAR)
        return self.output * up / MONTHS_PER_YEAR

    def close_and_reopen(self) -> None:
        """Mothball under cost, reopen with hysteresis (GLOMBO, Ryter et al. 2024).

        Gradually: a row can stand for many sites, and one mine winds down over months too.
        """
        margin = (self.netback + self.aid) / self.unit_cost - 1
        pace = 1.0 / self.assume["mine.close_months"]
        losing = logistic((LOSS - margin) / LOSS_WIDTH)
        paying = logistic((margin - self.assume["mine.reopen_margin"]) / LOSS_WIDTH)
        closing = np.maximum(losing - self.closed, 0.0)
        self.closed = self.closed + pace * (closing - paying * self.closed)

    def may_build(self, month: date) -> Array:
        """Which mines may start to build in a month (mine, 1)."""
        now = f"{month:%Y-%m}"
        return np.array([not first or first <= now for first in self.earliest], float)[:, None]
