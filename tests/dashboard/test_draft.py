"""Drafts: the edits of the page go through the scenario file's own checks."""

from datetime import date

import pytest

from sim.dashboard.draft import begin, scaled_schedule, shifted, sizes
from sim.errors import UserError
from sim.scenario import dump_scenario, find_scenario, load_scenario


@pytest.fixture(scope="module")
def draft():
    return begin(find_scenario("tiny-quota"))


def test_a_draft_is_cut_for_the_page(draft):
    scenario = draft.scenario()
    assert scenario.runs == 50
    assert scenario.end <= load_scenario(find_scenario("tiny-quota")).end


def test_sizes_are_what_a_measure_says_in_numbers(draft):
    quota = draft.scenario().measures["oxide-quota"]
    found = sizes(quota)
    assert found["level"] == (quota.level, 1.0 if quota.level <= 1 else 2 * quota.level)
    assert "off" not in found


def test_edits_move_size_and_date(draft):
    quota = draft.scenario().measures["oxide-quota"]
    moved = draft.edited({"measures.oxide-quota.level": 0.25} | shifted("oxide-quota", quota, 3))
    changed = moved.scenario().measures["oxide-quota"]
    assert changed.level == 0.25
    assert (changed.start.month - quota.start.month) % 12 == 3


def test_what_was_built_is_a_scenario_file(draft, tmp_path):
    scenario = draft.edited({"measures.oxide-quota.level": 0.25}).scenario()
    file = tmp_path / "mine.toml"
    file.write_text(dump_scenario(scenario), encoding="utf-8")
    assert load_scenario(file).measures == scenario.measures


def test_a_faulty_edit_is_told_as_in_a_file(draft):
    with pytest.raises(UserError, match=r"measures\.oxide-quota\.level"):
        draft.edited({"measures.oxide-quota.level": -1.0}).scenario()


def test_schedules_are_scaled_whole():
    ban = begin(find_scenario("technology-ban-2023"))
    quota = ban.scenario().measures["mine-quota-light"]
    half = scaled_schedule(quota, 0.5)
    assert half == {key: level / 2 for key, level in quota.schedule.items()}
    edited = ban.edited({"measures.mine-quota-light.schedule": half}).scenario()
    assert edited.measures["mine-quota-light"].level_at(date(2024, 6, 1)) == pytest.approx(
        quota.level_at(date(2024, 6, 1)) / 2
    )
