"""Two scenarios set side by side on shared draws."""

from __future__ import annotations

from collections.abc import Callable

import xarray as xr

from sim.ensemble.pairs import run_pairs
from sim.errors import UserError
from sim.scenario import Scenario


def side_by_side(first: Scenario, second: Scenario) -> Scenario:
    """The second scenario with the first as its counterfactual; runs and seed are the first's.

    Raises UserError where they differ in more than their measures, because then no difference
    could be told from the measures'.
    """
    for what in ("world", "start", "end", "assumptions"):
        here, there = getattr(first, what), getattr(second, what)
        if here != there:
            raise UserError(
                f"{first.name} and {second.name} differ in {what} ({here} and {there}); "
                "only scenarios that differ in their measures alone can be compared"
            )
    return second.model_copy(
        update={"counterfactual": first, "runs": first.runs, "seed": first.seed}
    )


def compare(
    first: Scenario,
    second: Scenario,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> xr.Dataset:
    """Run the measures of two scenarios on the same draws.

    In the dataset `counterfactual` is the first scenario and `policy` the second. Raises UserError
    where they cannot be compared, see `side_by_side`.
    """
    return run_pairs(side_by_side(first, second), workers=workers, progress=progress)
