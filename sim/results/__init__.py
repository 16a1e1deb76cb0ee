"""One labelled dataset per run of the program, on disk and back; indicators computed from it."""

from sim.results.dataset import PATHS, VARIABLES, build_dataset, provenance
from sim.results.disk import check_target, open_results, save_results

__all__ = [
    "PATHS",
    "VARIABLES",
    "build_dataset",
    "check_target",
    "open_results",
    "provenance",
    "save_results",
]
