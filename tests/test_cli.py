import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr

import sim
from sim.cli import main
from tests.results.synthetic import synthetic

EXPORTSHOCK = Path(sys.executable).with_name("exportshock")
SHORT = ["--runs", "2", "--workers", "1", "--set", "end=2025-04-30"]
SHORT += ["--set", "measures.oxide-quota.end=2025-03-31"]


@pytest.fixture
def made_up(monkeypatch, tmp_path):
    """The command with a made-up result in place of the model's, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    asked = []

    def run_pairs(scenario, workers=None, progress=None, record=()):
        asked.append(scenario)
        if progress:
            progress(2, 2)
        return synthetic(runs=2)

    monkeypatch.setattr("sim.ensemble.run_pairs", run_pairs)
    monkeypatch.setattr("sim.ensemble.compare.run_pairs", run_pairs)
    monkeypatch.setattr("sim.report.figures.write_figures", lambda ds, folder: None)
    return asked


def test_run_answers_and_writes(tmp_path, capsys):
    """The real model on the teaching world, whole: what is printed is what is written."""
    out = tmp_path / "out"
    assert main(["run", "tiny-quota", "--out", str(out), *SHORT]) == 0
    text = capsys.readouterr().out
    assert "2 pairs of runs, seed 7" in text
    assert "Written to" in text
    dataset = sim.open_results(out)
    assert isinstance(dataset, xr.Dataset)
    assert dataset.sizes["run"] == 2
    rows = json.loads((out / "summary.json").read_text())["indicators"]
    assert max(abs(r["median"]) for r in rows if r["name"] == "accounting_residual") < 1e-6
    assert len(list((out / "figures").iterdir())) == 8
    again = tmp_path / "again"
    main(["run", str(out / "scenario.toml"), "--out", str(again), "--workers", "1"])
    xr.testing.assert_identical(sim.open_results(again), dataset)


def test_run_passes_what_it_was_given(made_up):
    options = ["--runs", "3", "--seed", "11", "--set", "measures.oxide-quota.level=0.25"]
    assert main(["run", "tiny-quota", *options]) == 0
    (scenario,) = made_up
    assert (scenario.runs, scenario.seed) == (3, 11)
    assert scenario.measures["oxide-quota"].level == 0.25
    assert sorted(p.name for p in Path("results/tiny-quota").iterdir()) == [
        "figures",
        "results.nc",
        "scenario.toml",
        "summary.json",
    ]


def test_run_refuses_an_earlier_run_before_it_starts(made_up, capsys):
    assert main(["run", "tiny-quota"]) == 0
    assert main(["run", "tiny-quota"]) == 2
    assert len(made_up) == 1
    assert "--force" in capsys.readouterr().err
    assert main(["run", "tiny-quota", "--force"]) == 0


def test_run_prints_json(made_up, capsys):
    assert main(["run", "tiny-quota", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(Path("results/tiny-quota/summary.json").read_text())


def test_compare_sets_measures_side_by_side(made_up, capsys):
    assert main(["compare", "tiny-quota", "tiny-magnet-ban", "--runs", "2"]) == 0
    (scenario,) = made_up
    assert scenario.name == "tiny-magnet-ban"
    assert scenario.counterfactual.name == "tiny-quota"
    assert "Oxide prices" in capsys.readouterr().out
    assert list(Path().iterdir()) == []


def test_compare_refuses_different_worlds(made_up, capsys):
    assert main(["compare", "tiny-quota", "no-shock"]) == 2
    assert "differ in world" in capsys.readouterr().err
    assert not made_up


WRONG = [
    ["run", "nowhere"],
    ["run", "nowhere.toml"],
    ["run", "tiny-quota", "--runs", "0"],
    ["run", "tiny-quota", "--runs", "many"],
    ["run", "tiny-quota", "--seed", "-1"],
    ["run", "tiny-quota", "--workers", "0"],
    ["run", "tiny-quota", "--set", "nonsense"],
    ["run", "tiny-quota", "--set", "measures.oxide-quota.level=-1"],
    ["run", "tiny-quota", "--set", "meazures.oxide-quota.level=1"],
    ["run", "tiny-quota", "--out", "occupied"],
    ["run"],
    ["compare", "tiny-quota"],
    ["compare", "tiny-quota", "nowhere"],
    ["validate", "nowhere"],
    ["world", "1850"],
    ["fly"],
    [],
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_mistake_is_told_in_a_few_lines_and_nothing_is_written(arguments, made_up, capsys):
    Path("occupied").mkdir()
    Path("occupied/thesis.tex").write_text("")
    try:
        code = main(arguments)
    except SystemExit as left:  # argparse leaves by itself
        code = left.code
    told = capsys.readouterr()
    assert code == 2
    assert told.err.strip()
    assert "Traceback" not in told.err
    assert told.out == ""
    assert [p.name for p in Path().rglob("*")] == ["occupied", "thesis.tex"]
    assert not made_up


def test_validate_tells_all_files(tmp_path, capsys):
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "x"\nworld = "nowhere"\nstart = 2023-01-01\nend = 2022-01-01\n')
    assert main(["validate", "no-shock", str(bad), "tiny-quota"]) == 2
    told = capsys.readouterr()
    assert told.out.splitlines() == ["no-shock: valid", "tiny-quota: valid"]
    assert f"{bad}:2" in told.err
    assert f"{bad}:4" in told.err
    assert main(["validate", "--json", str(bad)]) == 2
    (answer,) = json.loads(capsys.readouterr().out)
    assert not answer["valid"]
    assert len(answer["problems"]) == 2


def test_list_parameters_and_schema(capsys):
    assert main(["list"]) == 0
    assert "technology-ban-2023" in capsys.readouterr().out
    assert main(["list", "--json"]) == 0
    assert "tiny" in json.loads(capsys.readouterr().out)["worlds"]
    assert main(["parameters"]) == 0
    assert "technology.cost_penalty" in capsys.readouterr().out
    assert main(["parameters", "--json"]) == 0
    assert {"name", "unit", "source", "grade"} <= json.loads(capsys.readouterr().out)[0].keys()
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_world_prints_the_base_year(capsys):
    assert main(["world", "2023"]) == 0
    text = capsys.readouterr().out
    assert "deviation" in text
    assert "Named firms" in text
    assert main(["world", "tiny", "--json"]) == 0
    world = json.loads(capsys.readouterr().out)
    assert [n["share"] for n in world["named"]] == [1, 1, 1, 1]


def test_an_interruption_is_one_line(monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.ensemble.run_pairs", interrupted)
    assert main(["run", "tiny-quota"]) == 130
    assert capsys.readouterr().err.splitlines() == ["exportshock: interrupted, nothing was written"]


def _heed_interrupts():
    """Tests that a shell runs in the background are started deaf to the interrupt key."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("after", [1.5, 4.0])  # starting, running
def test_an_interrupted_process_leaves_nothing(after, tmp_path):
    """A real interrupt key, sent to the group as a terminal does, with workers at work."""
    child = subprocess.Popen(
        [EXPORTSHOCK, "run", "no-shock", "--runs", "120", "--workers", "2"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heed_interrupts,
    )
    time.sleep(after)
    os.killpg(child.pid, signal.SIGINT)
    _, told = child.communicate(timeout=60)
    assert child.returncode == 130
    assert told.splitlines() == ["exportshock: interrupted, nothing was written"]
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_seen_enough_is_no_error():
    done = subprocess.run(
        f"{EXPORTSHOCK} schema | head -1", shell=True, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_no_colour_in_a_pipe_and_no_progress():
    done = subprocess.run([EXPORTSHOCK, "parameters"], capture_output=True, text=True, check=True)
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
