"""Figures of a run. Each takes `ax` and returns it; `write_figures` draws the standard set.

In all of them the policy path is a line (the median of the runs) with bands that hold 50 and 90 %
of the runs, the counterfactual a dashed median, and a dotted line marks the first announcement.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from sim.report import style
from sim.report.account_figures import write_account
from sim.report.style import draw_band, draw_paths, finish_time_axis, new_axes, save_grid
from sim.results.accounting import SOURCES, shock_accounting
from sim.results.dataset import abroad_regions, home_regions, regional_mean
from sim.results.indicators import (
    ABROAD,
    home_name,
    price_by_side,
    vehicles_lost,
    vehicles_lost_net,
)

OUTPUTS = {
    "mine": ("mine_output", [], "kt REO/year"),
    "separation": ("separation_output", ["element"], "kt oxide/year"),
    "magnet": ("magnet_output", ["grade"], "kt magnets/year"),
}
"""Stage -> (variable, dimensions to sum, unit of the figure)."""

SOURCE_COLOURS = {
    "other_mines": style.BLUE,
    "recycling": style.GREEN,
    "leakage": style.YELLOW,
    "stocks_drawn": style.SKY,
    "lower_losses": style.GREY,
    "lower_need": style.BLACK,
    "thrift": style.ORANGE,
    "substitution": style.PURPLE,
    "unmet": style.VERMILLION,
}


def two_tier(ds: xr.Dataset, ax: Axes | None = None, element: str | None = None) -> Axes:
    """Price of an oxide at home and abroad, USD/kg; by default the one most is spent on."""
    ax = new_axes(ax)
    element = element or _main_element(ds)
    price = price_by_side(ds).sel(element=element)
    for side, colour in ((home_name(ds), style.HOME), (ABROAD, style.ABROAD)):
        draw_paths(ax, price.sel(region=side), colour, side)
    return finish_time_axis(ax, ds, f"{element} oxide", "USD/kg")


def stage_output(ds: xr.Dataset, ax: Axes | None = None, stage: str = "magnet") -> Axes:
    """Output of a stage at home and abroad, thousand tonnes a year."""
    ax = new_axes(ax)
    name, inner, unit = OUTPUTS[stage]
    yearly = ds[name].sum(inner) * 12 / 1000
    for regions, colour, label in _sides(ds):
        draw_paths(ax, yearly.sel(region=regions).sum("region"), colour, label)
    return finish_time_axis(ax, ds, f"{stage} output", unit)


def stage_share(ds: xr.Dataset, ax: Axes | None = None, stage: str = "magnet") -> Axes:
    """Share of a stage's output that comes from abroad, per cent."""
    ax = new_axes(ax)
    name, inner, _ = OUTPUTS[stage]
    output = ds[name].sum(inner)
    share = 100 * output.sel(region=abroad_regions(ds)).sum("region") / output.sum("region")
    draw_paths(ax, share, style.ABROAD, ABROAD)
    return finish_time_axis(ax, ds, f"{stage}, share abroad", "per cent of output")


