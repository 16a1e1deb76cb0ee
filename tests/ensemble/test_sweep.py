"""A sweep stopped anywhere goes on to the same bits, and says clearly what stops it."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import sim
from sim.cli import main
from sim.ensemble import store as store_module
from sim.ensemble.engine import local_pool
from sim.ensemble.store import LOCK
from sim.ensemble.sweep import prepare, run_sweep, sweep_overrides
from sim.errors import UserError
from sim.scenario import load_scenario
from tests.ensemble.files import GRID, QUOTA, SOBOL, write

FEW = ("vehicles_lost", "vehicles_built")
EXPORTSHOCK = Path(sys.executable).with_name("exportshock")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An uninterrupted sweep of two chunks: its file, folder and dataset."""
    folder = tmp_path_factory.mktemp("whole")
    path = write(folder, QUOTA, SOBOL)
    sweeping = prepare(path, outputs=FEW, batch=10)
    return path, folder / "out", run_sweep(sweeping, folder / "out", local_pool(1))


def again(path, out, **options):
    return run_sweep(prepare(path, outputs=FEW, batch=10), out, local_pool(1), **options)


def test_the_same_bits_from_processes(whole, tmp_path):
    path, _, dataset = whole
    other = run_sweep(prepare(path, outputs=FEW, batch=10), tmp_path / "out", local_pool(2))
    xr.testing.assert_identical(other, dataset)


def test_a_grid_has_the_numbers_of_runs_of_the_file(tmp_path):
    path = write(tmp_path, QUOTA, GRID)
    swept = run_sweep(prepare(path, outputs=FEW), tmp_path / "out", local_pool(1))
    texts = ["measures.ban.end=2025-03-31", "assumptions.ev.demand_elasticity=-1.0"]
    results = sim.run(load_scenario(path, texts), workers=1)
    built = results["vehicles_built"].sum(["time", "region"])
    chosen = swept.sel(pair=(swept["alternative"] == "swept") & (swept["point"] == 3))["values"]
    for output, level in (("policy", ""), ("counterfactual", " without")):
        np.testing.assert_allclose(
            chosen.sel(output=f"vehicles_built World{level}"), built.sel(path=output), rtol=1e-12
        )
    nothing = swept.sel(pair=swept["alternative"] == "nothing")["values"]
    assert (nothing.sel(output="vehicles_lost World") == 0).all()


def test_what_is_there_is_not_computed_again(whole, monkeypatch):
    path, out, dataset = whole
    monkeypatch.setattr("sim.ensemble.sweep.run_job", None)
    xr.testing.assert_identical(again(path, out), dataset)


class Stopped(Exception):
    pass


def stop(done, total):
    raise Stopped


def test_it_goes_on_from_the_chunks_that_are_there(whole, tmp_path, capsys):
    path, _, dataset = whole
    out = tmp_path / "out"
    with pytest.raises(Stopped):
        again(path, out, progress=stop)
    assert len(list((out / "chunks").iterdir())) == 1
    told = []
    xr.testing.assert_identical(again(path, out, progress=lambda *n: told.append(n)), dataset)
    assert told == [(20, 20)]
    assert "going on: 1 of 2 chunks are there" in capsys.readouterr().err


def test_an_interrupt_says_what_is_kept(whole, tmp_path):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="1 of 2 chunks are kept; the same command goes on"):
        again(whole[0], tmp_path / "out", progress=interrupt)


@pytest.mark.parametrize("damage", [b"", b"nothing", b"one bit"])
def test_a_damaged_chunk_is_told_and_computed_again(whole, tmp_path, capsys, damage):
    path, out, dataset = whole
    chunk = sorted((out / "chunks").iterdir())[1]
    content = chunk.read_bytes()
    if damage == b"one bit":
        damage = content[:-1] + bytes([content[-1] ^ 1])
    chunk.write_bytes(damage)
    xr.testing.assert_identical(again(path, out), dataset)
    assert f"{chunk} is damaged and is computed again" in capsys.readouterr().err
    assert chunk.read_bytes() == content


def test_a_full_disk_is_told_and_nothing_is_lost(whole, tmp_path, monkeypatch):
    path, _, dataset = whole
    out, real = tmp_path / "out", os.fsync
    calls = []

    def full(number):
        calls.append(number)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(number)

    monkeypatch.setattr(store_module.os, "fsync", full)
    with pytest.raises(UserError, match=r"the disk is full. The 1 chunks that are there are kept"):
        again(path, out)
    assert [p.suffix for p in (out / "chunks").iterdir()] == [".chunk"]
    xr.testing.assert_identical(again(path, out), dataset)


