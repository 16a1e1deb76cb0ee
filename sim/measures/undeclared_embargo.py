"""Undeclared embargo: shipments held up without a legal act, which fall and come back late."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.measures.base import (
    CoveredElements,
    Enforcement,
    Measure,
    Product,
    Targets,
    first_month,
    last_month,
    months_from,
    months_later,
)
from sim.measures.terms import Terms
from sim.measures.values import Number, fault, within

LEAST_SHARE = 0.001
LONGEST_LAG = 36
Lag = Annotated[int, Field(strict=True, ge=0, le=LONGEST_LAG)]


class UndeclaredEmbargo(Measure):
    """A halt of exports that no law announces: inspections and paperwork hold up shipments.

    Nobody declares it, so it cannot be announced: buyers notice in the month after it starts. Flows
    fall in equal monthly steps over `lag_months` to the `share` that still passes, never quite
    zero, and after `end` come back in equal steps over `recovery_months`. A declared stop is an
    `export-ban`.
    """

    kind: Literal["undeclared-embargo"]
    targets: Targets = "all"
    product: Product
    elements: CoveredElements = None
    share: Annotated[Number, within(LEAST_SHARE, 1)] = Field(
        0.1, description="share (above 0, to 1) of the flow before that still passes at its lowest"
    )
    lag_months: Lag = Field(2, description="months over which flows fall, 0 to 36; 0: at once")
    recovery_months: Lag = Field(
        2, description="months over which flows come back after the end, 0 to 36; 0: at once"
    )
    enforcement: Enforcement = 1.0

    @field_validator("announced", mode="before")
    @classmethod
    def _not_announced(cls, announced: object, info: ValidationInfo) -> object:
        if announced is not None and announced != info.data.get("start"):
            raise fault("nobody announces an undeclared embargo; a declared stop is an export-ban")
        return announced

    def heard(self) -> date:
        """First day of the month in which buyers notice."""
        return months_later(first_month(self.start), 1)

    def judged(self) -> date:
        """First day of the month in which flows are lowest."""
        lowest = months_later(first_month(self.start), self.lag_months)
        return min(lowest, last_month(self.end)) if self.end else lowest

    def phase(self, month: date) -> float:
        """How much of the cut holds in a month, 0 (none) to 1 (all of it)."""
        first = first_month(self.start)
        if month < first:
            return 0.0
        if self.active(month):
            return min((months_from(first, month) + 1) / (self.lag_months + 1), 1.0)
        last = last_month(self.end or month)
        left = 1 - months_from(last, month) / (self.recovery_months + 1)
        return self.phase(last) * max(left, 0.0)

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Cap the imposing regions' exports to the targets, as far as the embargo bites by now."""
        phase = self.phase(month)
        if phase > 0:
            terms.export_cap(
                key,
                self.by,
                self.targets,
                self.product,
                self.elements,
                self.share,
                self.enforcement,
                phase,
            )
