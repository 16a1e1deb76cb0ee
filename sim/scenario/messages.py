"""From what the schema refuses to what a reader of the file can mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Problem
from sim.measures import MEASURES
from sim.measures.values import SHAPES, nearest
from sim.scenario.answers import Answer
from sim.scenario.files import Source
from sim.scenario.lines import KeyPath
from sim.scenario.schema import Alternative, CounterfactualTable, Ensemble, ScenarioFile, Sweep
from sim.scenario.writing import LONGEST, shown, toml_key

PLAIN = {
    "missing": ("is missing", ""),
    "float_type": ("must be a number", ""),
    "finite_number": ("must be a finite number", ""),
    "int_type": ("must be a whole number", ""),
    "bool_type": ("must be true or false", ""),
    "string_type": ("must be a text in quotes", ""),
    "date_type": ("must be a date without a time", "2023-12-21"),
    "tuple_type": ("must be a list", "[...]"),
    "dict_type": ("must be a table", ""),
    "model_type": ("must be a table", ""),
    "model_attributes_type": ("must be a table", ""),
}


def problems_of(error: ValidationError, source: Source) -> list[Problem]:
    """One problem for each fault, at the line of its key."""
    problems = []
    for detail in error.errors():
        path = _in_file(detail, source.data)
        absent = detail["type"] in ("missing", "union_tag_not_found")
        if absent and (not source.complete or _start_waits_for_schedule(path, source)):
            continue
        problems.append(_problem(detail, path, source))
    return problems


def _problem(detail: ErrorDetails, path: KeyPath, source: Source) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    content = lookup(source.data, path)
    value = "" if content is None else shown(content)
    place, key = source.place(path), dotted(path)
    if kind == "fault":
        message, allowed, suggestion = (
            str(context[word]) for word in ("message", "allowed", "suggestion")
        )
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        path = (*path, "kind")
        place, key, found = source.place(path), dotted(path), lookup(source.data, path)
        value, allowed = "" if found is None else shown(found), ", ".join(MEASURES)
        message, suggestion = "unknown kind of measure", nearest(str(found), MEASURES)
        if found is None:
            suggestion = _twin(path[:-1], source)
            message = "no measure of this name is taken over" if suggestion else "is missing"
    elif kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(context["expected"]))
        message, allowed = "not one of the words allowed", ", ".join(words)
        suggestion = nearest(str(content), words)
    elif kind == "extra_forbidden":
        words = list(keys_of(path[:-1], source.data))
        message, allowed = "unknown key", ", ".join(words)
        value, suggestion = "", _near_key(path, words)
    else:
        message, allowed = PLAIN.get(kind, (detail["msg"], ""))
        suggestion = ""
    return Problem(*place, key, value, message, allowed, suggestion)


def _near_key(path: KeyPath, words: Iterable[str]) -> str:
    """The key that was meant; runs and seed are often looked for at the top."""
    if len(path) == 1 and path[0] in Ensemble.model_fields:
        return f"ensemble.{path[0]}"
    return nearest(path[-1], words)


def _twin(path: KeyPath, source: Source) -> str:
    """A measure with a kind and a like name: the one that was to be changed or dropped."""
    measures = lookup(source.data, path[:-1])
    others = [
        name for name, table in measures.items() if isinstance(table, dict) and "kind" in table
    ]
    return nearest(path[-1], others)


def _start_waits_for_schedule(path: KeyPath, source: Source) -> bool:
    """A start that is missing because the schedule it would come from is faulty, told already."""
    table = lookup(source.data, path[:-1])
    return path[-1] == "start" and isinstance(table, dict) and "schedule" in table


def keys_of(path: KeyPath, data: Mapping[str, Any]) -> Iterable[str]:
    """The keys that may stand in a table of the file."""
    models: dict[KeyPath, type[BaseModel]] = {
        (): ScenarioFile,
        ("ensemble",): Ensemble,
        ("sweep",): Sweep,
        ("counterfactual",): CounterfactualTable,
    }
    if path in models:
        return field_names(models[path])
    if path[:2] == ("sweep", "alternatives") and len(path) == 3:
        return field_names(Alternative)
    if len(path) == 2 and path[0] == "answers":
        return field_names(Answer)
    if len(path) >= 2 and (path[-2] == "measures" or path[-1] == "measure"):
        return field_names(MEASURES[lookup(data, path)["kind"]])
    return ("between", "values") if path[:2] == ("sweep", "over") else SHAPES


def field_names(model: type[BaseModel]) -> list[str]:
    """The keys of a model as they stand in a file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _in_file(detail: ErrorDetails, data: object) -> KeyPath:
    """A fault's location without the tags of unions, which stand in no file."""
    path: list[str] = []
    location = detail["loc"]
    for number, part in enumerate(location):
        inner = lookup(data, (str(part),))
        if inner is not None:
            data = inner
        elif detail["type"] != "missing" or number < len(location) - 1:
            continue
        path.append(str(part))
    return tuple(path)


def lookup(data: Any, path: KeyPath) -> Any:  # noqa: ANN401
    """What stands at a key path of nested tables and lists; None where nothing does."""
    for part in path:
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def dotted(path: Iterable[str]) -> str:
    """A key path as it would be written in the file, a very long name cut."""
    return ".".join(toml_key(part[:LONGEST]) for part in path)
