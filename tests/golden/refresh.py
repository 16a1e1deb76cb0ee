"""Numbers of the tiny world that only change when the model does; refresh them with

python -m tests.golden.refresh

and name the change in the changelog.
"""

import json
from pathlib import Path

import numpy as np

from sim.ensemble.pairs import run_batch
from tests.laws import tiny

FILE = Path(__file__).with_name("tiny.json")
KEPT = ("oxide_price", "magnet_price", "vehicles_built", "vehicles_lost", "capacity", "leakage")


def numbers() -> dict[str, list[float]]:
    """Yearly means of two runs on the policy path, by scenario and record, all other axes flat."""
    found = {}
    for name in ("tiny-magnet-ban", "tiny-quota"):
        records = run_batch(tiny(name, 36), (0, 1))
        for record in KEPT:
            years = np.split(records[record][1], 3)
            found[f"{name}.{record}"] = [float(x) for y in years for x in y.mean(axis=0).ravel()]
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(numbers(), indent=1) + "\n")
