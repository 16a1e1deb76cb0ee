"""Whole alternative measures of a sweep: other files or tables, checked like the file's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioErrors
from sim.scenario import Scenario, dump_scenario, load_scenario

HEAD = 'title = "T"\nworld = "tiny"\nstart = 2023-01-01\nend = 2026-12-31\n'
BAN = """\
[measures.ban]
kind = "export-ban"
by = "Home"
product = "magnet"
start = 2024-01-01
"""
SWEEP = '[sweep]\ndesign = "grid"\nalternatives.other = "other.toml"\n'
TABLE = BAN.replace("measures.ban", "sweep.alternatives.late.measures.ban").replace("2024", "2025")


def load(folder: Path, text: str, *overrides: str, other: str = HEAD + BAN) -> Scenario:
    (folder / "other.toml").write_text(other, encoding="utf-8")
    (folder / "main.toml").write_text(text, encoding="utf-8")
    return load_scenario(folder / "main.toml", overrides)


def test_a_file_and_a_table_replace_the_measures(tmp_path: Path) -> None:
    scenario = load(tmp_path, HEAD + SWEEP + TABLE)
    assert scenario.sweep is not None
    found = scenario.sweep.alternatives
    assert found["other"].measures["ban"].start.year == 2024
    assert found["late"].measures["ban"].start.year == 2025
    assert not scenario.measures
    (tmp_path / "again.toml").write_text(dump_scenario(scenario), encoding="utf-8")
    assert load_scenario(tmp_path / "again.toml").sweep == scenario.sweep


def test_an_override_counts_where_the_measure_is(tmp_path: Path) -> None:
    text = HEAD + BAN + SWEEP + TABLE
    scenario = load(tmp_path, text, "measures.ban.end=2026-06-30")
    assert scenario.sweep is not None
    ends = {name: a.measures["ban"].end for name, a in scenario.sweep.alternatives.items()}
    assert [str(end) for end in ends.values()] == ["2026-06-30", "2026-06-30"]


@pytest.mark.parametrize(
    ("other", "place", "message"),
    [
        ("", "main.toml:7", "is empty"),
        (HEAD + BAN.replace("magnet", "magnat"), "other.toml:8", "did you mean 'magnet'?"),
        (HEAD + BAN.replace("2024", "2034"), "other.toml:9", "outside the simulated span"),
        ((HEAD + BAN).replace("tiny", "2023"), "main.toml:7", "another world"),
    ],
    ids=["empty", "wrong word", "outside the span", "another world"],
)
def test_faults_stand_at_their_line(tmp_path: Path, other: str, place: str, message: str) -> None:
    with pytest.raises(ScenarioErrors) as told:
        load(tmp_path, HEAD + SWEEP, other=other)
    first = str(told.value).splitlines()[0]
    assert place in first
    assert message in first


def test_a_sobol_sequence_needs_a_power_of_two(tmp_path: Path) -> None:
    with pytest.raises(ScenarioErrors, match=r"power of two.*allowed: 512 or 1,024"):
        load(tmp_path, HEAD + '[sweep]\ndesign = "sobol"\nsamples = 1000\n')
