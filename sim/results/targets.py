"""The account of the countries that a restriction is aimed at, or that it hits.

As in `sim.results.indicators`, everything is computed from the dataset alone. Targets are all
regions that impose nothing.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from sim.results.account import years_of_policy
from sim.results.dataset import abroad_regions, effect, home_regions, window
from sim.results.indicators import RECOVERED, recovery_months

LARGEST_SHARE = 0.65
"""Share of one supplier that the EU Critical Raw Materials Act allows."""
DEPENDENT = 0.01
"""Imports from home below this share of use can be spared and are no dependence."""
SUPPLIES = ("mine", "light separation", "heavy separation", "magnet")
"""Stages whose product may come from home: concentrate, light and heavy oxides, magnets."""


def buyers_extra_cost(ds: xr.Dataset) -> xr.DataArray:
    """What dearer magnets and oxides cost final buyers over the span, million USD, (region, run).

    -dCS = sum over goods and months of (p_policy - p_other) (q_policy + q_other) / 2, the loss of
    consumers' surplus with demand taken as straight between the two paths. Goods are magnets and
    the oxides used outside magnets; oxides in magnets are in the price of magnets. The price of
    magnets holds the premium paid when too few arrive. Source: Pothen 2013, ZEW DP 14-005.
    """
    prices = ds["oxide_price"].groupby("time.year").mean("time")
    dearer = _surplus_lost(ds["magnet_price"], ds["magnets_received"]).sum(["time", "grade"])
    other = _surplus_lost(prices, ds["oxide_use_outside_magnets"]).sum(["year", "element"])
    return (dearer + other).sel(region=abroad_regions(ds))


def _surplus_lost(price: xr.DataArray, tonnes: xr.DataArray) -> xr.DataArray:
    """Million USD; prices in USD/kg."""
    return effect(price) * tonnes.mean("path") / 1000.0


def value_at_risk(ds: xr.Dataset) -> xr.DataArray:
    """Value added a year of vehicles with magnet motors, million USD a year, (region, run).

    VAR = value added of the using sector on the counterfactual path, mean of the years from the
    announcement on. It counts all that uses the input, whatever can be replaced: to be read beside
    the loss of value added that was simulated. Own-chain value added, not GDP.
    Source: value added at risk, criticised in IMF WP 2026/073.
    """
    other = ds.sel(path="counterfactual", year=years_of_policy(ds), region=abroad_regions(ds))
    built = other["vehicles_built"].groupby("time.year").sum("time")
    share = other["magnet_vehicles"] / built.where(built > 0)
    added = other["value_added"].sel(sector="vehicle")
    return (added * share).fillna(0.0).mean("year").drop_vars(["path", "sector"])


def targets_loss(ds: xr.Dataset) -> xr.DataArray:
    """Buyers' extra cost and the value added of vehicles not built, million USD, (region, run)."""
    vehicles = effect(ds["value_added"].sel(sector="vehicle", drop=True).sum("year"))
    return buyers_extra_cost(ds) - vehicles.sel(region=abroad_regions(ds))


def public_money(ds: xr.Dataset) -> xr.DataArray:
    """What targets' governments spend over the span, less receipts, million USD, (path, region,
    run): subsidies, price floors and stockpiles. Source: public cost, own.
    """
    return ds["public_spending"].sum(["year", "purpose"]).sel(region=abroad_regions(ds))


def loss_avoided_per_dollar(ds: xr.Dataset) -> xr.DataArray:
    """A target's loss avoided for each dollar that its government spends more, (region, run).

    (loss_other - loss_policy) / (spending_policy - spending_other), the loss being that of
    `targets_loss`; not a number where no more is spent. It judges an answer where the restriction
    is on both paths, as in `compare RESTRICTION RESTRICTION-WITH-ANSWER`; where the restriction is
    itself the difference, its own loss weighs in. Source: "policy cost-effectiveness", own.
    """
    spent = effect(public_money(ds))
    return -targets_loss(ds) / spent.where(spent > 0)


def time_to_survive(ds: xr.Dataset) -> xr.DataArray:
    """Months for which stocks bridge the loss of all supply from home, (stage, region, run).

    TTS = I / (d - a): stock over use less all other inflow, which is the imports from home, on the
    counterfactual path in the month and the year of the announcement. Of several oxides the one
    that lasts shortest counts. At most the months to the end; not a number where home supplies less
    than 1 % of use in the median run. Source: Simchi-Levi et al. 2015, Interfaces 45(5):375-390.
    """
    months = ds.sizes["time"] - _first(ds)
    bridged = [
        stock / (bought / 12.0).where(depends)
        for stock, (bought, depends) in zip(_stocks(ds), _dependence(ds), strict=True)
    ]
    return _by_stage(ds, bridged).clip(max=months)


