"""`exportshock claims` as users meet it."""

import json

import numpy as np
import pytest

from sim.claims.judge import Judged, judge
from sim.claims.table import load_table
from sim.cli import main
from sim.report.claims import claims_page

KEYS = ["id", "claim", "verdict", "outcome", "median", "low", "high"]


def test_claims_as_json_and_as_a_page(tmp_path, capsys):
    page = tmp_path / "claims.md"
    options = ["--runs", "2", "--json", "--out", str(tmp_path / "out"), "--markdown", str(page)]
    assert main(["claims", "10", "17", *options, "--workers", "1"]) == 0
    shape, motive = json.loads(capsys.readouterr().out)
    assert list(shape) == list(motive) == KEYS
    assert (shape["id"], shape["verdict"]) == (10, "supported")
    assert shape["low"] <= shape["median"] <= shape["high"] < 10
    assert motive["verdict"] == "not testable"
    assert motive["median"] is None
    text = page.read_text()
    assert "| 10 | Only China makes magnets" in text
    assert "**Not testable.** An intention" in text


def test_a_table_for_people(tmp_path, capsys):
    assert main(["claims", "17", "--out", str(tmp_path / "out")]) == 0
    assert "not testable" in capsys.readouterr().out


@pytest.mark.parametrize(("given", "told"), [(["20"], "no claim 20"), ([], "is a file")])
def test_faults_are_told(given, told, tmp_path, capsys):
    out = tmp_path / "out"
    if not given:
        out.write_text("")
    assert main(["claims", *given, "--out", str(out)]) == 2
    assert told in capsys.readouterr().err


def test_the_verdict_names_what_it_depends_on(monkeypatch):
    """An outcome that changes side with one parameter, made up in place of an ensemble."""
    claim = load_table().chosen((13,))[0]
    draws = np.random.default_rng(0).uniform(0, 1, 60)
    monkeypatch.setattr("sim.claims.judge.outcome", lambda test, records: 4 * (draws - 0.5))
    monkeypatch.setattr("sim.claims.judge.parameter_draws", lambda scenario: {"made.up": draws})
    judged = judge(claim, {"both": None}, {})
    assert judged.verdict == "depends on made.up"
    assert judged.headline.hinge.value == pytest.approx(0.5, abs=0.05)
    assert "depends on made.up" in claims_page([judged], 60, 7)


def test_the_outcome_that_decides_is_the_headline():
    claim = load_table().chosen((13,))[0]
    judged = Judged(claim, "contradicted", ())
    assert judged.row()["outcome"] is None
