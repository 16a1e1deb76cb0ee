"""Write docs/reference/*.md from the code: `python docs/reference.py`.

Each page is text made from classes, tables and docstrings alone, so a test can say whether it is
current. The pages on measures, claims, validation and performance have commands of their own.
"""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

import sim
from sim.chain import trades
from sim.chain.ledger import ACCOUNTS
from sim.chain.model import SupplyChain
from sim.chain.population import AGENTS, Population
from sim.cli.parser import build_parser
from sim.report import figures
from sim.results import MONTHLY, VARIABLES
from sim.results.summary import INDICATORS
from sim.scenario.answers import Answer
from sim.scenario.schema import CounterfactualTable, Ensemble, ScenarioFile, Sweep, Swept
from sim.world import PARAMETERS, load_posterior, load_sources
from sim.world.tables import COLUMNS

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/reference.py: do not edit. -->"
LONGEST_LINE = 88
GRADES = {
    "A": "measured",
    "B": "from the literature",
    "C": "by analogy, or from a prototype of this model",
    "D": "an assumption to be swept",
}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def prose(function: object) -> str:
    """A docstring as Markdown; its indented lines become blocks of their own."""
    text = inspect.getdoc(function) or ""
    return re.sub(r"(?<=\n\n)((?:    .+\n?)+)", _block, text)


def _block(match: re.Match[str]) -> str:
    lines = [line[4:] for line in match[0].rstrip("\n").split("\n")]
    return "```text\n" + "\n".join(lines) + "\n```\n"


def keys(cls: type[BaseModel]) -> str:
    """The keys of a table of a scenario file."""
    rows = []
    for name, field in cls.model_fields.items():
        default = "required" if field.is_required() else _default(field.default)
        rows.append((f"`{field.alias or name}`", field.description or "", default))
    return table(("key", "meaning", "default"), rows)


def _default(value: object) -> str:
    if value is None or value in ({}, (), "") or isinstance(value, BaseModel):
        return ""
    return f"`{value!r}`".replace("'", '"')


def scenario_page() -> str:
    """The scenario file: its tables and keys."""
    parts = [
        "# Scenario file",
        NOTE,
        "A scenario is one TOML file. `exportshock validate FILE` checks it without running, and "
        "`exportshock schema` prints the same rules as JSON Schema, by which editors complete and "
        "check while typing. Unknown keys are errors. The [measures](../measures.md) and their "
        "keys have a page of their own.",
        "## Top of the file",
        keys(ScenarioFile),
        "## `[ensemble]`",
        inspect.getdoc(Ensemble) or "",
        keys(Ensemble),
        "## `[measures.NAME]`",
        "One table a measure; NAME is yours and is how `--set`, `extends` and sweeps address it "
        "(`measures.NAME.KEY`). `kind` says which [measure](../measures.md) it is. `off = true` "
        "drops a measure taken over from another file.",
        "## `[answers.NAME]`",
        inspect.getdoc(Answer) or "",
        keys(Answer),
        "## `[assumptions]`",
        "A [parameter](parameters.md) in quotes, and a number or a distribution. What is named "
        "here goes before the parameter's prior.",
        "## Distributions",
        "Wherever a number stands, a distribution may stand, from which each run draws once:",
        table(
            ("form", "meaning"),
            [
                ("`{ uniform = [low, high] }`", "all values between alike"),
                ("`{ triangular = [low, mode, high] }`", "most likely at the mode"),
                ("`{ normal = [mean, standard deviation] }`", ""),
                ("`{ lognormal = [median, 95th percentile] }`", "above 0"),
            ],
        ),
        "## `[counterfactual]`",
        "What the measures are compared with. Left out, it is the same file without its measures, "
        "on the world's standing policy. As a text it is another scenario file, as a table:",
        keys(CounterfactualTable),
        "## `[sweep]`",
        inspect.getdoc(Sweep) or "",
        keys(Sweep),
        'A key of `[sweep.over]` takes `"prior"` or one of these forms:',
        keys(Swept),
    ]
    return "\n\n".join(parts) + "\n"


