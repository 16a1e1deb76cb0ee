"""Sweeps: all pairs of a design, chunk by chunk onto disk, from where an earlier try ended."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

import sim.chain
from sim.chain import SupplyChain
from sim.ensemble.designs import SEED
from sim.ensemble.engine import Pool, compute, local_pool
from sim.ensemble.outputs import Values, choose, measure, most_values
from sim.ensemble.pairs import BATCH, Records, axes, pair
from sim.ensemble.plan import Job, Plan, make_plan
from sim.ensemble.store import Damaged, Store, open_store, tell
from sim.results import provenance
from sim.results.dataset import versions, what_parts_the_paths
from sim.results.summary import Indicator
from sim.scenario import Scenario
from sim.scenario.writing import toml_value
from sim.world import PARAMETERS, load_posterior, load_world

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sweeping:
    """A sweep that is ready to start: its plan and the outputs it keeps."""

    plan: Plan
    outputs: tuple[Indicator, ...]

    def announcement(self) -> str:
        """What is about to run, and how much disk it takes."""
        plan, sweep = self.plan, self.plan.scenario.sweep
        assert sweep is not None
        keys = len(plan.design.inputs)
        count = {
            "grid": f"{len(plan.design.u)} points x {plan.scenario.runs} runs",
            "latin-hypercube": f"{sweep.samples} points of {keys} keys and the seed",
            "sobol": f"{sweep.samples} x ({keys} keys + the seed + 2)",
            "morris": f"{sweep.samples} x ({keys} keys + the seed + 1)",
        }[sweep.design]
        sets = f" x {len(plan.alternatives)} sets of measures" if plan.alternatives[1:] else ""
        size = plan.pairs * most_values(self.outputs, plan.scenario) * 8 / 1e6
        return (
            f"{sweep.design}: {count}{sets} = {plan.pairs:,} pairs in {len(plan.jobs):,} chunks, "
            f"at most {size:,.1f} MB on disk{self._leaving()}"
        )

    def _leaving(self) -> str:
        """What is swept over a range of its own although history narrowed it with others."""
        posterior = load_posterior()
        left = [i.name for i in self.plan.design.inputs if posterior and i.name in posterior.values]
        if not left:
            return ""
        return f"; {', '.join(left)} leaving the posterior, since a design's inputs are independent"


def sweep_overrides(
    design: str | None, samples: str | None, over: Sequence[str]
) -> tuple[str, ...]:
    """The words of the command line as texts for the loader.

    Of `over`, `KEY=VALUES` stands as it is; a parameter alone is swept over its prior, and `all`
    stands for every parameter that has one.
    """
    texts = [f"sweep.design={toml_value(design)}"] if design else []
    texts += [f"sweep.samples={samples}"] if samples else []
    for text in over:
        key, equals, values = text.partition("=")
        free = [name for name, p in PARAMETERS.items() if p.distribution != "fixed"]
        for name in free if text == "all" else [key]:
            texts.append(f"sweep.over.{name}={values if equals else toml_value('prior')}")
    return tuple(texts)


def prepare(
    path: str | Path,
    overrides: Sequence[str] = (),
    outputs: Sequence[str] = (),
    batch: int = BATCH,
) -> Sweeping:
    """Plan the sweep of a scenario file. Raises UserError for whatever is wrong with it."""
    plan = make_plan(path, overrides, batch)
    return Sweeping(plan, choose(outputs, plan.scenario))


def sweep(
    path: str | Path,
    overrides: Sequence[str] = (),
    outputs: Sequence[str] = (),
    folder: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Run the sweep of a scenario file, in a folder in which it can go on, or in none.

    `overrides` are texts `KEY=VALUE` over the keys of the file, as `sweep.samples=64`; `outputs`
    names what is kept (default: all indicators). Returns what `run_sweep` returns, and raises what
    it raises.
    """
    sweeping = prepare(path, overrides, outputs)
    pool = local_pool(workers) if workers else None
    if folder is not None:
        return run_sweep(sweeping, Path(folder), pool, progress)
    with tempfile.TemporaryDirectory() as place:
        return run_sweep(sweeping, Path(place) / "sweep", pool, progress)


