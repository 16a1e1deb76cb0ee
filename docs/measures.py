"""Write docs/measures.md, and draw what each measure does, with and without it.

    python docs/measures.py [--text | KIND ...]

Without a kind it draws all of them, with `--text` none. The text comes from the classes in
sim/measures; here stand, for each kind, the scenario that shows it, the panels of its figure and
how to read them.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from pydantic import BaseModel

from sim.ensemble.pairs import run_pairs
from sim.measures import MEASURES, Measure
from sim.report import style
from sim.scenario import find_scenario, load_scenario
from sim.scenario.answers import Answer

DOCS = Path(__file__).parent
FIGURES = DOCS / "figures" / "measures"
RUNS = 60
SHARED = ("by", "start", "end", "announced", "off")

Series = Callable[[xr.Dataset], xr.DataArray]


class Panel(NamedTuple):
    """A panel: title, unit, and one or two series (path, time, run) by label."""

    title: str
    unit: str
    series: dict[str, Series]


class Signature(NamedTuple):
    """What shows a kind: a scenario, the measures of it that are kept (none: all), two panels."""

    scenario: str
    keep: tuple[str, ...]
    panels: tuple[Panel, ...]


def level(name: str, scale: float = 1.0, **where: str | list[str]) -> Series:
    """A monthly record, selected and summed over what is left; `scale` as to its unit."""

    def series(ds: xr.Dataset) -> xr.DataArray:
        values = ds[name].sel(where)
        return values.sum([d for d in values.dims if d not in ("path", "time", "run")]) * scale

    return series


def of_year(name: str, **where: str | list[str]) -> Series:
    """A yearly record, selected and summed over what is left, at mid-year."""

    def series(ds: xr.Dataset) -> xr.DataArray:
        values = ds[name].sel(where)
        values = values.sum([d for d in values.dims if d not in ("path", "year", "run")])
        middle = [pd.Timestamp(int(year), 7, 1) for year in values["year"].values]
        return values.assign_coords(year=middle).rename(year="time")

    return series


def shipped(
    product: str, origin: list[str], destination: list[str], **where: str | list[str]
) -> Series:
    """Legal shipments by month, thousand t a year."""

    def series(ds: xr.Dataset) -> xr.DataArray:
        flow = ds[f"flows_{product}_monthly"].rename(flow_run="run")
        flow = flow.sel(origin=origin, destination=destination, **where)
        return flow.sum([d for d in flow.dims if d not in ("path", "time", "run")]) / 1000

    return series


def prices(name: str, what: dict[str, str], regions: tuple[str, str] = ("Home", "Abroad")) -> Panel:
    """Prices of one good in two regions."""
    label = next(iter(what.values()))
    return Panel(
        f"{label} {'oxide' if name == 'oxide_price' else 'magnets'}, price",
        "USD/kg",
        {region: level(name, region=region, **what) for region in regions},
    )


NDPR = prices("oxide_price", {"element": "NdPr"})
OXIDES_OUT = Panel(
    "NdPr oxide from Home to Abroad",
    "kt/year",
    {"shipped": shipped("oxide", ["Home"], ["Abroad"], element=["NdPr"])},
)
MAGNETS_OUT = Panel(
    "magnets from Home to Abroad", "kt/year", {"shipped": shipped("magnet", ["Home"], ["Abroad"])}
)
LOST = Panel(
    "vehicles lost Abroad",
    "thousand/month",
    {"lost": level("vehicles_lost", 1e-3, region="Abroad")},
)
MINES = Panel("ore dug at Home", "kt REO/year", {"dug": level("mine_output", 12e-3, region="Home")})
SPENT = Panel(
    "public money of Abroad",
    "million USD/year",
    {"spent": of_year("public_spending", region="Abroad")},
)

SIGNATURES: dict[str, Signature] = {
    "production-quota": Signature("tiny-mine-quota", (), (MINES, NDPR)),
    "export-quota": Signature("tiny-quota", (), (OXIDES_OUT, NDPR)),
    "export-tax": Signature(
        "tiny-export-tax",
        (),
        (
            NDPR,
            Panel(
                "export tax, to Home",
                "million USD/year",
                {"revenue": of_year("export_tax_revenue", region="Home")},
            ),
        ),
    ),
    "export-ban": Signature("tiny-magnet-ban", (), (MAGNETS_OUT, LOST)),
    "export-licence": Signature(
        "tiny-licence",
        (),
        tuple(
            Panel(
                f"{grade} magnets received Abroad",
                "kt/year",
                {"received": level("magnets_received", 12e-3, region="Abroad", grade=grade)},
            )
            for grade in ("high-temperature", "standard")
        ),
    ),
    "extraterritorial-rule": Signature(
        "magnet-rule-abroad",
        (),
        (
            Panel(
                "magnets to the United States",
                "kt/year",
                {
                    "from China": shipped("magnet", ["China"], ["United States"]),
                    "from others": shipped(
                        "magnet",
                        ["Japan", "Europe", "Southeast Asia", "South Korea"],
                        ["United States"],
                    ),
                },
            ),
            Panel(
                "high-temperature magnets, price",
                "USD/kg",
                {
                    "United States": level(
                        "magnet_price", region="United States", grade="high-temperature"
                    )
                },
            ),
        ),
    ),
    "import-tariff": Signature(
        "tiny-tariff",
        (),
        (
            prices("magnet_price", {"grade": "standard"}),
            Panel(
                "tariffs, to Abroad",
                "million USD/year",
                {"revenue": of_year("tariff_revenue", region="Abroad")},
            ),
        ),
    ),
    "technology-export-ban": Signature(
        "technology-ban-2023",
        ("technology-ban",),
        (
            Panel(
                "heavy separation outside China",
                "kt/year",
                {"capacity": lambda ds: _outside(ds, "heavy separation")},
            ),
            Panel(
                "magnet plants outside China",
                "kt/year",
                {"capacity": lambda ds: _outside(ds, "magnet")},
            ),
        ),
    ),
    "undeclared-embargo": Signature("tiny-embargo", (), (OXIDES_OUT, NDPR)),
    "outage": Signature("tiny-outage", (), (MINES, prices("oxide_price", {"element": "Dy"}))),
    "stockpile": Signature("tiny-stockpile", (), (NDPR, SPENT)),
    "subsidy": Signature(
        "tiny-subsidy",
        (),
        (
            Panel(
                "magnet plants Abroad",
                "kt/year",
                {"capacity": level("capacity", 1e-3, region="Abroad", stage="magnet")},
            ),
            SPENT,
        ),
    ),
    "price-floor": Signature(
        "tiny-price-floor",
        (),
        (
            Panel(
                "NdPr separated Abroad",
                "kt/year",
                {"made": level("separation_output", 12e-3, region="Abroad", element="NdPr")},
            ),
            SPENT,
        ),
    ),
    "recycling-mandate": Signature(
        "tiny-recycling-mandate",
        (),
        (
            Panel(
                "rare earths collected Abroad",
                "t/year",
                {"collected": of_year("accounts", region="Abroad", account="scrap_collected")},
            ),
            NDPR,
        ),
    ),
    "demand-mandate": Signature(
        "tiny-demand-mandate",
        (),
        (
            Panel(
                "vehicles built",
                "million/year",
                {
                    region: level("vehicles_built", 12e-6, region=region)
                    for region in ("Home", "Abroad")
                },
            ),
            NDPR,
        ),
    ),
}


READINGS: dict[str, str] = {
    "production-quota": (
        "A cut at the mine makes the oxide scarce everywhere: the price rises at home as much "
        "as abroad, so there is no two-tier price and no rent at the border."
    ),
    "export-quota": (
        "Less may leave than buyers abroad want, so the price parts in two: abroad it jumps, at "
        "home it hardly moves, and the gap is the rent of those who hold licences until stocks, "
        "thrift and smuggling narrow it."
    ),
    "export-tax": (
        "The tax drives a wedge between the two prices, of which each side bears a part; unlike "
        "under a quota the state takes it, and buyers who know of it stock up before it starts."
    ),
    "export-ban": (
        "Buyers who are warned fill their stocks first and lose vehicles only once these are "
        "empty; afterwards they buy less from Home than they would have, for they have "
        "qualified other makers."
    ),
    "export-licence": (
        "Deliveries dip while the first shipments wait and come back as permits arrive and "
        "refusals are applied for again; magnets of the other grade, which need no licence, are "
        "held up at the border for a while as well."
    ),
    "import-tariff": (
        "The price rises where the tariff is levied, by less than the rate because a part of "
        "the supply does not pay it, and falls a little where the goods come from; what the "
        "treasury takes comes mostly out of its own buyers' pockets."
    ),
    "undeclared-embargo": (
        "Nobody could stock up, so the price abroad jumps at once; it is back before the flow "
        "is, which returns in steps and overshoots and undershoots while buyers use the stocks "
        "and routes that they turned to."
    ),
    "extraterritorial-rule": (
        "Makers who obey sell less to the target, which buys the more from the imposing region "
        "itself: alone the rule turns trade back to its author and leaves the price where it "
        "was, and it hurts only beside a stop of the direct trade."
    ),
    "technology-export-ban": (
        "Nothing is seen for years, for what is kept back matters to plants not yet built; in "
        "the 2030s there are a few magnet plants fewer abroad, and, as the ban is also felt as "
        "a threat that makes supply of one's own worth more, no fewer separators."
    ),
    "outage": (
        "The mine that stops is a small part of the ore and most of the dysprosium, whose price "
        "multiplies while it stands and afterwards stays below its old path for a while, since "
        "users have learned to do with less."
    ),
    "stockpile": (
        "Purchases make NdPr dearer while the reserve fills, and the release makes it cheaper "
        "years later when it is scarce: a reserve moves oxide in time and makes none."
    ),
    "subsidy": (
        "Paid capital and credits bring more plants, years after the money starts because "
        "plants take time to build, and a part of it goes to plants that would have stood "
        "anyway."
    ),
    "price-floor": (
        "The state pays while the market lies below the strike and, by its share of the upside, "
        "is paid back once it lies above; output gains little and late, for most of the money "
        "goes to oxide that would have been made anyway."
    ),
    "recycling-mandate": (
        "A duty known three years ahead multiplies what is collected, up to what is at its end "
        "of life, and lowers the price for all buyers, those of the other region included."
    ),
    "demand-mandate": (
        "More vehicles are built where the target holds, and elsewhere by makers who serve it; "
        "the magnets they take make the oxide dearer for everybody."
    ),
}
"""What each figure shows, in a sentence."""


def _outside(ds: xr.Dataset, stage: str) -> xr.DataArray:
    """Capacity of a stage outside China, thousand t a year."""
    regions = [r for r in ds["region"].values if r != "China"]
    return ds["capacity"].sel(stage=stage, region=regions).sum("region") / 1000


def draw_panel(ds: xr.Dataset, panel: Panel, ax: Axes) -> Axes:
    """One panel: medians with the measure and bands of half the runs; medians without dashed."""
    alone = len(panel.series) == 1
    colours = (style.BLACK,) if alone else (style.HOME, style.ABROAD)
    for (label, series), colour in zip(panel.series.items(), colours, strict=True):
        values = series(ds).transpose("path", "time", "run")
        time, (without, with_) = values["time"].values, values.values
        low, middle, high = np.quantile(with_, (0.25, 0.5, 0.75), axis=1)
        ax.fill_between(time, low, high, color=colour, alpha=0.2, linewidth=0)
        ax.plot(time, middle, color=colour, label="with the measure" if alone else label)
        dashed = "without" if alone else f"{label}, without"
        ax.plot(time, np.median(without, axis=1), "--", color=colour, label=dashed)
        least = min(0.0, float(low.min())) if alone else 0.0
    style.finish_time_axis(ax, ds, panel.title, panel.unit)
    ax.set_ylim(bottom=1.1 * least)
    return ax


def draw(kind: str) -> None:
    """Run the scenario of a kind and draw its figure."""
    chosen = SIGNATURES[kind]
    scenario = load_scenario(find_scenario(chosen.scenario))
    if chosen.keep:
        kept = {name: scenario.measures[name] for name in chosen.keep}
        scenario = scenario.model_copy(update={"measures": kept})
    runs = RUNS if scenario.world == "tiny" else RUNS // 3
    ds = run_pairs(scenario, runs=runs, record=["flows"], workers=1)
    FIGURES.mkdir(parents=True, exist_ok=True)
    panels = [partial(draw_panel, ds, panel) for panel in chosen.panels]
    style.save_grid(ds, FIGURES / f"{kind}.png", panels, columns=2)


HEAD = """# Measures

