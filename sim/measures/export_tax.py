"""Export tax: exporters pay a share of the value at the border."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.measures.base import CoveredElements, Measure, Product, Targets
from sim.measures.schedules import Schedule, check_schedule, step_at
from sim.measures.terms import Terms
from sim.measures.values import Number, within

HIGHEST_RATE = 5.0  # 500 %; a percentage written as a whole number is refused
Rate = Annotated[Number, within(0, HIGHEST_RATE, "of the value (0.25 is 25 %)")]


def _covers(wide: object, narrow: object, everything: str | None) -> bool:
    """Whether a list of names holds all of another; `everything` stands for all names."""
    if wide == everything:
        return True
    return isinstance(wide, tuple) and isinstance(narrow, tuple) and set(narrow) <= set(wide)


class ExportTax(Measure):
    """A duty on exports, ad valorem: a share of the price at home, paid to the exporting region.

    It drives a wedge between the price at home and abroad and, unlike a quota, gives its revenue to
    the state and not to the holders of licences. A rate of 0.25 is 25 percent. Smugglers do not pay
    it. It is not a tariff, which the importing side levies. Taxes of a file add up; one that covers
    all that a standing tax of the world covers takes its place.
    """

    kind: Literal["export-tax"]
    targets: Targets = "all"
    product: Product
    elements: CoveredElements = None
    rate: Rate | None = Field(None, description="constant rate, share of the value (0.25 is 25 %)")
    schedule: Schedule[Rate] | None = Field(
        None, validate_default=True, description="rate by year or month of its start"
    )

    @field_validator("schedule")
    @classmethod
    def _schedule(
        cls, schedule: dict[str, Number] | None, info: ValidationInfo
    ) -> dict[str, Number] | None:
        return check_schedule(schedule, info, "rate")

    def replaces(self, standing: Measure) -> bool:
        """Whether it taxes all that a standing tax does: a new rate takes the place of the old."""
        return (
            isinstance(standing, ExportTax)
            and self.product == standing.product
            and set(standing.by) <= set(self.by)
            and _covers(self.targets, standing.targets, "all")
            and _covers(self.elements, standing.elements, None)
        )

    def level_at(self, month: date) -> Number | None:
        """The rate of a month, as a share of the value."""
        return step_at(self.rate, self.schedule, month) if self.active(month) else None

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Tax the imposing regions' exports to the targets."""
        rate = self.level_at(month)
        if rate is not None:
            terms.export_tax(key, self.by, self.targets, self.product, self.elements, rate)
