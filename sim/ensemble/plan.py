"""From a scenario file and its sweep to jobs: which pairs run, in which batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sim.chain.arrays import Array
from sim.chain.draws import PerRun, prior, quantile
from sim.ensemble.designs import Design, Input, Value, make_design, number_of_pairs
from sim.errors import ScenarioErrors, UserError
from sim.measures import Distribution, Measure
from sim.scenario import Scenario, Sweep, load_scenario
from sim.scenario.answers import Answer
from sim.scenario.writing import toml_value
from sim.world import PARAMETERS, load_posterior

MOST_PAIRS = 1_000_000
MIDDLE = np.array([0.5])

Settings = tuple[tuple[str, Value], ...]
"""Keys of measures and the values that a variant gives them."""


@dataclass(frozen=True)
class Job:
    """Pairs that are stepped together: columns of one batch, each run under every variant.

    `variants` are scenarios in which swept numbers are `PerRun`; `pairs` (variant, column) are the
    places of the pairs in the sweep. All variants of a column share its assumptions and draws, so
    the counterfactual is run once.
    """

    variants: tuple[Scenario, ...]
    runs: tuple[int, ...]
    pairs: Array


@dataclass(frozen=True)
class Plan:
    """A whole sweep: its scenario, design, sets of measures by name, and jobs."""

    scenario: Scenario
    design: Design
    alternatives: tuple[str, ...]
    jobs: tuple[Job, ...]

    @property
    def columns(self) -> int:
        """Pairs of each set of measures."""
        return len(self.design.runs)

    @property
    def pairs(self) -> int:
        """Pairs in all: one for each alternative and column, in this order."""
        return self.columns * len(self.alternatives)


def make_plan(path: str | Path, overrides: Sequence[str], batch: int) -> Plan:
    """Read a scenario file and plan its sweep. Raises UserError for what cannot be swept.

    Every setting of measures that is run is loaded through the overrides of the loader, so that it
    is checked like one written in the file; numbers between two ends are checked at the ends.
    """
    scenario = load_scenario(path, overrides)
    sweep = _sweep(scenario)
    inputs = _inputs(scenario, sweep)
    if scenario.name in sweep.alternatives:
        raise UserError(f"the alternative '{scenario.name}' has the name of the scenario itself")
    alternatives = (scenario.name, *sweep.alternatives)
    pairs = number_of_pairs(sweep.design, sweep.samples, inputs, scenario.runs) * len(alternatives)
    if pairs > MOST_PAIRS:
        raise UserError(f"this sweep would run {pairs:,} pairs; the most is {MOST_PAIRS:,}")
    design = make_design(sweep.design, sweep.samples, inputs, scenario.seed, scenario.runs)
    planner = _Planner(path, overrides, scenario, design, alternatives)
    return Plan(scenario, design, alternatives, tuple(planner.jobs(batch)))


def _sweep(scenario: Scenario) -> Sweep:
    if scenario.sweep is None:
        raise UserError(
            f"{scenario.name} has no [sweep]; name a --design, --samples and keys to sweep --over"
        )
    return scenario.sweep


def _inputs(scenario: Scenario, sweep: Sweep) -> list[Input]:
    """What is swept, keys of measures first."""
    given = scenario.assumptions
    over: Mapping[str, Any] = sweep.over or {
        name: "prior" for name, number in given.items() if isinstance(number, Distribution)
    }
    if not over and sweep.design != "grid":
        raise UserError(
            f"{scenario.name} says nothing to sweep: name keys in [sweep.over] or with --over, or "
            "give assumptions as distributions"
        )
    inputs = []
    for name, swept in over.items():
        if swept == "prior":
            number = given.get(name)
            source = number if isinstance(number, Distribution) else PARAMETERS[name]
            if not isinstance(source, Distribution) and source.distribution == "fixed":
                raise UserError(f"{name} is fixed and has no prior; say between which values")
            inputs.append(Input(name, prior=source))
        else:
            ends = (swept.between[0], swept.between[1]) if swept.between else None
            inputs.append(Input(name, swept.values or (), ends))
    return sorted(inputs, key=lambda i: not i.is_measure)


def held(scenario: Scenario) -> Scenario:
    """The scenario with every assumption and every number of a measure at its median: the
    posterior's where history has spoken of it, else the prior's."""
    posterior = load_posterior()
    assumptions: dict[str, Any] = {
        name: float(prior(parameter, MIDDLE)[0]) for name, parameter in PARAMETERS.items()
    }
    if posterior is not None:
        assumptions |= {name: float(np.median(sets)) for name, sets in posterior.values.items()}
    assumptions |= {name: _median(number) for name, number in scenario.assumptions.items()}
    other = scenario.counterfactual
    return scenario.model_copy(
        update={
            "assumptions": assumptions,
            "measures": {name: _held_measure(m) for name, m in scenario.measures.items()},
            "answers": {name: _held_answer(a) for name, a in scenario.answers.items()},
            "counterfactual": held(other) if other else None,
        }
    )


def _median(number: Any) -> Any:  # noqa: ANN401
    if isinstance(number, Distribution):
        return float(quantile(number.shape, number.values, MIDDLE)[0])
    return number


def _held_answer(answer: Answer) -> Answer:
    held = _held_measure(answer.measure) if answer.measure else None
    return answer.model_copy(update={"measure": held})


def _held_measure(measure: Measure) -> Measure:
    update = {}
    for key in type(measure).model_fields:
        value = getattr(measure, key)
        if isinstance(value, Mapping):
            update[key] = {step: _median(number) for step, number in value.items()}
        else:
            update[key] = _median(value)
    return measure.model_copy(update=update)


def with_number(measure: Measure, keys: Sequence[str], number: PerRun) -> Measure:
    """A measure in which one key, or one step of a schedule, is a number for each run."""
    if len(keys) == 1:
        names = {field.alias: name for name, field in type(measure).model_fields.items()}
        return measure.model_copy(update={names.get(keys[0], keys[0]): number})
    return measure.model_copy(update={keys[0]: {**getattr(measure, keys[0]), keys[1]: number}})


class _Planner:
    """Sorts the columns of a design into jobs."""

    def __init__(
        self,
        path: str | Path,
        overrides: Sequence[str],
        scenario: Scenario,
        design: Design,
        alternatives: tuple[str, ...],
    ) -> None:
        self.path, self.overrides, self.scenario = path, list(overrides), scenario
        self.design, self.alternatives = design, alternatives
        self.values = [design.values(k) for k in range(len(design.inputs))]
        self._sets: dict[tuple[Settings, str], Scenario] = {}
        self.smooth = {i.name for i in design.inputs if i.is_measure and self._is_number(i)}

    def _is_number(self, swept: Input) -> bool:
        """Whether the loader takes a distribution for a key, between all that it can be.

        If so the model takes a number for each run. A grid has few values, each loaded.
        """
        points = [p for p in (*swept.values, *(swept.between or ())) if not isinstance(p, date)]
        if self.design.kind == "grid" or not points or min(points) == max(points):
            return False
        ends = toml_value({"uniform": [float(min(points)), float(max(points))]})
        try:
            load_scenario(self.path, [*self.overrides, f"{swept.name}={ends}"])
        except ScenarioErrors:
            return False
        return True

    def jobs(self, batch: int) -> Iterator[Job]:
        """All jobs, each of at most `batch` columns."""
        groups: dict[Settings, list[int]] = {}
        for column, point in enumerate(self.design.points):
            groups.setdefault(self._settings(point), []).append(column)
        if self.design.kind == "grid":  # every group has the same assumptions and runs
            members = list(groups.values())
            for k in range(0, len(members[0]), batch):
                yield self._job(list(groups), [columns[k : k + batch] for columns in members])
            return
        for settings, columns in groups.items():
            for k in range(0, len(columns), batch):
                yield self._job([settings], [columns[k : k + batch]])

    def _settings(self, point: int) -> Settings:
        return tuple(
            (swept.name, values[point])
            for swept, values in zip(self.design.inputs, self.values, strict=True)
            if swept.is_measure and swept.name not in self.smooth
        )

    def _job(self, groups: Sequence[Settings], columns: Sequence[list[int]]) -> Job:
        variants, pairs = [], []
        for settings, members in zip(groups, columns, strict=True):
            for k, name in enumerate(self.alternatives):
                variants.append(self._variant(self._set(settings, name), members))
                pairs.append(k * len(self.design.runs) + np.array(members))
        runs = tuple(int(run) for run in self.design.runs[columns[0]])
        return Job(tuple(variants), runs, np.array(pairs))

    def _set(self, settings: Settings, alternative: str) -> Scenario:
        """The scenario with some settings and one of its sets of measures, held where it must."""
        key = (settings, alternative)
        if key not in self._sets:
            texts = [f"{key}={toml_value(value)}" for key, value in settings]
            loaded = load_scenario(self.path, [*self.overrides, *texts])
            for name in self.alternatives:
                found = _alternative(loaded, name)
                sampled = self.design.kind != "grid"
                self._sets[settings, name] = held(found) if sampled else found
        return self._sets[key]

    def _variant(self, scenario: Scenario, columns: list[int]) -> Scenario:
        """The scenario at some columns of the design, with numbers for each of them."""
        assumptions: dict[str, Any] = dict(scenario.assumptions)
        measures: dict[str, Measure] = dict(scenario.measures)
        for swept, values in zip(self.design.inputs, self.values, strict=True):
            if swept.is_measure and swept.name not in self.smooth:
                continue
            chosen = [values[point] for point in self.design.points[columns]]
            number = PerRun(np.array(chosen, dtype=float))
            _, name, *keys = swept.name.split(".")
            if not swept.is_measure:
                assumptions[swept.name] = number
            elif name in measures:
                measures[name] = with_number(measures[name], keys, number)
        return scenario.model_copy(
            update={"assumptions": assumptions, "measures": measures, "sweep": None}
        )


def _alternative(scenario: Scenario, name: str) -> Scenario:
    """The scenario with the measures of one of its alternatives; itself by its own name."""
    if name == scenario.name:
        return scenario
    assert scenario.sweep is not None
    table = scenario.sweep.alternatives[name]
    assert not isinstance(table, str)
    in_force = {key: m for key, m in sorted(table.measures.items()) if not m.off}
    return scenario.model_copy(update={"measures": in_force})
