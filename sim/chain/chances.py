"""What happens by chance within a run: demand, outages, the building of plants, the
licences granted in a month, the size of news.

All of it is drawn whatever the policy, each from a stream of its own by region, firm or measure, so
that two paths meet the same chances; and each can be off by its parameter (`noise.*`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import Array
from sim.chain.magnet_makers import MagnetMakers
from sim.chain.population import Population
from sim.chain.processors import Separators
from sim.chain.producers import Mines

if TYPE_CHECKING:
    from sim.chain.build import Chain


class Chances:
    """`noise` of demand in logs by kind of user (month, user, run); `moods` of the authorities that
    grant licences, log odds (month, destination, run); `outages`, the share of each firm's plants
    that is up, by kind of firm (firm, month, run)."""

    def __init__(self, c: Chain, months: int) -> None:
        self.draws, self.assume, self.months = c.draws, c.assume, months
        regions = c.world.regions
        uses = zip(c.users.use, c.users.region, strict=True)
        self.noise = {
            "vehicles": self._noise([f"vehicles {region}" for region in regions]),
            "users": self._noise([f"{use} {regions[region]}" for use, region in uses]),
            "oxide users": self._noise([f"oxide {region}" for region in regions]),
        }
        self.moods = self._noise([f"licences {region}" for region in regions], "noise.licences")
        stages: dict[str, Mines | Separators | MagnetMakers]
        stages = {"mines": c.mines, "separators": c.separators, "magnet makers": c.makers}
        self.outages = {kind: self._outages(firms) for kind, firms in stages.items()}
        self.projects = {kind: self._projects(firms) for kind, firms in stages.items()}

    def _noise(self, names: list[str], size: str = "noise.demand") -> Array:
        """Noise that persists, of demand unless `size` names another (month, name, run)."""
        how = (self.assume[size], self.assume["noise.persistence"])
        rows = [self.draws.persistent(name, self.months, *how) for name in names]
        return np.stack(rows, axis=1) if rows else np.zeros((self.months, 0, len(self.draws.runs)))

    def _outages(self, firms: Mines | Separators | MagnetMakers) -> Array:
        """An outage stops one site; a row with more capacity stands for several."""
        a = self.assume
        site = np.minimum(a["noise.outage_site"] / np.maximum(firms.capacity, 1e-9), 1.0)
        how = (a["noise.outage_rate"], a["noise.outage_size"] * site, a["noise.outage_months"])
        return self.draws.outages(firms.names, self.months, *how)

    def _projects(self, firms: Population) -> tuple[Array, Array]:
        a = self.assume
        how = (a["noise.setback_rate"], a["noise.setback_months"], a["noise.failure_rate"])
        return self.draws.projects(firms.names, self.months, *how)

    def building(self, kind: str, t: int) -> tuple[Array, Array]:
        """A month's pace of building of a kind's firms, and 1 where one fails (firm, run)."""
        pace, fails = self.projects[kind]
        return pace[:, t], fails[:, t]

    def news_size(self, measure: str) -> Array:
        """How much is made of the news of a measure, over what it puts at risk (run,)."""
        return self.draws.news(measure, self.assume["noise.news"])
