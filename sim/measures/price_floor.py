"""Price floor: a state makes up the gap between a market price and a strike price."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.measures.base import Measure
from sim.measures.schedules import Schedule, check_schedule, step_at
from sim.measures.stockpile import Price
from sim.measures.terms import Terms
from sim.measures.values import Element, Firms, Number, Region, Share, check_firms


class PriceFloor(Measure):
    """A floor under the price of an oxide, or a contract for difference, for producers of it.

    For each kg made the state pays the producer the gap by which the month's price lies below the
    `strike`; above it the producer pays back the share `upside` of the excess: 0 is a plain floor,
    1 a two-sided contract for difference. The contract of MP Materials of July 2025 is a strike of
    110 USD/kg NdPr with an upside of 0.3. The market price itself is left alone, so no barrier at
    the border is needed. Separators with a contract bid more for ore, mines dig at lower prices,
    and builders count the contract at the price they foresee, for the years in which a plant would
    still have it. The regions of `by` pay: each its own firms, or named firms in equal parts. What
    is paid falls on all that is made, sold or not.
    """

    restricts_supply: ClassVar[bool] = False

    kind: Literal["price-floor"]
    stage: Literal["mine", "separation"] = Field(
        "separation", description="who holds the contract: separators for oxide, or mines for ore"
    )
    firms: Firms | None = Field(
        None, description="the firms, by name or owner; default: all of the stage in `by`"
    )
    element: Element = Field(description="the oxide whose price is made up")
    strike: Price | None = Field(None, description="constant strike price, USD per kg oxide")
    schedule: Schedule[Price] | None = Field(
        None, validate_default=True, description="strike by year or month of its start, USD/kg"
    )
    upside: Share = Field(
        0.0, description="share (0-1) of the price above the strike that the producer pays back"
    )
    reference: Region | None = Field(
        None, description="the region whose price counts; default: the producer's own"
    )

    @field_validator("firms")
    @classmethod
    def _of_the_stage(
        cls, firms: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        return check_firms(firms, info, inside=False)

    @field_validator("schedule")
    @classmethod
    def _schedule(
        cls, schedule: dict[str, Number] | None, info: ValidationInfo
    ) -> dict[str, Number] | None:
        return check_schedule(schedule, info, "strike")

    def level_at(self, month: date) -> Number | None:
        """The strike of a month, USD/kg."""
        return step_at(self.strike, self.schedule, month) if self.active(month) else None

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Make up the gap in force; before it, let builders count on it."""
        strike = step_at(self.strike, self.schedule, max(month, self.judged()))
        if self.known(month) and strike is not None:
            terms.price_floor(
                key,
                self.by,
                self.stage,
                self.firms,
                self.element,
                strike,
                self.upside,
                self.reference,
                self.years_until(month),
            )
