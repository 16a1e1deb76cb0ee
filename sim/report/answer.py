"""The answer of a run in plain sentences, each with its uncertainty."""

from __future__ import annotations

import numpy as np
import xarray as xr

from sim.measures import Measure
from sim.report.numbers import short
from sim.results.account import value_added_change
from sim.results.dataset import effect, home_regions, window
from sim.results.indicators import (
    ABROAD,
    capacity_share_abroad,
    home_name,
    magnet_cost_rise,
    price_by_side,
    vehicles_lost,
)
from sim.scenario import Scenario

YEARS = 2
"""Years from the announcement over which prices are compared."""
NOTHING = 0.005
"""Relative change that reads as none."""


def asked(scenario: Scenario) -> list[str]:
    """What a scenario asks: one line a measure, and what it is set against."""
    against = scenario.counterfactual.title if scenario.counterfactual else "the standing policy"
    lines = [_describe(name, measure) for name, measure in scenario.measures.items()]
    return [*lines, f"Set against: {against}."]


def _describe(name: str, measure: Measure) -> str:
    end = f" to {measure.end:%d %B %Y}" if measure.end else " on"
    heard = measure.announced
    told = f", announced {heard:%d %B %Y}" if heard and heard != measure.start else ""
    kind = str(getattr(measure, "kind", "measure")).replace("-", " ")
    by = ", ".join(measure.by)
    return f"{name}: {kind} by {by}, from {measure.start:%d %B %Y}{end}{told}."


def answer(ds: xr.Dataset) -> list[str]:
    """Three sentences: prices and costs, vehicles, and where the industry stands at the end."""
    return [_prices(ds), _vehicles(ds), _industry(ds)]


def _prices(ds: xr.Dataset) -> str:
    """The elements whose price abroad moves most in the first years, and what magnets cost then."""
    first = window(ds).start.astype("datetime64[M]")
    soon = price_by_side(ds).sel(time=slice(first, first + 12 * YEARS - 1)).mean("time")
    ratio = (soon.sel(path="policy") / soon.sel(path="counterfactual")).sel(region=ABROAD)
    moved = np.nan_to_num(np.abs(np.log(ratio.median("run").values)))
    names = [str(e) for e in ratio["element"].values[np.argsort(-moved)][:2]]
    parts = [f"{name} {_percent(ratio.sel(element=name) - 1)}" for name in names]
    rise = magnet_cost_rise(ds).sel(region="World")
    return (
        f"In the first {YEARS} years prices abroad move most for {' and '.join(parts)}; over the "
        f"whole span the magnets of a vehicle cost {_more(rise, 'USD')}."
    )


def _vehicles(ds: xr.Dataset) -> str:
    """Vehicles that are not built."""
    lost = vehicles_lost(ds)
    world = lost.sel(region="World")
    low, median, high = _quantiles(world)
    if high < 1:
        return "No vehicles are lost for want of magnets."
    if median < 1:
        return (
            "In most runs no vehicles are lost for want of magnets; in the worst twentieth it is "
            f"more than {short(high)}."
        )
    regions = lost.drop_sel(region="World").median("run")
    worst = str(regions["region"].values[int(regions.argmax("region"))])
    return (
        f"For want of magnets {short(median)} vehicles are lost (90 %: {short(low)} to "
        f"{short(high)}), most of them in {worst}."
    )


def _industry(ds: xr.Dataset) -> str:
    """The share of magnets made abroad at the end, and what the sender's industry gains."""
    share = 100 * capacity_share_abroad(ds).sel(stage="magnet")
    without = float(share.sel(path="counterfactual").median("run"))
    text = (
        f"At the end of {int(ds['time'].dt.year[-1])} the share of magnet capacity outside "
        f"{home_name(ds)}, {without:.0f} % without the measures, is "
        f"{_more(effect(share), 'percentage points')}"
    )
    if not ds.attrs["imposers"]:
        return f"{text}."
    gain = value_added_change(ds).sum("stage").sel(region=home_regions(ds)).sum("region")
    return f"{text}, and the sender's industry makes {_more(gain, 'million USD')}."


def _quantiles(values: xr.DataArray) -> tuple[float, float, float]:
    low, median, high = (float(values.quantile(q, "run")) for q in (0.05, 0.5, 0.95))
    return low, median, high


def _percent(change: xr.DataArray) -> str:
    low, median, high = (100 * value for value in _quantiles(change))
    if max(abs(low), abs(high)) < 100 * NOTHING:
        return "by less than half a per cent"
    return f"by {median:+.2g} % (90 %: {low:+.2g} to {high:+.2g})"


def _more(values: xr.DataArray, unit: str) -> str:
    """ "3 USD more (90 %: 1 to 5)", or the same with "less"."""
    low, median, high = _quantiles(values)
    if median < 0:
        low, median, high = -high, -median, -low
        return f"{short(median)} {unit} less (90 %: {short(low)} to {short(high)})"
    return f"{short(median)} {unit} more (90 %: {short(low)} to {short(high)})"
