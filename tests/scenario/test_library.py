"""The library of real measures: every file of it names its sources, loads and runs."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.ensemble import run_pairs
from sim.scenario import Scenario, load_scenario, scenario_group, shipped_scenarios
from sim.world.world import DATA

LIBRARY = {
    name: path
    for name, path in shipped_scenarios().items()
    if scenario_group(path) or name.startswith(("episode", "seed"))
}
SOURCES = set(pd.read_csv(DATA / "sources.csv", dtype=str).source_id)
IDS = re.compile(r"(?<![\w.-])[A-Za-z0-9]+_[A-Za-z0-9_]+(?![\w-])")


def header(path: Path) -> str:
    """The comment at the head of a file."""
    return path.read_text(encoding="utf-8").partition("\n\n")[0]


@pytest.mark.parametrize("name", LIBRARY)
def test_each_says_in_its_header_what_is_fact_by_whom_and_what_is_assumed(name: str) -> None:
    text = header(LIBRARY[name])
    assert "# Fact: " in text
    assert "# Assumption: " in text
    assert text.index("# Fact: ") < text.index("# Assumption: ")
    cited = set(IDS.findall(text))
    assert cited <= SOURCES, f"unknown sources {cited - SOURCES}"


def first_months(scenario: Scenario, months: int = 3) -> Scenario:
    """The scenario from the month before its first measure begins on."""
    first = min(measure.start for measure in scenario.measures.values())
    start = max(pd.Period(scenario.start, "M"), pd.Period(first, "M") - 1)
    span: dict[str, date] = {
        "start": start.to_timestamp().date(),
        "end": (start + months - 1).to_timestamp(how="end").date(),
    }
    other = scenario.counterfactual
    update = {**span, "counterfactual": other.model_copy(update=span) if other else None}
    return scenario.model_copy(update=update)


@pytest.mark.parametrize("name", LIBRARY)
def test_each_runs(name: str) -> None:
    scenario = load_scenario(LIBRARY[name])
    results = run_pairs(first_months(scenario), runs=2, workers=1)
    assert results.sizes["time"] == 3
    prices = results["oxide_price"].sel(path="policy")
    assert np.isfinite(prices).all() and (prices > 0).all()