def parameter_page() -> str:
    """All parameters with their priors, by group."""
    groups: dict[str, list[Any]] = {}
    for parameter in PARAMETERS.values():
        groups.setdefault(parameter.name.partition(".")[0], []).append(parameter)
    count = {grade: sum(p.grade == grade for p in PARAMETERS.values()) for grade in GRADES}
    parts = [
        "# Parameters",
        NOTE,
        "Every assumption of the model that is not a fact of a world's tables, with the prior from "
        "which each run draws it. Change one in a scenario under `[assumptions]`, or for a single "
        "run with `--set`. `exportshock parameters` prints this table.",
        "Grades of evidence: "
        + "; ".join(f"**{g}** {GRADES[g]} ({count[g]} parameters)" for g in GRADES)
        + ".",
    ]
    for group, members in groups.items():
        rows = [(f"`{p.name}`", p.meaning, p.unit, _prior(p), p.grade, p.source) for p in members]
        head = ("name", "meaning", "unit", "prior", "grade", "source")
        parts += [f"## {group}", table(head, rows)]
    parts += _posterior()
    parts += ["## Sources", _sources(" ".join(p.source for p in PARAMETERS.values()))]
    return "\n\n".join(parts) + "\n"


def _posterior() -> list[str]:
    """What history says of some parameters, beside their priors."""
    posterior = load_posterior()
    if posterior is None:
        return []
    rows = []
    for name, values in posterior.values.items():
        low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
        shown = f"{median:.3g} ({low:.3g} to {high:.3g})"
        rows.append((f"`{name}`", _prior(PARAMETERS[name]), shown))
    return [
        "## Posterior",
        f"Runs draw these parameters together from {posterior.size} sets that the calibration "
        "left, unless a scenario names one of them or a sweep varies it; all others are drawn "
        "from their priors. Median and 5th to 95th percentile:",
        table(("name", "prior", "posterior"), rows),
    ]


def _prior(p: Any) -> str:  # noqa: ANN401
    if p.distribution == "fixed":
        return f"{p.mode:g}"
    figures_ = {
        "uniform": (p.low, p.high),
        "triangular": (p.low, p.mode, p.high),
        "normal": (p.mode, p.high),
        "lognormal": (p.mode, p.high),
    }[p.distribution]
    return f"{p.distribution} ({', '.join(f'{x:g}' for x in figures_)})"


def _sources(text: str) -> str:
    """The sources whose ids a text names, and a word on all others."""
    known = load_sources()
    rows = []
    for name in sorted(set(re.findall(r"\w+", text)) & set(known)):
        source = known[name]
        rows.append((f"`{name}`", source["title"], source["publisher"], source["date"]))
    return (
        "What the ids in the last column stand for; `sim/world/data/sources.csv` has the address "
        "of each.\n\n" + table(("id", "title", "publisher", "date"), rows)
    )


def indicator_page() -> str:
    """Indicators with units, formulas and their sources; then the variables of a result."""
    parts = [
        "# Indicators and results",
        NOTE,
        "## Indicators",
        "What `exportshock run` prints and `summary.json` holds: the median and the 5th and 95th "
        "percentile over the runs. Each is computed from the dataset alone, so it can be had again "
        "from results on disk. *policy* and *counterfactual* are the two paths of one run, which "
        "share every random draw; *home* are the regions that impose a measure, *abroad* all "
        "others.",
    ]
    for indicator in INDICATORS:
        how: Callable[..., Any] = indicator.values
        given = ""
        if isinstance(how, partial):
            given = ", ".join(f"{key} = {value}" for key, value in how.keywords.items())
            how = how.func
        place = f"`{how.__module__}.{how.__name__}`" + (f" with {given}" if given else "")
        parts += [f"### {indicator.name}", f"*{indicator.unit}* · {place}", prose(how)]
    dims = "`path`, ..., `run`"
    parts += [
        "## Variables of a result",
        f"`results.nc` holds one dataset whose variables have the dimensions {dims}; `path` is "
        "`counterfactual` or `policy`. Quantities are contained oxide but for magnets, whose mass "
        "is that of the magnet. Stocks are those of the month's end.",
        table(
            ("variable", "dimensions between path and run", "unit"),
            [(f"`{name}`", ", ".join(d), unit) for name, (d, unit) in VARIABLES.items()],
        ),
        "By month of the first five runs, or of all with `run --record firms,flows` (their last "
        "dimension is `firm_run` or `flow_run`): "
        + ", ".join(f"`{name}`" for name in MONTHLY)
        + ".",
        "`accounts` by `account` books every tonne: " + ", ".join(f"`{a}`" for a in ACCOUNTS) + ".",
    ]
    return "\n\n".join(parts) + "\n"


