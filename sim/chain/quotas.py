"""Running allowances: a yearly tonnage spread over the months left, lapsing with the year."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, total
from sim.chain.parameters import Assumptions
from sim.chain.terms import ExportQuota, ProductionQuota
from sim.measures.values import MOST_TONNES

FULL = 0.85
"""Use of an even monthly pace at which holders neither raise nor lower what they ask."""
NEWS_SHARE = 0.5
"""Part of the buyers' news that licence holders put into what they ask."""
UNREACHABLE = 1e3
"""Multiple of the normal flow that no flow can reach: a quota that nobody enforces."""


class Allowance:
    """What is left of yearly tonnages, by key."""

    def __init__(self) -> None:
        self.year = 0
        self.used: dict[object, Array] = {}

    def month(self, key: object, level: Array, year: int, month: int) -> Array:
        """Tonnes allowed this month (run,): what the year has left, spread over its months left."""
        return self.of_batch(key, ProductionQuota(level, np.zeros_like(level)), year, month)

    def of_batch(self, key: object, quota: ProductionQuota, year: int, month: int) -> Array:
        """Tonnes allowed this month (run,): what is issued and left, spread over the months that
        the batch has left. A count that begins within a batch takes its past months as used."""
        if year != self.year:
            self.year, self.used = year, {}
        if key not in self.used:
            past = (month - quota.first) / (quota.last + 1.0 - quota.first)
            used = quota.before + (quota.issued - quota.before) * past
            self.used[key] = np.where(quota.issued < MOST_TONNES, used, 0.0)
        left = np.maximum(quota.issued - self.used[key], 0.0)
        return left / (quota.last + 1.0 - month)

    def book(self, key: object, tonnes: Array) -> None:
        """Count a month's tonnes (run,) against the year."""
        self.used[key] = self.used[key] + tonnes


class ExportQuotas:
    """Allowances, licence prices and what licence holders ask of export quotas.

    Holders have a price of their own, `asked` (USD/kg) by quota, below which they keep licences
    unused. It follows the licence price and half of the buyers' news, and falls while less than
    `FULL` of an even monthly pace is used: so a quota can be half used while it still has a
    price, as in 2011 and 2012 (docs/model.md, 3.7).
    """

    def __init__(self, runs: int, assume: Assumptions) -> None:
        self.allowance = Allowance()
        self.runs, self.assume = runs, assume
        self.price: dict[str, Array] = {}
        self.asked: dict[str, Array] = {}
        self.pace = np.zeros((0, runs))

    def monthly(self, quotas: list[ExportQuota], before: Array, year: int, month: int) -> Array:
        """Tonnes allowed this month (quota, run); `before` is the flow before the measure, t/y."""
        limits, self.pace = np.zeros((2, len(quotas), self.runs))
        for k, quota in enumerate(quotas):
            flow = quota.covers[..., None] * before
            normal = total(flow.reshape(-1, self.runs))
            level = quota.level * normal if quota.is_share else quota.level
            level = level + (1 - quota.enforcement) * np.maximum(normal - level, 0.0)
            level = np.where(quota.enforcement > 0, level, UNREACHABLE * normal)
            limits[k] = self.allowance.month(quota.key, level, year, month)
            self.pace[k] = level / MONTHS_PER_YEAR
        return limits

    def reservations(self, quotas: list[ExportQuota]) -> Array:
        """What licence holders ask at least (quota, run), USD/kg.

        A new quota begins with what the holders of the quota before it asked.
        """
        least = np.broadcast_to(self.assume["market.licence_reserve"], (self.runs,))
        before = np.stack([least, *self.asked.values()]).max(axis=0)
        asked = [self.asked.get(quota.key, before) for quota in quotas]
        return np.stack(asked) if asked else np.zeros((0, self.runs))

    def first_prices(self, count: int) -> Array:
        """Licence prices of last month (quota, run), where to begin the search."""
        known = list(self.price.values())[-count:] if len(self.price) >= count else []
        return np.stack(known) if known else np.ones((count, self.runs))

    def book(
        self,
        quotas: list[ExportQuota],
        covers: Array,
        shipped: Array,
        price: Array,
        news: Array,
    ) -> None:
        """Count a month's shipments against the allowances, and keep licence prices.

        `news` (quota, run) is that of the buyers of what each quota covers, in logs.
        """
        asked, self.price = {}, {}
        least = self.assume["market.licence_reserve"]
        for k, (quota, before) in enumerate(zip(quotas, self.reservations(quotas), strict=True)):
            used = total(total(covers[k][..., None] * shipped))
            self.allowance.book(quota.key, used)
            self.price[quota.key] = price[k]
            idle = np.clip(FULL - ratio(used, self.pace[k], 1.0), -0.1, 0.5)
            aim = np.log(np.maximum(price[k], least)) + NEWS_SHARE * news[k]
            log = np.log(before)
            log = log + self.assume["market.licence_follow"] * (aim - log)
            log = log - self.assume["market.licence_relax"] * idle
            asked[quota.key] = np.maximum(np.exp(log), least)
        self.asked = asked
