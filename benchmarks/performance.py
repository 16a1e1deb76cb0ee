"""What a path costs, against what, and where the time goes; writes docs/performance.md.

    python -m benchmarks.performance [--large] [--print]

Times are of the processor in this process (`time.process_time`), which other work on the machine
disturbs less than the clock; the clock stands beside where both are said. `--large` adds 10,000
runs to the line of runs, `--print` writes no document.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import mesa
import numpy as np

from benchmarks.counting import Counted, count_from, count_sparse, floor
from benchmarks.scaled import scaled
from sim.chain import SupplyChain
from sim.results.dataset import versions
from sim.scenario import Scenario, find_scenario, load_scenario

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
SCENARIO = "technology-ban-2023"
MONTHS = 24  # of the comparisons; whole paths have 156
WHOLE = 156
BATCH = 100


def shipped(months: int) -> Scenario:
    """The scenario of the benchmark, cut to its first months."""
    end = date(2023 + (months - 1) // 12, (months - 1) % 12 + 1, 28)
    return load_scenario(find_scenario(SCENARIO)).model_copy(update={"end": end})


def spent(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor and of the clock."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return time.process_time() - processor, time.perf_counter() - clock


def run(scenario: Scenario, runs: Sequence[int]) -> None:
    SupplyChain(scenario, "policy", runs).run()


def repeat(scenario: Scenario, runs: int, times: int) -> None:
    """So many times the same batch."""
    for _ in range(times):
        run(scenario, range(runs))


def batches() -> tuple[str, dict[int, float]]:
    """Milliseconds of a path of the comparison's span, by runs a batch."""
    scenario, found, lines = shipped(MONTHS), {}, []
    run(scenario, [0])
    for width in (1, 10, 100, 500):
        times = 3 if width == 1 else 1
        processor, clock = spent(partial(repeat, scenario, width, times))
        found[width] = 1e3 * processor / width / times
        seconds = found[width] / MONTHS * WHOLE
        lines.append(
            f"| {width} | {found[width] / MONTHS:.2f} | {seconds:.0f} | "
            f"{found[1] / found[width]:.1f} | {clock / processor:.1f} |"
        )
    table = (
        "| runs a batch | ms a path and month | ms a path of 2023-2035 | times less than alone | "
        "clock over processor |\n|---|---|---|---|---|\n"
    )
    return table + "\n".join(lines), found


class PlainFirm(mesa.Agent):
    """A firm of a plain Mesa model: it sells by price, stocks, and adapts its capacity."""

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.capacity, self.stock, self.cost = 100.0, 50.0, 1.0 + 0.5 * self.random.random()

    def step(self) -> None:
        price = self.model.price
        output = self.capacity * min(1.0, max(0.0, (price - self.cost) / self.cost + 0.5))
        sold = min(self.stock + output, self.capacity * self.random.uniform(0.8, 1.0))
        self.stock += output - sold
        self.model.supply += sold
        if price > 1.2 * self.cost:
            self.capacity *= 1.002


class PlainModel(mesa.Model):
    """As many firms as the world has, with trivial rules, stepped one by one."""

    def __init__(self, firms: int) -> None:
        super().__init__(rng=7)
        self.price, self.supply = 1.5, 0.0
        PlainFirm.create_agents(self, firms)

    def step(self) -> None:
        self.supply = 0.0
        self.agents.shuffle_do("step")
        self.price *= 1 + 0.1 * (90.0 * len(self.agents) / max(self.supply, 1.0) - 1)


def plain_mesa(ours: float) -> str:
    """A plain model of 150 firms beside a month of ours."""

    def both() -> None:
        model = PlainModel(150)
        for _ in range(240):
            model.step()

    both()
    processor, _ = spent(both)
    month = 1e3 * processor / 240
    firms = len(SupplyChain(shipped(1), "policy", [0]).agents)
    return (
        "A plain Mesa model of 150 firms with trivial rules, no market and no trade, stepped agent "
        f"by agent: {processor:.2f} s for 240 months, {month:.2f} ms a month. A month of one path "
        f"here, with {firms} firms, ten regions and seven oxides that clear at once, takes "
        f"{ours:.2f} ms in a batch of {BATCH}: {ours / month:.1f} times as long."
    )


def roofline(measured: float) -> str:
    """The arithmetic of a month at the speeds of this machine, against what a month takes."""
    model = SupplyChain(shipped(18), "policy", range(BATCH))
    for _ in range(12):
        model.step()
    count_sparse()
    count_from(model, BATCH)
    Counted.numbers.clear()
    for _ in range(6):
        model.step()
    numbers = Counted.numbers
    least = 1e3 * floor(numbers) / BATCH / 6
    every = sum(numbers.values()) / BATCH / 6
    costly = sum(numbers[n] for n in ("exp", "log", "power", "expm1", "log1p")) / BATCH / 6
    return (
        f"Counted over six months of a batch of {BATCH}: {every:,.0f} numbers are computed a "
        f"path and month, {costly:,.0f} of them exponentials and logarithms. At the speed at which "
        "numpy does each of these operations here on arrays in the nearest cache, that is "
        f"{least:.2f} ms; a month takes {measured:.2f} ms, {measured / least:.1f} times as long. "
        "The rest is calls of numpy on small arrays, arrays that do not stay in the cache, and "
        "indexing, which is not counted."
    )


