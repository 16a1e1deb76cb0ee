"""Periods as written in the tables of observations, as month numbers (year x 12 + month - 1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """Months from `first` to `last`, both included."""

    first: int
    last: int

    @property
    def year(self) -> float:
        """The middle of the period in years, 2010.5 being the middle of 2010."""
        return (self.first + self.last + 1) / 24.0

    def within(self, other: Period) -> bool:
        """Whether this period lies in another."""
        return other.first <= self.first and self.last <= other.last

    def __len__(self) -> int:
        return self.last - self.first + 1


def month_number(day: date) -> int:
    """The number of a day's month."""
    return day.year * 12 + day.month - 1


def parse_period(text: str) -> Period:
    """`2010`, `2010-Q1`, `2010-07` or a range `2010-01/2010-09`; ValueError for anything else."""
    if "/" in text:
        first, last = text.split("/")
        return Period(parse_period(first).first, parse_period(last).last)
    found = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", text)
    if not found:
        raise ValueError(f"{text!r} is not a year, quarter, month or a range of them")
    year, quarter, month = found.groups()
    start = int(year) * 12
    if month:
        return Period(start + int(month) - 1, start + int(month) - 1)
    if quarter:
        return Period(start + 3 * int(quarter) - 3, start + 3 * int(quarter) - 1)
    return Period(start, start + 11)
