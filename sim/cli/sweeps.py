"""`sweep`: a scenario over many values."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.options import (
    Commands,
    Given,
    add_command,
    add_run_options,
    add_scenario,
    folder,
    overrides,
)
from sim.cli.printing import note, print_json, print_place, progress, to_reader

if TYPE_CHECKING:
    from sim.ensemble.engine import Pool


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    sweep = add_command(
        commands, "sweep", _sweep, "run a scenario over many values, and say what matters"
    )
    add_scenario(sweep)
    sweep.add_argument(
        "--design",
        metavar="D",
        help="grid, latin-hypercube, sobol or morris (default: the file's)",
    ).completer = _designs  # type: ignore[attr-defined]
    sweep.add_argument("--samples", metavar="N", help="base number of points of the design")
    sweep.add_argument(
        "--over",
        metavar="KEY[=VALUES]",
        action="append",
        default=[],
        help="sweep a parameter or measures.NAME.KEY over VALUES, such as '{between = [0, 1]}' or "
        "'{values = [0, 1]}'; a parameter alone over its prior; all: every parameter with a prior",
    )
    sweep.add_argument(
        "--outputs", metavar="NAMES", default="", help="outputs to keep, with commas (default: all)"
    )
    sweep.add_argument(
        "--out",
        metavar="DIR",
        type=folder,
        help="folder of the sweep (default: results/NAME-sweep)",
    )
    sweep.add_argument("--force", action="store_true", help="replace another sweep in the folder")
    sweep.add_argument("--dask", metavar="ADDRESS", help="run on the workers of a Dask scheduler")
    add_run_options(sweep)


def _designs(prefix: str, **_: object) -> list[str]:
    designs = ("grid", "latin-hypercube", "sobol", "morris")
    return [design for design in designs if design.startswith(prefix)]


def _sweep(given: Given) -> None:
    from sim.ensemble.sweep import prepare, run_sweep, sweep_overrides
    from sim.scenario import dump_scenario, find_scenario

    texts = sweep_overrides(given.design, given.samples, given.over)
    outputs = [name for name in given.outputs.split(",") if name]
    sweeping = prepare(find_scenario(given.file), [*overrides(given), *texts], outputs)
    scenario = sweeping.plan.scenario
    out = given.out or Path("results") / f"{scenario.name}-sweep"
    note(given, sweeping.announcement())
    with progress(given) as tick:
        results = run_sweep(sweeping, out, _pool(given), tick, given.force)
    from sim.report.sweep_files import write_sweep
    from sim.report.sweep_text import find_box, print_sweep, sweep_summary
    from sim.report.text import plain_console

    box = find_box(results)
    if given.json:
        print_json(sweep_summary(results, box))
    else:
        with to_reader():
            print_sweep(plain_console(), results, box)
    write_sweep(results, out, dump_scenario(scenario), box)
    print_place(given, out)


def _pool(given: Given) -> AbstractContextManager[Pool] | None:
    """The workers that were asked for; None for a process a core."""
    if given.dask:
        from sim.ensemble.cluster import dask_pool

        return dask_pool(given.dask)
    from sim.ensemble.engine import local_pool

    return local_pool(given.workers) if given.workers else None
