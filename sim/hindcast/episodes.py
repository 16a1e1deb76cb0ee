"""The historical episodes: ordinary scenario files, and the windows in which they are scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.chain.arrays import Array, Index
from sim.chain.market import MarketError
from sim.hindcast.observed import settings
from sim.hindcast.periods import Period, parse_period
from sim.hindcast.trajectory import Trajectory, follow
from sim.scenario import Scenario, find_scenario, load_scenario


@dataclass(frozen=True)
class Window:
    """A period in which an episode is scored; `fitted` where the posterior has seen it."""

    name: str
    period: Period
    fitted: bool


@dataclass(frozen=True)
class Episode:
    """A scenario of measures that were really taken, and the region that took them."""

    name: str
    scenario: Scenario
    home: str
    windows: tuple[Window, ...]

    def until(self, last: date) -> Episode:
        """The same episode, ended early."""
        cut = self.scenario.model_copy(update={"end": last})
        return Episode(self.name, cut, self.home, self.windows)

    def run(self, runs: Sequence[int], parameters: Mapping[str, Array] | None = None) -> Trajectory:
        """The policy path of some runs."""
        return follow(self.scenario, self.home, runs, parameters)


def load_episode(name: str) -> Episode:
    """An episode of the settings, from its shipped scenario."""
    told = settings()["episodes"][name]
    windows = tuple(
        Window(w["name"], parse_period(w["period"]), w["fitted"]) for w in told["windows"]
    )
    return Episode(name, load_scenario(find_scenario(told["scenario"])), told["home"], windows)


def run_parts(
    episode: Episode, runs: Sequence[int], parameters: Mapping[str, Array]
) -> list[tuple[Index, Trajectory]]:
    """A batch in parts, without the runs whose markets do not clear: (rows of the batch, path).

    A batch that fails is halved until the runs at fault stand alone; they are left out.
    """
    return _parts(episode, runs, parameters, np.arange(len(runs)))


def _parts(
    episode: Episode, runs: Sequence[int], parameters: Mapping[str, Array], rows: Index
) -> list[tuple[Index, Trajectory]]:
    chosen = {name: values[rows] for name, values in parameters.items()}
    try:
        return [(rows, episode.run([runs[k] for k in rows], chosen))]
    except MarketError:
        if len(rows) == 1:
            return []
        half = len(rows) // 2
        first, second = rows[:half], rows[half:]
        return _parts(episode, runs, parameters, first) + _parts(episode, runs, parameters, second)
