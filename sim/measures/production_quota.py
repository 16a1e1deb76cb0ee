"""Production quota: a ceiling on what a region mines or separates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from sim.measures.base import MIDDLE, Measure
from sim.measures.schedules import Schedule, check_schedule, first_day, step_at
from sim.measures.terms import Batch, Terms
from sim.measures.values import Firms, Number, Text, Tonnes, check_firms, fault, known

BATCHES = "t REO/batch"


def _hold_or_parameter(after: str, info: ValidationInfo) -> str:
    return after if after == "hold" else known("parameters", "parameter")(after, info)


class ProductionQuota(Measure):
    """A ceiling on a region's mine output or on what its separators take in, in t REO a year.

    A yearly tonnage is a running allowance: what is left of it is spread over the months left, and
    what is unused at the year's end lapses. In the unit "t REO/batch" each key of the schedule
    issues a batch, which is spread over the months to the next batch or the year's end; what is
    unused goes over to the next one, and the first batch of a year counts from January. After the
    last level (in batches, those of the last year together) the quota holds, or grows every year by
    a parameter. It replaces the standing quota of the same stage and class while it lasts, unless
    it names `firms`: then it limits that group's mines alone, beside the region's quota. It does
    not touch imported feed, and it says nothing about exports. In a region where the world's table
    puts no mine under a quota it binds all mines.
    """

    kind: Literal["production-quota"]
    stage: Literal["mine", "separation"] = Field(description="the stage whose output is limited")
    klass: Literal["light", "heavy", "all"] = Field(
        alias="class", description="light (hard rock), heavy (ionic clay), or all feed together"
    )
    firms: Firms | None = Field(
        None,
        description="a group of mines under a ceiling of their own, by name or owner; stage mine",
    )
    unit: Literal["t REO/year", "t REO/batch"] = Field(description="unit of level and schedule")
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

    @field_validator("firms")
    @classmethod
    def _mines(cls, firms: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        if firms is not None and info.data.get("stage") == "separation":
            raise fault("a group's quota is counted at its mines", 'stage = "mine"')
        return check_firms(firms, info, inside=True)

    @field_validator("level")
    @classmethod
    def _no_constant_batch(cls, level: Number | None, info: ValidationInfo) -> Number | None:
        if level is not None and info.data.get("unit") == BATCHES:
            raise fault("batches have dates", "a `schedule`")
        return level

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
            and self._same_firms(other)
        )

    def _same_firms(self, other: ProductionQuota) -> bool:
        """Whether both are for all mines, or for groups that share a name."""
        if self.firms is None or other.firms is None:
            return self.firms is other.firms
        return bool(set(self.firms) & set(other.firms))

    def level_at(self, month: date) -> Number | None:
        """The ceiling of a month in t REO a year, before any growth after the last level."""
        return step_at(self.level, self.schedule, month) if self.active(month) else None

    def years_after_last_level(self, month: date) -> int:
        """Calendar years from the one in which the last level began to that of a month, at least 0.

        The growth named by `after` compounds over them.
        """
        last = first_day(max(self.schedule)) if self.schedule else self.start
        return max(month.year - last.year, 0)

    def batch_at(self, month: date) -> Batch:
        """The batch that a month belongs to, with those issued before it in its year."""
        keys = [key for key in self.schedule or {} if first_day(key) <= month.replace(day=MIDDLE)]
        year = first_day(keys[-1]).year
        schedule = {first_day(k): v for k, v in (self.schedule or {}).items()}
        of_year = [day for day in schedule if day.year == month.year]
        if not of_year:  # a later year goes on with all batches of the last one
            all_of_it = tuple(v for day, v in schedule.items() if day.year == year)
            return Batch(all_of_it[-1], all_of_it[:-1])
        issued = [day for day in of_year if day <= month.replace(day=MIDDLE)] or of_year[:1]
        later = [day.month - 1 for day in of_year if day > issued[-1]]
        first = issued[-1].month if len(issued) > 1 else 1
        before = tuple(schedule[day] for day in issued[:-1])
        return Batch(schedule[issued[-1]], before, first, min(later, default=12))

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Limit the imposing regions' output."""
        level = self.level_at(month)
        if level is None:
            return
        batch = self.batch_at(month) if self.unit == BATCHES else Batch(level)
        years = self.years_after_last_level(month)
        terms.production_quota(
            key, self.by, self.stage, self.klass, self.firms, batch, self.after, years
        )
