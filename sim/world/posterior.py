"""The posterior: parameter sets that history left, the default uncertainty of every scenario."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from sim.world.world import DATA

SETS, ABOUT = DATA / "posterior.csv", DATA / "posterior.toml"


@dataclass(frozen=True)
class Posterior:
    """Parameter sets of equal weight: `values[parameter]` (set,); and where they come from."""

    values: Mapping[str, np.ndarray]
    about: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Number of sets."""
        return len(next(iter(self.values.values())))


@cache
def load_posterior() -> Posterior | None:
    """The shipped posterior; none where no calibration has been shipped."""
    if not SETS.is_file():
        return None
    with SETS.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    values = {name: np.array([float(row[name]) for row in table]) for name in table[0]}
    return Posterior(MappingProxyType(values), tomllib.loads(ABOUT.read_text(encoding="utf-8")))
