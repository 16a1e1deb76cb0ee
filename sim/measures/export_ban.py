"""Export ban: nothing of a product leaves a region for the targets."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sim.measures.base import CoveredElements, Enforcement, Measure, Product, Targets
from sim.measures.terms import Terms


class ExportBan(Measure):
    """A stop of all exports of a product, or of some elements of it, to the targets.

    What still arrives is what leaks: 1 - `enforcement` of the flow before the ban, beside smuggling
    by way of the chain's own leakage. A ban aimed at some regions only can be met by trade through
    others. It does not stop what is made abroad from material exported before.
    """

    kind: Literal["export-ban"]
    targets: Targets = "all"
    product: Product
    elements: CoveredElements = None
    enforcement: Enforcement = 1.0

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Cap the imposing regions' exports to the targets at nothing."""
        if self.active(month):
            terms.export_cap(
                key, self.by, self.targets, self.product, self.elements, 0.0, self.enforcement
            )
