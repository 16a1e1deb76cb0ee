"""The measures at home in force in a month: what governments pay, buy, ask for, or lose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

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


@dataclass
class SubsidyTerm:
    """Aid to firms of a stage: shares and USD/kg (run,), a budget in million USD (run,), and the
    years until it is in force (0 once it is) and until it ends."""

    key: str
    regions: tuple[int, ...]
    stage: str
    firms: tuple[str, ...] | None
    capex_share: Array
    per_unit: Array
    cost_share: Array
    budget: Array | None
    when: tuple[float, float]


@dataclass
class PriceFloorTerm:
    """A contract on an oxide's price: strike in USD/kg and the share paid back above it (run,)."""

    regions: tuple[int, ...]
    stage: str
    firms: tuple[str, ...] | None
    element: int
    strike: Array
    upside: Array
    reference: int | None
    when: tuple[float, float]
    weight: Array

    def owed(self, price: Array) -> Array:
        """What the producer is owed per kg at a price of any shape; below 0 it pays back."""
        gap = self.strike - price
        return (np.maximum(gap, 0.0) - self.upside * np.maximum(-gap, 0.0)) * self.weight


@dataclass
class VehicleTargetTerm:
    """Electric vehicles to be sold: `level(day)` is vehicles a year or a share of the forecast
    (run,), or nothing where the mandate is out of force."""

    regions: tuple[int, ...]
    powertrain: str
    is_number: bool
    level: Callable[[date], Array | None]
    weight: Array


@dataclass
class RecyclingTerm:
    """A least share of recycled content in what is used, or of goods to be collected, and 1 where
    it is in force and not only prepared for (run,)."""

    regions: tuple[int, ...]
    of_content: bool
    share: Array
    in_force: Array


class HomeTerms:
    """What the measures at home say in a month (see `sim.measures.terms.Terms` for the verbs).

    `weight` (run,) is 1 in the runs in which the measure that speaks is in force and 0 in others,
    where it then says what a neutral measure would.
    """

    def __init__(self, regions: tuple[str, ...], elements: tuple[str, ...], draws: Draws) -> None:
        self.regions, self.elements, self.draws = regions, elements, draws
        self.weight = np.ones(len(draws.runs))
        self.outages: list[OutageTerm] = []
        self.stockpiles: list[StockpileTerm] = []
        self.subsidies: list[SubsidyTerm] = []
        self.floors: list[PriceFloorTerm] = []
        self.vehicle_targets: list[VehicleTargetTerm] = []
        self.recycling: list[RecyclingTerm] = []

    def _rows(self, by: tuple[str, ...]) -> tuple[int, ...]:
        """Row numbers of regions, in the world's order."""
        return tuple(row for row, region in enumerate(self.regions) if region in by)

    def _drawn(self, number: Number | None, name: str) -> Array | None:
        return None if number is None else self.draws.number(number, name)

    def outage(
        self, key: str, by: tuple[str, ...], stage: str, firms: tuple[str, ...] | None, loss: Number
    ) -> None:
        """Firms of a stage in the regions, or the named ones, lose this share of their output."""
        lost = self.draws.number(loss, f"{key}.loss") * self.weight
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
                self.draws.number(tonnes_per_year, key) * self.weight,
                self._drawn(limit, f"{key}.limit"),
                self._drawn(until, f"{key}.until"),
            )
        )

    def subsidy(
        self,
        key: str,
        by: tuple[str, ...],
        stage: str,
        firms: tuple[str, ...] | None,
        capex_share: Number,
        per_unit: Number,
        cost_share: Number,
        budget: Number | None,
        when: tuple[float, float],
    ) -> None:
        """The regions pay a part of what firms of a stage spend."""
        number = self.draws.number
        self.subsidies.append(
            SubsidyTerm(
                key,
                self._rows(by),
                stage,
                firms,
                number(capex_share, f"{key}.capex_share") * self.weight,
                number(per_unit, f"{key}.per_unit") * self.weight,
                number(cost_share, f"{key}.cost_share") * self.weight,
                self._drawn(budget, f"{key}.budget"),
                when,
            )
        )

    def price_floor(
        self,
        key: str,
        by: tuple[str, ...],
        stage: str,
        firms: tuple[str, ...] | None,
        element: str,
        strike: Number,
        upside: Number,
        reference: str | None,
        when: tuple[float, float],
    ) -> None:
        """The regions make up an oxide's price to the strike for firms of a stage."""
        self.floors.append(
            PriceFloorTerm(
                self._rows(by),
                stage,
                firms,
                self.elements.index(element),
                self.draws.number(strike, key),
                self.draws.number(upside, f"{key}.upside"),
                None if reference is None else self.regions.index(reference),
                when,
                self.weight,
            )
        )

    def vehicle_target(
        self,
        key: str,
        by: tuple[str, ...],
        powertrain: str,
        is_number: bool,
        level_at: Callable[[date], Number | None],
    ) -> None:
        """Sales of electric vehicles in the regions are to be this many, or this share."""

        def level(day: date) -> Array | None:
            return self._drawn(level_at(day), key)

        self.vehicle_targets.append(
            VehicleTargetTerm(self._rows(by), powertrain, is_number, level, self.weight)
        )

    def recycling_mandate(
        self, key: str, by: tuple[str, ...], basis: str, share: Number, in_force: bool
    ) -> None:
        """The regions recycle at least this share of what they use, or of what comes to its end."""
        least = self.draws.number(share, key) * self.weight
        asked = self.weight * in_force
        self.recycling.append(RecyclingTerm(self._rows(by), basis == "content", least, asked))

    def up(self, stage: str, firms: Population) -> Array:
        """Share of each firm's output that outages leave (firm, run)."""
        left = np.ones((len(firms), firms.runs))
        for outage in self.outages:
            if outage.stage == stage:
                rows = firms.chosen(outage.regions, outage.firms)
                left[rows] = left[rows] * (1 - outage.loss)
        return left