<!-- Written by docs/measures.py from the classes in sim/measures: do not edit. -->

What a government can impose, one section for each kind. A measure is a table `[measures.NAME]` of a
scenario file with a `kind`; `exportshock schema` prints the same as JSON Schema. Wherever a key
takes a number it takes a distribution, from which each run draws.

Figures show the scenario named beneath them: lines are medians with the measure, bands hold half of
the runs, dashed lines are medians without it, a dotted line marks the announcement. The
tiny world of two regions is invented; it shows directions and not sizes.

All kinds share these keys:

"""


ANSWERS = """
```toml
[answers.plants]
indicator = "vehicles lost"
region    = "Europe"
above     = 0.05                # share of the vehicles asked for
months    = 2
lag       = 6
stays     = true
measure   = { kind = "subsidy", by = "Europe", stage = "magnet", capex_share = 0.5 }
```

A release of stocks, a floor, a subsidy, retaliation by a tariff or ban are such measures; a rule
with `lifts` is how the imposing region relaxes when its exporters suffer. Nothing answers unless
the file says so, and `--set answers.NAME.off=true` takes a rule out.

Scenario: `tiny-governments`.
"""


def keys(cls: type[BaseModel], names: list[str]) -> str:
    """A table of keys: name, meaning, default."""
    lines = ["| key | meaning | default |", "| --- | --- | --- |"]
    for name in names:
        field = cls.model_fields[name]
        default = "required" if field.is_required() else _shown(field.default)
        meaning = (field.description or "").replace("|", "\\|")
        lines.append(f"| `{field.alias or name}` | {meaning} | {default} |")
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    """A default as a file would say it; nothing for what is left out."""
    if default is None or default in ((), {}):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


def text() -> str:
    """The whole page."""
    base = [name for name in SHARED if name in Measure.model_fields]
    parts = [HEAD + keys(Measure, base)]
    for kind, cls in MEASURES.items():
        own = [name for name in cls.model_fields if name not in ("kind", *SHARED)]
        shown = SIGNATURES[kind]
        parts.append(
            f"## {kind}\n\n{inspect.getdoc(cls)}\n\n{keys(cls, own)}\n"
            f"![{kind}, with and without](figures/measures/{kind}.png)\n\n"
            f"{READINGS[kind]}\n\nScenario: `{shown.scenario}`"
            + (f", only {', '.join(f'`{name}`' for name in shown.keep)}" if shown.keep else "")
            + ".\n"
        )
    names = list(Answer.model_fields)
    parts.append(
        f"# Governments that answer\n\n{inspect.getdoc(Answer)}\n\n{keys(Answer, names)}{ANSWERS}"
    )
    return "\n".join(parts)


if __name__ == "__main__":
    if sys.argv[1:] != ["--text"]:
        for one in sys.argv[1:] or SIGNATURES:
            draw(one)
    (DOCS / "measures.md").write_text(text(), encoding="utf-8")
