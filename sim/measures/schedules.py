"""Levels that change with time: a schedule is a step function of year or month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, ValidationInfo

from sim.measures.values import Distribution, fault

Level = TypeVar("Level")
KEY = r"^(19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?$"


def first_day(key: str) -> date:
    """The first day of a year `2023` or month `2023-06`; ValueError where the key is neither."""
    if not re.fullmatch(KEY, key):
        raise ValueError(f"{key!r} is not a year or month")
    return date(int(key[:4]), int(key[5:] or 1), 1)


def _check_key(key: str) -> str:
    try:
        first_day(key)
    except ValueError:
        form = "a year such as 2023, a month such as 2023-06"
        raise fault("a schedule's keys are years or months", form) from None
    return key


def _in_order(schedule: dict[str, Level]) -> dict[str, Level]:
    if not schedule:
        raise fault("an empty schedule")
    if len({first_day(key) for key in schedule}) < len(schedule):
        raise fault("two levels start in the same month")
    return dict(sorted(schedule.items()))


Schedule = Annotated[
    dict[
        Annotated[str, AfterValidator(_check_key), Field(json_schema_extra={"pattern": KEY})], Level
    ],
    AfterValidator(_in_order),
]


def check_schedule(
    schedule: dict[str, Level] | None, info: ValidationInfo, constant: str
) -> dict[str, Level] | None:
    """Faults of a schedule beside the other keys of its measure, of which `constant` is one."""
    if schedule is None:
        if constant in info.data and info.data[constant] is None:
            raise fault(f"no size is given: write `{constant}` or `schedule`")
        return None
    if info.data.get(constant) is not None:
        raise fault(f"`{constant}` and `schedule` are both given", "one of the two")
    start, end = info.data.get("start"), info.data.get("end")
    days = [first_day(key) for key in schedule]
    if start and start < days[0]:
        raise fault(f"the measure starts on {start}, before the schedule's first level")
    if end and days[-1] > end:
        raise fault(f"a level starts on {days[-1]}, after the measure's end on {end}")
    return schedule


def step_at(
    constant: float | Distribution | None,
    schedule: Mapping[str, float | Distribution] | None,
    month: date,
) -> float | Distribution | None:
    """The level in a month: the constant, or the last step of the schedule that has begun."""
    if schedule is None:
        return constant
    begun = [key for key in schedule if first_day(key) <= month]
    return schedule[max(begun)] if begun else None
