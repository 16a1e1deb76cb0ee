"""What is read off an arm: one number a run, from the kept records alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

Values = xr.DataArray
PARITY = 0.05
"""Distance to the technology frontier that counts as parity."""


def level(arm: xr.Dataset, variable: str, years: Sequence[int], **where: object) -> Values:
    """A record, mean of some years, summed over all that `where` does not select, (run,).

    `where` names a dimension and its labels, or `not_` and the dimension for all but these.
    """
    chosen = _where(arm[variable], where)
    chosen = chosen.sel(year=list(years)) if "year" in chosen.dims else _by_year(chosen, years)
    return chosen.mean("year").sum([dim for dim in chosen.dims if dim not in ("year", "run")])


def rise(
    arm: xr.Dataset, part: Mapping[str, Any], whole: Mapping[str, Any], years: Sequence[int]
) -> Values:
    """Change of a share (see `share`) from the first to the last of some years, percentage points,
    (run,)."""
    first, last = (share(arm, part, whole, [year]) for year in (years[0], years[-1]))
    return last - first


def share(
    arm: xr.Dataset, part: Mapping[str, Any], whole: Mapping[str, Any], years: Sequence[int]
) -> Values:
    """One level as a share of another, per cent, (run,)."""
    return 100 * level(arm, years=years, **part) / level(arm, years=years, **whole)


def exports(arm: xr.Dataset, variables: Sequence[str], region: str, years: Sequence[int]) -> Values:
    """Tonnes a year of some flows that leave a region, (run,)."""
    flows = [level(arm, name, years, origin=region, not_destination=[region]) for name in variables]
    return sum(flows[1:], flows[0])


def price(
    arm: xr.Dataset, elements: Mapping[str, float], outside: str, years: Sequence[int]
) -> Values:
    """Price index of a basket of oxides outside a region, mean of regions by use, (run,).

    `elements` gives each one's weight, its share in the value of the basket: the index is the
    geometric mean, USD/kg for a single element, so that a boom of one does not drown the others.
    """
    chosen = _where(arm[["oxide_price", "oxide_use"]], {"not_region": outside})
    chosen = chosen.sel(year=list(years), element=list(elements))
    paid = (chosen["oxide_price"] * chosen["oxide_use"]).sum("region")
    mean = np.log((paid / chosen["oxide_use"].sum("region")).mean("year"))
    weight = xr.DataArray(list(elements.values()), {"element": list(elements)}, "element")
    return np.exp((mean * weight).sum("element") / weight.sum())


def magnet_cost(arm: xr.Dataset, years: Sequence[int], **where: object) -> Values:
    """Cost of the magnets in a vehicle, USD, mean by vehicles built, (run,)."""
    cost = _where(arm["magnet_cost_per_vehicle"], where).sel(year=list(years))
    built = _where(arm["vehicles_built"], where).groupby("time.year").sum("time")
    built = built.sel(year=list(years))
    return (cost * built).sum(["year", "region"]) / built.sum(["year", "region"])


def vehicles(arm: xr.Dataset, months: Sequence[str], **where: object) -> Values:
    """Vehicles built from a first to a last month, (run,)."""
    built = _where(arm["vehicles_built"], where).sel(time=slice(*months))
    return built.sum([dim for dim in built.dims if dim != "run"])


def weakest_stage(
    arm: xr.Dataset, years: Sequence[int], region: str = "", outside: str = ""
) -> Values:
    """A region's share of the world at its weakest stage, per cent, (run,): mines, separation of
    lights and heavies, magnets (capacity) and electric vehicles (output).

    Of `region`, or of the region with the largest such share outside another.
    """
    built = arm["vehicles_built"].groupby("time.year").sum("time")
    chain = xr.concat([arm["capacity"], built.expand_dims(stage=["vehicle"])], "stage")
    chain = chain.sel(year=list(years)).mean("year")
    weakest = 100 * (chain / chain.sum("region")).min("stage")
    if region:
        return weakest.sel(region=region, drop=True)
    return _where(weakest, {"not_region": outside}).max("region")


def years_to_parity(arm: xr.Dataset, stage: str, outside: str, years: Sequence[int]) -> Values:
    """Years until a stage outside a region is within 5 % of the technology frontier, (run,).

    From the first of some years, at the mean rate at which the gap closes until the last: the gap
    falls geometrically, g(t) = g0 exp(-rate t). Gaps are means by capacity at the end.
    """
    known = _where(arm["know_how"].sel(stage=stage, drop=True), {"not_region": outside})
    standing = _where(arm["capacity"].sel(stage=stage, drop=True), {"not_region": outside})
    weight = standing.sel(year=years[-1], drop=True) + 1e-6
    gap = ((1 - known) * weight).sum("region") / weight.sum("region")
    first, last = (np.maximum(gap.sel(year=year, drop=True), 1e-9) for year in years)
    rate = np.log(first / last) / (years[-1] - years[0])
    return np.log(np.maximum(first / PARITY, 1.0)) / np.maximum(rate, 1e-6)


def openness(arm: xr.Dataset, stage: str, outside: str, years: Sequence[int]) -> Values:
    """Access to foreign technology of a stage in July outside a region, per cent, mean of regions,
    (run,)."""
    access = _where(arm["access"].sel(technology=stage), {"not_region": outside})
    return 100 * access.sel(year=list(years)).mean(["year", "region"])


QUANTITIES: dict[str, Callable[..., Values]] = {
    quantity.__name__: quantity
    for quantity in (
        level, rise, share, exports, price, magnet_cost, vehicles, weakest_stage, years_to_parity,
        openness,
    )
}  # fmt: skip


def _where(records: Any, where: Mapping[str, object]) -> Any:  # noqa: ANN401
    """Records at some labels, or at all others."""
    for name, labels in where.items():
        chosen = labels if isinstance(labels, list | tuple) else [labels]
        dim = name.removeprefix("not_")
        if name != dim:
            chosen = [label for label in records[dim].values if label not in chosen]
        records = records.sel({dim: list(chosen)})
    return records


def _by_year(records: Values, years: Sequence[int]) -> Values:
    """Sums over the months of some years."""
    return records.groupby("time.year").sum("time").sel(year=list(years))
