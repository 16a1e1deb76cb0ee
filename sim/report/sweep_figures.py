"""Figures of a sweep. Each takes `ax` and returns it; `write_sweep_figures` draws the set."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from textwrap import wrap

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.ensemble.analysis import Influence, alternatives, influences
from sim.ensemble.regret import regrets
from sim.report import style
from sim.report.numbers import short
from sim.report.style import new_axes, save_grid
from sim.report.sweep_text import headlines, worded

MOST_BARS = 10
WRAPPED = 34  # characters of a title over one of two panels


def tornado(ds: xr.Dataset, output: str, ax: Axes | None = None) -> Axes:
    """Mean of an output where each input is in its lowest and in its highest fifth."""
    ax = new_axes(ax)
    swings = [i for i in influences(ds, output) if i.low is not None]
    swings.sort(key=lambda i: -abs((i.high or 0) - (i.low or 0)))
    swings = swings[:MOST_BARS]
    middle = float(_own(ds, output).mean())
    ends = (("low", style.SKY, "input low"), ("high", style.VERMILLION, "input high"))
    for side, colour, label in ends:
        values = np.array([getattr(i, side) for i in swings], dtype=float)
        ax.barh(range(len(swings)), values - middle, 0.7, middle, color=colour, label=label)
    ax.axvline(middle, color=style.BLACK, linewidth=0.6)
    _name_rows(ax, swings)
    ax.set_title("\n".join(wrap(worded(output), WRAPPED)))
    ax.set_xlabel("mean where each input is low and high")
    ax.xaxis.set_major_formatter(lambda value, _: short(value))
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.legend()
    return ax


def shares(ds: xr.Dataset, output: str, ax: Axes | None = None) -> Axes:
    """Influence of the inputs on an output: Sobol shares, Morris effects or PAWN distances.

    The dotted line is the distance of an input that does nothing, by chance alone.
    """
    ax = new_axes(ax)
    found = influences(ds, output)[:MOST_BARS]
    rows = np.arange(len(found))

    def bars(key: str, place: np.ndarray, height: float, colour: str, label: str) -> None:
        values = [getattr(i, key) for i in found]
        errors = [getattr(i, f"{key}_error", None) or 0.0 for i in found]
        ax.barh(place, values, height, xerr=errors, color=colour, label=label, error_kw=THIN)

    if ds.attrs["design"] == "sobol":
        bars("total", rows - 0.19, 0.38, style.BLUE, "total, with interactions")
        bars("first", rows + 0.19, 0.38, style.SKY, "first order")
        ax.set_xlabel("share of the variance, 90 % interval")
    elif ds.attrs["design"] == "morris":
        bars("morris", rows, 0.7, style.BLUE, "mean size of the effects")
        spread = np.array([i.spread for i in found], dtype=float)
        ax.plot(spread, rows, "D", color=style.ORANGE, markersize=3, label="their spread")
        ax.set_xlabel("effect of an input's whole range")
        ax.xaxis.set_major_formatter(lambda value, _: short(value))
    elif any(i.pawn is not None for i in found):
        bars("pawn", rows, 0.7, style.BLUE, "PAWN")
        ax.axvline(found[0].idle or 0.0, color=style.BLACK, linewidth=0.8, linestyle=":")
        ax.set_xlabel("distance of distributions")
    _name_rows(ax, found)
    if ax.get_legend_handles_labels()[0]:
        ax.legend()
    return ax


THIN = {"elinewidth": 0.8}


def boxes(ds: xr.Dataset, output: str, key: str, ax: Axes | None = None) -> Axes:
    """Distribution of an output at each value of a swept key: 50 % box, 90 % whiskers."""
    ax = new_axes(ax)
    y, x = _own(ds, output), _own_input(ds, key)
    values = np.unique(x)
    ax.boxplot(
        [y[x == value] for value in values],
        whis=(5, 95),
        showfliers=False,
        widths=0.6,
        patch_artist=True,
        boxprops={"facecolor": style.SKY, "linewidth": 0.6},
        medianprops={"color": style.BLACK},
    )
    ax.set_xticks(range(1, len(values) + 1), [_label(ds, key, value) for value in values])
    ax.set_xlabel(key)
    ax.set_ylabel(worded(output))
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    ax.yaxis.set_major_formatter(lambda value, _: short(value))
    return ax


def heat_map(ds: xr.Dataset, output: str, keys: tuple[str, str], ax: Axes | None = None) -> Axes:
    """Median of an output over the values of two swept keys."""
    ax = new_axes(ax)
    y = _own(ds, output)
    first, second = (_own_input(ds, key) for key in keys)
    columns, rows = np.unique(first), np.unique(second)
    table = np.array([[np.median(y[(first == c) & (second == r)]) for c in columns] for r in rows])
    ax.imshow(table, cmap="Blues", aspect="auto", origin="lower")
    ax.set_xticks(range(len(columns)), [_label(ds, keys[0], v) for v in columns])
    ax.set_yticks(range(len(rows)), [_label(ds, keys[1], v) for v in rows])
    half = 0.5 * (table.min() + table.max())
    for (row, column), value in np.ndenumerate(table):
        colour = "white" if value > half else "black"
        ax.text(column, row, short(value), ha="center", va="center", size=6, color=colour)
    ax.set_xlabel(keys[0])
    ax.set_ylabel(keys[1])
    ax.set_title(f"median of {worded(output)}")
    return ax


def regret_table(ds: xr.Dataset, output: str, ax: Axes | None = None) -> Axes:
    """Median and regret of each set of measures; the darker, the more regretted."""
    ax = new_axes(ax)
    rows = regrets(ds, output)
    keys = ("median", "mean", "high", "largest", "best")
    numbers = np.array([[getattr(row, key) for key in keys] for row in rows])
    # Each column from its best (0) to its worst (1); of the share of futures, more is better.
    scale = numbers - numbers.min(axis=0)
    scale = scale / np.maximum(scale.max(axis=0), 1e-300)
    scale[:, -1] = 1 - scale[:, -1]
    ax.imshow(scale, cmap="Oranges", aspect="auto", vmin=0, vmax=1.4)
    for (row, column), value in np.ndenumerate(numbers):
        text = f"{value:.0%}" if keys[column] == "best" else short(value)
        ax.text(column, row, text, ha="center", va="center", size=7)
    headings = ["median", "mean\nregret", "90th pct.\nregret", "largest\nregret", "is best in"]
    ax.set_xticks(range(len(keys)), headings)
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(rows)), [row.alternative for row in rows])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(f"{worded(output)}: regret of each set of measures")
    return ax


def write_sweep_figures(ds: xr.Dataset, folder: Path, kind: str = "png") -> None:
    """Draw what the design can show into a folder as PNG or SVG (`kind`), 16 cm wide."""
    outputs = headlines(ds)
    keys = [str(k) for k in ds["input"].values]
    grids = {}
    if ds.attrs["design"] == "grid":
        panels = [partial(boxes, ds, o, k) for k in keys for o in outputs]
        grids["boxes"] = (panels, min(2, len(panels)), 6.0)
        if len(keys) == 2:
            maps = [partial(heat_map, ds, o, (keys[0], keys[1])) for o in outputs]
            grids["heat-map"] = (maps, 1, 7.5)
    else:
        panels = [partial(f, ds, o) for o in outputs for f in (tornado, shares)]
        rows = min(MOST_BARS, len(keys))
        grids["sensitivity"] = (panels, 2, 2.4 + 0.55 * rows)
    if len(alternatives(ds)) > 1:
        tables = [partial(regret_table, ds, o) for o in outputs if regrets(ds, o)]
        grids["regret"] = (tables, 1, 2.6 + 0.8 * len(alternatives(ds)))
    for name, (panels, columns, height) in grids.items():
        if panels:
            save_grid(ds, folder / f"{name}.{kind}", panels, columns, height)


def _own(ds: xr.Dataset, output: str) -> np.ndarray:
    own = ds["values"].sel(output=output, pair=ds["alternative"] == alternatives(ds)[0])
    return np.asarray(own.values)


def _own_input(ds: xr.Dataset, key: str) -> np.ndarray:
    own = ds["inputs"].sel(input=key, pair=ds["alternative"] == alternatives(ds)[0])
    return np.asarray(own.values)


def _label(ds: xr.Dataset, key: str, value: float) -> str:
    if key in str(ds.attrs["dates"]).split(";"):
        return date.fromordinal(int(value)).isoformat()
    return f"{value:g}"


def _name_rows(ax: Axes, found: list[Influence]) -> None:
    ax.set_yticks(range(len(found)), [i.input.removeprefix("measures.") for i in found])
    ax.invert_yaxis()
