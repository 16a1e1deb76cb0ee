"""The tables of a world: which columns they have, how a file is read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import Problem, ScenarioErrors

PROVENANCE = ("source", "confidence", "note")
CONFIDENCE = ("high", "medium", "low", "estimate")
TEXT = {
    "region", "element", "class", "ore", "mine", "owner", "feed", "status", "earliest", "quota",
    "named", "separator", "until", "maker", "plant", "grade", "powertrain", "origin",
    "destination", "use", "product", "item", "unit", "explanation",
}  # fmt: skip
"""Columns that hold words; every other column holds numbers, and an empty cell is 0."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "regions": ("region", "security_premium", "finance_rate"),
    "elements": (
        "element", "class", "price_home", "price_abroad", "price_reference", "finishing_cost",
        "backstop", "choke_low", "choke_high", "low_share",
    ),
    "ores": ("ore", "element", "share"),
    "mines": (
        "mine", "owner", "region", "ore", "feed", "status", "output", "capacity", "max_capacity",
        "building", "earliest", "cost", "capex", "lead", "technology", "quota", "named",
    ),
    "separators": (
        "separator", "owner", "region", "light_capacity", "heavy_capacity", "light_max",
        "heavy_max", "light_building", "heavy_building", "cost_light", "cost_heavy",
        "capex_light", "capex_heavy", "lead", "technology_light", "technology_heavy", "recovery",
        "quota", "named",
    ),
    "offtakes": ("mine", "separator", "share", "until"),
    "magnet_makers": (
        "maker", "owner", "region", "output", "capacity", "max_capacity", "building", "cost",
        "yield", "capex", "lead", "technology", "technology_metal", "high_share", "stock_days",
        "named",
    ),
    "recipes": ("grade", "element", "content"),
    "ev_makers": (
        "maker", "plant", "owner", "region", "bev", "phev", "pm_share", "magnet_bev",
        "magnet_phev", "high_share", "stock_days", "price", "named",
    ),
    "ev_demand": ("year", "region", "powertrain", "vehicles"),
    "ev_trade": ("origin", "destination", "share"),
    "magnet_users": (
        "use", "region", "demand", "high_share", "growth", "elasticity", "stock_days",
    ),
    "oxide_users": ("element", "region", "demand", "growth"),
    "stocks": ("element", "region", "stock", "target_months"),
    "recyclers": (
        "region", "capacity", "recovery", "cost", "max_capacity", "scrap_stock", "end_of_life",
    ),
    "trade_costs": ("product", "origin", "destination", "freight", "tariff"),
    "export_taxes": ("region", "product", "rate"),
    "oxide_trade": ("origin", "destination", "element", "flow"),
    "magnet_trade": ("origin", "destination", "flow"),
    "leakage": ("origin", "capacity", "max_capacity", "discount", "cost"),
    "observed": ("item", "region", "element", "value", "unit", "explanation"),
}  # fmt: skip


def read_table(folder: Path, table: str) -> pd.DataFrame:
    """Read one table of a world.

    Words are stripped and numbers are floats; an empty number is 0. Raises `ScenarioErrors`, with
    the file and the line of each fault.
    """
    path = folder / f"{table}.csv"
    if not path.is_file():
        raise ScenarioErrors(
            [Problem(str(path), None, "", "", "this table of the world is missing")]
        )
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, comment=None)
    wanted = (*COLUMNS[table], *PROVENANCE)
    missing = [column for column in wanted if column not in raw.columns]
    if missing:
        message = f"the table lacks the columns {', '.join(missing)}"
        raise ScenarioErrors([Problem(str(path), 1, "", "", message)])
    problems = [*_provenance_problems(raw, path)]
    clean = raw.apply(lambda column: column.str.strip())
    for column in COLUMNS[table]:
        if column not in TEXT:
            numbers = pd.to_numeric(clean[column].replace("", "0"), errors="coerce").astype(float)
            problems += [
                Problem(str(path), int(row) + 2, column, str(raw[column][row]), "not a number")
                for row in clean.index[numbers.isna()]
            ]
            clean[column] = numbers
    if problems:
        raise ScenarioErrors(problems)
    return clean


def _provenance_problems(raw: pd.DataFrame, path: Path) -> list[Problem]:
    """Rows that do not say where they come from and how sure they are."""
    problems = []
    for row, (source, confidence) in enumerate(zip(raw["source"], raw["confidence"], strict=True)):
        if not source.strip():
            problems.append(Problem(str(path), row + 2, "source", "", "every row names its source"))
        if confidence.strip() not in CONFIDENCE:
            allowed = ", ".join(CONFIDENCE)
            problems.append(
                Problem(str(path), row + 2, "confidence", confidence, "unknown grade", allowed)
            )
    return problems


def rows(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, each with its columns as attributes."""
    return table.itertuples(index=False)
