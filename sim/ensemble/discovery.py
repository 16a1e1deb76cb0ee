"""Scenario discovery: the corner of the inputs in which an output is at its worst."""

from __future__ import annotations

import io
import logging
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.ensemble.analysis import alternatives, independent
from sim.ensemble.designs import SEED
from sim.errors import UserError

WORST = 0.8  # quantile above which an output is one of the cases to explain
FEWEST_POINTS = 100
LEAST_DENSITY = 0.8
CHANCE = 0.05  # quasi-p value from which a limit may be chance (Bryant and Lempert 2010)


@dataclass(frozen=True)
class Box:
    """Where the worst fifth of an output lies.

    `limits`: input -> (low, high) in the units of the input, None for an end that sets no limit, or
    one that chance could have set as well. `coverage`: share of the worst cases that lie inside;
    `density`: share of the cases inside that are among the worst.
    """

    limits: dict[str, tuple[float | None, float | None]]
    coverage: float
    density: float
    threshold: float


def worst_box(ds: xr.Dataset, output: str, alternative: str | None = None) -> Box | None:
    """A box of inputs that holds the worst fifth of an output, found by PRIM.

    The box is the largest of the peeling trajectory that is at least 80 % worst cases, or the
    densest. None for too few points or an output that does not vary. PRIM (Friedman and Fisher
    1999, Bryant and Lempert 2010) is the EMA Workbench's; UserError where it is not installed.
    """
    part = ds.sel(pair=ds["alternative"] == (alternative or alternatives(ds)[0]))
    part = part.isel(pair=independent(ds.attrs["design"], part["u"].values.T))
    y = part["values"].sel(output=output).values
    names = [str(name) for name in ds["input"].values if name != SEED]
    if len(y) < FEWEST_POINTS or not np.isfinite(y).all() or y.max() == y.min() or not names:
        return None
    threshold = float(np.quantile(y, WORST))
    worst = y > threshold
    if not worst.any():
        return None
    found = _peel(part["inputs"].sel(input=names).values.T, names, worst)
    path = found.peeling_trajectory
    dense = path[path["density"] >= LEAST_DENSITY]
    row = dense.iloc[0] if len(dense) else path.iloc[path["density"].argmax()]
    number = int(row["id"])
    box, chances = found.box_lims[number], found.qp[number]
    limits = {
        name: (_limit(box[name].iloc[0], below), _limit(box[name].iloc[1], above))
        for name, (below, above) in chances.items()
    }
    limits = {name: ends for name, ends in limits.items() if ends != (None, None)}
    return Box(limits, float(row["coverage"]), float(row["density"]), threshold)


def _limit(value: float, chance: float) -> float | None:
    """A limit, unless there is none (a chance below 0) or chance could have set it."""
    return float(value) if 0 <= chance < CHANCE else None


def _peel(x, names, worst):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The box that PRIM peels, with its trajectory. The workbench warns and prints as it works."""
    import pandas as pd

    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            from ema_workbench.analysis import prim
        except ImportError as error:
            raise UserError(
                "scenario discovery needs the EMA Workbench: pip install 'exportshock[discovery]'"
            ) from error
        logging.getLogger("EMA").setLevel(logging.ERROR)
        # The threshold is both that of a case and the least density of a box it lets through.
        return prim.Prim(pd.DataFrame(x, columns=names), worst, threshold=1e-9).find_box()
