"""Two scenarios set side by side on shared draws."""

from __future__ import annotations

from collections.abc import Callable

import xarray as xr

from sim.ensemble.pairs import run_pairs
from sim.errors import UserError
from sim.scenario import Scenario


def compare(
    first: Scenario,
    second: Scenario,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> xr.Dataset:
    """Run the measures of two scenarios on the same draws.

    In the dataset `counterfactual` is the first scenario and `policy` the second; number of runs
    and seed are the first's. Raises UserError where they differ in more than their measures,
    because then no difference could be told from the measures'.
    """
    for what in ("world", "start", "end", "assumptions"):
        here, there = getattr(first, what), getattr(second, what)
        if here != there:
            raise UserError(
                f"{first.name} and {second.name} differ in {what} ({here} and {there}); "
                "only scenarios that differ in their measures alone can be compared"
            )
    pair = second.model_copy(
        update={"counterfactual": first, "runs": first.runs, "seed": first.seed}
    )
    return run_pairs(pair, workers=workers, progress=progress)
