"""One labelled dataset per run of the program, on disk and back; indicators computed from it."""

from sim.results.dataset import (
    MONTHLY,
    PATHS,
    VARIABLES,
    build_dataset,
    dimensions,
    provenance,
)
from sim.results.disk import check_target, open_results, save_results

__all__ = [
    "MONTHLY",
    "PATHS",
    "VARIABLES",
    "build_dataset",
    "check_target",
    "dimensions",
    "open_results",
    "provenance",
    "save_results",
]
