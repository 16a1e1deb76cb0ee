"""Figures of the hindcast: observed points on the model's bands, home and abroad, per element."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.hindcast.observed import Observation, observations
from sim.hindcast.predictive import predictive_path
from sim.hindcast.trajectory import Trajectory
from sim.report.style import ABROAD, BANDS, BLACK, GREY, HOME, SETTINGS, WIDTH, log_axis

ELEMENTS = ("La", "Ce", "NdPr", "Tb", "Dy")
MARKETS = {"home": HOME, "abroad": ABROAD}


def write_hindcast_figures(paths: Mapping[str, Trajectory], folder: Path, text: str) -> list[str]:
    """One figure an episode, elements down and markets across; returns the files' names.

    `text` says beneath each figure what made it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, path in paths.items():
        with rc_context(SETTINGS):
            figure = Figure((WIDTH, 21 / 2.54), layout="constrained")
            axes = figure.subplots(len(ELEMENTS), 2, sharex=True)
            for row, element in zip(axes, ELEMENTS, strict=True):
                for ax, market in zip(row, MARKETS, strict=True):
                    panel(ax, path, market, element)
            handles, labels = axes[0, 0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside upper left", ncols=4)
            figure.supxlabel(text, x=0.01, ha="left", fontsize=6, color="#555555")
            names.append(f"hindcast-{name}.png")
            figure.savefig(folder / names[-1])
    return names


def panel(ax: Axes, path: Trajectory, market: str, element: str) -> Axes:
    """One series: bands that hold 50 and 90 % of the predictions, the median, and what was seen.

    Filled points are scored, open ones shown only.
    """
    series = f"price {market} {element}"
    runs = predictive_path(path, series)
    years = (path.first + np.arange(len(runs)) + 0.5) / 12
    for low, high, opacity in BANDS:
        edges = np.quantile(runs, (low, high), axis=1)
        label = f"{high - low:.0%} of predictions"
        ax.fill_between(years, *edges, color=MARKETS[market], alpha=opacity, lw=0, label=label)
    ax.plot(years, np.median(runs, axis=1), color=MARKETS[market], label="median")
    seen = [o for o in observations() if o.series == series and o.period.within(path.period)]
    _points(ax, [o for o in seen if o.scored], BLACK, "observed")
    _points(ax, [o for o in seen if not o.scored], "none", "not scored")
    ax.set_title(f"{element}, {'China without VAT' if market == 'home' else 'abroad'}")
    ax.set_ylabel("USD/kg")
    return log_axis(ax)


def _points(ax: Axes, seen: list[Observation], fill: str, label: str) -> None:
    at, values = [o.period.year for o in seen], [o.value for o in seen]
    edge = BLACK if fill != "none" else GREY
    ax.scatter(
        at, values, s=8, facecolors=fill, edgecolors=edge, linewidths=0.6, label=label, zorder=3
    )
