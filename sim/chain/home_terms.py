"""The measures at home in force in a month: what governments pay, buy, ask for, or lose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.chain.arrays import Array
from sim.chain.draws import Draws
from sim.chain.population import Population
from sim.measures.values import Number


@dataclass
class OutageTerm:
    """Share of output lost (run,) by the firms of a stage in some regions, or by named ones."""

    stage: str
    regions: tuple[int, ...]
    firms: tuple[str, ...] | None
    loss: Array


@dataclass
class StockpileTerm:
    """A state's purchase, or release, of an oxide: t a year (run,), above or below a price."""

    regions: tuple[int, ...]
    release: bool
    element: int
    pace: Array
    limit: Array | None
    until: Array | None


class HomeTerms:
    """What the measures at home say in a month (see `sim.measures.terms.Terms` for the verbs)."""

    def __init__(self, regions: tuple[str, ...], elements: tuple[str, ...], draws: Draws) -> None:
        self.regions, self.elements, self.draws = regions, elements, draws
        self.outages: list[OutageTerm] = []
        self.stockpiles: list[StockpileTerm] = []

    def _rows(self, by: tuple[str, ...]) -> tuple[int, ...]:
        """Row numbers of regions, in the world's order."""
        return tuple(row for row, region in enumerate(self.regions) if region in by)

    def _drawn(self, number: Number | None, name: str) -> Array | None:
        return None if number is None else self.draws.number(number, name)

    def outage(
        self, key: str, by: tuple[str, ...], stage: str, firms: tuple[str, ...] | None, loss: Number
    ) -> None:
        """Firms of a stage in the regions, or the named ones, lose this share of their output."""
        lost = self.draws.number(loss, f"{key}.loss")
        self.outages.append(OutageTerm(stage, self._rows(by), firms, lost))

    def stockpile(
        self,
        key: str,
        by: tuple[str, ...],
        action: str,
        element: str,
        tonnes_per_year: Number,
        limit: Number | None,
        until: Number | None,
    ) -> None:
        """The regions each buy, or offer, so many t of an oxide a year."""
        self.stockpiles.append(
            StockpileTerm(
                self._rows(by),
                action == "release",
                self.elements.index(element),
                self.draws.number(tonnes_per_year, key),
                self._drawn(limit, f"{key}.limit"),
                self._drawn(until, f"{key}.until"),
            )
        )

    def up(self, stage: str, firms: Population) -> Array:
        """Share of each firm's output that outages leave (firm, run)."""
        left = np.ones((len(firms), firms.runs))
        for outage in self.outages:
            if outage.stage == stage:
                rows = firms.chosen(outage.regions, outage.firms)
                left[rows] = left[rows] * (1 - outage.loss)
        return left
