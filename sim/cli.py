"""The command `exportshock`: it parses, calls and prints, and does nothing else.

Everything heavy is imported by the command that needs it, so that help is there at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError

if TYPE_CHECKING:
    from sim.ensemble.engine import Pool
    from sim.scenario import Scenario

FAULT, INTERRUPTED = 2, 130
WORKERS = "processes (default: one a core)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 2 for a mistake of the user's, 130 for an interruption."""
    given = _parser().parse_args(arguments)
    try:
        given.command(given)
        sys.stdout.flush()
    except UserError as error:
        print(error, file=sys.stderr)
        return FAULT
    except KeyboardInterrupt as kept:
        print(f"exportshock: interrupted, {str(kept) or 'nothing was written'}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="exportshock",
        description="What export restrictions on rare earths do to prices, magnets and vehicles. "
        "FILE is the path of a scenario file or the name of a shipped scenario.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('exportshock')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = _command(commands, "run", _run, "run a scenario against its counterfactual")
    run.add_argument("file", metavar="FILE")
    run.add_argument(
        "--out", metavar="DIR", type=Path, help="folder of the results (default: results/NAME)"
    )
    run.add_argument("--force", action="store_true", help="replace the results of an earlier run")
    run.add_argument(
        "--record",
        metavar="WHAT",
        default="",
        help="keep firms, flows or both (firms,flows) by month of every run, not of the first five",
    )
    run.add_argument("--report", action="store_true", help="write report.html beside the results")
    _run_options(run)

    compare = _command(
        commands, "compare", _compare, "run the measures of two scenarios side by side"
    )
    compare.add_argument("first", metavar="FILE", help="what the other is compared with")
    compare.add_argument("second", metavar="FILE", help="what is compared with it")
    compare.add_argument(
        "--out", metavar="DIR", type=Path, help="write the results into a folder, as `run` does"
    )
    compare.add_argument("--force", action="store_true", help="replace earlier results")
    _run_options(compare)

    report = _command(commands, "report", _report, "one self-contained page of a folder of results")
    report.add_argument("folder", metavar="DIR", type=Path)
    report.add_argument("--format", choices=("html", "md"), default="html", help="default: html")
    report.add_argument(
        "--out", metavar="FILE", type=Path, help="the page (default: report.html in the folder)"
    )
    sweep = _command(
        commands, "sweep", _sweep, "run a scenario over many values, and say what matters"
    )
    sweep.add_argument("file", metavar="FILE")
    sweep.add_argument(
        "--design", metavar="D", help="grid, latin-hypercube, sobol or morris (default: the file's)"
    )
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
        "--out", metavar="DIR", type=Path, help="folder of the sweep (default: results/NAME-sweep)"
    )
    sweep.add_argument("--force", action="store_true", help="replace another sweep in the folder")
    sweep.add_argument("--dask", metavar="ADDRESS", help="run on the workers of a Dask scheduler")
    _run_options(sweep)

    claims = _command(
        commands, "claims", _claims, "test the claims about the technology ban and the quotas"
    )
    claims.add_argument("ids", metavar="ID", nargs="*", type=int, help="numbers (default: all)")
    claims.add_argument("--runs", metavar="N", type=_at_least_one, default=100, help="runs an arm")
    claims.add_argument("--seed", metavar="S", type=int, default=7, help="seed of all random draws")
    claims.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("results/claims"),
        help="folder in which arms are kept: the same command goes on from there",
    )
    claims.add_argument(
        "--markdown", metavar="FILE", type=Path, help="also write the page of the documentation"
    )
    claims.add_argument("--workers", metavar="N", type=_at_least_one, help=WORKERS)

    explore = commands.add_parser("explore", help="build and watch a scenario in the browser")
    explore.set_defaults(command=_explore)
    explore.add_argument("file", metavar="FILE", nargs="?", default="technology-ban-2023")
    explore.add_argument("--host", default="127.0.0.1", help="default: this machine alone")
    explore.add_argument("--port", type=int, default=8765, help="default: 8765")
    explore.add_argument("--no-browser", action="store_true", help="do not open a browser")
    validate = _command(commands, "validate", _validate, "check scenario files without running")
    validate.add_argument("files", metavar="FILE", nargs="+")
    _command(commands, "list", _list, "list the shipped scenarios and worlds")
    world = _command(commands, "world", _world, "a world's base year: the model and the observed")
    world.add_argument("name", metavar="NAME")
    _command(commands, "parameters", _parameters, "the model's assumptions and their priors")
    schema = commands.add_parser("schema", help="JSON Schema of scenario files, for editors")
    schema.set_defaults(command=_schema)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    function: Callable[[argparse.Namespace], None],
    help_text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(command=function)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", metavar="N", help="number of paired runs")
    parser.add_argument("--seed", metavar="S", help="seed of all random draws")
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="put a TOML value over a key of the file; may be repeated",
    )
    parser.add_argument("--workers", metavar="N", type=_at_least_one, help=WORKERS)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _load(file: str, given: argparse.Namespace) -> Scenario:
    from sim.scenario import find_scenario, load_scenario

    return load_scenario(find_scenario(file), _overrides(given))


