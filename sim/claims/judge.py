"""All claims from their arms to their verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.chain.arrays import Array
from sim.chain.draws import Draws
from sim.claims.arms import run_arms
from sim.claims.comparisons import COMPARISONS
from sim.claims.quantities import QUANTITIES
from sim.claims.table import Claim, Table, Test, load_table
from sim.claims.verdicts import (
    DEPENDS,
    NOT_TESTABLE,
    QUANTILES,
    Hinge,
    hinge,
    together,
    verdict,
)
from sim.errors import UserError
from sim.scenario import Scenario
from sim.world import PARAMETERS


@dataclass(frozen=True)
class Result:
    """A test's outcome over the runs; no verdict and no hinge for what is only shown beside."""

    test: Test
    low: float
    median: float
    high: float
    verdict: str
    hinge: Hinge | None


@dataclass(frozen=True)
class Judged:
    """A claim with the results of its tests and its verdict."""

    claim: Claim
    verdict: str
    results: tuple[Result, ...]

    @property
    def headline(self) -> Result | None:
        """The test that decides: the first contradicted or undecided one, else the first."""
        tested = [result for result in self.results if result.test.sign is not None]
        kind = self.verdict.split()[0]
        decisive = [result for result in tested if result.verdict == kind]
        return next(iter([*decisive, *self.results]), None)

    def row(self) -> dict[str, Any]:
        """The claim as it stands in `--json`."""
        found = self.headline
        return {
            "id": self.claim.id,
            "claim": self.claim.claim,
            "verdict": self.verdict,
            "outcome": f"{found.test.outcome}, {found.test.unit}" if found else None,
            "median": found.median if found else None,
            "low": found.low if found else None,
            "high": found.high if found else None,
        }


def judge_claims(
    ids: Sequence[int],
    runs: int,
    seed: int,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None] | None = None,
    table: Table | None = None,
) -> list[Judged]:
    """Run what the claims need (all of them without `ids`) and judge them.

    `progress` is called with the arms that are done and their number. Raises UserError for an
    unknown claim, and where the folder cannot be used.
    """
    table = table or load_table()
    claims = table.chosen(tuple(ids))
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file; the claims need a folder of their own")
    arms = table.needed(claims)
    scenarios, records = run_arms(arms, table.worlds, runs, seed, folder, workers, progress)
    return [judge(claim, scenarios, records) for claim in claims]


def judge(
    claim: Claim, scenarios: Mapping[str, Scenario], records: Mapping[str, xr.Dataset]
) -> Judged:
    """The verdict on one claim."""
    results = tuple(_result(test, scenarios, records) for test in claim.tests)
    if claim.reason:
        return Judged(claim, NOT_TESTABLE, results)
    tested = [result for result in results if result.test.sign is not None]
    found = together([result.verdict for result in tested])
    if found == DEPENDS:
        undecided = next(result for result in tested if result.verdict == DEPENDS)
        on = undecided.hinge.parameter if undecided.hinge else "no single parameter"
        found = f"{DEPENDS} on {on}"
    return Judged(claim, found, results)


def _result(
    test: Test, scenarios: Mapping[str, Scenario], records: Mapping[str, xr.Dataset]
) -> Result:
    values = outcome(test, records)
    low, median, high = (float(q) for q in np.quantile(values, QUANTILES))
    if test.sign is None:
        return Result(test, low, median, high, "", None)
    found = hinge(values, parameter_draws(scenarios[test.arms[0]]), test.material)
    return Result(test, low, median, high, verdict(values, test.sign, test.material), found)


def outcome(test: Test, records: Mapping[str, xr.Dataset]) -> Array:
    """The outcome of a test, one value a run."""
    quantity = QUANTITIES[test.quantity]
    read = [
        quantity(records[arm], **of).transpose("run").values
        for arm, of in zip(test.arms, test.of, strict=True)
    ]
    return COMPARISONS[test.compare](*read)


def parameter_draws(scenario: Scenario) -> dict[str, Array]:
    """The draws of all assumptions that a scenario's runs were made with, by name: (run,)."""
    draws = Draws(scenario.seed, range(scenario.runs), scenario.assumptions)
    return {name: draws.parameter(name) for name in PARAMETERS}
