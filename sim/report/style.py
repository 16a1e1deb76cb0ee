"""The one look of all figures: colours, bands, and the line that says where a figure comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, datestr2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

# Okabe and Ito's palette, which colour-blind readers can tell apart.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW, BLACK, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#000000", "#999999"
HOME, ABROAD = BLUE, VERMILLION

BANDS = ((0.05, 0.95, 0.15), (0.25, 0.75, 0.25))  # quantiles and opacity
WIDTH = 16 / 2.54  # inches
SETTINGS: dict[Any, Any] = {
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "svg.fonttype": "none",
    "svg.hashsalt": "exportshock",
}


def new_axes(ax: Axes | None) -> Axes:
    """The given axes, or those of a new pyplot figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt  # only for notebooks: it is slow to import and keeps figures

    return plt.subplots(layout="constrained")[1]


def draw_band(ax: Axes, values: xr.DataArray, colour: str, label: str) -> None:
    """Median of the runs as a line, with bands that hold 50 and 90 % of them. (time, run)"""
    runs = values.transpose("time", "run").values
    time = values["time"].values
    for low, high, opacity in BANDS:
        edges = np.quantile(runs, (low, high), axis=1)
        ax.fill_between(time, *edges, color=colour, alpha=opacity, linewidth=0)
    ax.plot(time, np.median(runs, axis=1), color=colour, label=label)


def draw_paths(ax: Axes, values: xr.DataArray, colour: str, label: str) -> None:
    """The policy path with its bands, and the counterfactual's median dashed. (path, time, run)"""
    draw_band(ax, values.sel(path="policy"), colour, label)
    other = values.sel(path="counterfactual").median("run")
    ax.plot(other["time"].values, other.values, "--", color=colour, label=f"{label}, without")


def finish_time_axis(ax: Axes, ds: xr.Dataset, title: str, unit: str) -> Axes:
    """Title, unit, an axis of years, and a line at the announcement."""
    ax.set_title(title)
    ax.set_ylabel(unit)
    ax.set_ylim(bottom=0)
    ax.margins(x=0)
    ax.axvline(datestr2num(ds.attrs["announced"]), color=GREY, linewidth=0.6, linestyle=":")
    _years_only(ax)
    ax.legend()
    return ax


def log_axis(ax: Axes) -> Axes:
    """Make the vertical axis of a finished plot logarithmic, with plain numbers as labels."""
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    steps = (1, 2, 5) if high / low > 6 else (1, 1.5, 2, 3, 4, 5, 6, 8)
    ax.yaxis.set_major_locator(LogLocator(subs=steps, numticks=12))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.12g}"))
    return ax


def source_line(ds: xr.Dataset) -> str:
    """What made a figure: program, scenario, world, number of pairs and seed."""
    a = ds.attrs
    pairs = ds.sizes["pair" if "pair" in ds.sizes else "run"]
    return (
        f"exportshock {a['exportshock_version']}, scenario {a['scenario']}, world {a['world']}, "
        f"{pairs} pairs, seed {a['seed']}"
    )


def save_grid(
    ds: xr.Dataset,
    path: Path,
    panels: Iterable[Callable[[Axes], Axes]],
    columns: int,
    panel_height: float = 4.6,
) -> None:
    """Draw panels into one figure 16 cm wide, one legend above and the source line beneath.

    `panel_height` in cm.
    """
    panels = list(panels)
    rows = -(-len(panels) // columns)
    with rc_context(SETTINGS):
        figure = Figure((WIDTH, (rows * panel_height + 1.4) / 2.54), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for panel, ax in zip(panels, axes, strict=False):
            panel(ax)
        for ax in axes[len(panels) :]:
            ax.set_axis_off()
        _one_legend(figure)
        figure.supxlabel(source_line(ds), x=0.01, ha="left", fontsize=6, color="#555555")
        dated = {"Date": None} if path.suffix == ".svg" else None
        figure.savefig(path, metadata=dated)


def _one_legend(figure: Figure) -> None:
    """One legend at the top for the entries of all panels."""
    entries: dict[str, Artist] = {}
    for ax in figure.axes:
        legend = ax.get_legend()
        if legend is not None:
            handles, labels = ax.get_legend_handles_labels()
            entries |= {str(label): h for label, h in zip(labels, handles, strict=True)}
            legend.remove()
    if entries:
        figure.legend(
            list(entries.values()),
            list(entries),
            loc="outside upper left",
            ncols=len(entries) if len(entries) < 5 else 3,
        )


def _years_only(ax: Axes) -> None:
    locator = AutoDateLocator(minticks=2, maxticks=5)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