def in_runs(large: bool) -> str:
    """Seconds for so many runs in batches, and the memory they need."""
    scenario, lines = shipped(6), []
    for runs in (100, 1_000, 10_000) if large else (100, 1_000):
        parts = [range(k, k + BATCH) for k in range(0, runs, BATCH)]
        processor, _ = spent(lambda p=parts: [run(scenario, part) for part in p])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        lines.append(f"| {runs:,} | {processor:.1f} | {1e3 * processor / runs:.2f} | {peak:,.0f} |")
    table = "| runs (6 months) | s | ms a path | largest memory so far, MB |\n|---|---|---|---|\n"
    return table + "\n".join(lines)


def in_size() -> str:
    """Time against firms and regions, in the tiny world cut into more of either."""
    lines, first = [], {}
    with tempfile.TemporaryDirectory() as place:
        sizes = [("firms", n, 2) for n in (1, 4, 16)] + [("regions", 1, n) for n in (3, 6, 11)]
        for kind, firms, regions in sizes:
            folder = scaled(Path(place) / f"{firms}-{regions}", firms, regions)
            tiny = load_scenario(find_scenario("tiny-quota"))
            # The quota is the same; only the world has more to look after.
            scenario = tiny.model_copy(update={"world": str(folder), "end": date(2024, 12, 28)})
            model = SupplyChain(scenario, "policy", range(BATCH))
            processor, _ = spent(model.run)
            count = len(model.agents) if kind == "firms" else regions
            base, before = first.setdefault(kind, (processor, count))
            lines.append(
                f"| {count} {kind} | {1e3 * processor / BATCH / 24:.2f} | {count / before:.1f} | "
                f"{processor / base:.1f} |"
            )
    table = "| size | ms a path and month | times the size | times the time |\n|---|---|---|---|\n"
    return table + "\n".join(lines)


def flames(depth: int = 3, least: float = 0.03) -> str:
    """Where a batch's time goes, as a tree of calls: what a flame graph shows, in words."""
    profile = cProfile.Profile()
    model = SupplyChain(shipped(MONTHS), "policy", range(BATCH))
    profile.runcall(model.run)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    callees: dict[object, dict[object, float]] = {}
    for function, (_, _, _, _, callers) in stats.items():
        for caller, (_, _, _, cumulative) in callers.items():
            callees.setdefault(caller, {})[function] = cumulative
    step = next(f for f in stats if f[2] == "step" and f[0].endswith("chain/model.py"))
    whole = stats[step][3]
    lines: list[str] = []

    def tree(function: object, level: int, path: tuple[object, ...]) -> None:
        inner = sorted(callees.get(function, {}).items(), key=lambda item: -item[1])
        for callee, seconds in inner:
            if seconds < least * whole or level > depth or callee in path:
                continue
            file, _, name = callee  # type: ignore[misc]
            place = f" ({Path(file).stem})" if "/sim/" in file else ""
            lines.append(f"{'  ' * level}{100 * seconds / whole:3.0f} %  {name}{place}")
            tree(callee, level + 1, (*path, callee))

    tree(step, 0, (step,))
    return "```text\n" + "\n".join(lines) + "\n```"


def document(large: bool) -> str:
    """The whole text."""
    begun = time.perf_counter()
    table, found = batches()
    month = found[BATCH] / MONTHS
    path = found[500] / MONTHS * WHOLE
    pairs = 10_000 * 2 * path / 1e3 / 60 / 2
    found_versions = versions()
    processor = found_versions["processor"].partition(" (")[0]
    parts = [
        "# Performance",
        "Written by `python -m benchmarks.performance`; do not edit by hand. Times are of one "
        f"processor ({processor}, Python {found_versions['python_version']}, numpy "
        f"{np.__version__}) and of this process alone. Other work shared the machine (load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores), which slows caches and clock, so "
        "that they are upper bounds. Whole-process times of the command: `benchmarks/run.py`.",
        "## A path, alone and in a batch",
        f"World 2023, `{SCENARIO}`, one path, the {MONTHS} months from January 2023; a path of "
        f"2023-2035 has {WHOLE}, and is taken to cost so many times a month.",
        table,
        f"Aim: at most 40 ms a path at 500 runs a batch, and 15 times less than alone. Measured: "
        f"**{path:.0f} ms, {found[1] / found[500]:.0f} times less**. 10,000 pairs on two cores at "
        f"that rate take {pairs:.0f} minutes (aim: 8), without start, indicators and disk.",
        "## Against a plain agent model",
        plain_mesa(month),
        "## Against the arithmetic",
        roofline(month),
        "## Against the number of runs, firms and regions",
        in_runs(large),
        in_size(),
        "Firms and regions are those of the tiny world cut into equal parts (totals stay). Linear "
        "in firms: the last column is at most the one before; quadratic in regions: at most its "
        "square.",
        "## Where the time goes",
        f"Shares of a month, a batch of {BATCH}, of calls above 3 %:",
        flames(),
        f"(This page took {(time.perf_counter() - begun) / 60:.0f} minutes.)",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def main() -> None:
    """Print the document, and write it unless told not to."""
    text = document("--large" in sys.argv)
    print(text)
    if "--print" not in sys.argv:
        DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
