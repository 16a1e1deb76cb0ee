"""The results of a run, a comparison or a sweep as one self-contained page, HTML or Markdown.

Nothing on the page is fetched: figures are drawn into it as SVG, and it prints to A4. All text goes
through Jinja2's escaping, so that what a scenario calls itself comes out as text.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from rich.table import Table

from sim.claims.judge import parameter_draws
from sim.claims.verdicts import rank_correlations
from sim.errors import UserError
from sim.report.account import account_tables
from sim.report.answer import answer, asked
from sim.report.figures import write_figures
from sim.report.sweep_figures import write_sweep_figures
from sim.report.sweep_text import sentences, sweep_tables
from sim.report.text import run_tables
from sim.results import open_results
from sim.results.dataset import effect
from sim.results.disk import check_records
from sim.results.indicators import capacity_share_abroad, price_by_side, vehicles_lost
from sim.results.summary import summarise
from sim.scenario import Scenario, load_scenario
from sim.world import PARAMETERS, World, load_sources, load_world

FIGURES = {
    "two-tier-prices": "Oxide prices at home and abroad by element over time, with and without "
    "the measures; bands hold 50 and 90 per cent of the runs.",
    "vehicles": "Electric vehicles built, short and lost over time by side.",
    "cost-per-vehicle": "Cost of the magnets in one vehicle over time, at home and abroad.",
    "output-by-stage": "Output of mines, separation and magnets, and the share made abroad.",
    "capacity-abroad": "Capacity of each stage outside the imposing regions over time.",
    "shock-accounting": "Supply lost abroad by element and what made up for it.",
    "flows": "Trade between regions as maps of origin and destination, before and after.",
    "account": "What the measures do to the sender and to each target, as bars.",
}
"""Figure -> what it shows, for readers who cannot see it."""

GRADES = ("high", "medium", "low", "estimate")
SWEEP_FIGURES = {
    "boxes": "Outcomes along each swept value, as boxes that hold half of the pairs.",
    "heat-map": "Median outcomes over two swept values, as a map.",
    "sensitivity": "How far each swept input moves an outcome, and its share of the variance.",
    "regret": "How much worse each set of measures is than the best, over all futures.",
}
"""The same for the figures of a sweep, of which each design draws some."""

SCORES = Path(str(files("sim.hindcast"))) / "data" / "scores.txt"
"""What `docs/validation.md` says in short of the shipped posterior."""
MATTER = 6
"""Assumptions that are named."""
FEWEST_RUNS = 20
"""Runs below which no correlation is shown."""


@dataclass(frozen=True)
class Grid:
    """A table as text: its title, headings and rows."""

    title: str
    headings: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Figure:
    """A figure: its name, what it shows in words, and its drawing."""

    name: str
    alt: str
    svg: Markup


def report(ds: xr.Dataset, scenario: Scenario, toml: str, kind: str = "html") -> str:
    """The page of a run, comparison or sweep as text in `kind`, "html" or "md".

    `toml` is the resolved scenario as stored with the results.
    """
    world = load_world(scenario.world)
    page = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=kind == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(f"report.{kind}.j2")
    own = _of_a_sweep(ds, scenario) if "design" in ds.attrs else _of_a_run(ds, scenario)
    draw, told = own.pop("draw"), own.pop("told")
    return page.render(
        attrs=ds.attrs,
        description=scenario.description,
        fewest=FEWEST_RUNS,
        scores=SCORES.read_text("utf-8").splitlines(),
        grades=_grades(world),
        sources=_sources(world),
        figures=_figures(draw, told) if kind == "html" else [],
        toml=toml,
        **own,
    )


def _of_a_run(ds: xr.Dataset, scenario: Scenario) -> dict[str, Any]:
    """What the page of a run or a comparison says."""
    summary = summarise(ds)
    return {
        "command": "run",
        "runs": ds.sizes["run"],
        "asked": asked(scenario),
        "answer": answer(ds),
        "tables": [_grid(made) for made in run_tables(summary)],
        "account": [_grid(made) for made in account_tables(summary)],
        "assumptions": _assumptions(ds, scenario),
        "draw": partial(write_figures, ds),
        "told": FIGURES,
    }


def _of_a_sweep(ds: xr.Dataset, scenario: Scenario) -> dict[str, Any]:
    """What the page of a sweep says; its tables are of the assumptions that matter."""
    inputs = ", ".join(map(str, ds["input"].values))
    swept = f"A sweep ({ds.attrs['design']}, base {ds.attrs['samples']}) over {inputs}."
    return {
        "command": "sweep",
        "runs": ds.sizes["pair"],
        "asked": [*asked(scenario), swept],
        "answer": sentences(ds),
        "tables": [_grid(made) for made in sweep_tables(ds)],
        "account": [],
        "assumptions": None,
        "draw": partial(write_sweep_figures, ds),
        "told": SWEEP_FIGURES,
    }


def write_report(folder: Path, kind: str = "html", out: Path | None = None) -> Path:
    """Write the page of a folder of results beside them, or as `out`; returns where it stands.

    Raises UserError where the folder holds no results or the file cannot be written.
    """
    out = out or folder / f"report.{kind}"
    if out.exists() and not out.is_file():  # a device, which a file must not replace, or a folder
        raise UserError(f"cannot write {out}: it is no file")
    ds = open_results(folder)
    if "design" not in ds.attrs:
        check_records(ds, folder)
    stored = folder / "scenario.toml"
    page = report(ds, load_scenario(stored), stored.read_text("utf-8"), kind)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        draft = out.with_name(f".{out.name}.part")
        draft.write_text(page, encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror or error}") from error
    return out


def _grid(made: Table) -> Grid:
    cells = [[str(cell) for cell in column.cells] for column in made.columns]
    headings = [" ".join(str(column.header).split("\n")) for column in made.columns]
    return Grid(str(made.title), headings, [list(row) for row in zip(*cells, strict=True)])


def _figures(draw: Callable[[Path, str], None], told: Mapping[str, str]) -> list[Figure]:
    """The figures as SVG that a function draws into a folder, in the order of their texts."""
    with tempfile.TemporaryDirectory() as place:
        draw(Path(place), "svg")
        drawn = {name: Path(place) / f"{name}.svg" for name in told}
        return [
            Figure(name, told[name], _inline(path.read_text("utf-8"), name, told[name]))
            for name, path in drawn.items()
            if path.exists()
        ]


def _inline(svg: str, name: str, alt: str) -> Markup:
    """The drawing without its prolog; matplotlib numbers its parts anew in every figure."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(\bid="|url\(#|href="#)', lambda found: f"{found[1]}{name}-", svg)
    label = Markup.escape(alt)
    return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))


