"""The claims and their verdicts, on a terminal and as a page of the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from sim.claims.judge import Judged, Result
from sim.claims.verdicts import NOT_TESTABLE, Hinge
from sim.errors import UserError
from sim.report.numbers import short
from sim.report.tables import table

SIGNS = {1: "+", -1: "-", 0: "none", None: ""}

HEAD = """# The claims about the technology ban and the quotas

Written by `exportshock claims --runs {runs} --markdown docs/claims.md`; do not edit it by hand.
Each claim is restated in neutral words and tested by paths that share every random draw ({runs}
runs, seed {seed}, world 2023, to 2030): medians, and in brackets what holds 90 % of the runs.
Nothing is tuned for a verdict; what the model leaves out (`docs/findings.md`) it leaves out here
too. Arms, derived worlds, outcomes and signs stand as data in `sim/claims/claims.toml`, the
scenarios in `scenarios/claims/`.

**The rule of all verdicts.** An outcome has the sign it would have if the claim were true, and a
size under which an effect counts as none. *Supported*: the interval lies on the claimed side of
zero and the median is of that size; for a claim of no effect, the whole interval is smaller than
that. *Contradicted*: 95 % of the runs show less than that size on the claimed side; for a claim
of no effect, the interval lies beyond it. *Depends on ...*: all else, with the parameter whose
draws are most related to the outcome. A claim of several parts is supported if all are,
contradicted if one is. What an outcome hinges on is named where the rank correlation passes what
the strongest of all parameters would reach by chance once in twenty times.
"""


def claims_table(judged: Sequence[Judged]) -> Table:
    """One row a claim: how it is tested, the outcome that decides, and what that hinges on."""
    made = table(
        "The claims",
        [
            "",
            "claim",
            "scenario and counterfactual",
            "verdict",
            "outcome that decides",
            "hinges on",
        ],
    )
    for one in judged:
        found = one.headline
        outcome = one.claim.reason
        if found and not one.claim.reason:
            outcome = f"{found.test.outcome}: {_numbers(found)}; if true: {SIGNS[found.test.sign]}"
        hinges = _hinge(found.hinge if found else None)
        made.add_row(
            str(one.claim.id), one.claim.claim, one.claim.scenario, one.verdict, outcome, hinges,
        )  # fmt: skip
    return made


def claims_page(judged: Sequence[Judged], runs: int, seed: int) -> str:
    """The page of the documentation."""
    lines = [HEAD.format(runs=runs, seed=seed), "| | claim | verdict | outcome that decides |"]
    lines += ["|---|---|---|---|", *map(_line, judged)]
    for one in judged:
        lines += ["", *_section(one)]
    return "\n".join(lines) + "\n"


def write_page(file: Path, page: str) -> None:
    """Write the page. Raises UserError where the system refuses."""
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write {file}: {error.strerror or error}") from error


def _line(one: Judged) -> str:
    found = one.headline
    decides = f"{found.test.outcome}: {_numbers(found)}" if found else ""
    return f"| {one.claim.id} | {one.claim.claim} | {one.verdict} | {decides} |"


def _section(one: Judged) -> list[str]:
    claim = one.claim
    lines = [f"## {claim.id}. {claim.claim}", "", f"**{one.verdict[0].upper()}{one.verdict[1:]}.**"]
    if one.verdict == NOT_TESTABLE:
        lines[-1] += f" {claim.reason}"
    lines += ["", f"*Scenario.* {claim.scenario}"]
    if one.results:
        lines += [
            "",
            "| outcome | median (90 %) | if true | says | hinges on |",
            "|---|---|---|---|---|",
        ]
    for result in one.results:
        says = result.verdict or "(beside)"
        lines.append(
            f"| {result.test.outcome} | {_numbers(result)} | {SIGNS[result.test.sign]} | {says} "
            f"| {_hinge(result.hinge)} |"
        )
    if claim.note:
        lines += ["", claim.note]
    return lines


def _numbers(result: Result) -> str:
    ends = f"{short(result.low)} to {short(result.high)}"
    return f"{short(result.median)} {result.test.unit} ({ends})"


def _hinge(hinge: Hinge | None) -> str:
    if hinge is None:
        return ""
    text = f"{hinge.parameter}, rank correlation {hinge.correlation:+.2f}"
    if hinge.value is None or hinge.sorted is None:
        return text
    return f"{text}; changes side at {short(hinge.value)} ({100 * hinge.sorted:.0f} % of runs)"
