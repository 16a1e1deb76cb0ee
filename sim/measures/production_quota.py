"""Production quota: a ceiling on what a region mines or separates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from sim.measures.base import Measure
from sim.measures.schedules import Schedule, check_schedule, first_day, step_at
from sim.measures.terms import Terms
from sim.measures.values import Number, Text, Tonnes, known


def _hold_or_parameter(after: str, info: ValidationInfo) -> str:
    return after if after == "hold" else known("parameters", "parameter")(after, info)


class ProductionQuota(Measure):
    """A ceiling on a region's mine output or on what its separators take in, in t REO a year.

    A yearly tonnage is a running allowance: what is left of it is spread over the months left, and
    what is unused at the year's end lapses. After the last level the quota holds, or grows every
    year by a parameter. It replaces the standing quota of the same stage and class while it lasts.
    It does not touch imported feed, and it says nothing about exports.
    """

    kind: Literal["production-quota"]
    stage: Literal["mine", "separation"] = Field(description="the stage whose output is limited")
    klass: Literal["light", "heavy", "all"] = Field(
        alias="class", description="light (hard rock), heavy (ionic clay), or all feed together"
    )
    unit: Literal["t REO/year"] = Field(description="unit of level and schedule")
    level: Tonnes | None = Field(None, description="constant ceiling, t REO a year")
    schedule: Schedule[Tonnes] | None = Field(
        None,
        validate_default=True,
        description="ceiling by year or month of its start, t REO a year",
    )
    after: Annotated[Text, AfterValidator(_hold_or_parameter)] = Field(
        "hold",
        description='how it goes on after its last level: "hold", or the parameter by which it '
        "grows a year; default: as the standing quota of the same stage and class does",
    )

    @field_validator("schedule")
    @classmethod
    def _schedule(
        cls, schedule: dict[str, Number] | None, info: ValidationInfo
    ) -> dict[str, Number] | None:
        return check_schedule(schedule, info, "level")

    def conflicts(self, other: Measure) -> bool:
        """Whether both limit a stage and class of one region at one time."""
        return (
            isinstance(other, ProductionQuota)
            and self.coincides(other)
            and self.stage == other.stage
            and (self.klass == other.klass or "all" in (self.klass, other.klass))
            and bool(set(self.by) & set(other.by))
        )

    def level_at(self, month: date) -> Number | None:
        """The ceiling of a month in t REO a year, before any growth after the last level."""
        return step_at(self.level, self.schedule, month) if self.active(month) else None

    def years_after_last_level(self, month: date) -> int:
        """Calendar years from the one in which the last level began to that of a month, at least 0.

        The growth named by `after` compounds over them.
        """
        last = first_day(max(self.schedule)) if self.schedule else self.start
        return max(month.year - last.year, 0)

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Limit the imposing regions' output."""
        level = self.level_at(month)
        if level is not None:
            years = self.years_after_last_level(month)
            terms.production_quota(key, self.by, self.stage, self.klass, level, self.after, years)
