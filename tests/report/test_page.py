"""The report page: self-contained, escaped, and complete."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from sim.cli import main
from sim.report.answer import answer
from sim.report.page import SCORES, report, write_report
from sim.results import open_results
from sim.scenario import load_scenario

ROOT = Path(__file__).parents[2]
HOSTILE = "</title><script>alert(1)</script> | *a* `b` {{ 7 * 7 }}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.report.figures.write_figures", lambda ds, folder: None)
        return _run(tmp_path_factory)


def _run(tmp_path_factory):
    place = tmp_path_factory.mktemp("report") / "out"
    hostile = f'title="{HOSTILE}"'
    given = ["run", "tiny-magnet-ban", "--runs", "24", "--set", hostile, "--out", str(place)]
    assert main([*given, "--set", "end=2026-12-31", "--workers", "1", "--json"]) == 0
    return place


@pytest.fixture(scope="module")
def page(folder):
    return write_report(folder).read_text("utf-8")


def test_a_hostile_title_comes_out_as_text(page, folder):
    assert "<script" not in page
    assert "&lt;/title&gt;&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    text = write_report(folder, "md").read_text("utf-8")
    assert text.startswith("# &lt;/title>&lt;script>alert(1)&lt;/script> \\| \\*a\\* \\`b\\`")


def test_the_page_fetches_nothing(page):
    linked = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(link.startswith(("#", "data:")) for link in linked), linked
    assert not re.search(r"url\((?!#)", page)
    assert len(page) < 5e6


def test_figures_have_alternative_text_and_identifiers_of_their_own(page):
    figures = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(figures) == 8
    for figure in figures:
        assert ElementTree.fromstring(figure).get("aria-label")
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_the_page_answers_asks_and_can_be_repeated(page, folder):
    for heading in ("What was asked", "The answer", "Sender and targets", "To repeat it"):
        assert f"<h2>{heading}</h2>" in page
    ds = open_results(folder)
    sentences = answer(ds)
    assert len(sentences) == 3
    scenario = load_scenario(folder / "scenario.toml")
    stored = (folder / "scenario.toml").read_text("utf-8")
    text = [report(ds, scenario, stored, "md") for _ in range(2)]
    assert text[0] == text[1], "the same results make the same page"
    assert stored in text[0]


def test_a_folder_without_results_is_refused(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert "holds no results" in capsys.readouterr().err


def test_a_comparison_is_written_and_reported(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sim.report.figures.write_figures", lambda ds, folder: None)
    place = tmp_path / "both"
    options = ["--runs", "2", "--set", "end=2025-03-31", "--workers", "1", "--json"]
    assert main(["compare", "tiny-quota", "tiny-magnet-ban", "--out", str(place), *options]) == 0
    capsys.readouterr()
    assert main(["report", str(place), "--format", "md"]) == 0
    assert "Set against" in (place / "report.md").read_text("utf-8")


def test_a_sweep_has_a_page_of_its_own(tmp_path, capsys):
    place = tmp_path / "swept"
    over = ["--over", "technology.cost_penalty", "--over", "policy.threat_cover"]
    design = ["--design", "latin-hypercube", "--samples", "8", "--workers", "1", "--json"]
    assert main(["sweep", "tiny-quota", *design, *over, "--out", str(place)]) == 0
    assert main(["report", str(place)]) == 0
    capsys.readouterr()
    page = (place / "report.html").read_text("utf-8")
    assert "A sweep (latin-hypercube, base 8) over technology.cost_penalty" in page
    assert "What drives the outcomes" in page and "Sender and targets" not in page
    assert "exportshock sweep scenario.toml" in page
    assert page.count("<svg") >= 1


def test_the_scores_on_the_page_are_those_of_the_validation():
    rows = (ROOT / "docs" / "validation.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows if row.startswith("|")]
    value = {tuple(row[:3]): row[3] for row in cells if len(row) == 6}
    told = SCORES.read_text("utf-8")
    for period in ("2009-2013", "2014-2016", "2017-2024"):
        assert f"{100 * float(value['all prices', period, '90 % coverage']):.0f} %" in told
    for period in ("2014-2016", "2017-2024"):
        assert f"{100 * float(value['all series', period, 'better than naive']):.0f} %" in told
        assert f"{float(value['all prices', period, 'MAPE of years, %']):.0f} %" in told
    assert value["patterns", "all", "met"] == "22 of 41"
    assert "Of 41 patterns" in told and "it meets 22" in told
