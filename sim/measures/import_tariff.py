"""Import tariff: the importing side takes a share of the value at its border."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.measures.base import CoveredElements, Measure, Product, Targets
from sim.measures.export_tax import Rate
from sim.measures.schedules import Schedule, check_schedule, step_at
from sim.measures.terms import Terms
from sim.measures.values import Number


class ImportTariff(Measure):
    """A duty on imports from the targets, ad valorem, paid to the importing region.

    `by` is the region that buys, `targets` the regions whose goods pay. The rate is a share of the
    value (0.25 is 25 percent) and comes on top of the duties that stand in the world's tables and
    of other tariffs on the same goods. It raises the price where it is imposed, lowers it a little
    where the goods come from, and turns trade towards origins that do not pay; it limits no tonnes
    and smugglers do not pay it. On concentrate it is levied on what separators can pay for the ore.
    On magnets a tariff on some elements falls on the grades that are made with them.
    """

    restricts_supply: ClassVar[bool] = False

    kind: Literal["import-tariff"]
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
        """Levy a duty on the imposing regions' imports from the targets."""
        rate = self.level_at(month)
        if rate is not None:
            terms.import_tariff(key, self.by, self.targets, self.product, self.elements, rate)