def _overrides(given: argparse.Namespace) -> list[str]:
    numbers = {"ensemble.runs": given.runs, "ensemble.seed": given.seed}
    return [
        *given.overrides,
        *(f"{key}={value}" for key, value in numbers.items() if value is not None),
    ]


def _run(given: argparse.Namespace) -> None:
    scenario = _load(given.file, given)
    from sim.results.disk import check_target, save_results

    out = given.out or Path("results") / scenario.name
    check_target(out, given.force)
    from sim.ensemble import run_pairs
    from sim.results.summary import summarise

    record = _recorded(scenario, given.record)
    with _progress() as tick:
        results = run_pairs(scenario, workers=given.workers, progress=tick, record=record)
    rows = summarise(results)
    _print_answer(results, rows, given.json)
    from sim.report.figures import write_figures
    from sim.scenario import dump_scenario

    save_results(results, out, dump_scenario(scenario), rows, write_figures, given.force)
    if given.report:
        from sim.report.page import write_report

        write_report(out)
    if not given.json:
        print(f"\nWritten to {out}")


def _recorded(scenario: Scenario, groups: str) -> tuple[str, ...]:
    """The groups of records to keep by month of every run, their size announced."""
    from sim.ensemble.recording import recorded_bytes

    record = tuple(dict.fromkeys(group.strip() for group in groups.split(",") if group.strip()))
    if record:
        size = recorded_bytes(scenario, record) / 1e6
        what = " and ".join(record)
        print(f"recording {what} by month of every run: {size:,.2f} MB", file=sys.stderr)
    return record


def _compare(given: argparse.Namespace) -> None:
    first, second = _load(given.first, given), _load(given.second, given)
    from sim.ensemble import run_pairs
    from sim.ensemble.compare import side_by_side
    from sim.results.disk import check_target, save_results
    from sim.results.summary import summarise

    pair = side_by_side(first, second)
    if given.out:
        check_target(given.out, given.force)
    with _progress() as tick:
        results = run_pairs(pair, workers=given.workers, progress=tick)
    rows = summarise(results)
    _print_answer(results, rows, given.json)
    if given.out:
        from sim.report.figures import write_figures
        from sim.scenario import dump_scenario

        save_results(results, given.out, dump_scenario(pair), rows, write_figures, given.force)


def _report(given: argparse.Namespace) -> None:
    from sim.report.page import write_report

    page = write_report(given.folder, given.format, given.out)
    if given.json:
        _print_json({"page": str(page)})
    else:
        print(f"Written to {page}")


def _sweep(given: argparse.Namespace) -> None:
    from sim.ensemble.sweep import prepare, run_sweep, sweep_overrides
    from sim.scenario import dump_scenario, find_scenario

    texts = sweep_overrides(given.design, given.samples, given.over)
    outputs = [name for name in given.outputs.split(",") if name]
    sweeping = prepare(find_scenario(given.file), [*_overrides(given), *texts], outputs)
    scenario = sweeping.plan.scenario
    out = given.out or Path("results") / f"{scenario.name}-sweep"
    print(sweeping.announcement(), file=sys.stderr if given.json else sys.stdout, flush=True)
    with _progress() as tick:
        results = run_sweep(sweeping, out, _pool(given), tick, given.force)
    from sim.report.sweep_files import write_sweep
    from sim.report.sweep_text import find_box, print_sweep, sweep_summary
    from sim.report.text import plain_console

    box = find_box(results)
    if given.json:
        _print_json(sweep_summary(results, box))
    else:
        print_sweep(plain_console(), results, box)
        sys.stdout.flush()
    write_sweep(results, out, dump_scenario(scenario), box)
    if not given.json:
        print(f"\nWritten to {out}")