def _assumptions(ds: xr.Dataset, scenario: Scenario) -> list[dict[str, str]]:
    """The assumptions most related to three outcomes over the runs (Spearman's correlation)."""
    if ds.sizes["run"] < FEWEST_RUNS:
        return []
    draws = parameter_draws(scenario)
    related = {
        what: rank_correlations(values, draws)
        for what, values in _outcomes(ds).items()
        if np.ptp(values) > 0
    }
    if not related:
        return []
    strongest = {
        name: max(abs(found[name]) for found in related.values())
        for name in next(iter(related.values()))
    }
    return [
        {
            "name": name,
            "meaning": PARAMETERS[name].meaning,
            "grade": PARAMETERS[name].grade,
            "source": PARAMETERS[name].source,
            **{what: f"{found[name]:+.2f}" for what, found in related.items()},
        }
        for name in sorted(strongest, key=lambda name: -strongest[name])[:MATTER]
    ]


def _outcomes(ds: xr.Dataset) -> dict[str, np.ndarray]:
    spent = (ds["oxide_price"] * ds["oxide_use"]).sel(path="counterfactual")
    main = str(spent.sum(["time", "region", "run"]).idxmax("element").values)
    price = price_by_side(ds).sel(region="abroad", element=main).mean("time")
    share = capacity_share_abroad(ds).sel(stage="magnet")
    return {
        f"mean price of {main} abroad": effect(price).values,
        "vehicles lost": vehicles_lost(ds).sel(region="World").values,
        "magnet capacity abroad": effect(share).values,
    }


def _grades(world: World) -> Grid:
    """How many rows of each table of the world have which confidence."""
    counted = {
        name: Counter(table["confidence"])
        for name, table in world.tables.items()
        if "confidence" in table
    }
    grades = [
        g for g in ("high", "medium", "low", "estimate") if any(g in c for c in counted.values())
    ]
    lines = [[n.replace("_", " "), *(str(c[g] or "") for g in grades)] for n, c in counted.items()]
    return Grid("Rows of the world's tables by confidence", ["table", *grades], lines)


def _sources(world: World) -> list[dict[str, str]]:
    """The sources that the world's tables cite."""
    cited = {
        part.strip()
        for table in world.tables.values()
        if "source" in table
        for cell in table["source"]
        for part in str(cell).split(";")
    }
    known = load_sources()
    return [known[name] for name in sorted(cited) if name in known]
