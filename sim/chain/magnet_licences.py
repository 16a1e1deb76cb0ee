"""Export licences on magnets: queues by grade and end use, and who gets what passed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.chain.arrays import Array, ratio, total
from sim.chain.licences import DAYS_PER_MONTH, Licence, LicenceQueues, Rule, in_mood
from sim.chain.parameters import Assumptions

VEHICLES = "vehicles"
"""The end use of magnets that go into electric vehicles, beside those of the world's tables."""


class MagnetLicences:
    """Queues of magnets (grade, use, destination, origin, run).

    `made_with` (grade, element) says which grades a licence on an element covers; the others look
    like them. A licence without an element covers all.
    """

    def __init__(
        self, uses: Sequence[str], made_with: Array, assume: Assumptions, runs: int
    ) -> None:
        self.uses, self.made_with = (VEHICLES, *uses), made_with
        self.queues = LicenceQueues(4, assume, runs)
        self.part: Array | None = None

    def _rules(self, licences: Sequence[Licence], mood: Array) -> dict[str, Rule]:
        """Rules of the month, two a licence: of the covered grades, and of look-alikes."""
        rules = {}
        for licence in licences:
            covers = self._by_grade(licence.covers)
            alike = self._by_grade(licence.covers + licence.alike) - covers
            approval = np.stack(
                [in_mood(licence.by_use.get(use, licence.approval), mood) for use in self.uses]
            )
            shape = (*covers.shape, approval.shape[-1])
            approval = np.broadcast_to(approval[None, :, :, None], shape)
            days = licence.delay, licence.look_alike_delay
            shares = (approval, licence.free), (np.ones(shape), licence.free_alike)
            names = licence.key, f"{licence.key} look-alikes"
            for name, which, delay, (granted, free) in zip(
                names, (covers, alike), days, shares, strict=True
            ):
                rules[name] = Rule(which, granted, delay / DAYS_PER_MONTH, licence.repeat, free)
        return rules

    def _by_grade(self, covers: Array) -> Array:
        """Covered elements (origin, destination, element) as magnets (grade, use, destination,
        origin)."""
        grades = np.stack([covers[:, :, with_].max(axis=2).T for with_ in self.made_with])
        return np.repeat(grades[:, None], len(self.uses), axis=1)

    def release(
        self, licences: Sequence[Licence], mood: Array, want: Array, orders: Array
    ) -> Array:
        """Most that may be shipped, t (grade, destination, origin, run); infinite: no limit.

        `want` is what would be shipped without licences, of the same shape; `orders` (grade, use,
        destination, run) say for whom.
        """
        share = ratio(orders, total(orders.swapaxes(0, 1))[:, None])
        wanted = want[:, None] * share[:, :, :, None]
        limit = self.queues.release(self._rules(licences, mood), wanted)
        caps = np.where(self.queues.binds, limit, wanted) * (share > 0)[:, :, :, None]
        pair = total(caps.swapaxes(0, 1))
        even = np.broadcast_to(share[:, :, :, None], caps.shape)
        self.part = np.where((pair > 0)[:, None], ratio(caps, pair[:, None]), even)
        return np.where(self.binds(), pair, np.inf)

    def binds(self) -> NDArray[np.bool_]:
        """Which flows wait or may be refused this month (grade, destination, origin, run)."""
        return np.asarray(self.queues.binds.any(axis=1), dtype=bool)

    def close(self) -> None:
        """There is no licence this month."""
        self.queues.close()
        self.part = None

    def book(self, flows: Array) -> None:
        """Use up permits for deliveries (grade, destination, origin, run), t."""
        if self.part is not None:
            self.queues.book(flows[:, None] * self.part)

    def fills(self, flows: Array, orders: Array, fill: Array) -> Array:
        """Share of its orders that each use gets (grade, use, destination, run): `fill` (grade,
        destination, run) for all alike where no licence binds."""
        even = np.broadcast_to(fill[:, None], orders.shape)
        if self.part is None:
            return even
        got = total(np.moveaxis(flows[:, None] * self.part, 3, 0))
        bound = np.max(self.binds(), axis=2)[:, None]
        return np.where(bound, ratio(got, orders), even)
