"""The indicators of a run with their median and 90 % interval over the runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from sim.results import indicators as of
from sim.results import targets
from sim.results.account import export_taxes, leakage_ratio, lost_share, value_added_change
from sim.results.accounting import shock_accounting

QUANTILES = (0.05, 0.5, 0.95)
SHARE_YEAR = 2030


@dataclass(frozen=True)
class Indicator:
    """One indicator: its name in `summary.json`, its unit, and how it is computed."""

    name: str
    unit: str
    values: Callable[[xr.Dataset], xr.DataArray]


INDICATORS = (
    Indicator("peak_price_ratio", "policy / counterfactual", of.peak_price_ratio),
    Indicator("months_price_above_1.5", "months", of.months_of_high_price),
    Indicator("two_tier_ratio", "abroad / home", of.two_tier_ratio),
    Indicator("quota_rent", "million USD", of.quota_rent),
    Indicator("vehicles_lost", "vehicles", of.vehicles_lost),
    Indicator("vehicles_lost_net", "vehicles", of.vehicles_lost_net),
    Indicator("months_to_recover", "months", of.months_to_recover),
    Indicator("magnet_cost_per_vehicle", "USD", of.magnet_cost),
    Indicator("magnet_cost_mean_rise", "USD", of.magnet_cost_rise),
    Indicator("magnet_cost_largest_rise", "USD", of.largest_magnet_cost_rise),
    Indicator(
        f"capacity_share_abroad_{SHARE_YEAR}",
        "share",
        partial(of.capacity_share_abroad, year=SHARE_YEAR),
    ),
    Indicator("capacity_share_abroad_end", "share", of.capacity_share_abroad),
    Indicator("accounting", "t", shock_accounting),
    Indicator("export_taxes", "million USD", export_taxes),
    Indicator("leakage_ratio", "smuggled / legal", leakage_ratio),
    Indicator("value_added_change", "million USD", value_added_change),
    Indicator("capacity_share_lost_5_years", "percentage points", partial(lost_share, years=5)),
    Indicator("capacity_share_lost_10_years", "percentage points", partial(lost_share, years=10)),
    Indicator("buyers_extra_cost", "million USD", targets.buyers_extra_cost),
    Indicator("value_added_at_risk", "million USD/year", targets.value_at_risk),
    Indicator("targets_loss", "million USD", targets.targets_loss),
    Indicator("public_money", "million USD", targets.public_money),
    Indicator("loss_avoided_per_dollar", "USD/USD", targets.loss_avoided_per_dollar),
    Indicator("months_to_survive", "months", targets.time_to_survive),
    Indicator("months_to_recover_supply", "months", targets.months_to_recover_supply),
    Indicator("diversification_year", "year", targets.diversification_year),
)


def summarise(ds: xr.Dataset) -> list[dict[str, Any]]:
    """All indicators as the rows of `summary.json`.

    Each has name, unit, region, element, stage (None where it has none), median, low and high
    (5 and 95 % of the runs) of the policy path or of the comparison, and the counterfactual's
    median where the indicator is a level of either path. A value that is not defined is None.
    """
    covered = bool((ds["time"].dt.year == SHARE_YEAR).any())
    wanted = [i for i in INDICATORS if covered or not i.name.endswith(str(SHARE_YEAR))]
    return [row for indicator in wanted for row in _rows(indicator, ds)]


def _rows(indicator: Indicator, ds: xr.Dataset) -> list[dict[str, Any]]:
    values = indicator.values(ds)
    levels = "path" in values.dims
    policy = values.sel(path="policy", drop=True) if levels else values
    other = values.sel(path="counterfactual", drop=True) if levels else None
    axes = [str(dim) for dim in policy.dims if dim != "run"]
    rows = []
    for place in np.ndindex(*(policy.sizes[axis] for axis in axes)):
        at = dict(zip(axes, place, strict=True))
        label = {axis: str(policy[axis].values[i]) for axis, i in at.items()}
        low, median, high = np.quantile(policy.isel(at).values, QUANTILES)
        rows.append(
            {
                "name": "_".join([indicator.name, *filter(None, [label.get("term")])]),
                "unit": indicator.unit,
                **{key: label.get(key) for key in ("region", "element", "stage")},
                "median": _number(median),
                "low": _number(low),
                "high": _number(high),
                "counterfactual": None
                if other is None
                else _number(np.median(other.isel(at).values)),
            }
        )
    return rows


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
