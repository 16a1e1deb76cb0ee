"""The scoreboard of the hindcast as tables on a terminal, and as the page docs/validation.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from rich.table import Table

from sim.hindcast.board import Ablation, PatternScore, Score, score_patterns
from sim.hindcast.ensemble import run_episodes
from sim.hindcast.observed import DATA, settings
from sim.hindcast.trajectory import Trajectory
from sim.report.numbers import short
from sim.report.tables import table
from sim.report.text import plain_console
from sim.world import load_posterior

METRICS = {
    "log_rmse": "log-RMSE",
    "mape": "MAPE, %",
    "annual_mape": "MAPE of years, %",
    "theil_u2": "Theil U2",
    "directional_accuracy": "direction",
    "coverage": "90 % coverage",
    "log_width": "log width",
    "crps": "CRPS",
    "better_than_naive": "better than naive",
}
"""Metric -> its heading."""


@dataclass(frozen=True)
class Page:
    """All that the page of the documentation tells."""

    scores: Sequence[Score]
    patterns: Sequence[PatternScore]
    prior: Sequence[PatternScore]
    runs: int
    posterior: Mapping[str, Any]
    ablations: Sequence[Ablation]
    figures: Sequence[str]
    notes: str
    bands_commit: str


def print_hindcast(
    scores: Sequence[Score], patterns: Sequence[PatternScore], ablations: Sequence[Ablation]
) -> None:
    """The scoreboard on the terminal."""
    console = plain_console()
    made = [*score_tables(scores), pattern_table(patterns), aim_table(scores, patterns)]
    for shown in [*made, *([ablation_table(ablations)] if ablations else [])]:
        console.print(shown)
        console.print()


def write_validation(
    file: Path,
    paths: Mapping[str, Trajectory],
    scores: Sequence[Score],
    patterns: Sequence[PatternScore],
    ablations: Sequence[Ablation],
    workers: int,
) -> None:
    """Write the page, and its figures into the folder `figures` beside it.

    The episodes are run once more from the priors, to show what those miss.
    """
    from sim.report.hindcast_figures import write_hindcast_figures

    posterior = load_posterior()
    about = posterior.about if posterior else {}
    runs = next(iter(paths.values())).records["price"].shape[-1]
    prior = score_patterns(run_episodes(list(paths), runs, workers, from_prior=True))
    text = f"exportshock hindcast, {runs} runs, posterior of {about.get('date', '-')}"
    figures = write_hindcast_figures(paths, file.parent / "figures", text)
    notes = (DATA / "misses.md").read_text(encoding="utf-8")
    page = Page(
        scores, patterns, prior, runs, about, ablations, figures, notes, settings()["bands_commit"]
    )
    file.write_text(validation_page(page), encoding="utf-8")


def verdict(met: bool | None) -> str:
    """Hit or miss in a word."""
    return "" if met is None else ("met" if met else "MISSED")


def _number(value: float | None) -> str:
    return "-" if value is None or not isfinite(value) else short(value)


def by_series(scores: Sequence[Score]) -> dict[tuple[str, str], dict[str, Score]]:
    """Scores by (period, series) and metric."""
    found: dict[tuple[str, str], dict[str, Score]] = {}
    for score in scores:
        found.setdefault((score.period, score.series), {})[score.metric] = score
    return found


def score_tables(scores: Sequence[Score]) -> list[Table]:
    """One table a period: a row a series, the value and, below, the naive forecast's."""
    tables: dict[str, Table] = {}
    shown = [m for m in METRICS if m != "better_than_naive"]
    for (period, series), metrics in by_series(scores).items():
        if period not in tables:
            tables[period] = table(
                f"{period}: the median against the better naive forecast (below)",
                ["series"],
                [METRICS[m] for m in shown],
            )
        cells = []
        for metric in shown:
            score = metrics.get(metric)
            naive = "" if score is None or score.naive is None else f"\n{_number(score.naive)}"
            cells.append("" if score is None else f"{_number(score.value)}{naive}")
        tables[period].add_row(series, *cells)
    return list(tables.values())


