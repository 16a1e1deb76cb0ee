"""What buyers order: what they use, and part of what their stock lacks."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array
from sim.chain.parameters import Assumptions

MOST_ORDERED = 2.0
"""Most that is ordered in a month, over use: no phantom orders beyond it."""


def orders(use: Array, stock: Array, cover: Array, alarm: Array, assume: Assumptions) -> Array:
    """Orders of a month, t, in the shape of `use` and `stock` (..., run), never negative.

    `cover` is the target stock in years of use; `alarm` (..., run) raises it.
    """
    scare = 1 + assume["policy.threat_cover"] * alarm
    target = use * MONTHS_PER_YEAR * cover * scare
    gap = (target - stock) / assume["stocks.order_months"]
    return np.clip(use + gap, 0.0, MOST_ORDERED * use)
