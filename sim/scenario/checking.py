"""What a scenario must fulfil beyond its schema: against its world, and measure against measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from sim.errors import Problem, ScenarioErrors
from sim.measures import MEASURES, Measure, Names, ProductionQuota, parse_measure
from sim.measures.values import nearest
from sim.scenario.alternatives import TABLE, alternatives
from sim.scenario.files import Source, Unreadable, below, merge
from sim.scenario.lines import KeyPath
from sim.scenario.messages import dotted, field_names, lookup, problems_of
from sim.scenario.schema import ScenarioFile, Sweep, Swept
from sim.scenario.writing import shown
from sim.world import PARAMETERS, World, list_worlds, load_world


def check(source: Source) -> ScenarioFile:
    """Read the merged keys of a file; `ScenarioErrors` holds all that is wrong with them."""
    problems = list(source.problems)
    world = _find_world(source, problems)
    names = names_of(world) if world else None
    if world and names:
        problems += _standing_problems(world, names)
        _take_over_growth(source, world)
    file = None
    try:
        file = ScenarioFile.model_validate(source.data, context=names)
    except ValidationError as error:
        problems += problems_of(error, source)
    others = [(*TABLE, name, "measures") for name in alternatives(source)]
    for table in (("measures",), ("counterfactual", "measures"), *others):
        measures = _valid_measures(source.data, table)
        problems += _outside_span(measures, source, table)
        problems += _conflicts(measures, source, table)
    problems += _lifted(source)
    problems += _before_world(source, world)
    problems += _sweep_problems(source, names)
    if problems or file is None:
        raise ScenarioErrors(problems)
    return file


FIRMS = {"mine": ("mines", "mine"), "separation": ("separators", "separator")}
FIRMS["magnet"] = ("magnet_makers", "maker")


def names_of(world: World) -> Names:
    """The names that a file on this world may use."""
    firms: dict[str, dict[str, frozenset[str]]] = {}
    for stage, (table, column) in FIRMS.items():
        found = firms.setdefault(stage, {})
        for row in world.tables[table][[column, "owner", "region"]].itertuples(index=False):
            for name in {row[0], row[1]} - {""}:
                found[name] = found.get(name, frozenset()) | {row[2]}
    uses = ("vehicles", *sorted(set(world.tables["magnet_users"]["use"])))
    return Names(world.regions, world.elements, tuple(PARAMETERS), firms, uses)


def _find_world(source: Source, problems: list[Problem]) -> World | None:
    """The world the file names; None where there is none, which is then among the problems."""
    name = source.data.get("world")
    if not isinstance(name, str) or not name.strip():
        return None
    place = source.place(("world",))
    try:
        if "/" in name:
            path = below(source.root, source.folder(("world",)), name)
            if not (path / "world.toml").is_file():
                raise Unreadable("no folder with a world.toml")
            name = source.data["world"] = path.resolve().as_posix()
        elif name not in list_worlds():
            shipped = list_worlds()
            raise Unreadable("no such world", ", ".join(shipped), nearest(name, shipped))
        return load_world(name)
    except Unreadable as error:
        problems.append(Problem(*place, "world", shown(name), *error.told))
    except ScenarioErrors as errors:
        problems += errors.problems
    return None


def _standing_problems(world: World, names: Names) -> Iterator[Problem]:
    """Faults of the standing measures of a world, which may be the user's own."""
    for name, table in world.standing.items():
        try:
            parse_measure(table, names)
        except ValidationError as error:
            for detail in error.errors():
                key = dotted(("measures", name, *map(str, detail["loc"][1:])))
                message = str(detail.get("ctx", {}).get("message", detail["msg"]))
                yield Problem(f"{world.name}/standing.toml", None, key, "", message)


def _take_over_growth(source: Source, world: World) -> None:
    """Let a production quota go on as the standing one of its stage and class, unless it says."""
    for measure in _measure_tables(source):
        if measure.get("kind") != "production-quota" or "after" in measure:
            continue
        for standing in world.standing.values():
            same = all(
                _listed(standing.get(key)) == _listed(measure.get(key))
                for key in ("kind", "stage", "class", "by")
            )
            if same and "after" in standing:
                measure["after"] = standing["after"]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _measure_tables(source: Source) -> Iterator[dict[str, Any]]:
    """The tables of all measures of a file that are tables."""
    data = source.data
    for holder in (data, data.get("counterfactual"), *alternatives(source).values()):
        measures = holder.get("measures") if isinstance(holder, dict) else None
        if isinstance(measures, dict):
            yield from (measure for measure in measures.values() if isinstance(measure, dict))


