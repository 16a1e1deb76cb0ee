"""Paired runs: both paths of a scenario, in batches, on one or several processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.chain import ACCOUNTS, PURPOSES, SupplyChain
from sim.chain.magnet_makers import GRADES
from sim.chain.value import SECTORS
from sim.ensemble.engine import compute, local_pool
from sim.ensemble.recording import recorded_bytes
from sim.results import PATHS, build_dataset, dimensions, provenance
from sim.scenario import Scenario
from sim.world import load_world

BATCH = 100
"""Runs stepped together: arrays of this width fit the caches and bound the memory."""
RECORDED_BATCH = 25
"""Runs stepped together where firms or flows of every run are kept by month."""
STAGES = ("mine", "light separation", "heavy separation", "magnet")
FORMS = ("oxide", "magnet", "concentrate")

Records = dict[str, np.ndarray]


def run_batch(scenario: Scenario, runs: Sequence[int], record: Collection[str] = ()) -> Records:
    """Both paths of some runs: name -> array (path, ..., run).

    Records named NAME_monthly end in fewer runs: those of the batch that are kept by month
    (`sim.chain.record.Recorder`). Batches join along the last axis.
    """
    return pair(*(SupplyChain(scenario, path, runs, record=record).run() for path in PATHS))


def pair(counterfactual: Records, policy: Records) -> Records:
    """The records of two paths (..., run) as one: name -> array (path, ..., run).

    Empties both on the way, so that no more than a record stands twice.
    """
    both = [counterfactual, policy]
    quotas = max(record["licence_price"].shape[1] for record in both)
    for record in both:
        prices = record["licence_price"]
        missing = np.zeros((len(prices), quotas - prices.shape[1], prices.shape[2]))
        record["licence_price"] = np.concatenate([prices, missing], axis=1)
    return {name: np.stack([record.pop(name) for record in both]) for name in list(both[0])}


def run_pairs(
    scenario: Scenario,
    runs: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    batch: int = BATCH,
    record: Collection[str] = (),
) -> xr.Dataset:
    """Run all pairs of a scenario; returns the labelled dataset of both paths.

    `workers` processes share the batches (default: one a core, at most one a batch; 1 stays in
    this process). The result does not depend on workers or batch, to the bit. `progress` is called
    with runs done and runs in all. `record` names what is kept by month of every run rather than
    of the first few: "firms", "flows". Raises UserError where that is too much for the memory.
    """
    changed = {"runs": runs or scenario.runs, "seed": scenario.seed if seed is None else seed}
    scenario = scenario.model_copy(update=changed)
    if record:
        recorded_bytes(scenario, record)
        batch = min(batch, RECORDED_BATCH)
    ids = list(range(scenario.runs))
    batches = [ids[k : k + batch] for k in range(0, len(ids), batch)]
    done: dict[int, Records] = {}
    task = partial(run_batch, scenario, record=record)
    with local_pool(min(workers or os.cpu_count() or 1, len(batches))) as pool:
        for k, records in compute(task, batches, pool):
            done[k] = records
            if progress:
                progress(sum(len(batches[k]) for k in done), scenario.runs)
    parts = [done[k] for k in range(len(batches))]
    done.clear()  # the parts go as they are joined, so that no more than a record stands twice
    records = {
        name: np.concatenate([part.pop(name) for part in parts], axis=-1) for name in list(parts[0])
    }
    return label(scenario, records)


def label(scenario: Scenario, records: Records) -> xr.Dataset:
    """Recorded arrays (path, ..., run) as the documented dataset."""
    coords = {
        **axes(scenario, range(scenario.runs)),
        "quota": [f"quota {k + 1}" for k in range(records["licence_price"].shape[2])],
        "firm_run": np.arange(records["firm_output_monthly"].shape[-1]),
        "flow_run": np.arange(records["flows_oxide_monthly"].shape[-1]),
        **_firms(scenario),
    }
    labelled = {name: (dimensions(name), array) for name, array in records.items()}
    return build_dataset(labelled, coords, provenance(scenario, load_world(scenario.world)))


def axes(scenario: Scenario, runs: Sequence[int]) -> dict[str, Any]:
    """Coordinates of every axis but those of quotas, firms, and runs kept by month."""
    world = load_world(scenario.world)
    time = pd.date_range(scenario.start.replace(day=1), scenario.end, freq="MS")
    return {
        "path": list(PATHS),
        "run": np.array(runs),
        "time": time.to_numpy(),
        "year": sorted(set(time.year)),
        "region": list(world.regions),
        "origin": list(world.regions),
        "destination": list(world.regions),
        "element": list(world.elements),
        "element_class": ("element", list(world.tables["elements"]["class"])),
        "grade": list(GRADES),
        "stage": list(STAGES),
        "sector": list(SECTORS),
        "account": list(ACCOUNTS),
        "form": list(FORMS),
        "purpose": list(PURPOSES),
    }


def _firms(scenario: Scenario) -> dict[str, Any]:
    """Coordinates of the firm axis."""
    model = SupplyChain(scenario.model_copy(update={"end": scenario.start}), runs=[0])
    populations = model.chain.populations
    regions = model.world.regions
    return {
        "firm": [name for p in populations.values() for name in p.names],
        "firm_kind": ("firm", [kind for kind, p in populations.items() for _ in p.names]),
        "firm_region": ("firm", [regions[r] for p in populations.values() for r in p.region]),
        "firm_owner": ("firm", [owner for p in populations.values() for owner in p.owner]),
    }
