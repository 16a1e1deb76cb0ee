"""Firms and flows by month: of the first runs, or on demand of all, within a stated size."""

import pytest
import xarray as xr

from sim.cli import main
from sim.ensemble import recording
from sim.ensemble.pairs import run_pairs
from sim.ensemble.recording import recorded_bytes
from sim.errors import UserError
from sim.results import MONTHLY
from tests.laws import tiny

SHORT = ["--runs", "2", "--workers", "1", "--set", "end=2025-04-30"]
SHORT += ["--set", "measures.oxide-quota.end=2025-03-31"]


@pytest.fixture(scope="module")
def scenario():
    return tiny(months=14, runs=7)


@pytest.fixture(scope="module")
def dataset(scenario):
    return run_pairs(scenario, workers=1, batch=3)


def test_first_five_runs_are_kept_by_month(dataset):
    assert dataset.sizes["run"] == 7
    for name in MONTHLY:
        axis = "firm_run" if name.startswith("firm") else "flow_run"
        assert dataset[name].dims[-1] == axis
    assert list(dataset["firm_run"].values) == list(dataset["flow_run"].values) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("name", sorted(MONTHLY))
def test_years_are_the_means_of_their_months(dataset, name):
    monthly = dataset[name].rename({dataset[name].dims[-1]: "run"})
    means = monthly.groupby("time.year").mean()
    yearly = dataset[name.removesuffix("_monthly")].sel(run=means["run"])
    xr.testing.assert_allclose(means.transpose(*yearly.dims), yearly, rtol=1e-12, atol=1e-9)


def test_batches_join_to_the_bit(scenario, dataset):
    xr.testing.assert_identical(run_pairs(scenario, workers=1), dataset)


def test_every_run_is_kept_on_demand(scenario, dataset):
    everything = run_pairs(scenario, workers=1, batch=3, record=("firms",))
    assert list(everything["firm_run"].values) == list(range(7))
    assert list(everything["flow_run"].values) == list(range(5))
    first = everything.sel(firm_run=dataset["firm_run"])
    xr.testing.assert_identical(first, dataset)
    size = sum(everything[name].nbytes for name in MONTHLY if name.startswith("firm"))
    assert recorded_bytes(scenario, ["firms"]) == size


def test_command_announces_the_size(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", "tiny-quota", "--out", str(out), "--record", "firms,flows", *SHORT]) == 0
    assert "recording firms and flows by month of every run: 0." in capsys.readouterr().err


def test_what_is_not_there_is_refused(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", "tiny-quota", "--out", str(out), "--record", "prices", *SHORT]) == 2
    assert "cannot record 'prices'; there are: firms, flows" in capsys.readouterr().err
    assert not out.exists()


def test_too_much_is_refused_before_it_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(recording, "MOST_RECORDED", 1000)
    out = tmp_path / "out"
    assert main(["run", "tiny-quota", "--out", str(out), "--record", "flows", *SHORT]) == 2
    assert "runs would fit" in capsys.readouterr().err
    assert not out.exists()
    with pytest.raises(UserError, match="recording flows by month of 2 runs"):
        run_pairs(tiny(runs=2), workers=1, record=("flows",))


def test_limit_bounds_what_fits(scenario, monkeypatch):
    size = recorded_bytes(scenario, ["firms", "flows"])
    monkeypatch.setattr(recording, "MOST_RECORDED", size)
    assert recorded_bytes(scenario, ["firms", "flows"]) == size
    more = tiny(months=14, runs=8)
    with pytest.raises(UserError, match="7 runs would fit"):
        recorded_bytes(more, ["firms", "flows"])
