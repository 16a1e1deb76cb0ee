"""`hindcast` and `calibrate`: the model against the past, and fitted to its first years."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

from sim.cli.options import Commands, Given, add_command, add_workers, folder, page, whole_number
from sim.cli.printing import note, print_json, print_lines, progress, to_reader


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    hindcast = add_command(commands, "hindcast", _hindcast, "score the model against 2009 to 2024")
    hindcast.add_argument("--runs", metavar="N", type=whole_number(1), default=200, help="runs")
    hindcast.add_argument(
        "--ablate", action="store_true", help="also with each mechanism switched off (minutes)"
    )
    hindcast.add_argument(
        "--markdown", metavar="FILE", type=page, help="also write the page, figures beside it"
    )
    add_workers(hindcast)

    calibrate = add_command(commands, "calibrate", _calibrate, "fit the posterior to 2009 to 2013")
    calibrate.add_argument(
        "--out",
        metavar="DIR",
        type=folder,
        default=Path("results/calibration"),
        help="folder of the waves: the same command goes on from there",
    )
    add_workers(calibrate)


def _hindcast(given: Given) -> None:
    from sim.hindcast.board import as_json, score_patterns, score_series
    from sim.hindcast.ensemble import run_all

    workers = given.workers or os.cpu_count() or 1
    with progress(given, "batches of runs") as tick:
        paths = run_all(given.runs, workers, tick)
    scores, patterns = score_series(paths), score_patterns(paths)
    ablations = []
    if given.ablate:
        from sim.hindcast.ablation import ablate

        with progress(given, "mechanisms") as tick:
            ablations = ablate(given.runs, workers, tick)
    from sim.report.hindcast import print_hindcast, write_validation

    if given.json:
        print_json(as_json(scores, patterns, ablations))
    else:
        with to_reader():
            print_hindcast(scores, patterns, ablations)
    if given.markdown:
        write_validation(given.markdown, paths, scores, patterns, ablations, workers)


def _calibrate(given: Given) -> None:
    from sim.hindcast.calibration import calibrate
    from sim.hindcast.posterior import write_posterior

    workers = given.workers or os.cpu_count() or 1
    searches = calibrate(given.out, workers, partial(note, given))
    write_posterior(searches, given.out)
    written = given.out / "posterior.csv"
    if given.json:
        print_json({"posterior": str(written)})
    elif not given.quiet:
        print_lines(
            f"Written to {written} and posterior.toml; in sim/world/data they are",
            "the default uncertainty of every scenario.",
        )
