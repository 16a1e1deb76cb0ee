"""From the sets that the searches kept to a posterior that can be shipped, with its provenance."""

from __future__ import annotations

import csv
import hashlib
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from scipy.stats import kstest

from sim.chain.arrays import Array
from sim.errors import UserError
from sim.hindcast.calibration import Sets, choose, fitted_episode, names, values
from sim.hindcast.ensemble import BATCH, joined
from sim.hindcast.episodes import run_parts
from sim.hindcast.observed import DATA, settings
from sim.hindcast.predictive import estimate_discrepancy
from sim.hindcast.targets import distance, implausibility, targets
from sim.hindcast.trajectory import Trajectory
from sim.scenario.writing import toml_key

MOVED = 0.01
"""Chance below which a marginal that differs so much from its prior is not taken for the prior."""
NEVER_FITTED = (
    "technology.cost_penalty",
    "technology.capex_penalty",
    "technology.delay_penalty",
    "technology.yield_penalty",
)
"""Named in the provenance: no episode holds information on them."""


def write_posterior(searches: Sequence[Sets], out: Path) -> None:
    """Write `posterior.csv` and `posterior.toml`: sets of equal weight, and where they come from.

    A parameter whose marginal is still its prior's leaves the posterior and keeps its prior.
    Raises UserError where that leaves none.
    """
    told = settings()["calibration"]
    unit = choose(searches, told["sets"], min(told["seeds"]))
    moved = [kstest(unit[:, k], "uniform").pvalue < MOVED for k in range(unit.shape[1])]
    found = values(unit)
    pinned = [name for name, there in zip(names(), moved, strict=True) if there]
    kept = [name for name, there in zip(names(), moved, strict=True) if not there]
    if not pinned:
        raise UserError("the episode moved no parameter from its prior: draw more, or more waves")
    with (out / "posterior.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(pinned)
        for row in range(len(unit)):
            writer.writerow([f"{found[name][row]:.6g}" for name in pinned])
    path = _again({name: found[name] for name in pinned})
    text = _about(searches, pinned, kept, unit, path)
    (out / "posterior.toml").write_text(text, encoding="utf-8")


def _again(sets: Mapping[str, Array]) -> Trajectory:
    """The fitted episode run once more with every set, on draws that no search has seen."""
    episode = fitted_episode()
    count = len(next(iter(sets.values())))
    first = 10_000_000
    parts = []
    for k in range(0, count, BATCH):
        chosen = {name: value[k : k + BATCH] for name, value in sets.items()}
        runs = range(first + k, first + min(k + BATCH, count))
        parts += [trajectory for _, trajectory in run_parts(episode, list(runs), chosen)]
    return joined(parts)


def _about(
    searches: Sequence[Sets],
    pinned: Sequence[str],
    kept: Sequence[str],
    unit: Array,
    path: Trajectory,
) -> str:
    """The provenance as TOML."""
    told = settings()["calibration"]
    aims = targets()
    fresh = distance(implausibility(path, aims))
    each = -(-told["sets"] // len(searches))
    means = np.stack([unit[k * each : (k + 1) * each].mean(axis=0) for k in range(len(searches))])
    lines = [
        "# Where the sets of posterior.csv come from. Written by `exportshock calibrate`.",
        f"date = {date.today().isoformat()}",
        f'commit = "{_commit()}"',
        f'episode = "{told["episode"]}"',
        f'period = "{told["period"]}"',
        f"seeds = {list(told['seeds'])}",
        f"runs_by_seed = {told['draws'] + (told['waves'] - 1) * (told['draws'] - told['keep'])}",
        f"waves = {told['waves']}",
        f"sets = {len(unit)}",
        f"tolerance_by_seed = {[round(float(s.distance.max()), 4) for s in searches]}",
        f"median_distance_by_seed = {[round(float(np.median(s.distance)), 4) for s in searches]}",
        f"median_distance_on_fresh_draws = {np.median(fresh):.4f}",
        f'data_sha256 = "{_data_digest()}"',
        "# Parameters that the episode moved from their priors.",
        f"pinned = {_list(pinned)}",
        "# Parameters that were searched but are where their priors were: they keep their priors.",
        f"prior_kept = {_list(kept)}",
        "# Parameters on which no episode says anything.",
        f"never_fitted = {_list(NEVER_FITTED)}",
        "",
        "# Largest difference between the seeds' means, in quantiles of the prior.",
        "[between_seeds]",
    ]
    spread = means.max(axis=0) - means.min(axis=0)
    lines += [f"{toml_key(n)} = {spread[k]:.3f}" for k, n in enumerate(names()) if n in pinned]
    lines += [
        "",
        "# Standard deviation, in logs, of the model's discrepancy by series.",
        "[discrepancy]",
    ]
    lines += [
        f"{toml_key(name)} = {estimate_discrepancy(path, seen):.3f}" for name, seen in aims.items()
    ]
    return "\n".join(lines) + "\n"


def _list(words: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def _commit() -> str:
    """The commit of the code in a checkout; empty elsewhere."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=DATA, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _data_digest() -> str:
    """SHA-256 of the tables that the calibration reads."""
    digest = hashlib.sha256()
    for name in ("prices", "quantities", "conversion"):
        digest.update((DATA / f"{name}.csv").read_bytes())
    return digest.hexdigest()
