"""What all measures share: who imposes them, and when they are announced and in force."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.measures.schedules import first_day
from sim.measures.terms import Terms
from sim.measures.values import Day, Elements, Flag, Number, Regions, Share, fault

DAYS_PER_YEAR = 365.25
MIDDLE = 15  # a measure is in force in the months whose 15th day it covers


def first_month(start: date) -> date:
    """The first day of the first month in which a measure that starts on a day is in force."""
    later = start.day > MIDDLE
    return months_later(start, int(later))


def last_month(end: date) -> date:
    """The first day of the last month in which a measure that ends on a day is in force."""
    return months_later(end, -int(end.day < MIDDLE))


def months_later(day: date, months: int) -> date:
    """The first day of the month so many months after a day's."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def months_from(first: date, later: date) -> int:
    """Months from the month of one day to that of another."""
    return (later.year - first.year) * 12 + later.month - first.month


def _not_itself(targets: object, info: ValidationInfo) -> object:
    if isinstance(targets, tuple) and targets == info.data.get("by") and len(targets) == 1:
        raise fault("a region cannot be the target of its own trade measure")
    return targets


def _kind_of_targets(value: object) -> str:
    return "everyone" if value == "all" else "regions"


Targets = Annotated[
    Annotated[Literal["all"], Tag("everyone")] | Annotated[Regions, Tag("regions")],
    Discriminator(_kind_of_targets),
    AfterValidator(_not_itself),
    Field(description='the regions it is aimed at; "all": every other region'),
]
Enforcement = Annotated[Share, Field(description="share (0-1) that does not leak around it")]
CoveredElements = Annotated[
    Elements | None, Field(description="the elements it covers; default: all of them")
]
Product = Annotated[
    Literal["oxide", "magnet", "concentrate"],
    Field(description="what crosses the border: oxide, finished magnet or ore concentrate"),
]


def _start_may_come_from_schedule(schema: dict[str, Any]) -> None:
    if "schedule" in schema["properties"]:
        schema["required"].remove("start")


class Measure(BaseModel, ABC):
    """A rule that regions impose from one day to another.

    A measure is in force in the months whose 15th day lies between `start` and `end`, both
    included. `start` may be left out where a schedule says when its first level begins;
    `announced` is the start unless it is given.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra=_start_may_come_from_schedule
    )

    restricts_supply: ClassVar[bool] = True
    """Whether it holds supply back from others, so that who imposes it is a sender of the shock;
    False for what buyers, or a region for its own supply, do."""

    kind: str
    by: Regions = Field(description="the region or regions that impose the measure")
    start: Day = Field(description="first day in force; default: the first day of the schedule")
    end: Day | None = Field(None, description="last day in force; default: it stays in force")
    announced: Day | None = Field(
        None,
        description="day on which it becomes known, which moves expectations; default: the start",
        validate_default=True,
    )
    off: Flag = Field(False, description="true drops a measure that was taken over by `extends`")

    @model_validator(mode="before")
    @classmethod
    def _start_of_schedule(cls, data: object) -> object:
        if not isinstance(data, dict) or "start" in data:
            return data
        schedule = data.get("schedule")
        if not isinstance(schedule, dict) or not schedule:
            return data
        try:
            return {**data, "start": min(first_day(key) for key in schedule)}
        except ValueError:
            return data

    @field_validator("end")
    @classmethod
    def _end_after_start(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start")
        if end is None or start is None:
            return end
        if end < start:
            raise fault(f"the end lies before the start, {start}")
        if end < first_month(start).replace(day=MIDDLE):
            raise fault(f"too short: no month's {MIDDLE}th lies between start and end")
        return end

    @field_validator("announced")
    @classmethod
    def _announced_by_the_start(cls, announced: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("start")
        if announced and start and announced > start:
            raise fault(f"announced after the start, {start}")
        return announced or start

    def active(self, month: date) -> bool:
        """Whether the measure is in force in a month, given by its first day."""
        middle = month.replace(day=MIDDLE)
        return self.start <= middle and (self.end is None or middle <= self.end)

    def heard(self) -> date:
        """The day on which firms hear of it, which moves their expectations."""
        return self.announced or self.start

    def judged(self) -> date:
        """First day of the month by whose terms they judge what it puts at risk."""
        return first_month(self.start)

    def known(self, month: date) -> bool:
        """Whether the measure is announced by a month, and has not yet ended."""
        return self.heard().replace(day=1) <= month and (
            self.end is None or month.replace(day=MIDDLE) <= self.end
        )

    def years_until(self, month: date) -> tuple[float, float]:
        """Years from a month to the start (0 once begun) and to the end (infinite without one)."""
        first = max((self.start - month).days / DAYS_PER_YEAR, 0.0)
        last = math.inf if self.end is None else max((self.end - month).days, 0) / DAYS_PER_YEAR
        return 0.0 if self.active(month) else first, last

    def coincides(self, other: Measure) -> bool:
        """Whether there is a day on which both measures are in force."""
        return self.start <= (other.end or self.start) and other.start <= (self.end or other.start)

    def conflicts(self, other: Measure) -> bool:
        """Whether two measures say two things of one quantity at one time, as two quotas would."""
        return False

    def replaces(self, standing: Measure) -> bool:
        """Whether it takes the place of a standing rule of a world while it is in force."""
        return self.conflicts(standing)

    def level_at(self, month: date) -> Number | None:
        """The size in force in a month, in the measure's unit; None where there is none."""
        return None

    @abstractmethod
    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Say to the terms of a month what the measure means; nothing when it is out of force."""
