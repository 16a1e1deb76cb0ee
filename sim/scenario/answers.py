"""Governments that answer: a measure that is taken, or lifted, when something happens in a run."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from sim.measures import AnyMeasure, Measure
from sim.measures.values import Element, Flag, Real, Region, Text, fault

ALWAYS = date(2005, 1, 1)  # a measure without a start is at hand from the first month
LONGEST = 120  # months
HIGHEST_LEVEL = 1000.0

Months = Annotated[int, Field(strict=True)]
Indicator = Literal["oxide price", "magnet price", "vehicles lost", "imports", "exports"]


class Answer(BaseModel):
    """A government's rule: what it does once an indicator of its own run passes a threshold.

    The indicators are the price of an oxide or of magnets in a region, its imports or exports of
    oxides and of the oxides in magnets, each as a multiple of the first month's, and the share
    (0-1) of the vehicles asked for there that is lost. After `months` months in a row past the
    threshold the answer is announced, which moves expectations in that run, and it comes into force
    `lag` months later; it ends the same way after as many months back, unless it `stays`. What it
    does is a `measure` of any kind, without dates (or with dates between which it may be taken), or
    it lifts measures of the scenario. Both paths of a pair follow the rule, each on its own state.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicator: Indicator = Field(
        description="oxide price, magnet price, vehicles lost, imports or exports"
    )
    region: Region = Field(description="the region whose indicator is watched")
    element: Element | None = Field(
        None, description="the oxide watched; imports and exports: default all together"
    )
    above: Real | None = Field(
        None, description="answers above this multiple of the first month's, or share lost"
    )
    below: Real | None = Field(
        None, validate_default=True, description="answers below this multiple or share"
    )
    months: Months = Field(1, description="months in a row past the threshold, and back")
    lag: Months = Field(0, description="months from the decision until it is in force")
    stays: Flag = Field(False, description="true: once taken it is not taken back")
    measure: AnyMeasure | None = Field(None, description="what is done: a measure of any kind")
    lifts: tuple[Text, ...] | None = Field(
        None, description="names of measures of the scenario that are lifted"
    )
    off: Flag = Field(False, description="true drops an answer that was taken over by `extends`")

    @field_validator("element")
    @classmethod
    def _suits_indicator(cls, element: str | None, info: ValidationInfo) -> str | None:
        if element and info.data.get("indicator") in ("magnet price", "vehicles lost"):
            raise fault(f"the indicator '{info.data['indicator']}' has no element")
        return element

    @field_validator("below")
    @classmethod
    def _one_threshold(cls, below: float | None, info: ValidationInfo) -> float | None:
        above = info.data.get("above")
        if "above" in info.data and (above is None) == (below is None):
            raise fault("exactly one threshold is needed", "`above` or `below`")
        return below

    @field_validator("above", "below")
    @classmethod
    def _possible(cls, level: float | None) -> float | None:
        if level is not None and not 0 <= level <= HIGHEST_LEVEL:
            raise fault("outside the possible range", f"0 to {HIGHEST_LEVEL:,g}")
        return level

    @field_validator("months", "lag")
    @classmethod
    def _not_too_long(cls, months: int, info: ValidationInfo) -> int:
        least = 1 if info.field_name == "months" else 0
        if not least <= months <= LONGEST:
            raise fault("impossible number of months", f"{least} to {LONGEST}")
        return months

    @field_validator("measure", mode="before")
    @classmethod
    def _without_dates(cls, measure: object) -> object:
        if isinstance(measure, dict) and not measure.keys() & {"start", "schedule"}:
            return {**measure, "start": ALWAYS}
        return measure

    @model_validator(mode="after")
    def _complete(self) -> Answer:
        if self.indicator == "oxide price" and self.element is None:
            raise fault("the price of which oxide? write `element`")
        if (self.measure is None) == (self.lifts is None):
            raise fault("an answer does exactly one thing", "a `measure` table or `lifts`")
        return self

    def measures(self) -> tuple[Measure, ...]:
        """What it does, but for lifting."""
        return () if self.measure is None else (self.measure,)