def months_to_recover_supply(ds: xr.Dataset) -> xr.DataArray:
    """Months from the first fall of a supply until it has recovered, (stage, region, run).

    Q = policy / counterfactual of what the target's users get: oxides separated (stage mine),
    oxides bought, magnets received; of several oxides the one that falls most. From the first
    month with Q < 0.95 to the first of four running with Q >= 0.95, the months to the end where it
    does not recover; not a number as in `time_to_survive`. A target that survives for less time
    than home needs to be replaced is exposed. Source: Simchi-Levi et al. 2015.
    """
    users = ds.sel(time=window(ds), region=abroad_regions(ds))
    got = [
        users["separation_output"].sum("element"),
        users["oxide_use"],
        users["magnets_received"].sum("grade"),
    ]
    good = []
    for supply, (_, depends) in zip(got, _dependence(ds), strict=True):
        policy, other = (supply.sel(path=path, drop=True) for path in ("policy", "counterfactual"))
        steady = (policy / other.where(other > 0)).fillna(1.0) >= RECOVERED
        months = xr.apply_ufunc(
            recovery_months, steady, input_core_dims=[["time"]], output_core_dims=[[]]
        )
        good.append(months.where(depends))
    return _by_stage(ds, good, longest=True)


def diversification_year(ds: xr.Dataset) -> xr.DataArray:
    """First year from which no foreign supplier gives 65 %, (path, stage, region, run).

    First t with max_j s_j < 65 % from then to the end, s_j the imports from region j over use, not
    before the year of the announcement: a year without the goods is no diversification. Oxides
    are added up at the counterfactual's prices. The year after the last where there is none; not a
    number as in `time_to_survive`. Source: benchmark of the EU Critical Raw Materials Act.
    """
    regions = abroad_regions(ds)
    yearly = ds.sel(year=years_of_policy(ds))
    price = ds["oxide_price"].sel(path="counterfactual", drop=True).mean("time")
    use = (ds["oxide_use"].groupby("time.year").sum("time") * price).sel(region=regions)
    bought = yearly["flows_oxide"] * price.rename(region="destination")
    by_class = {str(k): ds["element_class"] == k for k in ("light", "heavy")}
    goods = [
        (yearly["flows_concentrate"], None),
        *((bought[..., of.values, :].sum("element"), use[..., of.values, :].sum("element"))
          for of in by_class.values()),
        (yearly["flows_magnet"], None),
    ]  # fmt: skip
    found = []
    for flow, taken in goods:
        flow = flow.sel(destination=regions).rename(destination="region")
        everything = flow.sum("origin") if taken is None else taken.sel(year=flow["year"])
        foreign = flow.where(flow["origin"] != flow["region"], 0.0)
        share = foreign.max("origin") / everything.where(everything > 0)
        concentrated = (share >= LARGEST_SHARE)[{"year": slice(None, None, -1)}]
        last = concentrated.idxmax("year") + 1
        found.append(last.where(concentrated.any("year"), flow["year"][0]))
    depends = [of for _, of in _dependence(ds)]
    return (
        xr.concat(found, "stage")
        .assign_coords(stage=list(SUPPLIES))
        .where(_by_stage(ds, depends, longest=True))
    )


def _first(ds: xr.Dataset) -> int:
    """Position of the month of the announcement."""
    return int(np.searchsorted(ds["time"].values, window(ds).start))


def _stocks(ds: xr.Dataset) -> list[xr.DataArray]:
    """Stocks of concentrate, oxides and magnets on the counterfactual path at the announcement."""
    other = ds.sel(path="counterfactual", drop=True).isel(time=_first(ds), drop=True)
    names = ("concentrate_stock", "oxide_stock", "magnet_stock")
    return [other[name].sel(region=abroad_regions(ds)) for name in names]


def _dependence(ds: xr.Dataset) -> list[tuple[xr.DataArray, xr.DataArray]]:
    """Imports of concentrate, oxides and magnets from home, t a year, and whether they matter."""
    year = years_of_policy(ds).start
    other = ds.sel(path="counterfactual", drop=True)
    use = other["oxide_use"].groupby("time.year").sum("time").sel(year=year)
    goods = []
    for name, taken in (("concentrate", None), ("oxide", use), ("magnet", None)):
        flow = other[f"flows_{name}"].sel(year=year, drop=True).rename(destination="region")
        everything = flow.sum("origin") if taken is None else taken
        everything = everything.sel(region=abroad_regions(ds))
        bought = flow.sel(origin=home_regions(ds), region=abroad_regions(ds)).sum("origin")
        goods.append((bought, bought.median("run") > DEPENDENT * everything.median("run")))
    return goods


def _by_stage(ds: xr.Dataset, goods: list[xr.DataArray], longest: bool = False) -> xr.DataArray:
    """Values of concentrate, oxides (by element) and magnets as one array over SUPPLIES: of the
    elements of a class the smallest value counts, or the largest."""
    ore, oxide, magnet = goods
    classes = [oxide.sel(element=ds["element_class"] == k) for k in ("light", "heavy")]
    oxides = [of.max("element") if longest else of.min("element") for of in classes]
    parts = [ore, *oxides, magnet]
    return xr.concat(parts, "stage").assign_coords(stage=list(SUPPLIES))
