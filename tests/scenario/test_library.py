"""The library of real measures: every file of it names its sources, loads and runs."""

from __future__ import annotations

import importlib.util
import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.ensemble import run_pairs
from sim.scenario import Scenario, load_scenario, scenario_group, shipped_scenarios
from sim.world.world import DATA

ROOT = Path(__file__).parents[2]
LIBRARY = {
    name: path
    for name, path in shipped_scenarios().items()
    if scenario_group(path) in ("china", "answers", "neighbours")
    or name.startswith(("episode", "seed"))
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


EVENTS = pd.read_csv(DATA / "events.csv", dtype=str, keep_default_na=False)


def test_every_measure_since_2005_has_a_scenario_or_a_reason_why_none() -> None:
    assert len(EVENTS) >= 128
    assert EVENTS.date.is_monotonic_increasing
    carried, reason = EVENTS.scenarios != "", EVENTS.reason != ""
    assert (carried != reason).all(), EVENTS[carried == reason].summary.tolist()
    named = {name for cell in EVENTS.scenarios for name in cell.split("|") if name}
    assert named <= set(shipped_scenarios()), named - set(shipped_scenarios())
    assert {part for cell in EVENTS.source_id for part in cell.split("|")} <= SOURCES


def test_every_file_of_the_library_carries_a_measure_or_joins_files_that_do() -> None:
    named = {name for cell in EVENTS.scenarios for name in cell.split("|")}
    for name in LIBRARY.keys() - named:
        parents = re.findall(r'[\w-]+(?=\.toml")', LIBRARY[name].read_text(encoding="utf-8"))
        assert named & set(parents), f"{name} carries nothing of the table of measures"


def test_a_file_carries_a_measure_only_from_its_date_on() -> None:
    for row in EVENTS[EVENTS.scenarios != ""].itertuples():
        for name in str(row.scenarios).split("|"):
            scenario = load_scenario(shipped_scenarios()[name])
            assert scenario.end.isoformat() >= str(row.date), (name, row.summary)
            assert scenario.start.isoformat() <= (str(row.end_date) or "9999"), (name, row.summary)


def test_the_page_says_what_the_table_says() -> None:
    written = (ROOT / "docs" / "policy-history.md").read_text(encoding="utf-8")
    path = ROOT / "docs" / "policy_history.py"
    spec = importlib.util.spec_from_file_location("policy_history", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.page(EVENTS) == written, "run python docs/policy_history.py"


def test_the_seed_is_told_with_and_without_answers() -> None:
    seed, answered = (load_scenario(shipped_scenarios()[n]) for n in ("seed", "seed-with-answers"))
    assert seed.counterfactual is not None and not seed.counterfactual.measures
    assert answered.counterfactual is not None
    assert answered.counterfactual.measures == seed.measures
    kinds = {measure.kind for measure in seed.measures.values()}
    assert kinds >= {"production-quota", "technology-export-ban", "export-licence"}
    added = {name: answered.measures[name] for name in answered.measures.keys() - seed.measures}
    assert {m.kind for m in added.values()} >= {"price-floor", "subsidy", "import-tariff"}
    assert {region for m in added.values() for region in m.by} == {"United States", "Europe"}
    assert {seed.end.year, answered.end.year} == {2035}
    lines = [
        line
        for line in (ROOT / "docs" / "the-seed.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("exportshock ") and "seed" in line
    ]
    assert 1 <= len(lines) <= 6
    for line in lines:
        for name in (word for word in line.split("#")[0].split()[2:] if not word.startswith("-")):
            assert name in shipped_scenarios()
