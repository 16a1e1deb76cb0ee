"""Firms as arrays, and the Mesa agents that are views on their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import mesa
import numpy as np
import pandas as pd

from sim.chain.arrays import Array, Groups, Index
from sim.chain.draws import Draws
from sim.chain.parameters import Assumptions

Rule = Callable[[Any, Index], Array]
P = TypeVar("P", bound="Population")


class Population:
    """All firms of one kind: fixed traits as columns, state as arrays (firm, run).

    A subclass declares its state arrays in `state`, so that agents can show them, and its rules in
    `rules`: name -> list of (rows, rule). A rule is a function `rule(firms, rows) -> (rows, run)`.
    """

    kind = "firm"
    state: tuple[str, ...] = ()

    def __init__(self, table: pd.DataFrame, name: str, regions: tuple[str, ...], runs: int) -> None:
        self.names = tuple(table[name])
        self.owner = tuple(table["owner"]) if "owner" in table else self.names
        self.region = np.array([regions.index(r) for r in table["region"]], dtype=np.intp)
        self.by_region = Groups.of(self.region, len(regions))
        self.runs = runs
        self.rules: dict[str, list[tuple[Index, Rule]]] = {}

    def __len__(self) -> int:
        return len(self.names)

    def column(self, values: Iterable[float]) -> Array:
        """A trait as an array (firm, 1) that broadcasts over runs."""
        return np.asarray(list(values), dtype=float)[:, None]

    def full(self, values: Iterable[float]) -> Array:
        """A state array (firm, run) that starts at the same value in every run."""
        return np.repeat(self.column(values), self.runs, axis=1)

    def lead_times(self, years: Iterable[float], draws: Draws, assume: Assumptions) -> Array:
        """Lead times in years (firm, run), each firm's longer or shorter by its own draw."""
        lead = self.full(years)
        for row, name in enumerate(self.names):
            noise = draws.persistent(f"lead {name}", 1, assume["noise.lead_time"], np.zeros(1))
            lead[row] = lead[row] * np.exp(noise[0])
        return lead

    def rows(self, names: Iterable[str]) -> Index:
        """Row numbers of firms by name; raises KeyError for a name that is not there."""
        index = {name: row for row, name in enumerate(self.names)}
        return np.array([index[name] for name in names], dtype=np.intp)

    def chosen(self, regions: Iterable[int], firms: Iterable[str] | None) -> list[int]:
        """Rows of the firms in some regions, all of them or those with one of the names or owners.

        Where firms are named and none of them stands in the regions, theirs are the rows.
        """
        inside = set(regions)
        if firms is None:
            return [row for row in range(len(self)) if self.region[row] in inside]
        wanted = set(firms)
        named = [
            row
            for row in range(len(self))
            if self.names[row] in wanted or self.owner[row] in wanted
        ]
        return [row for row in named if self.region[row] in inside] or named

    def decide(self, decision: str) -> Array:
        """Apply the rules of a decision, later ones over earlier ones: (firm, run)."""
        result = np.empty((len(self), self.runs))
        for rows, rule in self.rules[decision]:
            result[rows] = rule(self, rows)
        return result

    def default_rule(self, decision: str, rule: Rule) -> None:
        """The rule that all firms follow unless it is replaced."""
        self.rules[decision] = [(np.arange(len(self)), rule)]

    def replace_rule(self, decision: str, names: Iterable[str], rule: Rule) -> None:
        """Give named firms another rule: `rule(firms, rows) -> (rows, run)`."""
        if decision not in self.rules:
            raise KeyError(f"no decision '{decision}'; there are: {', '.join(self.rules)}")
        self.rules[decision].append((self.rows(names), rule))


class Firm(mesa.Agent, Generic[P]):
    """A Mesa agent: one row of a population, with its state in the model's first run.

    Every state array of the population is an attribute (the value of run `model.shown_run`).
    """

    def __init__(
        self, model: mesa.Model, population: P, row: int, regions: tuple[str, ...]
    ) -> None:
        super().__init__(model)
        self.population = population
        self.row = row
        self.name = population.names[row]
        self.owner = population.owner[row]
        self.region = regions[population.region[row]]

    def __getattr__(self, attribute: str) -> float:
        population = self.__dict__.get("population")
        if population is None or attribute not in population.state:
            raise AttributeError(attribute)
        shown: int = self.model.shown_run  # type: ignore[attr-defined]
        return float(getattr(population, attribute)[self.row, shown])


class Mine(Firm["Population"]):
    """A producer of concentrate."""


class Separator(Firm["Population"]):
    """A processor that separates concentrate into oxides."""


class MagnetMaker(Firm["Population"]):
    """A maker of metal, alloy and magnets."""


class EVMaker(Firm["Population"]):
    """A maker of electric vehicles in one region."""


AGENTS: Mapping[str, type[Firm[Any]]] = {
    "mine": Mine,
    "separator": Separator,
    "magnet maker": MagnetMaker,
    "EV maker": EVMaker,
}
