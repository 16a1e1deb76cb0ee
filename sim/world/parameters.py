"""The model's parameters: meaning, unit, prior, source and grade of evidence, in one table."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sim.world.world import DATA


@dataclass(frozen=True)
class Parameter:
    """One assumption of the model and its prior.

    `distribution` is fixed, uniform (low, high), triangular (low, mode, high), normal (mode is the
    mean, high the 95th percentile) or lognormal (mode is the median, high the 95th percentile).
    `grade`: A measured, B from the literature, C by analogy, D an assumption to be swept.
    """

    name: str
    meaning: str
    unit: str
    distribution: str
    low: float
    mode: float
    high: float
    source: str
    grade: str


def read_parameters() -> Mapping[str, Parameter]:
    """All parameters by name, in the order of the table."""
    with (DATA / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = ("low", "mode", "high")
    return MappingProxyType(
        {
            row["name"]: Parameter(
                **{key: float(value) if key in numbers else value for key, value in row.items()}  # type: ignore[arg-type]
            )
            for row in rows
        }
    )


PARAMETERS: Mapping[str, Parameter] = read_parameters()
