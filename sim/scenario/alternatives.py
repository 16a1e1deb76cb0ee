"""Whole alternative measures of a sweep: taken from other files, and overridden with the file's."""

from __future__ import annotations

import re
from typing import Any

from sim.errors import Problem, ScenarioErrors
from sim.scenario.files import Source, Unreadable, below, override, read_source
from sim.scenario.lines import KeyPath
from sim.scenario.writing import shown

TABLE: KeyPath = ("sweep", "alternatives")
MEASURE_KEY = re.compile(r"""\s*measures\s*\.\s*("[^"]*"|'[^']*'|[\w-]+)\s*\.""")


def alternatives(source: Source) -> dict[str, Any]:
    """The alternatives of a file by name, whatever stands there; empty where there are none."""
    sweep = source.data.get("sweep")
    tables = sweep.get(TABLE[1]) if isinstance(sweep, dict) else None
    return tables if isinstance(tables, dict) else {}


def take_alternatives(source: Source) -> None:
    """Put the measures of another file in the place of its path, with their places."""
    for name, path in alternatives(source).items():
        if isinstance(path, str):
            _take(source, (*TABLE, name), path)


def _take(source: Source, key: KeyPath, name: str) -> None:
    try:
        path = below(source.root, source.folder(key), name)
        other = read_source(path, source.root)
    except Unreadable as error:
        _fault(source, key, name, *error.told)
        return
    except ScenarioErrors as errors:
        source.problems += errors.problems
        return
    source.problems += other.problems
    if other.data.get("world") != source.data.get("world"):
        world = shown(other.data.get("world"))
        _fault(source, key, name, f"the alternative stands on another world, {world}")
    table = {k: v for k, v in other.data.items() if k in ("title", "measures")}
    alternatives(source)[key[-1]] = table
    for inner, place in other.places.items():
        if inner[:1] in (("title",), ("measures",)):
            source.places[(*key, *inner)] = place


def _fault(source: Source, key: KeyPath, name: str, *told: str) -> None:
    source.problems.append(Problem(*source.place(key), ".".join(key), shown(name), *told))


def override_alternatives(source: Source, text: str) -> None:
    """Put `measures.NAME.KEY=VALUE` over each alternative that has the measure as well."""
    found = MEASURE_KEY.match(text)
    for name, table in alternatives(source).items():
        measures = table.get("measures") if isinstance(table, dict) else None
        if found and isinstance(measures, dict) and found[1].strip("\"'") in measures:
            override(source, f"{'.'.join(TABLE)}.{name}.{text.strip()}")
