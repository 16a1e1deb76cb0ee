"""The assumptions of some runs, one value a run, by name."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import Array
from sim.chain.draws import Draws


class Assumptions:
    """Looks up a parameter of the table as an array (run,), drawn once."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._values: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        """Values of a parameter, e.g. `assume["technology.cost_penalty"]`: (run,)."""
        if name not in self._values:
            self._values[name] = self._draws.parameter(name)
        return self._values[name]

    def rate(self, years: str, unit: float = 1.0) -> Array:
        """Yearly rate of a parameter given as a time, of which `unit` make a year."""
        return unit / self[years]

    def decay(self, half_life: str, unit: float = 1.0) -> Array:
        """Yearly rate of a parameter given as a half-life."""
        return np.log(2.0) * unit / self[half_life]
