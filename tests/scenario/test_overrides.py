"""`--set KEY=VALUE` puts one key over those of the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.errors import ScenarioErrors
from sim.measures import Distribution, ExportQuota
from sim.scenario import Scenario, load_scenario

TEXT = """\
title = "Overridden"
world = "tiny"
start = 2023-01-01
end = 2030-12-31
[measures.oxide-quota]
kind = "export-quota"
by = "Home"
product = "oxide"
unit = "share of pre-measure flow"
schedule = { 2025 = 0.5, 2027 = 0.8 }
enforcement = { uniform = [0.5, 1.0] }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "scenario.toml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def quota(scenario: Scenario) -> ExportQuota:
    measure = scenario.measures["oxide-quota"]
    assert isinstance(measure, ExportQuota)
    return measure


def test_keys_of_every_depth(path: Path) -> None:
    scenario = load_scenario(
        path,
        [
            "end=2028-12-31",
            "ensemble.runs = 11",
            "assumptions.policy.quota_growth=0.03",
            "measures.oxide-quota.schedule.2027=0.9",
            'measures."oxide-quota".enforcement = { triangular = [0.5, 0.7, 0.8] }',
            'measures.oxide-quota.targets=["Abroad"]',
        ],
    )
    assert scenario.end == date(2028, 12, 31)
    assert scenario.runs == 11
    assert scenario.assumptions == {"policy.quota_growth": 0.03}
    assert quota(scenario).schedule == {"2025": 0.5, "2027": 0.9}
    assert quota(scenario).enforcement == Distribution(triangular=(0.5, 0.7, 0.8))
    assert quota(scenario).targets == ("Abroad",)


def test_later_overrides_win_and_none_change_nothing(path: Path) -> None:
    assert load_scenario(path, ["ensemble.seed=1", "ensemble.seed=2"]).seed == 2
    assert load_scenario(path, []) == load_scenario(path)


def test_a_parameter_may_be_named_with_or_without_quotes(path: Path) -> None:
    plain = load_scenario(path, ["assumptions.policy.quota_growth={uniform=[0, 0.1]}"])
    quoted = load_scenario(path, ['assumptions."policy.quota_growth"={uniform=[0, 0.1]}'])
    assert plain == quoted
    assert plain.assumptions == {"policy.quota_growth": Distribution(uniform=(0, 0.1))}


def test_a_level_takes_the_place_of_a_schedule(path: Path) -> None:
    text = ["measures.oxide-quota.level=0.4", "measures.oxide-quota.start=2025-01-01"]
    measure = quota(load_scenario(path, text))
    assert (measure.level, measure.schedule) == (0.4, None)


def test_a_measure_can_be_dropped_and_a_new_one_written(path: Path) -> None:
    scenario = load_scenario(
        path,
        [
            "measures.oxide-quota.off=true",
            'measures.ban={kind="export-ban", by="Home", product="magnet", start=2024-01-01}',
        ],
    )
    assert list(scenario.measures) == ["ban"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not an override (allowed: KEY=VALUE with a TOML value"),
        ("ensemble.runs", "not an override"),
        ("=5", "not an override"),
        ("# x = 5", "not an override"),
        ("[ensemble]\nruns=5", "not an override"),
        ("ensemble.runs=5\nworld='2023'", "not an override"),
        ("ensemble.runs=", "not TOML: Invalid value"),
        ("world=tiny", "not TOML: Invalid value (allowed: KEY=VALUE with a TOML value: 7, "),
        ("ensemble..runs=5", "not TOML"),
        ("a b=5", "not TOML"),
        ("ensemble.runs=" + "[" * 3000, "nested too deeply"),
        ("ensemble.seed=" + "9" * 5000, "too many digits"),
        ("extends='x.toml'", "extends: cannot be set from outside the file"),
        ("ensemble.runs=0", "ensemble.runs: at least one run is needed (got 0; "),
        (
            "ensemble.rums=5",
            "ensemble.rums: unknown key (allowed: runs, seed; did you mean 'runs'?",
        ),
        ("ensemble=5", "ensemble: must be a table (got 5)"),
        ("world='../x'", "world: leads out of the scenario's folder"),
        ("measures.oxide-quta.level=0.4", "no measure of this name is taken over"),
        ("measures.oxide-quota.by='Hom'", 'unknown region (got "Hom"; '),
        ("measures.oxide-quota.schedule.x=1", "a schedule's keys are years or months"),
        ("measures.oxide-quota.unit='t'", "not one of the words allowed"),
        ("assumptions.policy.growth=1", 'assumptions."policy.growth": unknown parameter'),
        ("end=2022-01-01", "end: the end lies before the start"),
    ],
)
def test_bad_overrides_are_told_as_such(path: Path, text: str, says: str) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path, [text])
    assert says in str(caught.value)
    told = [str(problem) for problem in caught.value.problems]
    assert any(line.startswith(f"--set {text}: ") for line in told)


def test_faults_of_file_and_overrides_are_told_together(path: Path) -> None:
    path.write_text(TEXT.replace('oxide"', 'oxid"'), encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path, ["ensemble.runs=0", "x", "ensemble.seed=-1"])
    places = [(problem.file, problem.line) for problem in caught.value.problems]
    assert sorted(places, key=str) == [
        ("--set ensemble.runs=0", None),
        ("--set ensemble.seed=-1", None),
        ("--set x", None),
        (str(path), 8),
    ]


def test_a_missing_key_is_told_at_the_files_table(path: Path) -> None:
    path.write_text(TEXT.replace('product = "oxide"\n', ""), encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path, ["measures.oxide-quota.start=2025-01-01"])
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(path), 5)
