"""Who ships how much to whom, where shares and limits decide rather than a market price."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.chain.arrays import Array, ratio, total

PASSES = 4
"""Rounds in which what one partner could not take is offered to the others."""


def allocate(amount: Array, room: Array, weight: Array, cap: Array) -> Array:
    """Split amounts among partners by weight, within the partners' room and each pair's cap.

    `amount` (giver, run), `room` (taker, run), `weight` and `cap` (giver, taker, run); all t. Where
    a taker is short of room, givers are served in proportion; what is left is offered again.
    Returns t per pair (giver, taker, run); no pair exceeds its cap, no sum its amount or room.
    """
    sent = np.zeros(np.broadcast_shapes(weight.shape, cap.shape))
    left, free = amount, room
    for _ in range(PASSES):
        slack = np.maximum(cap - sent, 0.0)
        pull = np.where((slack > 0) & (free > 0)[None], weight, 0.0)
        share = ratio(pull, total(pull.swapaxes(0, 1))[:, None])
        wanted = np.minimum(left[:, None] * share, slack)
        asked = total(wanted)
        served = ratio(np.minimum(free, asked), asked, 1.0)
        moved = wanted * served[None]
        sent = sent + moved
        left = np.maximum(left - total(moved.swapaxes(0, 1)), 0.0)
        free = np.maximum(free - total(moved), 0.0)
    return sent


class Reference:
    """Flows before a measure: they follow the trailing year until a cap comes into force."""

    def __init__(self, flow: Array) -> None:
        self.trailing = flow
        self.before = flow

    def follow(self, flow: Array, limited: NDArray[np.bool_]) -> None:
        """Take in a month's flow, t a year; where policy limits it the reference stands still."""
        self.trailing = self.trailing + (flow - self.trailing) * -np.expm1(-1.0 / 6.0)
        self.before = np.where(limited, self.before, self.trailing)
