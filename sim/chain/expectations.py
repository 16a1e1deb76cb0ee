"""What firms expect: mean-reverting price beliefs, news that fades, threats that linger.

Competitive storage with mean-reverting expectations and a convenience yield was the form that
neither exploded nor cycled in the prototype (design notes of the model, section 6).
"""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, relax
from sim.chain.parameters import Assumptions

TREND_BOUND = 0.1
"""Most that a trend adds to an expected price (log)."""
NEWS_LIFTED = -0.5
"""Part of a measure's news that turns when the measure is lifted."""


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

    def announce(self, oxide: Array, threat: Array, sign: float) -> None:
        """Take in a measure: the share of oxide needs (region, element, run) and of all supplies
        (region, run) that it puts at risk; `sign` is 1 when announced, less when lifted."""
        self.news = self.news + sign * self.assume["policy.news_gain"] * oxide
        if sign > 0:
            self.alarm = np.maximum(self.alarm, np.minimum(threat, 1.0))
            self.threat = np.maximum(self.threat, np.minimum(threat, 1.0))

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
