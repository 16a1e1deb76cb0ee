"""Running allowances: a yearly tonnage spread over the months left, lapsing with the year."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, total
from sim.chain.terms import ExportQuota

UNREACHABLE = 1e3
"""Multiple of the normal flow that no flow can reach: a quota that nobody enforces."""


class Allowance:
    """What is left of yearly tonnages, by key."""

    def __init__(self) -> None:
        self.year = 0
        self.used: dict[object, Array] = {}

    def month(self, key: object, level: Array, year: int, month: int) -> Array:
        """Tonnes allowed this month (run,): what the year has left, spread over its months left."""
        if year != self.year:
            self.year, self.used = year, {}
        if key not in self.used:
            self.used[key] = level * ((month - 1) / MONTHS_PER_YEAR)
        return np.maximum(level - self.used[key], 0.0) / (MONTHS_PER_YEAR + 1 - month)

    def book(self, key: object, tonnes: Array) -> None:
        """Count a month's tonnes (run,) against the year."""
        self.used[key] = self.used[key] + tonnes


class ExportQuotas:
    """Allowances and licence prices of export quotas."""

    def __init__(self, runs: int) -> None:
        self.allowance = Allowance()
        self.runs = runs
        self.price: dict[str, Array] = {}

    def monthly(self, quotas: list[ExportQuota], before: Array, year: int, month: int) -> Array:
        """Tonnes allowed this month (quota, run); `before` is the flow before the measure, t/y."""
        limits = np.zeros((len(quotas), self.runs))
        for k, quota in enumerate(quotas):
            flow = quota.covers[..., None] * before
            normal = total(flow.reshape(-1, self.runs))
            level = quota.level * normal if quota.is_share else quota.level
            level = level + (1 - quota.enforcement) * np.maximum(normal - level, 0.0)
            level = np.where(quota.enforcement > 0, level, UNREACHABLE * normal)
            limits[k] = self.allowance.month(quota.key, level, year, month)
        return limits

    def first_prices(self, count: int) -> Array:
        """Licence prices of last month (quota, run), where to begin the search."""
        known = list(self.price.values())[-count:] if len(self.price) >= count else []
        return np.stack(known) if known else np.ones((count, self.runs))

    def book(self, quotas: list[ExportQuota], covers: Array, shipped: Array, price: Array) -> None:
        """Count a month's shipments against the allowances, and keep licence prices."""
        self.price = {}
        for k, quota in enumerate(quotas):
            self.allowance.book(quota.key, total(total(covers[k][..., None] * shipped)))
            self.price[quota.key] = price[k]