def _valid_measures(data: Mapping[str, Any], table: KeyPath) -> dict[str, Measure]:
    """The measures that can be read, so that they are compared even if others cannot."""
    found = lookup(data, table)
    measures = {}
    for name, content in sorted(found.items()) if isinstance(found, dict) else ():
        try:
            measure = parse_measure(content)
        except ValidationError:
            continue
        if not measure.off:
            measures[name] = measure
    return measures


def _outside_span(
    measures: Mapping[str, Measure], source: Source, table: KeyPath
) -> Iterator[Problem]:
    start, end = source.data.get("start"), source.data.get("end")
    if type(start) is not date or type(end) is not date:
        return
    for name, measure in measures.items():
        late = measure.start > end
        if late or (measure.end is not None and measure.end < start):
            path = (*table, name, "start" if late else "end")
            day = measure.start if late else measure.end
            message = "the measure lies outside the simulated span"
            yield Problem(
                *source.place(path), dotted(path), shown(day), message, f"{start} to {end}"
            )


def _conflicts(
    measures: Mapping[str, Measure], source: Source, table: KeyPath
) -> Iterator[Problem]:
    in_file = sorted(measures, key=lambda name: source.place((*table, name)).line or 0)
    for one, two in combinations(in_file, 2):
        if measures[one].conflicts(measures[two]):
            path, other = (*table, two), source.place((*table, one))
            message = f"overlaps '{one}' of {other.file}:{other.line}: two quotas of one thing"
            yield Problem(*source.place(path), dotted(path), "", message)


def _lifted(source: Source) -> Iterator[Problem]:
    """Answers that lift a measure which is none of the file's, or which cannot be lifted."""
    answers, measures = source.data.get("answers"), _valid_measures(source.data, ("measures",))
    for name, answer in answers.items() if isinstance(answers, dict) else ():
        lifts = answer.get("lifts") if isinstance(answer, dict) else None
        for lifted in lifts if isinstance(lifts, list) else ():
            path = ("answers", name, "lifts")
            here = (*source.place(path), dotted(path), shown(lifted))
            if not isinstance(lookup(source.data, ("measures", str(lifted))), dict):
                near = nearest(str(lifted), measures)
                yield Problem(*here, "no measure of this name", ", ".join(measures), near)
            elif isinstance(measures.get(lifted), ProductionQuota):
                yield Problem(*here, "a production quota is raised by a measure, not lifted")


def _before_world(source: Source, world: World | None) -> Iterator[Problem]:
    start = source.data.get("start")
    if world is not None and type(start) is date and start < world.start.replace(day=1):
        message = f"world '{world.name}' begins on {world.start}"
        yield Problem(*source.place(("start",)), "start", shown(start), message)


def _sweep_problems(source: Source, names: Names | None) -> Iterator[Problem]:
    """Keys a sweep varies that are none, and values they cannot take."""
    try:
        sweep = Sweep.model_validate(source.data.get("sweep"))
    except ValidationError:
        return
    measures = lookup(source.data, ("measures",))
    for key, swept in sweep.over.items():
        if key.startswith("measures."):
            told = _fault_of_measure_key(key, swept, measures, names)
        else:
            told = () if key in PARAMETERS else (UNKNOWN_KEY, "", nearest(key, PARAMETERS))
        if told:
            path = ("sweep", "over", key)
            yield Problem(
                *source.place(path), dotted(path), shown(lookup(source.data, path)), *told
            )


UNKNOWN_KEY = "neither a parameter nor a key of a measure"


def _fault_of_measure_key(
    key: str, swept: str | Swept, measures: object, names: Names | None
) -> tuple[str, ...]:
    """What is wrong with sweeping `measures.NAME.KEY`: message, what is allowed, what was meant."""
    _, name, *keys = key.split(".")
    tables = measures if isinstance(measures, dict) else {}
    measure = tables.get(name)
    if measure is None:
        return (f"no measure '{name}'", "", nearest(name, tables))
    kind = measure.get("kind") if isinstance(measure, dict) else None
    if not isinstance(kind, str) or kind not in MEASURES:
        return ()  # told at the measure
    valid = field_names(MEASURES[kind])
    if not keys or keys[0] not in valid:
        return ("no such key", ", ".join(valid), nearest(keys[0], valid) if keys else "")
    if isinstance(swept, str):
        return ("only parameters have a prior", "values = [...] or between = [low, high]")
    for point in swept.points:
        try:
            parse_measure(_with_point(measure, keys, point), names)
        except ValidationError as error:
            message = error.errors()[0].get("ctx", {}).get("message", "cannot be the value")
            return (f"{shown(point)}: {message}",)
    return ()


def _with_point(measure: Mapping[str, Any], keys: list[str], point: float | date) -> dict[str, Any]:
    """The measure's table with one key, or one key of a table in it, set to a swept value."""
    changes: dict[str, Any] = {keys[-1]: point}
    for key in reversed(keys[:-1]):
        changes = {key: changes}
    return merge(measure, changes)