def run_sweep(
    sweeping: Sweeping,
    folder: Path,
    pool: AbstractContextManager[Pool] | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> xr.Dataset:
    """Run what is missing of a sweep, and return all of it.

    The dataset has `values` (output, pair), `u` and `inputs` (input, pair), and on `pair` the
    labels `alternative`, `point` and `run`; an input that is a date is a day's ordinal number. The
    result does not depend on the pool, nor on how often the sweep was stopped, to the bit.
    `progress` is called with pairs done and in all. Raises UserError, and KeyboardInterrupt with
    what is kept.
    """
    plan = sweeping.plan
    with open_store(folder, _manifest(sweeping), force) as store:
        missing = [k for k in range(len(plan.jobs)) if _chunk(store, k) is None]
        if missing and len(missing) < len(plan.jobs):
            tell(f"going on: {len(plan.jobs) - len(missing)} of {len(plan.jobs)} chunks are there")
        try:
            if missing:
                _run(sweeping, store, missing, pool, progress)
        except KeyboardInterrupt:
            there = sum(store.path(k).is_file() for k in range(len(plan.jobs)))
            raise KeyboardInterrupt(
                f"{there} of {len(plan.jobs)} chunks are kept; the same command goes on from there"
            ) from None
        return _gather(plan, store)


def _run(
    sweeping: Sweeping,
    store: Store,
    missing: list[int],
    pool: AbstractContextManager[Pool] | None,
    progress: Progress | None,
) -> None:
    plan = sweeping.plan
    jobs = [plan.jobs[k] for k in missing]
    done = plan.pairs - sum(job.pairs.size for job in jobs)
    names = tuple(output.name for output in sweeping.outputs)
    workers = min(os.cpu_count() or 1, len(jobs))
    with pool or local_pool(workers) as opened:
        for place, values in compute(partial(run_job, names=names), jobs, opened):
            store.write(missing[place], values)
            done += jobs[place].pairs.size
            if progress:
                progress(done, plan.pairs)


def _chunk(store: Store, k: int) -> Values | None:
    try:
        return store.read(k)
    except Damaged:
        tell(f"{store.path(k)} is damaged and is computed again; the others are kept")
        return None


def run_job(job: Job, names: tuple[str, ...]) -> Values:
    """Outputs of the pairs of a job by name, each (variant, column); not a number where a variant
    does not have it."""
    counterfactuals: dict[str, Records] = {}
    parts = []
    for scenario in job.variants:
        attrs = what_parts_the_paths(scenario)
        if attrs["imposers"] not in counterfactuals:  # whose records they are counted in
            counterfactuals[attrs["imposers"]] = _run_path(scenario, "counterfactual", job.runs)
        policy = _run_path(scenario, "policy", job.runs)
        records = pair(dict(counterfactuals[attrs["imposers"]]), policy)
        outputs = choose(names, scenario)
        parts.append(measure(records, axes(scenario, job.runs), attrs, outputs))
    every = dict.fromkeys(name for part in parts for name in part)
    nothing = np.full(len(job.runs), np.nan)
    return {name: np.stack([part.get(name, nothing) for part in parts]) for name in every}


def _run_path(scenario: Scenario, path: str, runs: tuple[int, ...]) -> Records:
    return SupplyChain(scenario, path, runs).run()


def _manifest(sweeping: Sweeping) -> dict[str, Any]:
    """What makes two sweeps the same, by the words in which a difference is told."""
    plan = sweeping.plan
    found = versions()
    return {
        "scenario and sweep": plan.scenario.digest(),
        "points": _digest([plan.design.u, plan.design.runs, *(job.pairs for job in plan.jobs)]),
        "outputs": [output.name for output in sweeping.outputs],
        "world": load_world(plan.scenario.world).fingerprint,
        "program": program_fingerprint(),
        "numpy": found["numpy_version"],
        "processor": found["processor"],
    }


def _digest(arrays: Iterable[np.ndarray]) -> str:
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def program_fingerprint() -> str:
    """SHA-256 of the files that make a chunk, so that chunks of two states of the program never
    meet."""
    root = Path(sim.chain.__file__).parents[1]
    found = hashlib.sha256()
    for package in ("measures", "world", "scenario", "chain", "results"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix in (".py", ".csv", ".toml"):
                found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    for module in ("designs", "outputs", "plan", "sweep"):
        found.update((root / "ensemble" / f"{module}.py").read_bytes())
    return found.hexdigest()


def _gather(plan: Plan, store: Store) -> xr.Dataset:
    """All chunks as one dataset."""
    values: dict[str, np.ndarray] = {}
    for k, job in enumerate(plan.jobs):
        chunk = store.read(k)
        assert chunk is not None
        for name, numbers in chunk.items():
            row = values.setdefault(name, np.full(plan.pairs, np.nan))
            row[job.pairs.ravel()] = numbers.ravel()
    design, times = plan.design, len(plan.alternatives)
    u = np.tile(design.u[design.points].T, times)
    return xr.Dataset(
        {
            "values": (("output", "pair"), np.stack(list(values.values()))),
            "u": (("input", "pair"), u),
            "inputs": (("input", "pair"), np.tile(_numbers(plan), times)),
        },
        {
            "output": list(values),
            "input": design.names,
            "alternative": ("pair", np.repeat(plan.alternatives, plan.columns)),
            "point": ("pair", np.tile(design.points, times)),
            "run": ("pair", np.tile(design.runs, times)),
        },
        _attributes(plan),
    )


def _numbers(plan: Plan) -> np.ndarray:
    """Values of the inputs (input, column); a date is its ordinal number, the seed a run number."""
    design = plan.design
    rows = [
        [v if isinstance(v, int | float) else v.toordinal() for v in design.values(k)]
        for k in range(len(design.inputs))
    ]
    table = np.array(rows, dtype=float).reshape(len(rows), len(design.u))[:, design.points]
    seeds = [design.runs.astype(float)] if SEED in design.names else []
    return np.vstack([table, *seeds]) if seeds else table


def _attributes(plan: Plan) -> dict[str, Any]:
    sweep = plan.scenario.sweep
    assert sweep is not None
    return {
        **provenance(plan.scenario, load_world(plan.scenario.world)),
        "design": sweep.design,
        "samples": sweep.samples or 0,
        "runs": plan.scenario.runs,
        "alternatives": ";".join(plan.alternatives),
        "dates": ";".join(i.name for i in plan.design.inputs if i.is_date),
    }
