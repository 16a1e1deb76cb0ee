"""`run` and `compare`: an ensemble of pairs, its answer and its folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.options import (
    Commands,
    Given,
    add_command,
    add_run_options,
    add_scenario,
    folder,
    load,
)
from sim.cli.printing import note, print_answer, print_place, progress

if TYPE_CHECKING:
    from sim.scenario import Scenario


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    run = add_command(commands, "run", _run, "run a scenario against its counterfactual")
    add_scenario(run)
    run.add_argument(
        "--out", metavar="DIR", type=folder, help="folder of the results (default: results/NAME)"
    )
    run.add_argument("--force", action="store_true", help="replace the results of an earlier run")
    run.add_argument(
        "--record",
        metavar="WHAT",
        default="",
        help="keep firms, flows or both (firms,flows) by month of every run, not of the first five",
    )
    run.add_argument("--report", action="store_true", help="write report.html beside the results")
    add_run_options(run)

    compare = add_command(
        commands, "compare", _compare, "run the measures of two scenarios side by side"
    )
    add_scenario(compare, "first", help_text="what the other is compared with")
    add_scenario(compare, "second", help_text="what is compared with it")
    compare.add_argument(
        "--out", metavar="DIR", type=folder, help="write the results into a folder, as `run` does"
    )
    compare.add_argument("--force", action="store_true", help="replace earlier results")
    add_run_options(compare)


def _run(given: Given) -> None:
    scenario = load(given.file, given)
    from sim.results.disk import check_target, save_results

    out = given.out or Path("results") / scenario.name
    check_target(out, given.force)
    from sim.ensemble import run_pairs
    from sim.results.summary import summarise

    record = _recorded(scenario, given)
    with progress(given) as tick:
        results = run_pairs(scenario, workers=given.workers, progress=tick, record=record)
    rows = summarise(results)
    print_answer(results, rows, given.json)
    from sim.report.figures import write_figures
    from sim.scenario import dump_scenario

    save_results(results, out, dump_scenario(scenario), rows, write_figures, given.force)
    if given.report:
        from sim.report.page import write_report

        write_report(out)
    print_place(given, out)


def _recorded(scenario: Scenario, given: Given) -> tuple[str, ...]:
    """The groups of records to keep by month of every run, their size announced."""
    from sim.ensemble.recording import recorded_bytes

    record = tuple(dict.fromkeys(name.strip() for name in given.record.split(",") if name.strip()))
    if record:
        size = recorded_bytes(scenario, record) / 1e6
        what = " and ".join(record)
        note(given, f"recording {what} by month of every run: {size:,.2f} MB")
    return record


def _compare(given: Given) -> None:
    first, second = load(given.first, given), load(given.second, given)
    from sim.ensemble import run_pairs
    from sim.ensemble.compare import side_by_side
    from sim.results.disk import check_target, save_results
    from sim.results.summary import summarise

    pair = side_by_side(first, second)
    if given.out:
        check_target(given.out, given.force)
    with progress(given) as tick:
        results = run_pairs(pair, workers=given.workers, progress=tick)
    rows = summarise(results)
    print_answer(results, rows, given.json)
    if given.out:
        from sim.report.figures import write_figures
        from sim.scenario import dump_scenario

        save_results(results, given.out, dump_scenario(pair), rows, write_figures, given.force)
        print_place(given, given.out)
