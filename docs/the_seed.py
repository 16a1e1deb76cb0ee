"""Draws docs/figures/the-seed.png and prints the table of docs/the-seed.md.

Three paths on the same draws: the policy of 2022 going on, China's measures as imposed, and these
with what the West answered. `python docs/the_seed.py 200` takes the number of pairs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

import sim
from sim.report import style
from sim.results.dataset import abroad_regions
from sim.results.indicators import ABROAD, price_by_side
from sim.scenario import find_scenario, load_scenario

FIGURE = Path(__file__).parent / "figures" / "the-seed.png"
PATHS = {
    "counterfactual": ("policy of 2022", style.GREY),
    "policy": ("China's measures", style.VERMILLION),
    "answered": ("with Western answers", style.BLUE),
}

Panel = Callable[[xr.Dataset], xr.DataArray]


def price(element: str) -> Panel:
    """Price of an oxide abroad, USD/kg."""
    return lambda ds: price_by_side(ds).sel(element=element, region=ABROAD)


def capacity(stage: str) -> Panel:
    """Capacity of a stage abroad, kt a year."""
    return lambda ds: ds["capacity"].sel(stage=stage, region=abroad_regions(ds)).sum("region") / 1e3


def built(ds: xr.Dataset) -> xr.DataArray:
    """Electric vehicles built abroad, million a year."""
    return ds["vehicles_built"].sel(region=abroad_regions(ds)).sum("region") * 12 / 1e6


PANELS: dict[str, tuple[str, Panel]] = {
    "NdPr oxide abroad": ("USD/kg", price("NdPr")),
    "Dy oxide abroad": ("USD/kg", price("Dy")),
    "vehicles built abroad": ("million/year", built),
    "magnet capacity abroad": ("kt/year", capacity("magnet")),
    "light separation abroad": ("kt REO/year", capacity("light separation")),
    "heavy separation abroad": ("kt REO/year", capacity("heavy separation")),
}


def three_paths(runs: int) -> xr.Dataset:
    """Both comparisons as one dataset with three paths."""
    seed = sim.run(load_scenario(find_scenario("seed")), runs=runs)
    answered = sim.run(load_scenario(find_scenario("seed-with-answers")), runs=runs)
    keep = ["oxide_price", "oxide_use", "capacity", "vehicles_built", "vehicles_lost"]
    same = seed["oxide_price"].sel(path="policy").values
    assert np.array_equal(same, answered["oxide_price"].sel(path="counterfactual").values)
    both = xr.concat([seed[keep], answered[keep].sel(path=["policy"])], dim="path")
    return both.assign_coords(path=list(PATHS)).assign_attrs(seed.attrs)


def draw(ds: xr.Dataset) -> None:
    """All panels into one figure."""

    def panel(title: str) -> Callable[[Axes], Axes]:
        unit, values = PANELS[title]

        def onto(ax: Axes) -> Axes:
            for path, (label, colour) in PATHS.items():
                style.draw_band(ax, values(ds).sel(path=path), colour, label)
            style.finish_time_axis(ax, ds, title, unit)
            if title.startswith("Dy"):
                ax.set_yscale("log")
                ax.autoscale(axis="y")
            return ax

        return onto

    style.save_grid(ds, FIGURE, [panel(title) for title in PANELS], columns=2)


def table(ds: xr.Dataset) -> str:
    """Yearly means of the three paths: medians with the 5th and 95th percentile."""
    years = ("2024", "2025", "2026", "2028", "2030", "2035")
    lines = ["| | path | " + " | ".join(years) + " |", "|---" * (len(years) + 2) + "|"]
    for title, (unit, values) in PANELS.items():
        for path, (label, _) in PATHS.items():
            cells = []
            for year in years:
                mean = values(ds).sel(path=path, time=year).mean("time")
                low, middle, high = np.quantile(mean.values, (0.05, 0.5, 0.95))
                cells.append(f"{middle:.3g} ({low:.3g} to {high:.3g})")
            lines.append(f"| {title}, {unit} | {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    paths = three_paths(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    draw(paths)
    sys.stdout.write(table(paths) + "\n")
