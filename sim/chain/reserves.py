"""Public reserves of oxides: what states buy for them, and what they release."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, logistic, total
from sim.chain.home_terms import HomeTerms

SOFTNESS = 0.05
"""Width (log) of a price limit: nine tenths of a rule's pace 11 % on its own side of it."""


class Reserves:
    """Oxide held by states, `stock` (region, element, run) in t, apart from private stocks.

    `wanted` is what they ask for this month, `released` what they offer; both in the stock's shape.
    """

    def __init__(self, regions: int, elements: int, runs: int) -> None:
        self.stock = np.zeros((regions, elements, runs))
        self.wanted = np.zeros_like(self.stock)
        self.released = np.zeros_like(self.stock)
        self.bought = np.zeros_like(self.stock)
        self.sold = np.zeros_like(self.stock)

    def plan(self, terms: HomeTerms, price: Array) -> None:
        """What is asked for and offered this month; `price` (region, element, run), USD/kg."""
        self.wanted, self.released = np.zeros_like(self.stock), np.zeros_like(self.stock)
        for term in terms.stockpiles:
            for region in term.regions:
                place = (region, term.element)
                amount = term.pace / MONTHS_PER_YEAR
                if term.limit is not None:
                    beyond = np.log(price[place] / term.limit) / SOFTNESS
                    amount = amount * logistic(beyond if term.release else -beyond)
                if term.until is not None:
                    room = term.until - self.stock[place]
                    room = -room if term.release else room
                    amount = np.minimum(amount, np.maximum(room, 0.0))
                flow = self.released if term.release else self.wanted
                flow[place] = flow[place] + amount
        self.released = np.minimum(self.released, self.stock)

    def settle(self, fill: Array, share_sold: Array) -> None:
        """Take in the month: the shares of purchases filled and of releases sold."""
        self.bought = self.wanted * fill
        self.sold = self.released * share_sold
        self.stock = np.maximum(self.stock + self.bought - self.sold, 0.0)

    def spending(self, price: Array) -> Array:
        """Cost of purchases less receipts of releases (region, run), thousand USD."""
        return total(((self.bought - self.sold) * price).swapaxes(0, 1))