def aim_rows(scores: Sequence[Score], patterns: Sequence[PatternScore]) -> list[tuple[str, ...]]:
    """Everything that has an aim: what, when, metric, value, aim, met or missed."""
    found: list[tuple[str, ...]] = [
        (s.series, s.period, METRICS[s.metric], _number(s.value), s.aim, verdict(s.met))
        for s in scores
        if s.met is not None
    ]
    met = sum(p.met for p in patterns)
    share = met / len(patterns) if patterns else 0.0
    aim = f">= 12 of 15 ({0.8:.0%})"
    found.append(
        ("patterns", "all", "met", f"{met} of {len(patterns)}", aim, verdict(share >= 0.8))
    )
    return found


def aim_table(scores: Sequence[Score], patterns: Sequence[PatternScore]) -> Table:
    """What was aimed at, and what came of it."""
    made = table("Aims", ["series", "period", "metric"], ["value"])
    made.add_column("aim")
    made.add_column("")
    for row in aim_rows(scores, patterns):
        made.add_row(*row)
    return made


def pattern_table(patterns: Sequence[PatternScore]) -> Table:
    """Every pattern with its band and what the model makes of it."""
    made = table("Patterns", ["pattern"], ["observed", "band", "model", "90 % of runs"])
    made.add_column("")
    for p in patterns:
        made.add_row(
            p.pattern.text,
            short(p.pattern.observed),
            f"{short(p.pattern.low)} to {short(p.pattern.high)}",
            _number(p.value),
            f"{_number(p.low)} to {_number(p.high)}",
            verdict(p.met),
        )
    return made


def ablation_table(ablations: Sequence[Ablation]) -> Table:
    """What each mechanism is worth."""
    periods = list(ablations[0].error)
    made = table("Mechanisms switched off", ["without"], ["patterns met", *periods])
    made.add_column("patterns won, lost")
    for a in ablations:
        made.add_row(
            a.mechanism,
            str(a.met),
            *(_number(a.error[p]) for p in periods),
            _changes(a),
        )
    return made


def _changes(a: Ablation) -> str:
    if a.moves_nothing:
        return "moves none of them"
    won = [f"+{name}" for name in a.won]
    return " ".join([*won, *(f"-{name}" for name in a.lost)])


def validation_page(page: Page) -> str:
    """The page of the documentation, misses as plain as hits."""
    about = page.posterior
    lines = [
        "# Validation: what the model says of the past",
        "",
        "Written by `exportshock hindcast --ablate --markdown docs/validation.md`; nothing here is",
        "edited by hand but the last section, which is kept in `sim/hindcast/data/misses.md`.",
        "",
        f"Two episodes, {page.runs} runs each, assumptions drawn from the shipped posterior, which",
        f"was fitted on **{about['period'].replace('/', ' to ')}** alone (search seeds "
        f"{', '.join(map(str, about['seeds']))}, {about['runs_by_seed']} runs each, commit "
        f"`{about['commit'][:10]}`). What lies after 2013 is a test",
        "without refitting. Nothing after March 2025 is used. The bands of the",
        f"patterns were committed in `{page.bands_commit}`, before the first calibration run. The",
        "neodymium price of 2014-15 was in view when the design was made and stands apart.",
        "",
        "## Aims",
        "",
        *_markdown(
            ["series", "period", "metric", "value", "aim", ""],
            [_bold(row) for row in aim_rows(page.scores, page.patterns)],
        ),
        "## Patterns",
        "",
        _prior_line(page),
        "",
        *_markdown(
            [
                "pattern",
                "seen by fit",
                "observed",
                "band",
                "prior median",
                "median",
                "5 to 95 %",
                "",
            ],
            _pattern_rows(page),
        ),
    ]
    for period in dict.fromkeys(s.period for s in page.scores):
        lines += _period(period, page.scores)
    lines += _posterior_section(about)
    if page.ablations:
        lines += _ablation_section(page.ablations)
    lines += ["## Figures", ""]
    lines += [f"![Observed points on the model's bands](figures/{name})\n" for name in page.figures]
    return "\n".join([*lines, page.notes.strip(), ""])


