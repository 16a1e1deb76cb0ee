"""What each mechanism is worth: the episodes with one switched off, and what that changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.hindcast.board import Ablation, Score, score_patterns, score_series
from sim.hindcast.ensemble import run_episodes
from sim.hindcast.observed import settings

MOST_RUNS = 100
"""Runs that are enough here: all mechanisms are switched off in the same ones."""
NOTHING = 0.01
"""Change of the mean log-RMSE that counts as none."""


def ablate(
    runs: int, workers: int, progress: Callable[[int, int], None] | None = None
) -> list[Ablation]:
    """All mechanisms, the first row being the model with none switched off."""
    episodes = list(settings()["episodes"])
    mechanisms = {"nothing": {}, **settings()["ablations"]}
    found: list[Ablation] = []
    whole: set[str] = set()
    for k, (name, held) in enumerate(mechanisms.items()):
        paths = run_episodes(episodes, min(runs, MOST_RUNS), workers, held)
        met = {p.pattern.id for p in score_patterns(paths) if p.met}
        error = _errors(score_series(paths))
        if not found:
            whole = met
        won, lost = tuple(sorted(met - whole)), tuple(sorted(whole - met))
        moved = max(abs(error[w] - found[0].error[w]) for w in error) if found else 1.0
        still = not won and not lost and moved < NOTHING
        found.append(Ablation(name, len(met), error, won, lost, still))
        if progress:
            progress(k + 1, len(mechanisms))
    return found


def _errors(board: Sequence[Score]) -> dict[str, float]:
    """Mean log-RMSE of price series by window."""
    errors: dict[str, list[float]] = {}
    for s in board:
        if s.metric == "log_rmse" and s.series.startswith("price"):
            errors.setdefault(s.period, []).append(s.value)
    return {period: float(np.mean(values)) for period, values in errors.items()}
