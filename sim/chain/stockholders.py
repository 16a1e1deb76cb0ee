"""Holders of oxide stocks: traders, users and states of a region, as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array
from sim.chain.expectations import Expectations
from sim.chain.parameters import Assumptions

MOST_SOLD = 0.25
"""Share of a stock that can be sold in a month."""
LEAST = 1e-3
"""Tonnes below which a stock or a need counts as none."""


@dataclass
class Offer:
    """How stockholders answer a price: see `sim.chain.market.Offers`."""

    appetite: Array
    sellable: Array
    view: Array
    spread: Array


class Stockholders:
    """Stocks (region, element, run) in t, and targets in months of use."""

    def __init__(self, stock: Array, target_months: Array, assume: Assumptions) -> None:
        self.stock, self.target_months, self.assume = stock, target_months, assume

    def offer(self, need: Array, expectations: Expectations) -> Offer:
        """Net purchases as a function of price: A tanh((ln E - ln p + psi ln(target/stock)) / s).

        `need` (region, element, run) in t a year. The second term of the spread makes the
        convenience yield that of the end of the month.
        """
        assume = self.assume
        alarm = expectations.alarm[:, None]
        cover = self.target_months / MONTHS_PER_YEAR * (1 + assume["policy.threat_cover"] * alarm)
        stock = np.maximum(self.stock, LEAST)
        appetite = assume["stocks.appetite"] * need
        shortfall = np.log(np.maximum(cover * need, LEAST) / stock)
        view = expectations.expected() + assume["stocks.convenience"] * shortfall
        pull = assume["stocks.convenience"] * appetite / (MONTHS_PER_YEAR * stock)
        monthly = appetite / MONTHS_PER_YEAR
        return Offer(
            monthly,
            np.minimum(monthly, MOST_SOLD * self.stock),
            view,
            assume["stocks.spread"] + pull,
        )

    def settle(self, bought: Array) -> None:
        """Take in a month's net purchases (region, element, run)."""
        self.stock = np.maximum(self.stock + bought, 0.0)