def _bold(row: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[:-1], f"**{row[-1]}**")


def _prior_line(page: Page) -> str:
    failed = sum(not p.met for p in page.prior)
    return (
        f"The median of the posterior meets {sum(p.met for p in page.patterns)} of "
        f"{len(page.patterns)}; the median of the prior misses {failed} of {len(page.prior)}."
    )


def _pattern_rows(page: Page) -> list[tuple[str, ...]]:
    before = {p.pattern.id: p for p in page.prior}
    return [
        (
            p.pattern.text,
            p.pattern.fitted,
            short(p.pattern.observed),
            f"{short(p.pattern.low)} to {short(p.pattern.high)}",
            f"{_number(before[p.pattern.id].value)} {verdict(before[p.pattern.id].met)}",
            _number(p.value),
            f"{_number(p.low)} to {_number(p.high)}",
            f"**{verdict(p.met)}**",
        )
        for p in page.patterns
    ]


def _period(period: str, scores: Sequence[Score]) -> list[str]:
    """The scores of a period: each value with the better naive forecast's in brackets."""
    shown = [m for m in METRICS if m != "better_than_naive"]
    rows = []
    for (when, series), metrics in by_series(scores).items():
        if when != period or series.startswith("all"):
            continue
        cells = []
        for metric in shown:
            score = metrics.get(metric)
            naive = "" if score is None or score.naive is None else f" ({_number(score.naive)})"
            cells.append("" if score is None else f"{_number(score.value)}{naive}")
        rows.append((series, *cells))
    if not rows:
        return []
    heading = ["series", *(METRICS[m] for m in shown)]
    head = [f"## Scores, {period}", "", "In brackets the better naive forecast.", ""]
    return [*head, *_markdown(heading, rows)]


def _posterior_section(about: Mapping[str, Any]) -> list[str]:
    return [
        "## The posterior",
        "",
        f"{about['sets']} sets of equal weight; tolerance by seed {about['tolerance_by_seed']},",
        f"median distance {about['median_distance_by_seed']}, and "
        f"{about['median_distance_on_fresh_draws']}",
        "when the sets are run again on draws that no search has seen: the difference was luck.",
        "Moved by the episode: " + ", ".join(f"`{n}`" for n in about["pinned"]) + ".",
        "",
        "Searched, but left where their priors were, which they keep: "
        + (", ".join(f"`{n}`" for n in about["prior_kept"]) or "none")
        + ".",
        "",
        "No episode says anything about "
        + ", ".join(f"`{n}`" for n in about["never_fitted"])
        + ".",
        "",
        *_markdown(
            ["parameter", "difference of the seeds' means, quantiles of the prior"],
            [(name, f"{value:.2f}") for name, value in about["between_seeds"].items()],
        ),
        *_markdown(
            ["series", "discrepancy (log)"],
            [(name, f"{value:.2f}") for name, value in about["discrepancy"].items()],
        ),
    ]


def _ablation_section(ablations: Sequence[Ablation]) -> list[str]:
    periods = list(ablations[0].error)
    rows = [
        (a.mechanism, str(a.met), *(_number(a.error[p]) for p in periods), _changes(a))
        for a in ablations
    ]
    return [
        "## Mechanisms switched off",
        "",
        "Mean log-RMSE of the price series by period, and the patterns won (+) and lost (-).",
        "",
        *_markdown(["without", "patterns met", *periods, "patterns"], rows),
    ]


def _markdown(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(heading) + " |", "|" + "---|" * len(heading)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]
