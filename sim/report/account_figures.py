"""Figures of the account of a restriction: the sender and its targets on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sim.report import style
from sim.report.account import STAGES
from sim.report.style import new_axes, save_grid
from sim.results.account import export_taxes, lost_share, value_added_change
from sim.results.dataset import effect, home_regions
from sim.results.indicators import home_name, quota_rent
from sim.results.summary import QUANTILES
from sim.results.targets import (
    buyers_extra_cost,
    months_to_recover_supply,
    targets_loss,
    time_to_survive,
)


def sender_page(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Change of rent, taxes and value added by stage of the home regions, billion USD."""
    rent, taxes = (effect(of(ds).sum("region")) for of in (quota_rent, export_taxes))
    change = value_added_change(ds).sel(region=home_regions(ds)).sum("region")
    bars = {"quota rent": rent, "export taxes": taxes}
    bars |= {f"value added, {label}": change.sel(stage=stage) for stage, label in STAGES.items()}
    return _bars(ax, bars, 1e3, f"the sender, {home_name(ds)}", "billion USD")


def erosion_page(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Share of capacity that the home regions lose within five years, percentage points."""
    lost = lost_share(ds, 5).squeeze("region")
    bars = {str(stage): lost.sel(stage=stage) for stage in lost["stage"].values}
    return _bars(ax, bars, 1.0, "share lost by the sender, 5 years on", "per cent of capacity")


def targets_page(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Each target's loss: buyers' extra cost, and with it the vehicles not built, billion USD."""
    ax = new_axes(ax)
    cost, loss = buyers_extra_cost(ds), targets_loss(ds)
    for offset, values, colour, label in (
        (-0.2, cost, style.ORANGE, "buyers' extra cost"),
        (0.2, loss, style.VERMILLION, "and value added of vehicles lost"),
    ):
        bars = {str(r): values.sel(region=r) for r in values["region"].values}
        _draw(ax, bars, 1e3, offset, 0.38, colour, label)
    return _finish(ax, [str(r) for r in cost["region"].values], "the targets", "billion USD")


def exposure_page(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Months to survive against months to recover, a point for each target and stage (means).

    Above the diagonal a supply fails for longer than stocks last.
    """
    ax = new_axes(ax)
    survive, recover = (f(ds).mean("run") for f in (time_to_survive, months_to_recover_supply))
    for stage, colour in zip(
        survive["stage"].values, (style.GREY, style.SKY, style.PURPLE, style.VERMILLION)
    ):
        ax.plot(
            survive.sel(stage=stage), recover.sel(stage=stage), "o", color=colour, label=str(stage)
        )
    ax.axline((0, 0), slope=1, linestyle=":", color=style.GREY)
    ax.set_title("targets by supply")
    ax.set_xlabel("months to survive")
    ax.set_ylabel("months to recover")
    ax.legend()
    return ax


def write_account(ds: xr.Dataset, folder: Path, kind: str) -> None:
    """Write the page of the account into a folder as PNG or SVG (`kind`), 16 cm wide."""
    pages = (sender_page, targets_page, erosion_page, exposure_page)
    save_grid(ds, folder / f"account.{kind}", [partial(page, ds) for page in pages], 2, 6.0)


def _bars(
    ax: Axes | None, bars: Mapping[str, xr.DataArray], scale: float, title: str, unit: str
) -> Axes:
    ax = new_axes(ax)
    _draw(ax, bars, scale, 0.0, 0.7, style.BLUE, "")
    return _finish(ax, list(bars), title, unit)


def _draw(
    ax: Axes, bars: Mapping[str, xr.DataArray], scale: float, offset: float, height: float,
    colour: str, label: str,
) -> None:  # fmt: skip
    """Medians as bars, with lines over 90 % of the runs."""
    place = np.arange(len(bars)) + offset
    ends = np.stack([np.quantile(values, QUANTILES) for values in bars.values()], axis=1) / scale
    ax.barh(place, ends[1], height, color=colour, label=label)
    ax.hlines(place, ends[0], ends[2], color=style.BLACK, linewidth=0.8)


def _finish(ax: Axes, names: Sequence[str], title: str, unit: str) -> Axes:
    ax.set_yticks(np.arange(len(names)), names)
    ax.invert_yaxis()
    ax.axvline(0, color=style.BLACK, linewidth=0.6)
    ax.set_title(title)
    ax.set_xlabel(unit)
    if any(handle for handle in ax.get_legend_handles_labels()[1]):
        ax.legend()
    return ax
