"""The numbers of each pair that a sweep keeps: the indicators, one value a pair and name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from sim.errors import UserError
from sim.measures.values import nearest
from sim.results import VARIABLES, dimensions
from sim.results.indicators import with_world
from sim.results.summary import INDICATORS, SHARE_YEAR, Indicator
from sim.scenario import Scenario
from sim.world import load_world

WITHOUT = "without"
"""Last word of the name of an output that is a level of the counterfactual path."""

BUILT = Indicator(
    "vehicles_built", "vehicles", lambda ds: with_world(ds["vehicles_built"].sum("time"))
)
OUTPUTS = (BUILT, *INDICATORS)
MOST_TERMS, MOST_STAGES = 12, 4
"""Most labels of an indicator on an axis that is neither region nor element."""

Values = dict[str, np.ndarray]


def choose(names: Sequence[str], scenario: Scenario) -> tuple[Indicator, ...]:
    """The outputs of these names, or all, that the scenario's span covers; UserError for others."""
    known = {output.name: output for output in OUTPUTS}
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean '{near}'?" if near else f"there are {', '.join(known)}"
            raise UserError(f"no output '{name}'; {hint}")
    covered = scenario.start.year <= SHARE_YEAR <= scenario.end.year
    return tuple(
        output
        for name, output in known.items()
        if (not names or name in names) and (covered or not name.endswith(str(SHARE_YEAR)))
    )


def most_values(outputs: Sequence[Indicator], scenario: Scenario) -> int:
    """A bound on the values that one pair has of these outputs."""
    world = load_world(scenario.world)
    rows = max(2 * (len(world.regions) + 1), MOST_TERMS)
    return len(outputs) * rows * max(len(world.elements), MOST_STAGES)


def measure(
    records: Values, axes: dict[str, object], attrs: dict[str, str], outputs: Sequence[Indicator]
) -> Values:
    """Outputs of some pairs by name, (pair,) each, from records (path, ..., pair)."""
    labelled = {name: (dimensions(name), a) for name, a in records.items() if name in VARIABLES}
    ds = xr.Dataset(labelled, axes, attrs)
    rows = [row for output in outputs for row in _rows(output, ds)]
    assert len({name for name, _ in rows}) == len(rows), "two outputs of one name"
    return dict(rows)


def _rows(output: Indicator, ds: xr.Dataset) -> Iterator[tuple[str, np.ndarray]]:
    values = output.values(ds)
    dims = [str(dim) for dim in values.dims if dim != "run"]
    values = values.transpose(*dims, "run")
    for place in np.ndindex(*(values.sizes[dim] for dim in dims)):
        words = {dim: str(values[dim].values[k]) for dim, k in zip(dims, place, strict=True)}
        first = "_".join([output.name, *filter(None, [words.pop("term", "")])])
        path = words.pop("path", "policy")
        order = [words.pop(dim) for dim in ("region", "element", "stage") if dim in words]
        order += words.values()
        last = [WITHOUT] if path == "counterfactual" else []
        yield " ".join([first, *order, *last]), values.values[place].astype(float)
