"""The scenarios that come with the program, and the schema of their files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from sim.errors import ScenarioErrors
from sim.measures import MEASURES, ProductionQuota, TechnologyExportBan
from sim.scenario import (
    Scenario,
    dump_scenario,
    find_scenario,
    load_scenario,
    scenario_group,
    scenario_schema,
    shipped_scenarios,
)

NAMES = list(shipped_scenarios())


def test_all_are_found_in_whatever_folder_under_one_name_each() -> None:
    folder = Path(__file__).parents[2] / "scenarios"
    files = sorted(folder.rglob("*.toml"), key=lambda path: path.stem)
    assert [path.stem for path in files] == NAMES
    assert set(NAMES) >= {"no-shock", "technology-ban-2023", "tiny-quota"}
    for name, path in shipped_scenarios().items():
        assert find_scenario(name) == path
        assert scenario_group(path) == str(path.relative_to(folder).parent).strip(".")


@pytest.mark.parametrize("name", NAMES)
def test_each_loads_and_reloads(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(find_scenario(name))
    assert scenario.name == name
    assert (scenario.runs, scenario.seed) == (200, 7)
    assert scenario.description
    copy = tmp_path / "copy.toml"
    copy.write_text(dump_scenario(scenario), encoding="utf-8")
    assert load_scenario(copy) == scenario


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_is_fact_and_what_is_assumed(name: str) -> None:
    text = shipped_scenarios()[name].read_text(encoding="utf-8")
    header = text.partition("\n\n")[0]
    assert all(line.startswith("#") for line in header.splitlines())
    assert re.search(r"assum|invented", header, re.IGNORECASE)
    in_library = scenario_group(shipped_scenarios()[name])
    assert len(text.splitlines()) <= (110 if in_library else 50)


def quotas(scenario: Scenario | None) -> dict[str, dict[str, float]]:
    """The schedules of the production quotas."""
    assert scenario is not None
    measures = scenario.measures.items()
    return {
        name: dict(measure.schedule or {})  # type: ignore[arg-type]
        for name, measure in measures
        if isinstance(measure, ProductionQuota)
    }


RAISED = {
    "mine-quota-heavy": {"2023": 19_150, "2024": 19_150},
    "mine-quota-light": {"2023": 235_850, "2024": 250_850},
    "separation-quota": {"2023": 243_850, "2024": 254_000},
}
FROZEN = {
    "mine-quota-heavy": {"2023": 19_150, "2024": 19_150},
    "mine-quota-light": {"2023": 190_850, "2024": 190_850},
    "separation-quota": {"2023": 202_000, "2024": 202_000},
}


@pytest.mark.parametrize(
    ("name", "expected", "ban"),
    [
        ("arm-neither", FROZEN, False),
        ("arm-ban", FROZEN, True),
        ("arm-quota", RAISED, False),
        ("arm-ban-and-quota", RAISED, True),
        ("technology-ban-2023", RAISED, True),
    ],
)
def test_the_four_arms(name: str, expected: dict[str, dict[str, float]], ban: bool) -> None:
    scenario = load_scenario(find_scenario(name))
    assert quotas(scenario) == expected
    assert ("technology-ban" in scenario.measures) == ban
    growth = {m.after for m in scenario.measures.values() if isinstance(m, ProductionQuota)}
    assert growth == {"policy.quota_growth", "policy.heavy_quota_growth"}
    if name in ("arm-neither", "technology-ban-2023"):
        assert scenario.counterfactual is None
    else:
        assert quotas(scenario.counterfactual) == FROZEN
        assert load_scenario(find_scenario("arm-neither")).measures == (
            scenario.counterfactual.measures  # type: ignore[union-attr]
        )


def test_the_catalogue_carries_both_lists_and_the_earlier_ban() -> None:
    ban = load_scenario(find_scenario("technology-ban-2023")).measures["technology-ban"]
    assert isinstance(ban, TechnologyExportBan)
    assert ban.prohibited == ("separation", "metal", "magnet")
    assert ban.restricted == ("mine",)
    assert ban.start == ban.announced == date(2023, 12, 21)


def test_unknown_names_are_refused_and_paths_left_alone() -> None:
    with pytest.raises(ScenarioErrors, match="did you mean 'no-shock'"):
        find_scenario("no-shok")
    assert find_scenario("own.toml") == Path("own.toml")
    assert find_scenario("folder/own") == Path("folder/own")


def test_the_schema_describes_every_key() -> None:
    schema = scenario_schema()
    assert schema["else"]["required"] == ["title", "world", "start", "end"]
    for name, part in {"": schema, **schema["$defs"]}.items():
        for key, value in part.get("properties", {}).items():
            assert value.get("description") or key == "kind", f"{name}.{key}"
    for reference in re.findall(r"'\$ref': '#/\$defs/(\w+)'", str(schema)):
        assert reference in schema["$defs"]


def test_the_schema_knows_every_kind_and_when_a_start_is_needed() -> None:
    definitions = scenario_schema()["$defs"]
    for kind, measure in MEASURES.items():
        part = definitions[measure.__name__]
        assert part["properties"]["kind"]["const"] == kind
        assert part["additionalProperties"] is False
        assert part["description"]
    whole = scenario_schema()["else"]["properties"]["measures"]["additionalProperties"]["allOf"]
    for case in whole:
        measure = MEASURES[case["if"]["properties"]["kind"]["const"]]
        scheduled = "schedule" in definitions[measure.__name__]["properties"]
        assert ("start" in case["then"]["required"]) != scheduled
