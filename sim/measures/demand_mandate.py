"""Demand mandate: how many electric vehicles are to be sold in a region."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from sim.measures.base import Measure
from sim.measures.schedules import Schedule, check_schedule, step_at
from sim.measures.terms import Terms
from sim.measures.values import Distribution, Number, check_within

VEHICLES = "vehicles/year"
HIGHEST = {VEHICLES: 200_000_000.0, "share of forecast": 10.0}  # more than all cars sold


def _in_unit(level: float | Distribution, info: ValidationInfo) -> float | Distribution:
    unit = info.data.get("unit")
    if unit is not None:
        check_within(level, 0, HIGHEST[unit], unit)
    return level


Level = Annotated[Number, AfterValidator(_in_unit)]


class DemandMandate(Measure):
    """A target for the electric vehicles sold in a region, which takes the place of the forecast.

    The size is in vehicles a year, or a share of the world's forecast of the region's sales: 1.2
    raises it by a fifth, 0.8 is a target withdrawn. (The world's tables hold no sales of other
    cars; a target as a share of all cars has to be turned into a number.) Sales move to the target
    over `ev.mandate_years`, and back when it ends. Orders reach the plants that serve the region
    as they did in the base year, so a mandate also moves makers abroad. From the announcement on,
    those who build mines foresee the demand.
    """

    restricts_supply: ClassVar[bool] = False

    kind: Literal["demand-mandate"]
    powertrain: Literal["bev", "phev", "all"] = Field(
        "all", description="bev (battery), phev (plug-in hybrid), or all electric vehicles"
    )
    unit: Literal["vehicles/year", "share of forecast"] = Field(
        description="unit of level and schedule"
    )
    level: Level | None = Field(None, description="constant target, in `unit`")
    schedule: Schedule[Level] | None = Field(
        None, validate_default=True, description="target by year or month of its start, in `unit`"
    )

    @field_validator("schedule")
    @classmethod
    def _schedule(
        cls, schedule: dict[str, Number] | None, info: ValidationInfo
    ) -> dict[str, Number] | None:
        return check_schedule(schedule, info, "level")

    def conflicts(self, other: Measure) -> bool:
        """Whether both set the sales of a powertrain in one region at one time."""
        return (
            isinstance(other, DemandMandate)
            and self.coincides(other)
            and bool(set(self.by) & set(other.by))
            and (
                self.powertrain == other.powertrain or "all" in (self.powertrain, other.powertrain)
            )
        )

    def level_at(self, month: date) -> Number | None:
        """The target of a month in `unit`."""
        return step_at(self.level, self.schedule, month) if self.active(month) else None

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Say what is asked now and later, as far as it is known."""
        if self.known(month):
            terms.vehicle_target(
                key, self.by, self.powertrain, self.unit == VEHICLES, self.level_at
            )
