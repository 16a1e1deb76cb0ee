"""From a scenario file to a `Scenario`, or to all that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioErrors
from sim.measures.values import nearest
from sim.scenario.alternatives import override_alternatives, take_alternatives
from sim.scenario.checking import check
from sim.scenario.files import Source, Unreadable, below, override, read_source
from sim.scenario.schema import Common, CounterfactualTable, Scenario, file_name
from sim.scenario.writing import shown, toml_lines, toml_section
from sim.shipped import scenario_folder, shipped_scenarios


def load_scenario(path: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Read, merge and check a scenario file; `overrides` are texts `KEY=VALUE` put over its keys.

    Files named by `extends`, `counterfactual` and `world` must lie in the folder of `path` or
    below; for a shipped file, among the shipped ones. Raises `ScenarioErrors` with every fault.
    """
    path = Path(path)
    try:
        root = path.resolve().parent
        shipped = scenario_folder()
        if shipped and root.is_relative_to(shipped):
            root = shipped  # the library's files build on one another
        source = read_source(path, root)
    except (Unreadable, OSError, ValueError, RuntimeError) as error:
        raise ScenarioErrors([Problem(str(path), None, "", "", str(error))]) from None
    for text in overrides:
        override(source, text)
    take_alternatives(source)
    for text in overrides:
        override_alternatives(source, text)
    return _scenario(source, path)


def _scenario(source: Source, path: Path) -> Scenario:
    problems: list[Problem] = []
    file = None
    try:
        file = check(source)
    except ScenarioErrors as errors:
        problems += errors.problems
    other = _counterfactual(source, problems)
    if problems or file is None:
        files = list(dict.fromkeys(problem.file for problem in problems))
        problems.sort(key=lambda problem: (files.index(problem.file), problem.line or 0))
        raise ScenarioErrors(problems)
    name = file.name or file_name(path.stem)
    shared = {key: getattr(file, key) for key in Common.model_fields}
    shared |= {"runs": file.ensemble.runs, "seed": file.ensemble.seed}
    table = other or file.counterfactual
    counterfactual = None
    if isinstance(table, CounterfactualTable):
        own = {key: getattr(table, key) for key in CounterfactualTable.model_fields}
        counterfactual = Scenario(**shared | own | {"sweep": None})
    return Scenario(**shared, name=name, counterfactual=counterfactual)


def _counterfactual(source: Source, problems: list[Problem]) -> CounterfactualTable | None:
    """The measures of the file that is named as counterfactual; all else is as in `source`."""
    name = source.data.get("counterfactual")
    if not isinstance(name, str):
        return None
    place = source.place(("counterfactual",))
    try:
        path = below(source.root, source.folder(("counterfactual",)), name)
        other = read_source(path, source.root)
        for key in ("counterfactual", "sweep"):
            other.data.pop(key, None)
        file = check(other)
    except Unreadable as error:
        problems.append(Problem(*place, "counterfactual", shown(name), *error.told))
    except ScenarioErrors as errors:
        problems += [error for error in errors.problems if error not in problems]
    else:
        if file.world == source.data.get("world"):
            own = {key: getattr(file, key) for key in ("title", "description", "measures")}
            return CounterfactualTable(name=file.name or file_name(path.stem), **own)
        message = f"the counterfactual stands on another world, {shown(file.world)}"
        problems.append(Problem(*place, "counterfactual", shown(name), message))
    return None


def scenario_group(path: Path) -> str:
    """The folder of a shipped scenario below the shipped ones: "" for those in none."""
    folder = scenario_folder()
    return path.parent.relative_to(folder).as_posix().strip(".") if folder else ""


def find_scenario(name_or_path: str | Path) -> Path:
    """The path of a scenario file, or of the shipped scenario of that name."""
    path = Path(name_or_path)
    shipped = shipped_scenarios()
    if path.suffix == ".toml" or len(path.parts) > 1:
        return path
    if str(path) in shipped:
        return shipped[str(path)]
    allowed = "what `exportshock list` names, or the path of a file"
    problem = Problem(str(path), None, "", "", "no shipped scenario of this name", allowed)
    raise ScenarioErrors([replace(problem, suggestion=nearest(str(path), shipped))])


def dump_scenario(scenario: Scenario) -> str:
    """The scenario as the text of one file, which loads to an equal scenario."""
    content = _content(scenario)
    keys = ("name", "title", "description", "world", "start", "end")
    parts = [
        toml_lines({key: content[key] for key in keys}),
        toml_section("ensemble", {"runs": scenario.runs, "seed": scenario.seed}),
        toml_section("assumptions", content["assumptions"]),
    ]
    parts += [toml_section(f"measures.{name}", m) for name, m in content["measures"].items()]
    parts += [toml_section(f"answers.{name}", a) for name, a in content["answers"].items()]
    sweep = content.get("sweep", {})
    alternatives = sweep.pop("alternatives", {})
    parts.append(toml_section("sweep", sweep))
    for name, other in alternatives.items():
        parts.append(toml_section(f"sweep.alternatives.{name}", {"title": other["title"]}))
        parts += [
            toml_section(f"sweep.alternatives.{name}.measures.{key}", m)
            for key, m in other["measures"].items()
        ]
    if scenario.counterfactual is not None:
        other = _content(scenario.counterfactual)
        head = {key: other[key] for key in ("name", "title", "description")}
        parts.append(toml_section("counterfactual", head))
        parts += [
            toml_section(f"counterfactual.measures.{name}", m)
            for name, m in other["measures"].items()
        ]
    return "".join(parts)


def _content(scenario: Scenario) -> dict[str, Any]:
    content = scenario.model_dump(by_alias=True, exclude_none=True)
    alternatives = content.get("sweep", {}).get("alternatives", {})
    for table in (content, *alternatives.values()):
        for measure in table["measures"].values():
            del measure["off"]
    for answer in content["answers"].values():
        del answer["off"]
        answer.get("measure", {}).pop("off", None)
    return content
