"""Public money: what governments spend on the measures at home, and on whom."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import Array

PURPOSES = ("subsidy", "price-floor", "stockpile")
THOUSAND_USD_PER_MILLION = 1000.0


class PublicMoney:
    """One month's spending (region, purpose, run) in million USD; receipts are negative."""

    def __init__(self, regions: int, runs: int) -> None:
        self.book = np.zeros((regions, len(PURPOSES), runs))

    def clear(self) -> None:
        """Begin a new month."""
        self.book = np.zeros_like(self.book)

    def spend(self, purpose: str, thousand_usd: Array) -> None:
        """Book spending (region, run), in t times USD/kg, which is thousand USD."""
        self.book[:, PURPOSES.index(purpose)] += thousand_usd / THOUSAND_USD_PER_MILLION
