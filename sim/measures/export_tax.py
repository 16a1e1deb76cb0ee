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


class ExportTax(Measure):
    """A duty on exports, ad valorem: a share of the price at home, paid to the exporting region.

    It drives a wedge between the price at home and abroad and, unlike a quota, gives its revenue to
    the state and not to the holders of licences. A rate of 0.25 is 25 percent. Smugglers do not pay
    it. It is not a tariff, which the importing side levies.
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

    def level_at(self, month: date) -> Number | None:
        """The rate of a month, as a share of the value."""
        return step_at(self.rate, self.schedule, month) if self.active(month) else None

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Tax the imposing regions' exports to the targets."""
        rate = self.level_at(month)
        if rate is not None:
            terms.export_tax(key, self.by, self.targets, self.product, self.elements, rate)
