"""Export licences as queues: applications, decisions, permits not yet used.

Each licence has a queue of its own for the goods it covers and one for the goods that look like
them. A flow under two licences needs both, so the tighter decides whatever their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from sim.chain.arrays import Array, ratio
from sim.chain.parameters import Assumptions

LONGEST = 24
"""Months ahead in which applications are decided; what would wait longer is decided then."""
DAYS_PER_MONTH = 365.0 / 12.0


@dataclass(frozen=True)
class Licence:
    """A licence's rule in a month: which flows (origin, destination, element) it covers, which look
    like them; shares and days (run,); `approval` by destination (destination, run)."""

    key: str
    product: str
    covers: Array
    alike: Array
    approval: Array
    by_use: dict[str, Array]
    delay: Array
    repeat: Array
    look_alikes: Array
    look_alike_delay: Array
    general: Array
    enforcement: Array

    def at_risk(self) -> Array:
        """Share of every flow (origin, destination, element, run) that a year of it holds back."""
        wait = np.minimum(self.delay / 365.0, 1.0)
        held = (1 - self.approval * (1 - wait)) * (1 - self.free)
        slow = np.minimum(self.look_alike_delay / 365.0, 1.0) * (1 - self.free_alike)
        return self.covers[..., None] * held[None, :, None] + self.alike[..., None] * slow

    @property
    def free(self) -> Array:
        """Share of the covered flow that needs no licence, or evades it (run,)."""
        return 1 - self.enforcement * (1 - self.general)

    @property
    def free_alike(self) -> Array:
        """Share of the look-alike flow that is not held up (run,)."""
        return 1 - self.enforcement * self.look_alikes


@dataclass(frozen=True)
class Rule:
    """What a queue goes by in a month: `covers` marks flows (...,); `approval` (..., run); months
    of `delay`, share of refusals made again and share of flow that is `free` (run,)."""

    covers: Array
    approval: Array
    delay: Array
    repeat: Array
    free: Array

    def of_ore(self) -> Rule:
        """The rule on flows of whole ore (origin, destination): it holds if any element's does."""
        approval = self.approval.min(axis=2)
        return Rule(self.covers.max(axis=2), approval, self.delay, self.repeat, self.free)

    @property
    def binds(self) -> Array:
        """Where a flow has to wait or may be refused, 1 or 0 (..., run)."""
        waits = (self.approval < 1) | (self.delay > 0)
        return self.covers[..., None] * (waits & (self.free < 1))


def decided(delay: Array, shape: Array) -> Array:
    """Share of a month's applications that is decided so many months on: (month, run).

    Delays are gamma distributed with this mean (months, run) and shape; applications are taken to
    arrive at mid-month.
    """
    ends: Array = np.arange(LONGEST, dtype=np.float64)[:, None] + 0.5
    scaled: Array = shape * ratio(ends, delay[None], np.inf)
    by_then: Array = gammainc(shape, scaled)
    by_then[-1] = 1.0
    return np.diff(by_then, axis=0, prepend=0.0)


def in_mood(approval: Array, mood: Array) -> Array:
    """Approval shares moved by so much in log odds; 0 and 1 stay what they are."""
    return approval / (approval + (1 - approval) * np.exp(-mood))


class LicenceQueue:
    """One queue, in t: `pending` applications by the month of their decision, `refused` ones that
    are made again, `permits` granted and not yet used; rows are the covered flows, the run axis is
    last. Each month buyers apply for that month's shipments, so no tonne is applied for twice;
    permits at hand take nothing off. Unused permits lapse, and wants refused fade, in the
    time of `licence.patience`."""

    def __init__(self, covers: Array, runs: int) -> None:
        self.at = np.nonzero(covers)
        rows = len(self.at[0])
        self.pending = np.zeros((LONGEST, rows, runs))
        self.refused = np.zeros((rows, runs))
        self.permits = np.zeros((rows, runs))
        self.cap = np.zeros((rows, runs))

    def release(self, rule: Rule, want: Array, assume: Assumptions) -> Array:
        """Take a month's applications, decide what is due; returns what may be shipped, t.

        `want` is what buyers would ship without the licence, t (..., run). The result, of the same
        shape, is infinite where the licence does not bind.
        """
        left = np.exp(-1.0 / assume["licence.patience"])
        self.permits = self.permits * left
        applied = want[self.at] * (1 - rule.free) + self.refused * left
        split = decided(rule.delay, assume["licence.delay_shape"])
        self.pending = self.pending + applied * split[:, None]
        due = self.pending[0]
        self.pending = np.concatenate([self.pending[1:], np.zeros((1, *due.shape))])
        granted = due * rule.approval[self.at]
        self.refused = (due - granted) * rule.repeat
        self.permits = self.permits + granted
        binds = rule.binds[self.at] > 0
        self._forget(binds)
        self.cap = self.permits + rule.free * want[self.at]
        limit = np.full(want.shape, np.inf)
        limit[self.at] = np.where(binds, self.cap, np.inf)
        return limit

    def _forget(self, binding: NDArray[np.bool_]) -> None:
        """Empty the queue where the licence does not bind."""
        self.refused = np.where(binding, self.refused, 0.0)
        self.pending = np.where(binding, self.pending, 0.0)
        self.permits = np.where(binding, self.permits, 0.0)

    def book(self, shipped: Array) -> None:
        """Use up permits for what was shipped (..., run), t."""
        used = shipped[self.at] * ratio(self.permits, self.cap)
        self.permits = np.maximum(self.permits - used, 0.0)


class LicenceQueues:
    """The queues of one product on one path, by licence; `binds` marks the flows (..., run) that
    wait or may be refused this month. A flow has so many `axes`."""

    def __init__(self, axes: int, assume: Assumptions, runs: int) -> None:
        self.axes, self.assume, self.runs = axes, assume, runs
        self.close()

    def close(self) -> None:
        """There is no licence this month."""
        self.queues: dict[str, LicenceQueue] = {}
        self.binds: NDArray[np.bool_] = np.zeros((1,) * (self.axes + 1), dtype=bool)

    def release(self, rules: dict[str, Rule], want: Array) -> Array:
        """What may be shipped this month under all licences, t (..., run); infinite: no limit."""
        self.queues = {
            key: self.queues.get(key) or LicenceQueue(rule.covers, self.runs)
            for key, rule in rules.items()
        }
        limit = np.full(want.shape, np.inf)
        for key, rule in rules.items():
            released = self.queues[key].release(rule, want, self.assume)
            limit = np.minimum(limit, released)
        self.binds = np.isfinite(limit)
        return limit

    def book(self, shipped: Array) -> None:
        """Use up permits for what was shipped (..., run), t."""
        for queue in self.queues.values():
            queue.book(shipped)


def rules_by_flow(licences: Sequence[Licence], mood: Array) -> dict[str, Rule]:
    """Rules on flows (origin, destination, element): of the covered goods, and of look-alikes.

    `mood` (destination, run) moves the month's approval in log odds.
    """
    rules = {}
    for licence in licences:
        approval = np.broadcast_to(
            in_mood(licence.approval, mood)[None, :, None],
            (*licence.covers.shape, licence.delay.shape[0]),
        )
        rules[licence.key] = Rule(
            licence.covers,
            approval,
            licence.delay / DAYS_PER_MONTH,
            licence.repeat,
            licence.free,
        )
        rules[f"{licence.key} look-alikes"] = Rule(
            licence.alike,
            np.ones_like(approval),
            licence.look_alike_delay / DAYS_PER_MONTH,
            licence.repeat,
            licence.free_alike,
        )
    return rules
