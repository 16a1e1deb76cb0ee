"""The account of the imposing country: what a restriction earns it now and costs it later.

As in `sim.results.indicators`, everything is computed from the dataset alone.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from sim.results.dataset import effect, home_regions, window
from sim.results.indicators import capacity_share_abroad_over, home_name

PERCENT = 100.0


def export_taxes(ds: xr.Dataset) -> xr.DataArray:
    """Export taxes taken by the home regions, whole span, million USD, (path, region, run).

    Standing taxes are in it, and value-added tax that is not refunded on exports. With the quota
    rent it is what a restriction earns its state and its licence holders. Source: government
    change dG = duty + rent, Pothen 2013, ZEW DP 14-005.
    """
    return ds["export_tax_revenue"].sel(region=home_regions(ds)).sum("year")


def value_added_change(ds: xr.Dataset) -> xr.DataArray:
    """Change of value added by stage and region over the span, million USD, (stage, region, run).

    Sales less purchases from within the chain, policy less counterfactual; the gain or loss of an
    industry. Source: production account, own; by stage as in the scorecard of Pothen 2013.
    """
    return effect(ds["value_added"].sum("year")).rename(sector="stage")


def lost_share(ds: xr.Dataset, years: int) -> xr.DataArray:
    """Capacity share that the home regions have lost some years after the announcement,
    percentage points, (stage, region, run).

    Share of each stage's capacity abroad, policy less counterfactual, mean of the twelve months
    before the anniversary; not a number where the span ends earlier. Source: "erosion", own.
    """
    first = window(ds).start
    end = first.astype("datetime64[M]") + 12 * years
    months = ds["time"].values.astype("datetime64[M]")
    chosen = (months >= end - 12) & (months < end)
    if chosen.sum() < 12:
        chosen, known = np.ones_like(chosen), np.nan
    else:
        known = 1.0
    share = capacity_share_abroad_over(ds, ds["time"].values[chosen])
    lost = PERCENT * known * effect(share)
    return lost.expand_dims(region=[home_name(ds)])


def leakage_ratio(ds: xr.Dataset) -> xr.DataArray:
    """Oxides smuggled out of the home regions over their legal oxide exports, (path, region, run).

    l = smuggled / legal, tonnes of the years from the announcement on; not a number where nothing
    leaves legally. Check: 0.5 to 0.8 in 2011 by the claims of the time (own, press figures).
    """
    sold = ds["accounts"].sel(region=home_regions(ds), year=years_of_policy(ds))
    out = sold.sum(["year", "element"])
    legal = out.sel(account="export_oxide", drop=True)
    return out.sel(account="export_leakage", drop=True) / legal.where(legal > 0)


def years_of_policy(ds: xr.Dataset) -> slice:
    """The years from that of the first announcement on, for `sel(year=...)`."""
    return slice(int(str(ds.attrs["announced"])[:4]), None)