def _pool(given: argparse.Namespace) -> AbstractContextManager[Pool] | None:
    """The workers that were asked for; None for a process a core."""
    if given.dask:
        from sim.ensemble.cluster import dask_pool

        return dask_pool(given.dask)
    from sim.ensemble.engine import local_pool

    return local_pool(given.workers) if given.workers else None


def _claims(given: argparse.Namespace) -> None:
    from sim.claims import judge_claims

    workers = given.workers or os.cpu_count() or 1
    with _progress("arms of claims") as tick:
        judged = judge_claims(given.ids, given.runs, given.seed, given.out, workers, tick)
    from sim.report.claims import claims_page, claims_table, write_page

    if given.json:
        _print_json([one.row() for one in judged])
    else:
        from sim.report.text import plain_console

        plain_console().print(claims_table(judged))
    if given.markdown:
        write_page(given.markdown, claims_page(judged, given.runs, given.seed))


def _print_answer(results: Any, rows: list[dict[str, Any]], as_json: bool) -> None:  # noqa: ANN401
    if as_json:
        _print_json({"indicators": rows})
    else:
        from sim.report.text import plain_console, print_summary

        print_summary(plain_console(), results.attrs, results.sizes["run"], rows)
    sys.stdout.flush()  # the answer is there before the figures are drawn


@contextmanager
def _progress(what: str = "pairs of runs") -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _explore(given: argparse.Namespace) -> None:
    from sim.dashboard import serve

    serve(given.file, given.host, given.port, not given.no_browser)


def _validate(given: argparse.Namespace) -> None:
    from sim.scenario import find_scenario, load_scenario

    answers, faults = [], []
    for file in given.files:
        try:
            load_scenario(find_scenario(file))
            answers.append({"file": file, "valid": True, "problems": []})
        except UserError as error:
            faults.append(error)
            answers.append({"file": file, "valid": False, "problems": str(error).splitlines()})
    if given.json:
        _print_json(answers)
    else:
        for answer in answers:
            if answer["valid"]:
                print(f"{answer['file']}: valid")
    if faults:
        raise UserError("\n".join(str(fault) for fault in faults))


def _list(given: argparse.Namespace) -> None:
    from sim.scenario import load_scenario, scenario_group, shipped_scenarios
    from sim.world import list_worlds, load_world

    paths = shipped_scenarios()
    scenarios = {name: load_scenario(path).title for name, path in paths.items()}
    worlds = {name: load_world(name).title for name in list_worlds()}
    if given.json:
        _print_json({"scenarios": scenarios, "worlds": worlds})
        return
    headings: dict[str, dict[str, str]] = {}
    for name in sorted(paths, key=lambda name: scenario_group(paths[name])):
        group = scenario_group(paths[name])
        heading = f"Scenarios, {group}" if group else "Scenarios"
        headings.setdefault(heading, {})[name] = scenarios[name]
    for heading, titles in (headings | {"Worlds": worlds}).items():
        print(heading)
        for name, title in titles.items():
            print(f"  {name:{max(24, *map(len, titles))}} {title}")


def _world(given: argparse.Namespace) -> None:
    from sim.ensemble import base_year
    from sim.report.base_year import base_year_tables, named_shares
    from sim.report.text import plain_console
    from sim.world import load_world

    world = load_world(given.name)
    rows, named = base_year(given.name), named_shares(world)
    if given.json:
        both = {"rows": [asdict(r) for r in rows], "named": [asdict(n) for n in named]}
        _print_json(both)
        return
    for table in base_year_tables(world, rows, named):
        plain_console().print(table)


def _parameters(given: argparse.Namespace) -> None:
    from sim.world import PARAMETERS

    if given.json:
        _print_json([asdict(parameter) for parameter in PARAMETERS.values()])
        return
    from sim.report.text import parameter_table, plain_console

    plain_console().print(parameter_table(PARAMETERS.values()))


def _schema(given: argparse.Namespace) -> None:
    from sim.scenario import scenario_schema

    _print_json(scenario_schema())


def _print_json(content: object) -> None:
    print(json.dumps(content, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())
