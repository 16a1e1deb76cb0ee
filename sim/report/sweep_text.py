"""The answer of a sweep in sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from importlib.util import find_spec
from typing import Any

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table

from sim.ensemble.analysis import (
    Influence,
    alternatives,
    gain_from_sharing,
    influences,
    seed_share,
)
from sim.ensemble.designs import SEED
from sim.ensemble.discovery import Box, worst_box
from sim.ensemble.outputs import BUILT, WITHOUT
from sim.ensemble.regret import Regret, regrets
from sim.report.numbers import short
from sim.report.text import table
from sim.world import PARAMETERS

WORDS = {
    "vehicles_lost World": "vehicles lost in all",
    "magnet_cost_mean_rise World": "the rise of the magnet cost per vehicle, USD",
    "capacity_share_abroad_end magnet": "the final share of magnet capacity abroad",
    "quota_rent": "the quota rent, million USD",
}
"""How outputs are named in sentences and on axes; others by their own names."""

ALWAYS = tuple(WORDS)[:3]
"""Outputs of which an answer speaks, where the sweep keeps them and they vary."""
SMALL = 0.1  # share of the largest influence under which an input is not named in a sentence
MOST_NAMED = 3
ROUGH = 0.1  # half width of an interval from which a share of the variance is called rough
CHANCE = "chance within the run"


def worded(output: str) -> str:
    """An output in words."""
    return WORDS.get(output, output.replace("_", " "))


def headlines(ds: xr.Dataset) -> list[str]:
    """Outputs of which the answer speaks: the usual ones, or else the first three that vary."""
    values = ds["values"].transpose("output", "pair").values
    varies = np.isfinite(values).all(axis=1) & (values.max(axis=1) > values.min(axis=1))
    names = [str(name) for name in ds["output"].values[varies]]
    usual = [name for name in ALWAYS if name in names]
    others = [n for n in names if not n.endswith(WITHOUT) and not n.startswith(BUILT.name)]
    return usual or others[:3]


def sentences(ds: xr.Dataset) -> list[str]:
    """What a reader wants first: one sentence for each headline, then the gain and the regret."""
    told = [_sentence(ds, output) for output in headlines(ds)]
    told += [_regret_sentence(ds, output) for output in headlines(ds)]
    gain = gain_from_sharing(ds, f"{BUILT.name} World")
    if gain:
        told.append(
            "Sharing the draws between the two paths of a pair makes the variance of the "
            f"difference in vehicles built {short(gain)} times smaller."
        )
    return [sentence for sentence in told if sentence] or [
        "No output varies over the sweep: nothing that was swept makes a difference."
    ]


def _sentence(ds: xr.Dataset, output: str) -> str:
    found = influences(ds, output)
    name = worded(output)
    start = name[0].upper() + name[1:]
    values = ds["values"].sel(output=output, pair=ds["alternative"] == alternatives(ds)[0])
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    span = f"{short(middle)} in the median ({short(low)} to {short(high)} in 90 % of the pairs)"
    if not found:
        return f"{start}: {span}."
    strong = [i for i in found if i.matters and i.weight >= SMALL * found[0].weight][:MOST_NAMED]
    if not strong:
        return f"{start}: {span}; no input can be told from one that does nothing."
    named = " and ".join(
        ", ".join(_named(i) for i in part) for part in (strong[:-1], strong[-1:]) if part
    )
    caveats = f"{_chance(ds, output, strong)}{_rough(found)}"
    return f"{start}: {span}; it depends mostly on {named}.{caveats}"


def _chance(ds: xr.Dataset, output: str, named: list[Influence]) -> str:
    """What part chance has, where the design tells it and the sentence did not."""
    share = seed_share(ds, output)
    if share is None or SEED in [i.input for i in named]:
        return ""
    what = CHANCE if ds.attrs["design"] == "sobol" else "the draws of assumptions and chance"
    return f" The share of the variance due to {what} is {share:.0%}."


def _rough(found: list[Influence]) -> str:
    """A warning where the shares are too uncertain to rank by."""
    error = max((i.total_error or 0.0 for i in found), default=0.0)
    if error < ROUGH:
        return ""
    return f" These shares are rough, to within {error:.0%} of the variance: take more samples."


def _named(influence: Influence) -> str:
    """An input with its meaning and its size and direction."""
    i = influence
    meaning = PARAMETERS[i.input].meaning if i.input in PARAMETERS else ""
    size = []
    if i.total is not None:
        size.append(f"{i.total:.0%} of the variance")
    if i.low is not None and i.high is not None:
        size.append(f"{short(i.low)} where it is low, {short(i.high)} where it is high")
    name = CHANCE if i.input == SEED else i.input
    return f"{name} ({'; '.join(filter(None, [meaning, *size]))})" if size or meaning else name


def _regret_sentence(ds: xr.Dataset, output: str) -> str:
    rows = regrets(ds, output)
    if not rows:
        return ""
    best = rows[0]
    return (
        f"By {worded(output)}, '{best.alternative}' is the least regretted of {len(rows)} sets of "
        f"measures: at most {short(best.largest)} worse than the best of them, and the best "
        f"itself in {best.best:.0%} of the futures."
    )


def find_box(ds: xr.Dataset) -> Box | None:
    """The worst corner of the first headline in a sampled design, where the EMA Workbench is."""
    found = headlines(ds)
    sampled = ds.attrs["design"] in ("latin-hypercube", "sobol")
    if not found or not sampled or find_spec("ema_workbench") is None:
        return None
    return worst_box(ds, found[0])


def print_sweep(console: Console, ds: xr.Dataset, box: Box | None) -> None:
    """The sentences, then a table of influences for each headline, regret, and the worst corner."""
    console.print(str(ds.attrs["title"]), style="bold")
    for sentence in sentences(ds):
        console.print(sentence)
    for made in sweep_tables(ds):
        title, made.title = made.title, None
        console.print(f"\n{title}", style="italic")
        console.print(made)
    if box is not None:
        console.print()
        console.print(box_sentence(ds, headlines(ds)[0], box))


def sweep_tables(ds: xr.Dataset) -> list[Table]:
    """For each headline what drives it, and the regret of each set of measures."""
    tables = []
    for output in headlines(ds):
        if influences(ds, output):
            tables.append(_influence_table(ds, output))
        if regrets(ds, output):
            tables.append(_regret_table(output, regrets(ds, output)))
    return tables


def box_sentence(ds: xr.Dataset, output: str, box: Box) -> str:
    """The corner of the inputs that holds the worst cases."""
    if not box.limits:
        return f"No corner of the inputs holds the worst fifth of {worded(output)}."
    limits = " and ".join(_limits(ds, name, *ends) for name, ends in box.limits.items())
    return (
        f"The worst fifth of {worded(output)} (above {short(box.threshold)}) lies at {limits}: "
        f"{box.density:.0%} of the pairs there are among the worst, and they are "
        f"{box.coverage:.0%} of all worst ones."
    )


def _limits(ds: xr.Dataset, name: str, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        end, word = (high, "up to") if low is None else (low, "from")
        return f"{name} {word} {_shown(ds, name, end)}" + (" on" if high is None else "")
    return f"{name} from {_shown(ds, name, low)} to {_shown(ds, name, high)}"


def _shown(ds: xr.Dataset, name: str, value: float | None) -> str:
    is_date = value is not None and name in str(ds.attrs["dates"]).split(";")
    return date.fromordinal(round(value)).isoformat() if value and is_date else short(value)


COLUMNS = {
    "low": "where\nlow",
    "high": "where\nhigh",
    "first": "first\norder",
    "total": "total\norder",
    "morris": "mean size\nof effects",
    "spread": "their\nspread",
    "pawn": "PAWN",
    "idle": "of one that\ndoes nothing",
}


def _influence_table(ds: xr.Dataset, output: str) -> Table:
    found = influences(ds, output)
    keys = [key for key in COLUMNS if any(getattr(i, key) is not None for i in found)]
    made = table(f"What drives {worded(output)}", ["input"], [COLUMNS[key] for key in keys])
    for i in found:
        made.add_row(i.input, *(_with_error(i, key) for key in keys))
    return made


def _with_error(influence: Influence, key: str) -> str:
    value, error = getattr(influence, key), getattr(influence, f"{key}_error", None)
    return short(value) if error is None else f"{short(value)} ± {short(error)}"


def _regret_table(output: str, rows: Sequence[Regret]) -> Table:
    headings = ["median", "mean\nregret", "90th pct.\nregret", "largest\nregret", "is best in"]
    made = table(f"Regret by {worded(output)}", ["measures"], headings)
    for row in rows:
        numbers = (row.median, row.mean, row.high, row.largest)
        made.add_row(row.alternative, *map(short, numbers), f"{row.best:.0%}")
    return made


def sweep_summary(ds: xr.Dataset, box: Box | None) -> dict[str, Any]:
    """Everything that is printed and more, as `summary.json` holds it."""
    own = ds["values"].sel(pair=ds["alternative"] == alternatives(ds)[0])
    outputs: dict[str, dict[str, Any]] = {}
    for name in map(str, ds["output"].values):
        low, middle, high = np.quantile(own.sel(output=name), (0.05, 0.5, 0.95))
        outputs[name] = {
            "median": _number(middle),
            "low": _number(low),
            "high": _number(high),
        }
    heads = headlines(ds)
    for name in heads:
        outputs[name]["influences"] = [asdict(i) for i in influences(ds, name)]
        outputs[name]["regrets"] = [asdict(r) for r in regrets(ds, name)]
    return {
        "scenario": ds.attrs["scenario"],
        "design": ds.attrs["design"],
        "samples": int(ds.attrs["samples"]),
        "pairs": ds.sizes["pair"],
        "seed": int(ds.attrs["seed"]),
        "sentences": sentences(ds),
        "gain_from_sharing": gain_from_sharing(ds, f"{BUILT.name} World"),
        "seed_share": {name: seed_share(ds, name) for name in heads},
        "worst_box": None if box is None else {"output": heads[0], **asdict(box)},
        "outputs": outputs,
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
