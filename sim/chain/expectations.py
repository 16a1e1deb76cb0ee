"""What firms expect: mean-reverting price beliefs, news that fades, threats that linger.

Competitive storage with mean-reverting expectations and a convenience yield was the form that
neither exploded nor cycled in the prototype (docs/model.md, 3.8).
"""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, relax, total
from sim.chain.parameters import Assumptions

TREND_BOUND = 0.1
"""Most that a trend adds to an expected price (log)."""
EASED = 0.5
"""Part of the news of a measure that its end takes back."""


class Expectations:
    """Beliefs about oxide prices (region, element, run) and perceived threats (region, run)."""

    def __init__(self, log_price: Array, belief: Array, assume: Assumptions) -> None:
        self.assume = assume
        self.fundamental = belief
        self.last = log_price.copy()
        self.trend = np.zeros_like(log_price)
        self.news = np.zeros_like(log_price)
        self.alarm = np.zeros((log_price.shape[0], log_price.shape[2]))
        self.threat = np.zeros_like(self.alarm)
        self.known: dict[str, Array] = {}
        self.sizes: dict[str, Array] = {}
        self.short = np.zeros_like(log_price)
        self.extra = np.zeros_like(log_price)

    def hear(self, name: str, oxide: Array, threat: Array, begins: bool, size: Array) -> None:
        """Hear that a measure is announced, or over: the share of oxide needs (region, element,
        run) and of all supplies (region, run) that it puts at risk; below 0 where it adds supply.

        `size` (run,) is how much is made of it. `take_in` turns what was heard into news.
        """
        if begins:
            self.known[name], self.sizes[name] = oxide, size
            self.alarm = np.maximum(self.alarm, np.minimum(threat, 1.0))
            self.threat = np.maximum(self.threat, np.minimum(threat, 1.0))
        else:
            self.known.pop(name, None)

    def take_in(self, imports: Array) -> None:
        """Let what is known of all measures move expectations, whatever the order it was heard in.

        News is what changes the most that any known measure puts at risk (or adds), so that a quota
        followed by one of the same size is no news; what eases is, once nothing is at risk. Holders
        in regions that are spared take up part of the news by the share of all `imports` (region,
        element, run) that is at risk: in 2010 and 2011 traders in China hoarded too.
        """
        risks = [self.sizes[name] * share for name, share in self.known.items()]
        known = np.stack([np.zeros_like(self.short), *risks])
        short, extra = known.max(axis=0), -known.min(axis=0)
        heard = self.assume["policy.news_spread"] * ratio(total(short * imports), total(imports))
        short = np.maximum(short, heard)
        felt = _felt(short, self.short) - _felt(extra, self.extra)
        self.short, self.extra = short, extra
        self.news = self.news + self.assume["policy.news_gain"] * felt

    def expected(self) -> Array:
        """Log price expected a year out (region, element, run)."""
        w = self.assume["stocks.trend_weight"]
        bounded = TREND_BOUND * np.tanh(self.trend / TREND_BOUND)
        return (1 - w) * self.fundamental + w * (self.last + bounded) + self.news

    def month(self, log_price: Array) -> None:
        """Let beliefs follow a month's prices, and news and threats fade."""
        self.trend = self.trend + (log_price - self.last - self.trend) / 3.0
        self.last = log_price
        drift = self.assume["stocks.fundamental_drift"]
        self.fundamental = relax(self.fundamental, log_price, drift)
        fade = self.assume.decay("policy.news_half_life", MONTHS_PER_YEAR)
        self.news = relax(self.news, np.zeros_like(self.news), fade)
        self.alarm = relax(self.alarm, np.zeros_like(self.alarm), fade)
        slow = self.assume.decay("policy.threat_half_life")
        self.threat = relax(self.threat, np.zeros_like(self.threat), slow)


def _felt(now: Array, before: Array) -> Array:
    """How much is felt when the share that measures take off the market, or add to it, changes."""
    change = now - before
    eased = np.where(now > 0, 0.0, EASED * np.minimum(change, 0.0))
    return np.maximum(change, 0.0) + eased
