"""Stockpile: a state buys an oxide for a reserve of its own, or releases it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.measures.base import Measure
from sim.measures.schedules import Schedule, check_schedule, step_at
from sim.measures.terms import Terms
from sim.measures.values import Element, Number, Tonnes, within

HIGHEST_PRICE = 1_000_000.0  # USD/kg; above every oxide and backstop
Price = Annotated[Number, within(0.01, HIGHEST_PRICE, "USD/kg")]


class Stockpile(Measure):
    """A region buys an oxide for a public reserve, or releases it, at so many t a year.

    A purchase is demand on the region's oxide market like any other, and gives way as prices near
    what the uses of the oxide can bear; a release is offered there at any price. With a `limit`
    it follows a rule: it buys only while last month's price lies below the limit, and releases only
    while it lies above (softly, within some 10 % of it). A release never exceeds what earlier
    purchases of the same region have put into its reserve, which is kept apart from private
    stocks: what states held before the start counts as private in the world's tables. The state
    pays the market price and receives it. Its announcement moves expected prices, up for a
    purchase and down for a release, as the same share of world need withheld would.
    """

    restricts_supply: ClassVar[bool] = False

    kind: Literal["stockpile"]
    action: Literal["purchase", "release"] = Field(description="purchase or release")
    element: Element = Field(description="the oxide it buys or releases")
    unit: Literal["t/year"] = Field(description="unit of level and schedule")
    level: Tonnes | None = Field(None, description="constant pace, t of oxide a year")
    schedule: Schedule[Tonnes] | None = Field(
        None, validate_default=True, description="pace by year or month of its start, t a year"
    )
    limit: Price | None = Field(
        None, description="buys only below, or releases only above, this price in USD/kg"
    )
    until: Tonnes | None = Field(
        None, description="t in the reserve at which purchases, or releases, stop"
    )

    @field_validator("schedule")
    @classmethod
    def _schedule(
        cls, schedule: dict[str, Number] | None, info: ValidationInfo
    ) -> dict[str, Number] | None:
        return check_schedule(schedule, info, "level")

    def level_at(self, month: date) -> Number | None:
        """The pace of a month in t a year."""
        return step_at(self.level, self.schedule, month) if self.active(month) else None

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Buy or release in the imposing regions."""
        level = self.level_at(month)
        if level is not None:
            terms.stockpile(key, self.by, self.action, self.element, level, self.limit, self.until)