def test_two_processes_on_one_folder(whole, tmp_path):
    path, out, dataset = whole
    with (out / LOCK).open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UserError, match=r"another sweep \(process \d+\) is at work"):
            again(path, out)
    xr.testing.assert_identical(again(path, out), dataset)


def test_another_sweep_is_refused_unless_forced(whole, tmp_path):
    path, out, _ = whole
    with pytest.raises(UserError, match=r"differs in points, scenario and sweep.*--force"):
        run_sweep(prepare(path, ["ensemble.seed=8"], FEW, batch=10), out)
    with pytest.raises(UserError, match="differs in outputs"):
        run_sweep(prepare(path, outputs=["vehicles_lost"], batch=10), out)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.tex").touch()
    with pytest.raises(UserError, match="holds something else than a sweep"):
        again(path, mine)
    fresh = tmp_path / "fresh"
    few = prepare(path, ["sweep.samples=2"], ["vehicles_lost"])
    run_sweep(few, fresh, local_pool(1))
    small = prepare(path, ["sweep.samples=1"], ["vehicles_lost"])
    assert run_sweep(small, fresh, local_pool(1), force=True).sizes["pair"] == 5


def test_a_name_that_is_no_output(whole):
    with pytest.raises(UserError, match="no output 'vehicles_last'; did you mean 'vehicles_lost'"):
        prepare(whole[0], outputs=["vehicles_last"])


def test_words_of_the_command_line():
    texts = sweep_overrides("morris", "8", ["ev.pass_through", "measures.a.end={values=[1]}"])
    assert texts == (
        'sweep.design="morris"',
        "sweep.samples=8",
        'sweep.over.ev.pass_through="prior"',
        "sweep.over.measures.a.end={values=[1]}",
    )
    assert len(sweep_overrides(None, None, ["all"])) > 50


def test_the_command_from_file_to_figure_and_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = str(write(tmp_path, QUOTA, SOBOL))
    assert main(["sweep", path, "--workers", "1"]) == 0
    told = capsys.readouterr()
    noted = "sobol: 4 x (2 keys + the seed + 2) = 20 pairs in 1 chunks, at most"
    assert told.err.startswith(noted)
    assert "it depends mostly on" in told.out
    out = tmp_path / "results" / "swept-sweep"
    assert (out / "figures" / "sensitivity.png").stat().st_size > 10_000
    summary = json.loads((out / "summary.json").read_text())
    assert summary["sentences"][0].startswith("Vehicles lost")
    assert sim.open_results(out).sizes["pair"] == 20
    assert "value_added_change Home magnet" in sim.open_results(out)["output"]
    assert load_scenario(out / "scenario.toml").sweep == load_scenario(path).sweep
    assert main(["sweep", path, "--json"]) == 0  # nothing is computed
    printed = capsys.readouterr()
    assert json.loads(printed.out) == summary
    assert main(["sweep", path, "--samples", "3"]) == 2
    assert "power of two" in capsys.readouterr().err


def test_kill_9_of_the_command_and_of_a_worker(tmp_path):
    """The real thing: killed in the middle, it goes on to the bits of the uninterrupted sweep."""
    sweep = '[sweep]\ndesign = "grid"\nover."measures.ban.enforcement" = { values = [0.9] }\n'
    path = write(tmp_path, QUOTA.replace("runs = 3", "runs = 210"), sweep)
    run_sweep(prepare(path, outputs=["vehicles_lost"]), tmp_path / "whole", local_pool(1))
    out = tmp_path / "killed"
    command = [EXPORTSHOCK, "sweep", path, "--workers", "2", "--outputs", "vehicles_lost"]
    command += ["--out", out]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    until(lambda: any((out / "chunks").glob("*.chunk")) or child.poll() is not None)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    kept = {p.name: p.stat().st_mtime_ns for p in (out / "chunks").glob("*.chunk")}
    assert 0 < len(kept) < 3
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    until(lambda: workers_of(child.pid))
    os.kill(workers_of(child.pid)[0], signal.SIGKILL)
    _, told = child.communicate(timeout=60)
    assert child.returncode == 0
    assert f"going on: {len(kept)} of 3 chunks are there".encode() in told
    assert all((out / "chunks" / name).stat().st_mtime_ns == when for name, when in kept.items())
    for chunk in (out / "chunks").iterdir():
        assert chunk.read_bytes() == (tmp_path / "whole" / "chunks" / chunk.name).read_bytes()


def workers_of(pid):
    """The spawned workers of a process; its resource tracker is none."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(c) for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
