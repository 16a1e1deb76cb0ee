"""Indicators of a run, each from the dataset alone, so that results read back serve as well.

`policy` and `counterfactual` below are the two paths of one run, which share every random draw.
Where a value keeps the dimension `path` it is a level of either path, else a comparison of the two.
The home regions are those that impose a measure; all others together are "abroad".
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from sim.results.dataset import abroad_regions, effect, home_regions, regional_mean, window

ABROAD = "abroad"
WORLD = "World"
HIGH_PRICE = 1.5
RECOVERED = 0.95
MONTHS_RUNNING = 4


def home_name(ds: xr.Dataset) -> str:
    """How the home regions are named together."""
    return " + ".join(home_regions(ds))


def price_by_side(ds: xr.Dataset) -> xr.DataArray:
    """Oxide price at home and abroad, USD/kg, (path, time, region = home or abroad, element, run).

    Mean over the regions of a side, each weighted by its use of the element on the counterfactual
    path of the same run, so that a change of the mean is a change of prices alone. Not a number
    where nobody on that side uses the element.
    """
    weight = ds["oxide_use"].sel(path="counterfactual", drop=True).sum("time")
    sides = {home_name(ds): home_regions(ds), ABROAD: abroad_regions(ds)}
    means = [
        regional_mean(ds["oxide_price"].sel(region=regions), weight.sel(region=regions))
        for regions in sides.values()
    ]
    return xr.concat(means, "region").assign_coords(region=list(sides))


def peak_price_ratio(ds: xr.Dataset) -> xr.DataArray:
    """Largest monthly ratio policy / counterfactual of the price, (region, element, run).

    peak = max_t p_policy / p_counterfactual. Source: indicator "peak and overshoot", own.
    """
    return _price_ratio(ds).max("time")


def months_of_high_price(ds: xr.Dataset) -> xr.DataArray:
    """Months with a price above 1.5 times the counterfactual's, (region, element, run).

    Source: indicator "time above x", own.
    """
    return (_price_ratio(ds) > HIGH_PRICE).sum("time")


def two_tier_ratio(ds: xr.Dataset) -> xr.DataArray:
    """Largest monthly ratio of the price abroad to the price at home, (path, element, run).

    m = max_t p_abroad / p_home. Check: in October 2014 about 2.0 for Ce and 1.4 for PrNd
    (own, from quotes by Argus Rare Earths, 2014-10-02).
    """
    price = price_by_side(ds).sel(time=window(ds))
    return (price.sel(region=ABROAD) / price.sel(region=home_name(ds))).max("time")


def quota_rent(ds: xr.Dataset) -> xr.DataArray:
    """Rent on held-back oxide exports by imposing region, whole span, million USD, (path, region,
    run).

    R = sum_t licence price x exports under the quota; on routes that an embargo or licences hold
    back, the price gap less freight and duties instead, where that is more. Source: Pothen 2013,
    ZEW DP 14-005.
    """
    return ds["quota_rent"].sel(region=home_regions(ds)).sum("time")


def vehicles_lost(ds: xr.Dataset) -> xr.DataArray:
    """Vehicles not built in months below the counterfactual, by production region, (region, run).

    V = sum_t max(0, built_counterfactual - built_policy); the world's is that of its total.
    """
    return _missing_vehicles(ds).clip(min=0).sum("time")


def vehicles_lost_net(ds: xr.Dataset) -> xr.DataArray:
    """Vehicles lost less those caught up later, by production region, (region, run).

    V_net = sum_t (built_counterfactual - built_policy); below 0 where a region gains.
    """
    return _missing_vehicles(ds).sum("time")


def months_to_recover(ds: xr.Dataset) -> xr.DataArray:
    """Months from the first fall of the fill rate until it has recovered, (region, run).

    Q = (built / demanded)_policy / (built / demanded)_counterfactual. From the first month with
    Q < 0.95 to the first of four months running with Q >= 0.95; 0 where Q never falls below, the
    months to the end where it does not recover. Source: time to recover after Simchi-Levi et al.
    2015, Interfaces 45(5):375-390; the tolerance is ours.
    """
    built, wanted = (
        _builders_and_world(ds, f"vehicles_{k}").sel(time=window(ds)) for k in ("built", "demanded")
    )
    fill = (built / wanted.where(wanted > 0)).fillna(1.0)
    policy, other = fill.sel(path="policy", drop=True), fill.sel(path="counterfactual", drop=True)
    quality = (policy / other.where(other > 0)).fillna(1.0)
    return xr.apply_ufunc(
        recovery_months, quality >= RECOVERED, input_core_dims=[["time"]], output_core_dims=[[]]
    )


def recovery_months(good: np.ndarray) -> np.ndarray:
    """Steps from the first False along the last axis to the first of four True running.

    0 where all are True, the steps to the end where no such four follow.
    """
    steps = good.shape[-1]
    fall = np.where(good.all(axis=-1), steps, good.argmin(axis=-1))
    run = good & (np.arange(steps) >= fall[..., None])
    for shift in range(1, MONTHS_RUNNING):
        run[..., :-shift] &= good[..., shift:]
    run[..., max(steps - MONTHS_RUNNING + 1, 0) :] = False
    back = np.where(run.any(axis=-1), run.argmax(axis=-1), steps)
    return back - fall


def magnet_cost(ds: xr.Dataset) -> xr.DataArray:
    """Magnet cost per vehicle, mean since the announcement, USD, (path, region, run).

    Of a vehicle whose motor holds magnets, as its maker reckons with it: half a year behind what is
    paid, so that a short spike is cut. The world's mean weights each region by the vehicles it
    builds.
    """
    return _magnet_cost(ds).mean("time")


def magnet_cost_rise(ds: xr.Dataset) -> xr.DataArray:
    """Mean change of the magnet cost per vehicle against the counterfactual, USD, (region, run)."""
    return effect(_magnet_cost(ds)).mean("time")


def largest_magnet_cost_rise(ds: xr.Dataset) -> xr.DataArray:
    """Largest monthly rise of the magnet cost per vehicle, USD, (region, run)."""
    return effect(_magnet_cost(ds)).max("time")


def capacity_share_abroad(ds: xr.Dataset, year: int | None = None) -> xr.DataArray:
    """Share of each stage's capacity outside the home regions, (path, stage, run), 0 to 1.

    Mean of the months of `year`, or the last month. Source: indicator "erosion", own.
    """
    time = ds["time"]
    return capacity_share_abroad_over(ds, time[-1:] if year is None else time[time.dt.year == year])


def capacity_share_abroad_over(ds: xr.Dataset, months: xr.DataArray) -> xr.DataArray:
    """Share of each stage's capacity outside the home regions, mean of some months' capacities,
    (path, stage, run), 0 to 1."""
    capacity = ds["capacity"].sel(time=months).mean("time")
    total = capacity.sum("region")
    return capacity.sel(region=abroad_regions(ds)).sum("region") / total.where(total > 0)


def builders(ds: xr.Dataset) -> list[str]:
    """Regions that build vehicles on the counterfactual path."""
    built = ds["vehicles_built"].sel(path="counterfactual").sum(["time", "run"])
    return [str(r) for r in built["region"].values[built.values > 0]]


def with_world(values: xr.DataArray) -> xr.DataArray:
    """The regions' values and their sum as one more region, "World"."""
    total = values.sum("region").expand_dims(region=[WORLD])
    return xr.concat([values, total], "region")


def _price_ratio(ds: xr.Dataset) -> xr.DataArray:
    price = price_by_side(ds).sel(time=window(ds))
    return price.sel(path="policy", drop=True) / price.sel(path="counterfactual", drop=True)


def _builders_and_world(ds: xr.Dataset, name: str) -> xr.DataArray:
    return with_world(ds[name].sel(region=builders(ds)))


def _missing_vehicles(ds: xr.Dataset) -> xr.DataArray:
    return -effect(_builders_and_world(ds, "vehicles_built"))


def _magnet_cost(ds: xr.Dataset) -> xr.DataArray:
    months = ds[["magnet_cost_per_vehicle", "vehicles_built"]].sel(time=window(ds))
    cost, built = months.sel(region=builders(ds)).data_vars.values()
    world = regional_mean(cost, built).expand_dims(region=[WORLD])
    return xr.concat([cost, world], "region")
