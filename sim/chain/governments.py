"""Governments that answer by rule: each watches an indicator of its own run and takes a measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.chain.arrays import Array, ratio, total
from sim.chain.growth import grade_mean
from sim.scenario.answers import Answer

if TYPE_CHECKING:
    from sim.chain.build import Chain
    from sim.chain.model import SupplyChain

Flags = NDArray[np.bool_]


class Rule:
    """One answer in all runs: whether it is decided on, and since when (run,).

    `decided` is what the government wants, `announced` and `withdrawn` where that changed this
    month, `in_force` what it wanted `lag` months ago.
    """

    def __init__(self, answer: Answer, runs: int) -> None:
        self.answer = answer
        self.past, self.back = np.zeros(runs), np.zeros(runs)
        self.decided = np.zeros(runs, dtype=bool)
        self.announced, self.withdrawn = self.decided.copy(), self.decided.copy()
        self.first: Array | None = None
        self.earlier = [self.decided] * answer.lag

    @property
    def in_force(self) -> Flags:
        """Where the answer is in force this month."""
        return self.earlier[0] if self.earlier else self.decided

    def see(self, level: Array) -> None:
        """Take in the indicator of the month before (run,)."""
        answer = self.answer
        self.earlier = [*self.earlier, self.decided][1:] if self.earlier else []
        if self.first is None:
            self.first = level
        if answer.indicator != "vehicles lost":
            level = ratio(level, self.first, 1.0)
        beyond = level > answer.above if answer.above is not None else level < (answer.below or 0.0)
        self.past = np.where(beyond, self.past + 1, 0.0)
        self.back = np.where(beyond, 0.0, self.back + 1)
        before = self.decided
        ends = (self.back >= answer.months) & (not answer.stays)
        self.decided = np.where(before, ~ends, self.past >= answer.months)
        self.announced, self.withdrawn = self.decided & ~before, before & ~self.decided


class Governments:
    """The answers of a scenario; weights say in which runs each measure is in force."""

    def __init__(self, answers: Mapping[str, Answer], chain: Chain) -> None:
        self.chain = chain
        self.rules = {name: Rule(answers[name], chain.runs) for name in sorted(answers)}
        self.risk: dict[str, Array] = {}

    def decide(self) -> None:
        """Look at the month before and decide."""
        for rule in self.rules.values():
            rule.see(indicator(self.chain, rule.answer))

    def tell(self, model: SupplyChain) -> None:
        """Let firms hear what was decided, each in its own run.

        What other runs of the batch decide changes no bit of a run: its risk is kept as it was.
        """
        views, chances = self.chain.views, self.chain.chances
        for name, rule in self.rules.items():
            new, gone = rule.announced, rule.withdrawn
            if not (new | gone).any():
                continue
            key = f"answers.{name}"
            for measure in rule.answer.measures():
                risk, threat = model.at_risk(key, measure, model.month)
                kept = self.risk.get(key, np.zeros_like(risk))
                self.risk[key] = np.where(new, risk, np.where(gone, 0.0, kept))
                views.hear(key, self.risk[key], threat * new, True, chances.news_size(key))
            for lifted in rule.answer.lifts or ():
                if lifted in views.known:
                    whole = self.risk.setdefault(lifted, views.known[lifted])
                    left = whole * ~rule.decided
                    none = np.zeros_like(views.threat)
                    views.hear(lifted, left, none, True, chances.news_size(lifted))

    def weights(self) -> dict[str, Array]:
        """1 where a measure is in force, 0 where not (run,), by the key of the measure: answers as
        `answers.NAME`, and the measures that answers lift."""
        weights: dict[str, Array] = {}
        for name, rule in self.rules.items():
            here = rule.in_force.astype(float)
            weights[f"answers.{name}"] = here
            for lifted in rule.answer.lifts or ():
                weights[lifted] = weights.get(lifted, np.ones_like(here)) * (1 - here)
        return weights


def indicator(c: Chain, answer: Answer) -> Array:
    """Last month's level of what an answer watches (run,): USD/kg, t, or a share."""
    region = c.world.regions.index(answer.region)
    if answer.indicator == "oxide price":
        return c.traded.price[region, c.world.elements.index(answer.element or "")]
    if answer.indicator == "magnet price":
        return grade_mean(c.magnets.buyers_price())[region]
    if answer.indicator == "vehicles lost":
        lost = c.vehicles.by_region.sum(c.vehicles.lost)[region]
        return ratio(lost, c.vehicles.by_region.sum(total(c.asked))[region])
    flow = c.traded.legal + c.magnet_content
    flow = flow[:, region] if answer.indicator == "imports" else flow[region]
    by_element = total(flow)
    if answer.element is None:
        return total(by_element)
    return by_element[c.world.elements.index(answer.element)]
