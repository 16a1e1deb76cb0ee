"""A world: the sourced starting point of a simulation, read from a folder of tables."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from sim.errors import Problem, ScenarioErrors
from sim.shipped import DATA, list_worlds
from sim.world.tables import COLUMNS, read_table


@dataclass(frozen=True)
class World:
    """Tables, standing policy and names of one starting point; shared by all runs, never changed.

    `tables` maps a table's name to its rows, `standing` holds the policy in force as scenario-style
    measures, `base_year_measures` what was really in force in the base year. `fingerprint` is the
    SHA-256 of all files.
    """

    name: str
    title: str
    start: date
    base_year: int
    regions: tuple[str, ...]
    elements: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    standing: Mapping[str, Mapping[str, Any]]
    base_year_measures: Mapping[str, Mapping[str, Any]]
    fingerprint: str


@cache
def load_world(name: str) -> World:
    """Load a shipped world by name, or one's own by the path of its folder (a text with a `/`).

    Raises `ScenarioErrors` where the world, a table or a column is missing or wrong.
    """
    folder = Path(name) if "/" in name else DATA / name
    if not (folder / "world.toml").is_file():
        allowed = ", ".join(list_worlds())
        raise ScenarioErrors([Problem(str(folder), None, "world", name, "no such world", allowed)])
    about = _toml(folder / "world.toml")
    tables = {table: read_table(folder, table) for table in COLUMNS}
    return World(
        name=name,
        title=str(about["title"]),
        start=about["start"],
        base_year=int(about["base_year"]),
        regions=tuple(tables["regions"]["region"]),
        elements=tuple(tables["elements"]["element"]),
        tables=MappingProxyType(tables),
        standing=_measures(folder / "standing.toml"),
        base_year_measures=_measures(folder / "base_year.toml"),
        fingerprint=_fingerprint(folder),
    )


def load_sources() -> dict[str, dict[str, str]]:
    """The sources that tables and parameters cite, by id: title, publisher, date, url."""
    table = pd.read_csv(DATA / "sources.csv", dtype=str).fillna("")
    return {
        row["source_id"]: {str(key): str(value) for key, value in row.items()}
        for row in table.to_dict("records")
    }


def _toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of a world."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ScenarioErrors([Problem(str(path), None, "", "", str(error))]) from error


def _measures(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """The `[measures.NAME]` tables of a file of a world; none where the file does not exist."""
    return MappingProxyType(_toml(path).get("measures", {}) if path.is_file() else {})


def _fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of a world's files."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.toml")]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
