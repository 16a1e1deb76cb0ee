"""Draws of the assumptions and paired batches of runs."""

from sim.ensemble.base_year import BaseYearRow, base_year
from sim.ensemble.pairs import run_batch, run_pairs

__all__ = ["BaseYearRow", "base_year", "run_batch", "run_pairs"]
