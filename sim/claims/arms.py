"""The arms of the claims: each one path of many runs, run once, kept on disk, shared by claims."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import xarray as xr

import sim.chain
from sim.chain import SupplyChain
from sim.chain.arrays import Array
from sim.chain.magnet_makers import GRADES
from sim.chain.terms import STAGES as TECHNOLOGIES
from sim.chain.value import SECTORS
from sim.claims.table import Arm
from sim.claims.worlds import derive
from sim.ensemble.engine import compute, local_pool
from sim.ensemble.pairs import BATCH, STAGES
from sim.errors import UserError
from sim.results import VARIABLES
from sim.scenario import Scenario, find_scenario, load_scenario
from sim.world import load_world

MONTHLY = ("vehicles_built",)
YEARLY_MEANS = ("oxide_price", "magnet_cost_per_vehicle", "capacity")
YEARLY_SUMS = (
    "separation_output",
    "magnet_output",
    "magnets_received",
    "oxide_use",
    "mine_output",
)
YEARLY = ("know_how", "flows_oxide", "flows_magnet", "firm_output", "firm_margin", "value_added")
"""What is kept of an arm: by month, as means and sums over the year, or recorded by year."""
DIMENSIONS = {"access": ("year", "technology", "region")}
"""Dimensions of what is kept and not in VARIABLES: access to technology, in July of each year."""
JULY = 7


def run_arms(
    arms: Sequence[Arm],
    worlds: Mapping[str, Sequence[Mapping[str, object]]],
    runs: int,
    seed: int,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, Scenario], dict[str, xr.Dataset]]:
    """The scenarios and the kept records of arms; those that are in the folder are not run again.

    An arm is kept as soon as it is done, under a fingerprint of all that makes it, so that the
    same command goes on where it was stopped, and what has changed since is run anew.
    """
    scenarios = {arm.name: arm_scenario(arm, worlds, runs, seed, folder) for arm in arms}
    prints = {name: fingerprint(scenario) for name, scenario in scenarios.items()}
    files = {arm.name: folder / "arms" / f"{arm.name}.nc" for arm in arms}
    done = {name: read_arm(file, prints[name]) for name, file in files.items()}
    todo = [name for name, kept in done.items() if kept is None]
    if progress:
        progress(len(arms) - len(todo), len(arms))
    try:
        with local_pool(min(workers, max(len(todo), 1))) as pool:
            for k, records in compute(run_arm, [scenarios[name] for name in todo], pool):
                done[todo[k]] = records
                write_arm(records, files[todo[k]], prints[todo[k]])
                if progress:
                    progress(sum(kept is not None for kept in done.values()), len(arms))
    except KeyboardInterrupt:
        told = (
            f"the arms that are done are kept in {folder}, and the same command goes on from there"
        )
        raise KeyboardInterrupt(told) from None
    return scenarios, {name: kept for name, kept in done.items() if kept is not None}


def arm_scenario(
    arm: Arm,
    worlds: Mapping[str, Sequence[Mapping[str, object]]],
    runs: int,
    seed: int,
    folder: Path,
) -> Scenario:
    """The scenario of an arm; its derived world is written into the folder."""
    texts = [*arm.set, f"ensemble.runs={runs}", f"ensemble.seed={seed}"]
    scenario = load_scenario(find_scenario(arm.scenario), texts)
    if not arm.world:
        return scenario
    place = folder.resolve() / "worlds"
    try:
        place = derive(arm.world, worlds[arm.world], place, scenario.world)
    except OSError as error:
        raise UserError(f"cannot write to {place}: {error.strerror or error}") from error
    return scenario.model_copy(update={"world": str(place)})


def fingerprint(scenario: Scenario) -> str:
    """SHA-256 of all that makes an arm: scenario, world, and the program's own files."""
    world = load_world(scenario.world).fingerprint
    own = scenario.model_copy(update={"world": world, "counterfactual": None})
    found = hashlib.sha256(f"{own.digest()} {own.runs} {own.seed} {np.__version__}".encode())
    root = Path(sim.chain.__file__).parents[1]
    for package in ("measures", "world", "chain"):
        for path in sorted((root / package).rglob("*")):
            if path.suffix == ".py" or path.name in ("parameters.csv", "posterior.csv"):
                found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    found.update(Path(__file__).read_bytes())
    return found.hexdigest()


def run_arm(scenario: Scenario) -> xr.Dataset:
    """Run all runs of one path; returns what is kept of it, dimensions as in VARIABLES."""
    parts = []
    for first in range(0, scenario.runs, BATCH):
        runs = range(first, min(first + BATCH, scenario.runs))
        model = SupplyChain(scenario, "policy", runs)
        years = np.array([month.year for month in model.months])
        parts.append(_label(model, _reduced(model.run(), years) | {"access": _access(model)}))
    return xr.concat(parts, "run")


def _reduced(records: Mapping[str, Array], years: Array) -> dict[str, Array]:
    """The kept records, months made into years where months do not matter."""
    starts = np.flatnonzero(np.diff(years, prepend=years[0] - 1))
    months = np.diff([*starts, len(years)])
    kept = {name: records[name] for name in (*MONTHLY, *YEARLY)}
    for name in (*YEARLY_SUMS, *YEARLY_MEANS):
        kept[name] = np.add.reduceat(records[name], starts, axis=0)
    for name in YEARLY_MEANS:
        kept[name] = kept[name] / months.reshape(-1, *[1] * (kept[name].ndim - 1))
    return kept


def _access(model: SupplyChain) -> Array:
    """Access to foreign technology in July of each year (year, technology, region, run)."""
    julys = [month for month in model.months if month.month == JULY]
    terms = [model.policy.terms(month) for month in julys]
    return np.stack([np.stack([term.access[stage] for stage in TECHNOLOGIES]) for term in terms])


def _label(model: SupplyChain, records: Mapping[str, Array]) -> xr.Dataset:
    world = model.world
    coords = {
        "run": list(model.run_ids),
        "time": np.array(model.months, dtype="datetime64[ns]"),
        "year": sorted({month.year for month in model.months}),
        "region": list(world.regions),
        "origin": list(world.regions),
        "destination": list(world.regions),
        "element": list(world.elements),
        "stage": list(STAGES),
        "sector": list(SECTORS),
        "grade": list(GRADES),
        "technology": list(TECHNOLOGIES),
        "firm": [name for p in model.chain.populations.values() for name in p.names],
    }
    data = {}
    for name, array in records.items():
        inner = DIMENSIONS.get(name) or VARIABLES[name][0]
        dims = inner if name in (*MONTHLY, *YEARLY) else ("year", *inner[1:])
        data[name] = ((*dims, "run"), array)
    return xr.Dataset(data, coords)


def write_arm(records: xr.Dataset, file: Path, mark: str) -> None:
    """Write an arm under another name, which it gets when it is whole. Raises UserError."""
    draft = file.with_suffix(".draft")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        encoding = {name: {"zlib": True, "complevel": 1} for name in records.data_vars}
        records.assign_attrs(fingerprint=mark).to_netcdf(draft, encoding=encoding)
        draft.replace(file)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise UserError(f"cannot write to {file}: {error.strerror or error}") from error


def read_arm(file: Path, mark: str) -> xr.Dataset | None:
    """A kept arm, or None where there is none, or only that of another state of things."""
    if not file.is_file():
        return None
    try:
        with xr.open_dataset(file) as records:
            return records.load() if records.attrs.get("fingerprint") == mark else None
    except (OSError, ValueError, RuntimeError):
        return None
