"""The page on measures is what docs/measures.py writes, with a figure for every kind."""

import importlib.util
from pathlib import Path

import pytest

from sim.measures import MEASURES
from sim.scenario import find_scenario, load_scenario

DOCS = Path(__file__).parents[1] / "docs"
spec = importlib.util.spec_from_file_location("measures_page", DOCS / "measures.py")
assert spec is not None
assert spec.loader is not None
page = importlib.util.module_from_spec(spec)
spec.loader.exec_module(page)


def test_the_page_is_as_it_is_written():
    written = (DOCS / "measures.md").read_text(encoding="utf-8")
    assert written == page.text(), "stale: python docs/measures.py --text"


def test_every_kind_has_its_figure():
    assert set(page.SIGNATURES) == set(MEASURES)


@pytest.mark.parametrize("kind", page.SIGNATURES)
def test_each_shows_its_kind(kind):
    shown = page.SIGNATURES[kind]
    measures = load_scenario(find_scenario(shown.scenario)).measures
    kept = [measures[name] for name in shown.keep] or list(measures.values())
    assert {measure.kind for measure in kept} == {kind}
    assert page.READINGS[kind].endswith(".")
    assert (page.FIGURES / f"{kind}.png").is_file()
