"""Which parameter sets history leaves: approximate Bayesian computation in waves.

Adaptive population Monte Carlo (Lenormand, Jabot and Deffuant 2013): every wave proposes sets near
those kept so far, runs the episode with them, and keeps the nearest of old and new with weights
that make them draws of the prior given a distance below the wave's tolerance. Sets live in the unit
cube of their priors' quantiles. Each wave is written to disk, so that a calibration resumes.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import multivariate_normal, qmc

from sim.chain.arrays import Array
from sim.chain.draws import prior
from sim.hindcast.episodes import Episode, load_episode, run_parts
from sim.hindcast.observed import settings
from sim.hindcast.targets import distance, fitted_period, implausibility, targets
from sim.world import PARAMETERS

BATCH = 100
"""Runs stepped together."""


@dataclass(frozen=True)
class Sets:
    """Parameter sets in the unit cube `unit` (set, parameter), their weights and distances."""

    unit: Array
    weight: Array
    distance: Array

    def best(self, count: int) -> Sets:
        """The sets with the least distance."""
        order = np.argsort(self.distance, kind="stable")[:count]
        return Sets(self.unit[order], self.weight[order], self.distance[order])

    def joined(self, other: Sets) -> Sets:
        """These sets and others."""
        return Sets(
            np.concatenate([self.unit, other.unit]),
            np.concatenate([self.weight, other.weight]),
            np.concatenate([self.distance, other.distance]),
        )


def names() -> tuple[str, ...]:
    """The parameters that are calibrated."""
    return tuple(settings()["calibration"]["parameters"])


def values(unit: Array) -> dict[str, Array]:
    """Parameter values (set,) of sets in the unit cube (set, parameter)."""
    return {name: prior(PARAMETERS[name], unit[:, k]) for k, name in enumerate(names())}


def fitted_episode() -> Episode:
    """The episode that the calibration runs, ended with the last month it sees."""
    last = fitted_period().last
    episode = load_episode(settings()["calibration"]["episode"])
    return episode.until(date(last // 12, last % 12 + 1, 28))


def distances(job: tuple[Array, int]) -> Array:
    """Distances of some sets; the first runs as the given run number, and so on.

    Infinite where the run's markets do not clear.
    """
    unit, first = job
    found = np.full(len(unit), np.inf)
    runs = range(first, first + len(unit))
    for rows, trajectory in run_parts(fitted_episode(), runs, values(unit)):
        found[rows] = distance(implausibility(trajectory, targets()))
    return found


Mapper = Callable[[Sequence[tuple[Array, int]]], list[Array]]


def simulate(unit: Array, first: int, mapper: Mapper) -> Array:
    """Distances of sets in batches over the mapper's processes."""
    jobs = [(unit[k : k + BATCH], first + k) for k in range(0, len(unit), BATCH)]
    return np.concatenate(mapper(jobs))


def first_wave(seed: int, count: int, keep: int, mapper: Mapper) -> Sets:
    """Sets spread over the prior, the nearest kept."""
    unit = qmc.LatinHypercube(len(names()), rng=np.random.default_rng(seed)).random(count)
    return Sets(unit, np.ones(count), simulate(unit, 0, mapper)).best(keep)


def next_wave(
    kept: Sets, rng: np.random.Generator, count: int, first: int, mapper: Mapper
) -> tuple[Sets, float]:
    """One wave from the sets kept so far; returns the new ones and the share of proposals in it."""
    keep = len(kept.unit)
    share = kept.weight / kept.weight.sum()
    spread = 2.0 * np.cov(kept.unit.T, aweights=share)
    unit = propose(kept.unit, share, spread, rng, count)
    density = sum(
        w * multivariate_normal(u, spread).pdf(unit) for w, u in zip(share, kept.unit, strict=True)
    )
    # The prior is flat in the cube, so the weight is one over the density of the proposals; old
    # weights are brought to the same scale: a mean of one.
    weight = 1.0 / np.maximum(density, 1e-300)
    new = Sets(unit, weight, simulate(unit, first, mapper))
    scale = kept.weight.sum() / max(weight.sum(), 1e-300) * len(unit) / keep
    new = Sets(new.unit, new.weight * scale, new.distance)
    best = kept.joined(new).best(keep)
    entered = float(np.mean(np.isin(best.distance, new.distance)))
    return best, entered * keep / count


