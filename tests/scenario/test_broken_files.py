"""Each broken file is refused with one message for each error, at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioErrors
from sim.scenario import load_scenario
from tests.scenario.broken_home import HOME_CASES
from tests.scenario.broken_measures import MEASURE_CASES
from tests.scenario.broken_texts import TEXT_CASES

CASES = TEXT_CASES | MEASURE_CASES | HOME_CASES


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_told_once_at_its_line(name: str, tmp_path: Path) -> None:
    text, faults = CASES[name]
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path)
    problems = caught.value.problems
    found = [(problem.line, problem.key, problem.value) for problem in problems]
    assert found == [fault[:3] for fault in faults], "\n".join(map(str, problems))
    for problem, fault in zip(problems, faults, strict=True):
        place = f"{path}:{fault.line}: " if fault.line else f"{path}: "
        assert str(problem).startswith(place)
        assert fault.says in str(problem)
        assert "\n" not in str(problem)
    assert str(caught.value) == "\n".join(map(str, problems))


def test_enough_kinds_of_broken_file() -> None:
    assert len(CASES) == len(TEXT_CASES) + len(MEASURE_CASES) + len(HOME_CASES) >= 45
