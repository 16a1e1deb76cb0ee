"""A scenario as it is built on the page: a file, and the edits made to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sim.measures import Measure
from sim.scenario import Scenario, load_scenario
from sim.scenario.writing import toml_key, toml_value

PAIRS = 50
"""Pairs of runs on the page."""
YEARS = 5
"""Years that the page shows at first, so that it answers quickly."""


@dataclass(frozen=True)
class Draft:
    """A scenario file with edits: key of the file -> TOML value, as `--set` takes them."""

    path: Path
    edits: tuple[tuple[str, str], ...] = ()

    def scenario(self) -> Scenario:
        """The scenario; raises ScenarioErrors with every fault."""
        return load_scenario(self.path, [f"{key}={value}" for key, value in self.edits])

    def edited(self, changes: Mapping[str, object]) -> Draft:
        """The draft with some keys set to other values."""
        edits = dict(self.edits) | {key: toml_value(value) for key, value in changes.items()}
        return replace(self, edits=tuple(sorted(edits.items())))


def begin(path: Path) -> Draft:
    """A draft of a file, cut to the page's number of pairs and years."""
    scenario = load_scenario(path)
    last = min(scenario.end, date(scenario.start.year + YEARS - 1, 12, 31))
    begins = max((m.start.year for m in scenario.measures.values()), default=0) + 2
    end = min(scenario.end, max(last, date(begins, 12, 31))) if begins > 2 else last
    return Draft(path).edited({"ensemble.runs": PAIRS, "end": end})


def sizes(measure: Measure) -> dict[str, tuple[float, float]]:
    """The sizes of a measure that a slider can move: key -> (value, highest)."""
    found = {}
    for key in type(measure).model_fields:
        value = getattr(measure, key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[key] = (float(value), 1.0 if 0 <= value <= 1 else 2.0 * float(value))
    return found


def scaled_schedule(measure: Measure, factor: float) -> dict[str, float] | None:
    """The levels of a measure's schedule times a factor; None where it has none of numbers."""
    schedule = getattr(measure, "schedule", None)
    if not schedule or not all(isinstance(level, int | float) for level in schedule.values()):
        return None
    return {key: factor * level for key, level in schedule.items()}


def shifted(name: str, measure: Measure, months: int) -> dict[str, object]:
    """The edits that move a measure without a schedule by some months."""
    days = {"start": measure.start, "announced": measure.announced, "end": measure.end}
    return {
        f"measures.{toml_key(name)}.{key}": _later(day, months) for key, day in days.items() if day
    }


def _later(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, min(day.day, 28))
