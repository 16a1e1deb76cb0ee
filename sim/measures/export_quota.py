"""Export quota: a ceiling on what leaves a region, counted over all elements together."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from sim.measures.base import CoveredElements, Enforcement, Measure, Targets
from sim.measures.schedules import Schedule, check_schedule, step_at
from sim.measures.terms import Terms
from sim.measures.values import MOST_TONNES, Distribution, Number, check_within

TONNES = "t REO/year"
SHARE = "share of pre-measure flow"
HIGHEST_SHARE = 10.0  # of the flow before; a percentage written as a whole number is refused


def _in_unit(level: float | Distribution, info: ValidationInfo) -> float | Distribution:
    unit = info.data.get("unit")
    if unit is not None:
        check_within(level, 0, MOST_TONNES if unit == TONNES else HIGHEST_SHARE, unit)
    return level


Level = Annotated[Number, AfterValidator(_in_unit)]


def _meet(some: object, others: object) -> bool:
    """Whether two lists of names share one; None and "all" stand for all names."""
    if not isinstance(some, tuple) or not isinstance(others, tuple):
        return True
    return bool(set(some) & set(others))


class ExportQuota(Measure):
    """A ceiling on a region's exports of oxides, one allowance for all covered elements together.

    The licences have one price per tonne whatever the element, so cheap elements are hit hardest
    and the margin between the price at home and abroad is the quota rent. The size is in t REO a
    year, or a share (0-1) of the yearly flow before the measure. A yearly tonnage is spread over
    the months left and lapses at the year's end. It does not limit exports of magnets.
    """

    kind: Literal["export-quota"]
    targets: Targets = "all"
    product: Literal["oxide"] = Field(description="what the quota counts: oxide")
    elements: CoveredElements = None
    unit: Literal["t REO/year", "share of pre-measure flow"] = Field(
        description="unit of level and schedule"
    )
    level: Level | None = Field(None, description="constant ceiling, in `unit`")
    schedule: Schedule[Level] | None = Field(
        None, validate_default=True, description="ceiling by year or month of its start, in `unit`"
    )
    enforcement: Enforcement = 1.0

    @field_validator("schedule")
    @classmethod
    def _schedule(
        cls, schedule: dict[str, Number] | None, info: ValidationInfo
    ) -> dict[str, Number] | None:
        return check_schedule(schedule, info, "level")

    def conflicts(self, other: Measure) -> bool:
        """Whether both count the same element from and to the same regions at one time."""
        return (
            isinstance(other, ExportQuota)
            and self.coincides(other)
            and bool(set(self.by) & set(other.by))
            and _meet(self.elements, other.elements)
            and _meet(self.targets, other.targets)
        )

    def level_at(self, month: date) -> Number | None:
        """The ceiling of a month in `unit`."""
        return step_at(self.level, self.schedule, month) if self.active(month) else None

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Limit the imposing regions' oxide exports to the targets."""
        level = self.level_at(month)
        if level is not None:
            terms.export_quota(
                key, self.by, self.targets, self.elements, level, self.unit, self.enforcement
            )
