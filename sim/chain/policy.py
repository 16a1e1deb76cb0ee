"""Which measures are in force in a month, on top of the world's standing policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from pydantic import TypeAdapter

from sim.chain.arrays import Array, ratio, total
from sim.chain.draws import Draws
from sim.chain.terms import MonthTerms
from sim.measures import AnyMeasure, Measure, TechnologyExportBan
from sim.scenario.answers import Answer
from sim.world import World


def standing_measures(world: World) -> dict[str, Measure]:
    """The world's standing policy as measures."""
    adapter: TypeAdapter[Measure] = TypeAdapter(AnyMeasure)
    return {name: adapter.validate_python(rows) for name, rows in sorted(world.standing.items())}


class Policy:
    """The measures of one path; a measure replaces the standing one of the same quantity."""

    def __init__(
        self,
        measures: Mapping[str, Measure],
        world: World,
        draws: Draws,
        answers: Mapping[str, Answer] | None = None,
    ) -> None:
        self.answers = {
            f"answers.{name}": measure
            for name, answer in sorted((answers or {}).items())
            for measure in answer.measures()
        }
        self.standing = standing_measures(world)
        self.measures = {name: measures[name] for name in sorted(measures)}
        self.world, self.draws = world, draws

    def terms(self, month: date, weights: Mapping[str, Array] | None = None) -> MonthTerms:
        """The terms of a month; `weights` (run,) are 1 where a measure of a key is in force and 0
        where governments have not taken it, or lifted it. A standing rule holds where no measure
        that replaces it does."""
        terms, weights = self._neutral(), weights or {}
        everywhere = terms.weight
        for name, rule in self.standing.items():
            instead = {
                key: weights.get(key, everywhere)
                for key, measure in self.measures.items()
                if measure.active(month) and measure.replaces(rule)
            }
            # Whether a rule is applied must not hang on what other runs of the batch decide.
            if not instead or instead.keys() & weights.keys():
                terms.weight = 1 - np.max([np.zeros_like(everywhere), *instead.values()], axis=0)
                rule.apply(f"standing.{name}", terms, month)
        for name, measure in (self.measures | self.answers).items():
            terms.weight = weights.get(name, everywhere)
            measure.apply(name, terms, month)
        terms.weight = everywhere
        return terms

    def _neutral(self) -> MonthTerms:
        return MonthTerms(self.world.regions, self.world.elements, self.draws)

    def announced(self, month: date) -> list[tuple[str, Measure]]:
        """Measures that become known in a month."""
        return [(n, m) for n, m in self.measures.items() if _month(m.heard()) == month]

    def announced_before(self, month: date) -> list[tuple[str, Measure]]:
        """Measures that were known before a month."""
        return [(n, m) for n, m in self.measures.items() if _month(m.heard()) < month]

    def lifted(self, month: date) -> list[tuple[str, Measure]]:
        """Measures whose last month was the one before."""
        return [
            (n, m)
            for n, m in self.measures.items()
            if m.end and not m.active(month) and m.active(_before(month))
        ]

    def first_terms(self, name: str, measure: Measure, day: date) -> MonthTerms:
        """What a measure alone says on the day by which firms judge it."""
        terms = self._neutral()
        measure.apply(name, terms, day)
        return terms

    def at_risk(
        self, name: str, measure: Measure, day: date, flow: Array, magnet: Array
    ) -> tuple[Array, Array]:
        """Shares of supplies that a measure, judged by its terms of a day, puts at risk: of each
        region's oxides (region, element, run), and of everything (region, run).

        `flow`: oxide trade before any measure, t a year (origin, destination, element, run);
        `magnet`: share of a destination's need that comes from each origin (origin, destination,
        run).
        """
        terms = self.first_terms(name, measure, day)
        duty = {product: terms.tax[product] + terms.tariff[product] for product in terms.tax}
        cut = 1 - terms.cap["oxide"] + np.minimum(duty["oxide"], 1.0)
        for quota in terms.export_quotas:
            normal = total((quota.covers[..., None] * flow).reshape(-1, flow.shape[-1]))
            level = quota.level if quota.is_share else ratio(quota.level, normal, 1.0)
            held = np.maximum(1 - level, 0.0) * quota.enforcement
            cut = np.maximum(cut, quota.covers[..., None] * held)
        for licence in terms.licences_on("oxide"):
            cut = np.maximum(cut, licence.at_risk())
        oxides = total(shares(flow) * cut)
        cut_magnet = 1 - terms.cap["magnet"].min(axis=2) + np.minimum(duty["magnet"].max(axis=2), 1)
        for licence in terms.licences_on("magnet"):
            cut_magnet = np.maximum(cut_magnet, licence.at_risk().max(axis=2))
        magnets = total(magnet * cut_magnet)
        worst = np.maximum(oxides.max(axis=1), magnets)
        if isinstance(measure, TechnologyExportBan):
            closed = np.max([1 - access for access in terms.access.values()], axis=0)
            worst = np.maximum(worst, closed * self.draws.parameter("policy.technology_threat"))
        return oxides, worst


def _month(day: date) -> date:
    return day.replace(day=1)


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def shares(flow: Array) -> Array:
    """Share of each destination's supply by origin: (origin, destination, ..., run)."""
    return ratio(flow, total(flow)[None])
