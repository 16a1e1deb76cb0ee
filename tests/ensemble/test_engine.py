"""The engine loses no job: workers that die, a parent that is killed, jobs that fail."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from sim.ensemble.engine import MOST_DEATHS, compute, local_pool
from sim.errors import UserError


def square(number):
    return number**2


def worker_and_square(number):
    time.sleep(0.05)
    return os.getpid(), number**2


def die_once(marker, number):
    """The square, but the first worker that is given 3 is killed."""
    if number == 3 and not marker.exists():
        marker.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return os.getpid(), number**2


def die(number):
    os.kill(os.getpid(), signal.SIGKILL)


def fail(number):
    raise ValueError(f"no {number}")


@pytest.mark.parametrize("workers", [1, 2])
def test_every_job_is_done_once(workers):
    with local_pool(workers) as pool:
        found = dict(compute(square, range(10), pool))
    assert found == {k: k**2 for k in range(10)}


def test_a_worker_that_dies_costs_its_chunk_not_the_pool(tmp_path):
    with local_pool(2) as pool:
        before = {pid for _, (pid, _) in compute(worker_and_square, range(6), pool)}
        found = dict(compute(partial(die_once, tmp_path / "died"), range(8), pool))
    assert (tmp_path / "died").exists()
    assert {k: square for k, (_, square) in found.items()} == {k: k**2 for k in range(8)}
    after = {pid for pid, _ in found.values()}
    assert len(before) == 2
    assert len(before & after) == 1 or len(after) == 3  # the other worker went on
    assert before & after


def test_a_job_that_ends_every_worker_is_given_up():
    with (
        pytest.raises(UserError, match=f"chunk 0 ended its worker {MOST_DEATHS} times"),
        local_pool(2) as pool,
    ):
        list(compute(die, range(1), pool))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_that_fails_fails(workers):
    with pytest.raises(ValueError, match="no 0"), local_pool(workers) as pool:
        list(compute(fail, [0], pool))


PARENT = """
import os, sys, time
from sim.ensemble.engine import compute, local_pool

def work(number):
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(60)

if __name__ == "__main__":
    with local_pool(2) as pool:
        list(compute(work, range(2), pool))
"""


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_workers_do_not_outlive_a_killed_parent(tmp_path):
    (tmp_path / "parent.py").write_text(PARENT)
    pids = tmp_path / "pids"
    pids.touch()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    parent = subprocess.Popen([sys.executable, "parent.py", str(pids)], cwd=tmp_path, env=env)
    wait_until(lambda: len(pids.read_text().split()) == 2)
    workers = pids.read_text().split()
    assert not any(map(gone, workers))
    parent.kill()
    parent.wait()
    wait_until(lambda: all(map(gone, workers)))


def wait_until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
