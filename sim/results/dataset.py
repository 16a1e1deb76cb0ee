"""One labelled dataset per run of the program: its variables, units and provenance."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sim.world import load_posterior

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.world import World

PATHS = ("counterfactual", "policy")
"""The two paths of every pair; they share every random draw."""

VARIABLES: dict[str, tuple[tuple[str, ...], str]] = {
    "oxide_price": (("time", "region", "element"), "USD/kg"),
    "magnet_price": (("time", "region", "grade"), "USD/kg"),
    "mine_output": (("time", "region"), "t REO/month"),
    "separation_output": (("time", "region", "element"), "t/month"),
    "magnet_output": (("time", "region", "grade"), "t/month"),
    "magnets_received": (("time", "region", "grade"), "t/month"),
    "oxide_use": (("time", "region", "element"), "t/month"),
    "oxide_stock": (("time", "region", "element"), "t"),
    "oxide_unmet": (("time", "region", "element"), "t/month"),
    "magnet_stock": (("time", "region"), "t"),
    "concentrate_stock": (("time", "region"), "t REO"),
    "vehicles_demanded": (("time", "region"), "vehicles/month"),
    "vehicles_built": (("time", "region"), "vehicles/month"),
    "vehicles_lost": (("time", "region"), "vehicles/month"),
    "users_unmet": (("time", "region"), "t/month"),
    "magnet_cost_per_vehicle": (("time", "region"), "USD"),
    "capacity": (("time", "stage", "region"), "t/year"),
    "know_how": (("year", "stage", "region"), "0 to 1"),
    "leakage": (("time", "region", "element"), "t/month"),
    "quota_rent": (("time", "region"), "million USD/month"),
    "licence_price": (("time", "quota"), "USD/kg"),
    "export_tax_revenue": (("year", "region"), "million USD"),
    "tariff_revenue": (("year", "region"), "million USD"),
    "accounts": (("year", "region", "element", "account"), "t"),
    "imposer_imports": (("year", "region", "element", "form"), "t"),
    "public_spending": (("year", "region", "purpose"), "million USD"),
    "oxide_use_outside_magnets": (("year", "region", "element"), "t"),
    "value_added": (("year", "sector", "region"), "million USD"),
    "magnet_vehicles": (("year", "region"), "vehicles"),
    "flows_oxide": (("year", "origin", "destination", "element"), "t/year"),
    "flows_magnet": (("year", "origin", "destination"), "t/year"),
    "flows_concentrate": (("year", "origin", "destination"), "t REO/year"),
    "firm_output": (("year", "firm"), "t/year or vehicles/year"),
    "firm_capacity": (("year", "firm"), "t/year or vehicles/year"),
    "firm_stock": (("year", "firm"), "t or days of use"),
    "firm_margin": (("year", "firm"), "USD/kg or USD/vehicle"),
}
"""Variable -> (dimensions between `path` and `run`, unit); oxide contained, but for magnets."""

RUN_AXES = {"firm": "firm_run", "flows": "flow_run"}
"""Axes of the runs of which firms, or flows, are kept by month: the first ones, or all."""

MONTHLY = {
    f"{name}_monthly": (("time", *dims[1:]), unit)
    for name, (dims, unit) in VARIABLES.items()
    if name.partition("_")[0] in RUN_AXES
}
"""The same rates by month as the variables of flows and firms are by year, for some runs only."""


def dimensions(name: str) -> tuple[str, ...]:
    """All dimensions of a variable of VARIABLES or MONTHLY, from `path` to its axis of runs."""
    if name in MONTHLY:
        return ("path", *MONTHLY[name][0], RUN_AXES[name.partition("_")[0]])
    return ("path", *VARIABLES[name][0], "run")


Records = Mapping[str, tuple[tuple[str, ...], np.ndarray]]


def build_dataset(
    records: Records, coords: Mapping[str, Any], attrs: Mapping[str, Any] | None = None
) -> xr.Dataset:
    """The labelled dataset of recorded arrays.

    `records` maps a name of VARIABLES or MONTHLY to (dimensions, array), with what `dimensions`
    returns; `coords` labels the axes (`firm_kind`, `firm_region` and `firm_owner` may be given as
    ("firm", labels)); `attrs` is what `provenance` returns.
    Raises ValueError for a record that neither names, or that has other dimensions.
    """
    data, known = {}, {**VARIABLES, **MONTHLY}
    for name, (dims, array) in records.items():
        if name not in known:
            raise ValueError(f"record {name!r} has no dimensions and unit in VARIABLES")
        if tuple(dims) != dimensions(name):
            raise ValueError(f"record {name!r} has dimensions {dims}, not {dimensions(name)}")
        data[name] = (dims, array, {"units": known[name][1]})
    return xr.Dataset(data, dict(coords), dict(attrs or {}))


def provenance(scenario: Scenario, world: World) -> dict[str, Any]:
    """What a dataset says of its origin: enough to repeat it and to label a figure.

    `imposers` joins with ";" the regions that hold supply back on either path, `announced` is the
    first day on which the two paths may part.
    """
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "counterfactual": scenario.counterfactual.name if scenario.counterfactual else "",
        "scenario_digest": scenario.digest(),
        "world": world.name,
        "world_fingerprint": world.fingerprint,
        "seed": scenario.seed,
        "assumptions": where_assumptions_come_from(scenario),
        **what_parts_the_paths(scenario),
        **versions(),
    }


def where_assumptions_come_from(scenario: Scenario) -> str:
    """Whether runs draw from the posterior, and what a scenario took out of it, in a sentence."""
    posterior = load_posterior()
    if posterior is None:
        return "Assumptions are drawn from their priors."
    left = [name for name in posterior.values if name in scenario.assumptions]
    text = f"Assumptions are drawn from {posterior.size} sets fitted to {posterior.about['period']}"
    text = text.replace("/", " to ") + ", others from their priors"
    return f"{text}; left the posterior: {', '.join(left)}." if left else f"{text}."


def what_parts_the_paths(scenario: Scenario) -> dict[str, str]:
    """The attributes `imposers` and `announced` of a dataset (see `provenance`)."""
    both = [scenario, scenario.counterfactual] if scenario.counterfactual else [scenario]
    measures = [measure for path in both for measure in path.measures.values()]
    days = [measure.announced or measure.start for measure in measures]
    return {
        "imposers": ";".join(
            dict.fromkeys(region for m in measures if m.restricts_supply for region in m.by)
        ),
        "announced": max(min(days, default=scenario.start), scenario.start).isoformat(),
    }


def versions() -> dict[str, str]:
    """Versions and processor, on which the last bits of a result depend."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return {
        "exportshock_version": version("exportshock"),
        "python_version": platform.python_version(),
        "numpy_version": np.__version__,
        "mesa_version": version("mesa"),
        "processor": f"{_processor()} ({' '.join(simd)})",
    }


def home_regions(ds: xr.Dataset) -> list[str]:
    """The imposing regions; without any measure, the region that separates most."""
    if ds.attrs["imposers"]:
        return str(ds.attrs["imposers"]).split(";")
    output = ds["separation_output"].sel(path="counterfactual").sum(["time", "element", "run"])
    return [str(output["region"].values[output.values.argmax()])]


def abroad_regions(ds: xr.Dataset) -> list[str]:
    """Every region that is not a home region, in the dataset's order."""
    home = set(home_regions(ds))
    return [str(r) for r in ds["region"].values if str(r) not in home]


def window(ds: xr.Dataset) -> slice:
    """The months from the first announcement on, for `sel(time=...)`: before it the paths agree."""
    return slice(np.datetime64(ds.attrs["announced"], "M").astype("datetime64[ns]"), None)


def effect(levels: xr.DataArray) -> xr.DataArray:
    """Policy minus counterfactual of the same run."""
    return levels.sel(path="policy", drop=True) - levels.sel(path="counterfactual", drop=True)


def regional_mean(values: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    """Mean over the regions with weights, not a number where all weights are 0."""
    total = weights.sum("region")
    return (values * weights).sum("region") / total.where(total > 0)


def _processor() -> str:
    """The processor's model name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
