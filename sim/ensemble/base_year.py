"""The base year side by side: what the model makes of the world's tables, and what was observed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import xarray as xr
from pydantic import TypeAdapter

from sim.ensemble.pairs import run_pairs
from sim.measures import AnyMeasure, Measure
from sim.scenario import Scenario
from sim.world import PARAMETERS, Parameter, load_world, rows

MAGNET_ELEMENTS = ("NdPr", "Tb", "Dy")
"""Elements of which the shares of separation are observed."""


@dataclass(frozen=True)
class BaseYearRow:
    """One figure of the base year; `deviation` is model over observed less 1."""

    item: str
    region: str
    element: str
    unit: str
    model: float
    observed: float
    deviation: float
    source: str
    confidence: str
    explanation: str


def central_value(parameter: Parameter) -> float:
    """Central assumption; spreads of the draws within a run are 0."""
    if parameter.name in QUIET:
        return 0.0
    if parameter.distribution == "uniform":
        return 0.5 * (parameter.low + parameter.high)
    return parameter.mode


def base_year_scenario(name: str) -> Scenario:
    """Calendar base year of a world under the measures that were really in force, at central
    assumptions and without random draws within the run."""
    world = load_world(name)
    adapter: TypeAdapter[Measure] = TypeAdapter(AnyMeasure)
    measures = {
        key: adapter.validate_python(rows) for key, rows in world.base_year_measures.items()
    }
    central = {p.name: central_value(p) for p in PARAMETERS.values()}
    return Scenario(
        name=f"base-year-{world.base_year}",
        title=f"The base year of world {name}",
        world=name,
        start=world.start,
        end=date(world.start.year, 12, 31),
        runs=1,
        seed=1,
        assumptions=central,
        measures=measures,
    )


QUIET = (
    "noise.demand",
    "noise.outage_rate",
    "noise.lead_time",
    "noise.setback_rate",
    "noise.failure_rate",
    "noise.news",
)
"""Spreads of the draws within a run; at 0 nothing is random within it."""


def base_year(name: str) -> list[BaseYearRow]:
    """Every observed figure of a world's base year beside the model's."""
    scenario = base_year_scenario(name)
    ds = run_pairs(scenario, workers=1).sel(path="policy").isel(run=0)
    figures = []
    for seen in rows(load_world(name).tables["observed"]):
        model = float(MEASURED[seen.item](ds, seen.region, seen.element))
        deviation = model / seen.value - 1 if seen.value else np.nan
        figures.append(
            BaseYearRow(
                seen.item,
                seen.region,
                seen.element,
                seen.unit,
                model,
                seen.value,
                deviation,
                seen.source,
                seen.confidence,
                seen.explanation,
            )
        )
    return figures


def _share(a: xr.DataArray, region: str) -> float:
    return float(a.sel(region=region) / a.sum("region"))


def _region(a: xr.DataArray, region: str) -> xr.DataArray:
    return a.sum("region") if region == "World" else a.sel(region=region)


def _separation(ds: xr.Dataset) -> xr.DataArray:
    return ds["separation_output"].sum("time")


def _exports(ds: xr.Dataset, name: str, region: str) -> xr.DataArray:
    """Yearly exports of a region to all others."""
    flow = ds[name].isel(year=0).sel(origin=region)
    return flow.where(flow["destination"] != region, 0.0).sum()


MEASURED: dict[str, Callable[[xr.Dataset, str, str], float | xr.DataArray]] = {
    "mine_output": lambda ds, r, e: _region(ds["mine_output"].sum("time"), r),
    "separation_share": lambda ds, r, e: _share(
        _separation(ds).sel(element=[e] if e else list(MAGNET_ELEMENTS)).sum("element"), r
    ),
    "magnet_share": lambda ds, r, e: _share(ds["magnet_output"].sum(["time", "grade"]), r),
    "oxide_use": lambda ds, r, e: _region(ds["oxide_use"].sum("time").sel(element=e), r),
    "oxide_exports": lambda ds, r, e: _exports(ds, "flows_oxide", r),
    "magnet_exports": lambda ds, r, e: _exports(ds, "flows_magnet", r),
    "ev_output": lambda ds, r, e: _region(ds["vehicles_built"].sum("time"), r),
    "price_home": lambda ds, r, e: ds["oxide_price"].sel(region=r, element=e).mean(),
    "price_abroad": lambda ds, r, e: _abroad(ds, e),
}
"""How each observed item is read off a run."""


def _abroad(ds: xr.Dataset, element: str) -> xr.DataArray:
    """Use-weighted mean price outside the region that separates most."""
    home = str(_separation(ds).sum("element").idxmax("region").values)
    price = ds["oxide_price"].sel(element=element)
    use = ds["oxide_use"].sel(element=element).where(ds["region"] != home, 0.0)
    return (price * use).sum() / use.sum()
