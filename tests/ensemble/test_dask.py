"""The same bits from a Dask cluster, in this process's reach and from workers of their own."""

import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from sim.cli import main
from sim.ensemble.cluster import dask_pool
from sim.ensemble.engine import local_pool
from sim.ensemble.sweep import prepare, run_sweep
from sim.errors import UserError
from tests.ensemble.files import GRID, QUOTA, write

distributed = pytest.importorskip("distributed")
FEW = ["vehicles_lost"]
# Dask and Tornado leave sockets to the collector, and tell of it.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dask")
    path = write(folder, QUOTA, GRID)
    sweeping = prepare(path, outputs=FEW, batch=2)
    return path, sweeping, run_sweep(sweeping, folder / "local", local_pool(1))


def test_a_local_cluster(local, tmp_path):
    _, sweeping, dataset = local
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        pool = dask_pool(cluster.scheduler_address)
        xr.testing.assert_identical(run_sweep(sweeping, tmp_path / "out", pool), dataset)


@pytest.mark.slow
def test_a_scheduler_with_workers_in_processes_of_their_own(local, tmp_path, capsys, monkeypatch):
    """As on a cluster: started by hand, found by its address, through the command."""
    path, _, dataset = local
    monkeypatch.chdir(tmp_path)
    address, started = tmp_path / "scheduler.json", []

    def start(*words):
        command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))

    try:
        start("dask_scheduler", "--scheduler-file", address, "--port", "0", "--no-dashboard")
        for _ in range(2):
            start("dask_worker", "--scheduler-file", address, "--nthreads", "1", "--no-dashboard")
        with distributed.Client(scheduler_file=address, timeout=30) as client:
            client.wait_for_workers(2, timeout=60)
            where = client.scheduler.address
        command = ["sweep", str(path), "--dask", where, "--outputs", "vehicles_lost"]
        assert main([*command, "--out", "out"]) == 0
        assert "24 pairs" in capsys.readouterr().err
    finally:
        for child in reversed(started):
            child.terminate()
            child.wait()
    swept = xr.open_dataset(tmp_path / "out" / "results.nc")
    np.testing.assert_array_equal(swept["values"].values, dataset["values"].values)
    swept.close()


def test_no_scheduler_and_no_workers(local, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.ensemble.cluster.SECONDS_TO_CONNECT", 0.3)
    with pytest.raises(UserError, match="no Dask scheduler answers at"):
        run_sweep(local[1], tmp_path / "out", dask_pool("tcp://127.0.0.1:1"))
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None) as cluster,
        pytest.raises(UserError, match="has no workers"),
    ):
        run_sweep(local[1], tmp_path / "out", dask_pool(cluster.scheduler_address))


def test_workers_that_would_compute_other_numbers(local, tmp_path, monkeypatch):
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster:
        monkeypatch.setattr("sim.ensemble.sweep.program_fingerprint", iter("012").__next__)
        with pytest.raises(UserError, match="has another program"):
            run_sweep(local[1], tmp_path / "out", dask_pool(cluster.scheduler_address))
