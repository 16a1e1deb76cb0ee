"""A chain whose firms can be watched month by month."""

from __future__ import annotations

import numpy as np

from sim.chain import SupplyChain
from sim.scenario import Scenario


class WatchedChain(SupplyChain):
    """One run of one path that keeps the state of every firm of every month.

    `history[kind][attribute]` is a list over the months of (firm,) arrays.
    """

    def __init__(self, scenario: Scenario, path: str = "policy", run: int = 0) -> None:
        super().__init__(scenario, path, [run])
        populations = self.chain.populations
        self.history: dict[str, dict[str, list[np.ndarray]]] = {
            kind: {name: [] for name in population.state}
            for kind, population in populations.items()
        }

    def step(self) -> None:
        """One month, and a look at every firm."""
        super().step()
        for kind, population in self.chain.populations.items():
            for name, values in self.history[kind].items():
                values.append(np.array(getattr(population, name)[:, 0], dtype=float))