def propose(
    unit: Array, share: Array, spread: Array, rng: np.random.Generator, count: int
) -> Array:
    """Sets drawn around kept ones, within the prior's cube (set, parameter)."""
    found = np.empty((0, unit.shape[1]))
    factor = np.linalg.cholesky(spread + 1e-12 * np.eye(unit.shape[1]))
    while len(found) < count:
        centre = unit[rng.choice(len(unit), size=4 * count, p=share)]
        tried = centre + rng.standard_normal(centre.shape) @ factor.T
        found = np.concatenate([found, tried[((tried > 0) & (tried < 1)).all(axis=1)]])
    return found[:count]


class Search:
    """The waves of one search seed, each written to a folder; those found there are read."""

    def __init__(self, seed: int, folder: Path, mapper: Mapper) -> None:
        self.seed, self.folder, self.mapper = seed, folder, mapper
        self.kept: Sets | None = None
        self.runs = 0
        folder.mkdir(parents=True, exist_ok=True)

    def step(self, wave: int, tell: Callable[[str], None]) -> None:
        """Read a wave, or run it."""
        told = settings()["calibration"]
        file = self.folder / f"wave-{wave}.csv"
        count = told["draws"] if self.kept is None else told["draws"] - told["keep"]
        if file.is_file():
            self.kept = read_sets(file)
        else:
            entered = 1.0
            if self.kept is None:
                self.kept = first_wave(self.seed, count, told["keep"], self.mapper)
            else:
                rng = np.random.default_rng([self.seed, wave])
                self.kept, entered = next_wave(self.kept, rng, count, self.runs, self.mapper)
            write_sets(self.kept, file)
            tell(
                f"seed {self.seed}, wave {wave}: {self.runs + count} runs, tolerance "
                f"{self.kept.distance.max():.3f}, median {np.median(self.kept.distance):.3f}, "
                f"{entered:.0%} of the proposals kept"
            )
        self.runs += count


def write_sets(sets: Sets, file: Path) -> None:
    """Write a wave whole or not at all."""
    table = pd.DataFrame(sets.unit, columns=list(names()))
    table.insert(0, "weight", sets.weight)
    table.insert(0, "distance", sets.distance)
    part = file.with_suffix(".part")
    table.to_csv(part, index=False)
    os.replace(part, file)


def read_sets(file: Path) -> Sets:
    """Read a wave, every bit as it was written."""
    with file.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))

    def column(name: str) -> Array:
        return np.array([float(row[name]) for row in table])

    unit = np.stack([column(name) for name in names()], axis=1)
    return Sets(unit, column("weight"), column("distance"))


def choose(searches: Sequence[Sets], count: int, seed: int) -> Array:
    """Sets of equal weight from all searches, as many from each: (set, parameter)."""
    rng = np.random.default_rng([seed, count])
    each = -(-count // len(searches))
    chosen = []
    for sets in searches:
        rows = rng.choice(len(sets.unit), each, replace=False, p=sets.weight / sets.weight.sum())
        chosen.append(sets.unit[np.sort(rows)])
    return np.concatenate(chosen)


def calibrate(out: Path, workers: int, tell: Callable[[str], None]) -> list[Sets]:
    """The sets that the searches of all seeds keep, over worker processes, wave by wave."""
    if workers == 1:
        return _all_waves(out, lambda jobs: [distances(job) for job in jobs], tell)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return _all_waves(out, lambda jobs: list(pool.map(distances, jobs)), tell)


def _all_waves(out: Path, mapper: Mapper, tell: Callable[[str], None]) -> list[Sets]:
    told = settings()["calibration"]
    searches = [Search(seed, out / f"seed-{seed}", mapper) for seed in told["seeds"]]
    for wave in range(told["waves"]):
        for search in searches:
            search.step(wave, tell)
    return [search.kept for search in searches if search.kept is not None]
