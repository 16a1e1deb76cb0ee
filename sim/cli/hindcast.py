"""`hindcast` and `calibrate`: the model against the past, and fitted to its first years."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sim.cli.options import Commands, Given, add_command, add_workers, at_least_one
from sim.cli.printing import print_json, progress


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    hindcast = add_command(commands, "hindcast", _hindcast, "score the model against 2009 to 2024")
    hindcast.add_argument("--runs", metavar="N", type=at_least_one, default=200, help="runs")
    hindcast.add_argument(
        "--ablate", action="store_true", help="also with each mechanism switched off (minutes)"
    )
    hindcast.add_argument(
        "--markdown", metavar="FILE", type=Path, help="also write the page, figures beside it"
    )
    add_workers(hindcast)

    calibrate = commands.add_parser("calibrate", help="fit the posterior to 2009 to 2013")
    calibrate.set_defaults(command=_calibrate)
    calibrate.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("results/calibration"),
        help="folder of the waves: the same command goes on from there",
    )
    add_workers(calibrate)


def _hindcast(given: Given) -> None:
    from sim.hindcast.board import as_json, score_patterns, score_series
    from sim.hindcast.ensemble import run_all

    workers = given.workers or os.cpu_count() or 1
    with progress("batches of runs") as tick:
        paths = run_all(given.runs, workers, tick)
    scores, patterns = score_series(paths), score_patterns(paths)
    ablations = []
    if given.ablate:
        from sim.hindcast.ablation import ablate

        with progress("mechanisms") as tick:
            ablations = ablate(given.runs, workers, tick)
    from sim.report.hindcast import print_hindcast, write_validation

    if given.json:
        print_json(as_json(scores, patterns, ablations))
    else:
        print_hindcast(scores, patterns, ablations)
    if given.markdown:
        write_validation(given.markdown, paths, scores, patterns, ablations, workers)


def _calibrate(given: Given) -> None:
    from sim.hindcast.calibration import calibrate
    from sim.hindcast.posterior import write_posterior

    searches = calibrate(given.out, given.workers or os.cpu_count() or 1, _say)
    write_posterior(searches, given.out)
    print(
        f"Written to {given.out / 'posterior.csv'} and posterior.toml; in sim/world/data they are"
    )
    print("the default uncertainty of every scenario.")


def _say(text: str) -> None:
    print(text, flush=True)
