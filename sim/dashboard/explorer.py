"""The engine behind the page: paths run on worker processes, kept, and given up when told."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from typing import Any

import numpy as np
import xarray as xr

from sim.chain import SupplyChain
from sim.ensemble.engine import start_worker
from sim.ensemble.pairs import Records, label, pair
from sim.results import PATHS
from sim.scenario import Scenario

WORKERS = 2
KEPT = 12
"""Paths that are kept: moving a slider back answers at once."""
LOOK = 0.15
"""Seconds between two looks at what the workers have done."""


class Cancelled(Exception):
    """The work was given up."""


class Explorer:
    """Answers scenarios. A path that has been run is kept by all that it depends on, so that a
    slider of a measure leaves the counterfactual as it is."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._wanted = self._context.Value("L", 0)
        self._months = self._context.Array("L", len(PATHS) * WORKERS)
        self._pool: ProcessPoolExecutor | None = None
        self._kept: OrderedDict[str, Records] = OrderedDict()

    def answer(self, scenario: Scenario, tell: Callable[[float], None]) -> xr.Dataset:
        """The labelled dataset of both paths; `tell` hears the share that is done.

        Raises Cancelled where another answer is asked for, or `cancel` is called, meanwhile.
        """
        mine = self.cancel()
        keys = {path: _key(scenario, path) for path in PATHS}
        missing = [path for path in PATHS if keys[path] not in self._kept]
        for path, records in self._run(scenario, missing, mine, tell).items():
            self._kept[keys[path]] = records
        both = [dict(self._kept[keys[path]]) for path in PATHS]
        for key in keys.values():
            self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return label(scenario, pair(*both))

    def cancel(self) -> int:
        """Give up what is being worked on; returns the number of the next job."""
        with self._wanted.get_lock():
            self._wanted.value += 1
            return int(self._wanted.value)

    def close(self) -> None:
        """End the workers."""
        self.cancel()
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def _run(
        self, scenario: Scenario, paths: Sequence[str], mine: int, tell: Callable[[float], None]
    ) -> dict[str, Records]:
        """Run paths, each in as many parts as there are workers."""
        if not paths:
            return {}
        self._months[:] = [0] * len(self._months)
        pool = self._workers()
        parts = np.array_split(np.arange(scenario.runs), min(WORKERS, scenario.runs))
        jobs = {
            (path, k): pool.submit(
                _run_part, scenario, path, part.tolist(), mine, PATHS.index(path) * WORKERS + k
            )
            for path in paths
            for k, part in enumerate(parts)
        }
        span = (scenario.end.year - scenario.start.year + 1) * 12 * len(jobs)
        waiting = set(jobs.values())
        while waiting:
            waiting = wait(waiting, timeout=LOOK).not_done
            tell(min(sum(self._months[:]) / span, 1.0))
        done = {path: [jobs[path, k].result() for k in range(len(parts))] for path in paths}
        return {path: _joined(records) for path, records in done.items()}

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                WORKERS,
                mp_context=self._context,
                initializer=_start,
                initargs=(self._wanted, self._months),
            )
        return self._pool


_shared: dict[str, Any] = {}


def _start(wanted: Any, months: Any) -> None:  # noqa: ANN401 (multiprocessing has no public types)
    start_worker()
    _shared.update(wanted=wanted, months=months)


def _run_part(scenario: Scenario, path: str, runs: list[int], mine: int, slot: int) -> Records:
    """In a worker: some runs of a path, given up when the page wants something else."""
    model = SupplyChain(scenario, path, runs)
    for count in range(len(model.months)):
        if _shared["wanted"].value != mine:
            raise Cancelled
        model.step()
        _shared["months"][slot] = count + 1
    return model.recorder.arrays()


def _joined(parts: Sequence[Records]) -> Records:
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def _key(scenario: Scenario, path: str) -> str:
    """All that a path's records depend on; the other path names who imposes measures."""
    told = scenario.model_dump(mode="json", exclude={"name", "title", "description", "sweep"})
    measures = told.pop("measures")
    other = (told.pop("counterfactual") or {}).get("measures", {})
    by = sorted({region for m in (*measures.values(), *other.values()) for region in m["by"]})
    own = measures if path == "policy" else other
    text = json.dumps([told, own, by], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