def vehicles_built(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Vehicles built at home and abroad, million a year."""
    ax = new_axes(ax)
    yearly = ds["vehicles_built"] * 12 / 1e6
    for regions, colour, label in _sides(ds):
        draw_paths(ax, yearly.sel(region=regions).sum("region"), colour, label)
    return finish_time_axis(ax, ds, "vehicles built", "million/year")


def vehicles_short(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Vehicles built less than on the counterfactual path, at home and abroad, per cent of it."""
    ax = new_axes(ax)
    for regions, colour, label in _sides(ds):
        built = ds["vehicles_built"].sel(region=regions).sum("region")
        other = built.sel(path="counterfactual", drop=True)
        short = 1 - built.sel(path="policy", drop=True) / other.where(other > 0)
        draw_band(ax, 100 * short.fillna(0.0), colour, label)
    finish_time_axis(ax, ds, "vehicles not built", "per cent")
    ax.autoscale(axis="y")
    return ax


def vehicles_missing(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Vehicles lost by region over the whole span, thousand: medians, and lines over 90 %."""
    ax = new_axes(ax)
    for offset, values, colour, label in (
        (-0.2, vehicles_lost(ds), style.VERMILLION, "lost"),
        (0.2, vehicles_lost_net(ds), style.ORANGE, "lost, less caught up"),
    ):
        low, middle, high = np.quantile(
            values.transpose("region", "run"), (0.05, 0.5, 0.95), axis=1
        )
        place = np.arange(len(middle)) + offset
        ax.barh(place, middle / 1e3, 0.38, color=colour, label=label)
        ax.hlines(place, low / 1e3, high / 1e3, color=style.BLACK, linewidth=0.8)
    ax.set_yticks(np.arange(values.sizes["region"]), [str(r) for r in values["region"].values])
    ax.invert_yaxis()
    ax.axvline(0, color=style.BLACK, linewidth=0.6)
    ax.set_title("vehicles lost against the counterfactual")
    ax.set_xlabel("thousand vehicles")
    ax.legend()
    return ax


def cost_per_vehicle(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Cost of the magnets in one vehicle built at home and abroad, USD."""
    ax = new_axes(ax)
    cost, built = ds["magnet_cost_per_vehicle"], ds["vehicles_built"]
    for regions, colour, label in _sides(ds):
        mean = regional_mean(cost.sel(region=regions), built.sel(region=regions))
        draw_paths(ax, mean, colour, label)
    return finish_time_axis(ax, ds, "magnets in one vehicle", "USD/vehicle")


def capacity_abroad(ds: xr.Dataset, ax: Axes | None = None, stage: str = "magnet") -> Axes:
    """Capacity of a stage outside the home regions, thousand tonnes a year."""
    ax = new_axes(ax)
    capacity = ds["capacity"].sel(stage=stage, region=abroad_regions(ds)).sum("region") / 1000
    draw_paths(ax, capacity, style.ABROAD, ABROAD)
    return finish_time_axis(ax, ds, f"{stage} capacity", "kt/year")


def accounting(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Shock accounting by element, in per cent of the counterfactual's need abroad over the span.

    Bars stack the means of the sources over the runs (means add up, medians do not); the diamond is
    the mean of the lost supply, which they must meet.
    """
    ax = new_axes(ax)
    other = ds["accounts"].sel(path="counterfactual", account="need", region=abroad_regions(ds))
    need = other.sum(["year", "region"]).mean("run")
    share = 100 * shock_accounting(ds).mean("run") / need.where(need > 0)
    place = np.arange(share.sizes["element"])
    ends = {1: np.zeros(len(place)), -1: np.zeros(len(place))}
    for term in SOURCES:
        values = share.sel(term=term).fillna(0).values
        left = np.where(values >= 0, ends[1], ends[-1])
        ax.barh(place, values, 0.7, left, color=SOURCE_COLOURS[term], label=term.replace("_", " "))
        ends[1] += np.clip(values, 0, None)
        ends[-1] += np.clip(values, None, 0)
    lost = share.sel(term="lost_supply").values
    ax.plot(lost, place, "D", color="white", markeredgecolor="black", label="lost supply")
    ax.axvline(0, color=style.BLACK, linewidth=0.6)
    ax.set_yticks(place, [str(e) for e in share["element"].values])
    ax.invert_yaxis()
    ax.set_title("where lost supply was found")
    ax.set_xlabel("per cent of need abroad")
    ax.legend()
    return ax


def flows(
    ds: xr.Dataset,
    ax: Axes | None = None,
    product: str = "oxide",
    year: int | None = None,
    path: str = "policy",
) -> Axes:
    """Median trade across borders in one year, thousand tonnes, as a map of origin x destination.

    By default in the year in which the paths differ most. Elements are summed.
    """
    ax = new_axes(ax)
    year = year or _year_of_change(ds, product)
    traded = _traded(ds, product).sel(path=path, year=year).median("run") / 1000
    traded = traded.transpose("origin", "destination")
    most = float(_traded(ds, product).median("run").max()) / 1000
    # The square root keeps small flows visible beside the largest.
    ax.imshow(np.sqrt(traded), cmap="Blues", vmin=0, vmax=max(most, 1e-9) ** 0.5)
    names = [str(r) for r in traded["origin"].values]
    ax.set_xticks(range(len(names)), names, rotation=90)
    ax.set_yticks(range(len(names)), names)
    for (row, column), value in np.ndenumerate(traded.values):
        if value >= 0.005 * most and value > 0:
            dark = value > 0.3 * most
            text = f"{value:.2g}" if value < 10 else f"{value:.0f}"
            ax.text(column, row, text, ha="center", va="center", size=5, color="w" if dark else "k")
    label = "without" if path == "counterfactual" else "with"
    ax.set_title(f"{product}, {year}, {label}, kt/year")
    ax.set_ylabel("from")
    ax.set_xlabel("to")
    return ax


def write_figures(ds: xr.Dataset, folder: Path, kind: str = "png") -> None:
    """Write the standard set of figures into a folder as PNG or SVG (`kind`), 16 cm wide."""
    elements = [str(e) for e in ds["element"].values]
    grids = {
        "two-tier-prices": ([partial(two_tier, ds, element=e) for e in elements], 2),
        "output-by-stage": (
            [partial(f, ds, stage=s) for f in (stage_output, stage_share) for s in OUTPUTS],
            3,
        ),
        "vehicles": (
            [partial(f, ds) for f in (vehicles_built, vehicles_short, vehicles_missing)],
            2,
        ),
        "cost-per-vehicle": ([partial(cost_per_vehicle, ds)], 1),
        "capacity-abroad": (
            [partial(capacity_abroad, ds, stage=str(s)) for s in ds["stage"].values],
            2,
        ),
        "shock-accounting": ([partial(accounting, ds)], 1),
    }
    for name, (panels, columns) in grids.items():
        height = 6.5 if columns == 1 or len(panels) == columns else 4.3
        save_grid(ds, folder / f"{name}.{kind}", panels, columns, height)
    save_grid(ds, folder / f"flows.{kind}", _before_and_after(ds), 2, 8.0)
    write_account(ds, folder, kind)


def _before_and_after(ds: xr.Dataset) -> list[partial[Axes]]:
    """Flows of oxides and magnets without and with the measures in their year of largest change."""
    return [
        partial(flows, ds, product=product, path=path)
        for product in ("oxide", "magnet")
        for path in ("counterfactual", "policy")
    ]


def _sides(ds: xr.Dataset) -> tuple[tuple[list[str], str, str], ...]:
    return (
        (home_regions(ds), style.HOME, home_name(ds)),
        (abroad_regions(ds), style.ABROAD, ABROAD),
    )


def _main_element(ds: xr.Dataset) -> str:
    """The element on which most money is spent on the counterfactual path."""
    other = ds[["oxide_price", "oxide_use"]].sel(path="counterfactual")
    spent = (other["oxide_price"] * other["oxide_use"]).sum(["time", "region", "run"])
    return str(spent["element"].values[spent.values.argmax()])


def _traded(ds: xr.Dataset, product: str) -> xr.DataArray:
    """Trade across borders (path, year, origin, destination, run)."""
    flow = ds[f"flows_{product}"]
    flow = flow.sum("element") if "element" in flow.dims else flow
    return flow.where(flow["origin"] != flow["destination"], 0.0)


def _year_of_change(ds: xr.Dataset, product: str) -> int:
    traded = _traded(ds, product)
    change = abs(traded.sel(path="policy") - traded.sel(path="counterfactual"))
    total = change.sum(["origin", "destination", "run"])
    return int(total["year"].values[total.values.argmax()])
