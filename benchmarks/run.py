"""Whole-process times: from the start of the command to the printed answer, and peak memory.

    python benchmarks/run.py [SCENARIO]

Prints one line per number of pairs: seconds until the answer is printed, seconds until everything
is written, and the most memory that the command and its workers held together. Times are those of
this machine with nothing else running; memory is read from /proc, so on Linux alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PAIRS = (1, 200)
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid: int) -> int:
    """Bytes in memory of a process and all that it started; 0 when it is gone."""
    try:
        size = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return size + sum(resident(int(child)) for child in children)


def measure(scenario: str, pairs: int) -> tuple[float, float, float]:
    """Seconds to the answer, seconds to the end, and MB at most."""
    exportshock = Path(sys.executable).with_name("exportshock")
    peak = 0
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        child = subprocess.Popen(
            [exportshock, "run", scenario, "--runs", str(pairs), "--out", f"{folder}/out"],
            stdout=subprocess.PIPE,
            text=True,
        )

        def watch() -> None:
            nonlocal peak
            while child.poll() is None:
                peak = max(peak, resident(child.pid))
                time.sleep(0.02)

        watcher = threading.Thread(target=watch)
        watcher.start()
        answered = 0.0
        for line in child.stdout or ():
            if line.strip() and not line.startswith("Written"):
                answered = time.perf_counter() - begun
        status = child.wait()
        ended = time.perf_counter() - begun
        watcher.join()
    if status:
        raise SystemExit(f"{scenario} with {pairs} pairs failed")
    return answered, ended, peak / 1e6


def main() -> None:
    """Print the table."""
    scenario = sys.argv[1] if len(sys.argv) > 1 else "technology-ban-2023"
    print(f"{scenario}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    print(f"{'pairs':>6} {'answer, s':>10} {'all, s':>8} {'memory, MB':>11}")
    for pairs in PAIRS:
        answered, ended, memory = measure(scenario, pairs)
        print(f"{pairs:6} {answered:10.1f} {ended:8.1f} {memory:11.0f}", flush=True)


if __name__ == "__main__":
    main()
