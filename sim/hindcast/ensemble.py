"""An episode's runs over worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from sim.chain.arrays import Array
from sim.chain.draws import Draws
from sim.hindcast.episodes import load_episode, run_parts
from sim.hindcast.observed import settings
from sim.hindcast.periods import month_number
from sim.hindcast.trajectory import Trajectory
from sim.world import PARAMETERS, load_posterior, load_world

BATCH = 50
"""Runs stepped together; small enough that two processes share an episode of 100 runs."""

Records = dict[str, Array]
Job = tuple[str, Sequence[int], Mapping[str, float], bool]


def run_all(
    runs: int, workers: int, progress: Callable[[int, int], None] | None = None
) -> dict[str, Trajectory]:
    """The policy paths of all episodes, assumptions as in every scenario."""
    return run_episodes(list(settings()["episodes"]), runs, workers, progress=progress)


def run_episodes(
    names: Sequence[str],
    runs: int,
    workers: int,
    held: Mapping[str, float] | None = None,
    from_prior: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Trajectory]:
    """The policy paths of episodes by name.

    Assumptions are drawn as in every scenario, from the posterior; from their priors where
    `from_prior`. `held` fixes parameters, in every run alike. A run whose markets do not clear is
    left out.
    """
    batches = [range(k, min(k + BATCH, runs)) for k in range(0, runs, BATCH)]
    jobs: list[Job] = [(name, part, held or {}, from_prior) for name in names for part in batches]
    found: dict[str, list[Trajectory]] = {name: [] for name in names}
    if workers == 1:
        _collect(jobs, map(run_job, jobs), found, progress)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            _collect(jobs, pool.map(run_job, jobs), found, progress)
    return {name: joined(parts) for name, parts in found.items()}


def _collect(
    jobs: Sequence[Job],
    results: Iterable[list[Records]],
    found: dict[str, list[Trajectory]],
    progress: Callable[[int, int], None] | None,
) -> None:
    """Put what the jobs recorded under their episodes' names."""
    for done, (job, parts) in enumerate(zip(jobs, results, strict=True), start=1):
        episode = load_episode(job[0])
        world, first = load_world(episode.scenario.world), month_number(episode.scenario.start)
        found[job[0]] += [Trajectory(world, episode.home, first, records) for records in parts]
        if progress:
            progress(done, len(jobs))


def run_job(job: Job) -> list[Records]:
    """What the runs of a batch recorded, in as many parts as failures made necessary."""
    name, runs, held, from_prior = job
    episode = load_episode(name)
    given = {parameter: np.full(len(runs), value) for parameter, value in held.items()}
    if from_prior:
        given = {**_priors(episode.scenario.seed, runs), **given}
    parts = run_parts(episode, list(runs), given)
    return [dict(trajectory.records) for _, trajectory in parts]


def _priors(seed: int, runs: Sequence[int]) -> dict[str, Array]:
    """Draws of the priors of what the posterior holds, by the runs' own streams."""
    posterior = load_posterior()
    if posterior is None:
        return {}
    draws = Draws(seed, runs, {})
    return {name: draws.from_prior(PARAMETERS[name]) for name in posterior.values}


def joined(parts: Sequence[Trajectory]) -> Trajectory:
    """Parts of one episode side by side; what has no run axis is the same in all."""
    first = parts[0]
    records = {
        name: value
        if name == "freight"
        else np.concatenate([part.records[name] for part in parts], axis=-1)
        for name, value in first.records.items()
    }
    return Trajectory(first.world, first.home, first.first, records)
