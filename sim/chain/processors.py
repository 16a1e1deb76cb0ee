"""Separators: light and heavy circuits, the oxides they finish and what they cannot sell."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, total
from sim.chain.draws import Draws
from sim.chain.investment import Plants
from sim.chain.parameters import Assumptions
from sim.chain.population import Population
from sim.world import World


class Circuit:
    """One kind of circuit of all separators: its plants, running cost (USD/kg REO feed), the
    month's intake (t) and the share of the plant that is up."""

    def __init__(self, plants: Plants, cost: Array, assume: Assumptions) -> None:
        self.plants, self.cost, self.assume = plants, cost, assume
        self.intake = np.zeros_like(plants.capacity)
        self.up = np.ones_like(plants.capacity)

    def running_cost(self) -> Array:
        """Running cost, USD per kg REO fed (separator, run)."""
        factor = self.assume["separation.cost_factor"]
        return self.cost * factor * self.plants.cost_factor(self.assume)

    def unit_cost(self) -> Array:
        """Running cost and margin, USD per kg REO fed (separator, run)."""
        return self.running_cost() * (1 + self.assume["separation.margin"])

    def recovery(self, frontier: Array) -> Array:
        """Share of the elements recovered (separator, run)."""
        return frontier * (1 - self.assume["technology.yield_penalty"] * self.plants.gap())

    def utilisation(self) -> Array:
        """Feed of the month over capacity."""
        return self.intake * MONTHS_PER_YEAR / np.maximum(self.plants.capacity, 1e-9)


class Separators(Population):
    """Concentrate in, oxides out; `unsold` (separator, element, run) is offered again."""

    kind = "separator"
    state = ("output", "capacity", "stock", "light_know_how", "heavy_know_how")

    def __init__(self, world: World, draws: Draws, assume: Assumptions) -> None:
        table = world.tables["separators"]
        super().__init__(table, "separator", world.regions, len(draws.runs))
        self.assume = assume
        self.frontier = self.column(table["recovery"])
        lead = self.lead_times(table["lead"], draws, assume)
        self.circuits = {}
        for circuit in ("light", "heavy"):
            capacity = table[f"{circuit}_capacity"]
            plants = Plants(
                self.full(capacity),
                self.full(table[f"{circuit}_building"]),
                self.column(np.maximum(table[f"{circuit}_max"], capacity)),
                self.column(table[f"capex_{circuit}"]),
                lead,
                self.full(table[f"technology_{circuit}"]),
            )
            self.circuits[circuit] = Circuit(plants, self.full(table[f"cost_{circuit}"]), assume)
        elements = len(world.elements)
        self.unsold = np.zeros((len(self), elements, len(draws.runs)))
        self.made = np.zeros_like(self.unsold)
        self.spent = np.zeros((len(self), len(draws.runs)))

    @property
    def light_know_how(self) -> Array:
        """Know-how of the light circuit, 0 to 1."""
        return self.circuits["light"].plants.know_how

    @property
    def heavy_know_how(self) -> Array:
        """Know-how of the heavy circuit, 0 to 1."""
        return self.circuits["heavy"].plants.know_how

    @property
    def capacity(self) -> Array:
        """Both circuits together, t REO of feed a year."""
        return self.circuits["light"].plants.capacity + self.circuits["heavy"].plants.capacity

    @property
    def output(self) -> Array:
        """Oxides made this month, t a year."""
        return total(self.made.swapaxes(0, 1)) * MONTHS_PER_YEAR

    @property
    def stock(self) -> Array:
        """Oxides held unsold, t."""
        return total(self.unsold.swapaxes(0, 1))

    def separate(self, circuit: str, feed: Array, finished: Array) -> tuple[Array, Array, Array]:
        """Separate a month's feed (separator, element, run), t.

        `finished` (element,) is 1 for what the circuit finishes. Returns oxides, the intermediate
        that it passes on, and losses, each (separator, element, run).
        """
        recovery = self.circuits[circuit].recovery(self.frontier)[:, None]
        mask = finished[None, :, None]
        oxides = feed * mask * recovery
        losses = feed * mask * (1 - recovery)
        return oxides, feed * (1 - mask), losses

    def keep_unsold(self, offered: Array, sold: Array) -> Array:
        """Keep what was not sold up to some months of output, discard the rest as mixed residue.

        Returns discards (separator, element, run), t.
        """
        left = np.maximum(offered - sold, 0.0)
        most = self.made * self.assume["stocks.unsold_months"]
        kept = np.minimum(left, np.maximum(most, 0.9 * self.unsold))
        self.unsold = kept
        return left - kept