def command_page() -> str:
    """The command with all options, from its parser."""
    parser = build_parser()
    parts = [
        "# Command",
        NOTE,
        (parser.description or "") + " `exportshock --version` and "
        "`exportshock COMMAND --help` are there too. What is noted beside the answer goes to "
        "standard error.",
        f"```text\n{(parser.epilog or '').strip()}\n```",
    ]
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    titles = {choice.dest: choice.help for choice in commands._choices_actions}
    for name, sub in commands.choices.items():
        rows = [_option(action) for action in sub._actions if action.dest != "help"]
        parts.append(f"## exportshock {name}")
        parts.append(_sentence(titles.get(name) or ""))
        if rows:
            parts.append(table(("argument", "meaning"), rows))
    return "\n\n".join(parts) + "\n"


def _option(action: argparse.Action) -> tuple[str, str]:
    names = ", ".join(action.option_strings)
    value = action.metavar or ("" if action.nargs == 0 else action.dest)
    if isinstance(value, tuple):
        value = " ".join(value)
    if action.choices and not action.metavar:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if action.nargs in ("*", "+"):
        value += " ..."
    return f"`{' '.join(filter(None, [names, value]))}`", action.help or ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def python_page() -> str:
    """The public Python names with signatures and docstrings."""
    parts = [
        "# Python",
        NOTE,
        "What scripts and notebooks may rely on. `import sim` is quick: each name loads what it "
        "needs when it is first used.",
    ]
    for name in sim.__all__:
        if name != "SupplyChain":
            parts += _entry(f"sim.{name}", getattr(sim, name))
    parts += [
        "## sim.SupplyChain",
        _signature("sim.SupplyChain", SupplyChain.__init__),
        prose(SupplyChain),
        "It is a `mesa.Model`: `model.agents` holds one agent a firm ("
        + ", ".join(f"`{cls.__name__}`" for cls in AGENTS.values())
        + "), whose state arrays are attributes with the value of the run `model.shown_run`. "
        "`model.chain` holds the arrays of all runs.",
    ]
    for method in (SupplyChain.step, SupplyChain.run):
        parts += _entry(f"SupplyChain.{method.__name__}", method, "###")
    parts += [
        "## Rules of firms",
        "Each kind of firm is a population in `model.chain.populations`.",
    ]
    for method in (Population.replace_rule, Population.rows):
        parts += _entry(f"Population.{method.__name__}", method, "###")
    parts += ["## Who sold to whom", (inspect.getdoc(trades) or "").partition("\n\n")[2]]
    for name in ("oxide_trades", "magnet_trades", "customers", "suppliers", "magnet_losses"):
        parts += _entry(f"sim.chain.trades.{name}", getattr(trades, name), "###")
    parts += ["## Figures", "Each takes a dataset and a matplotlib `ax`, and returns the `ax`."]
    for name, function in inspect.getmembers(figures, inspect.isfunction):
        if function.__module__ == figures.__name__ and not name.startswith("_"):
            parts += _entry(f"sim.report.figures.{name}", function, "###")
    parts += [
        "## Tables of a world",
        "`sim.world.load_world(NAME)` reads them; every table also has `source`, `confidence` and "
        "`note`.",
        table(("table", "columns"), [(f"`{t}.csv`", ", ".join(c)) for t, c in COLUMNS.items()]),
    ]
    return "\n\n".join(parts) + "\n"


def _entry(name: str, function: Callable[..., Any], level: str = "##") -> list[str]:
    return [f"{level} {name}", _signature(name, function), prose(function)]


def _signature(name: str, function: Callable[..., Any]) -> str:
    """A call with its arguments, one a line where they are many."""
    signature = inspect.signature(function)
    arguments = [_argument(p) for p in signature.parameters.values() if p.name != "self"]
    returns = signature.return_annotation
    arrow = "" if returns in (inspect.Signature.empty, None, "None") else f" -> {returns}"
    line = f"{name}({', '.join(arguments)}){arrow}"
    if len(line) > LONGEST_LINE:
        line = f"{name}(\n" + "".join(f"    {a},\n" for a in arguments) + f"){arrow}"
    return f"```text\n{line}\n```"


def _argument(p: inspect.Parameter) -> str:
    typed = p.name if p.annotation is p.empty else f"{p.name}: {p.annotation}"
    return typed if p.default is p.empty else f"{typed} = {p.default!r}"


PAGES: dict[str, Callable[[], str]] = {
    "scenario-file.md": scenario_page,
    "parameters.md": parameter_page,
    "indicators.md": indicator_page,
    "command.md": command_page,
    "python.md": python_page,
}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for page, write in PAGES.items():
        (FOLDER / page).write_text(write(), encoding="utf-8")
