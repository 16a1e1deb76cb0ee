from datetime import date

import numpy as np
import pytest

from sim.ensemble.designs import SEED, Input, make_design, number_of_pairs
from sim.measures import Distribution
from sim.world import PARAMETERS

INPUTS = [Input("a", between=(0.0, 10.0)), Input("b", values=(1.0, 2.0, 5.0))]


@pytest.mark.parametrize(
    ("kind", "samples", "pairs"),
    [("latin-hypercube", 10, 10), ("sobol", 8, 8 * 5), ("morris", 6, 6 * 4)],
)
def test_a_sampled_design_has_the_points_it_says(kind, samples, pairs):
    design = make_design(kind, samples, INPUTS, seed=1, runs=50)
    assert number_of_pairs(kind, samples, INPUTS, 50) == len(design.u) == pairs
    assert design.names == ["a", "b", SEED]
    assert ((design.u >= 0) & (design.u <= 1)).all()
    again = make_design(kind, samples, INPUTS, seed=1, runs=50)
    other = make_design(kind, samples, INPUTS, seed=2, runs=50)
    np.testing.assert_array_equal(design.u, again.u)
    assert not np.array_equal(design.u, other.u)
    assert set(design.values(1)) == {1.0, 2.0, 5.0}


def test_a_latin_hypercube_fills_every_layer_and_every_run():
    design = make_design("latin-hypercube", 20, INPUTS, seed=1, runs=1)
    for column in design.u.T:
        assert sorted((column * 20).astype(int)) == list(range(20))
    assert sorted(design.runs) == list(range(20))


def test_the_seed_of_a_sobol_design_changes_with_its_own_input_alone():
    design = make_design("sobol", 8, INPUTS, seed=1, runs=1)
    rows = design.runs.reshape(8, 5)  # A, A with one input of B each (the seed's last), B
    assert (rows[:, 0] == rows[:, 1]).all()
    assert (rows[:, 0] == rows[:, 2]).all()
    assert (rows[:, 3] == rows[:, 4]).all()
    assert (rows[:, 0] != rows[:, 3]).all()


def test_the_seed_of_a_morris_design_changes_once_in_a_trajectory():
    design = make_design("morris", 6, INPUTS, seed=1, runs=1)
    for trajectory, u in zip(design.runs.reshape(6, 4), design.u[:, -1].reshape(6, 4), strict=True):
        moved = np.diff(u) != 0
        assert moved.sum() == 1
        np.testing.assert_array_equal(np.diff(trajectory) != 0, moved)


def test_a_grid_runs_every_combination_on_the_same_runs():
    inputs = [Input("a", values=(1.0, 2.0)), Input("b", values=(3.0, 4.0, 5.0))]
    design = make_design("grid", None, inputs, seed=1, runs=4)
    points = list(zip(design.values(0), design.values(1), strict=True))
    assert points == [(x, y) for x in (1, 2) for y in (3, 4, 5)]
    assert design.runs.tolist() == [0, 1, 2, 3] * 6
    assert design.points.tolist() == [k for k in range(6) for _ in range(4)]


def test_dates_are_taken_by_month_within_their_ends():
    ends = (date(2026, 11, 20), date(2027, 2, 10))
    u = np.linspace(0, 1, 5)
    assert Input("measures.m.start", between=ends).at(u) == [
        date(2026, 11, 20),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
        date(2027, 2, 1),
    ]
    assert Input("measures.m.end", between=ends).at(u) == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 10),
        date(2027, 2, 10),
    ]


def test_a_prior_is_swept_by_its_quantiles_and_by_morris_within_its_ends():
    unbounded = Distribution(normal=(3.0, 1.0))
    assert Input("x", prior=unbounded).at(np.array([0.5])) == [3.0]
    name = "technology.cost_penalty"
    low, _, high = (getattr(PARAMETERS[name], key) for key in ("low", "mode", "high"))
    assert Input(name, prior=PARAMETERS[name]).at(np.array([0.25])) == [low + (high - low) / 4]
    design = make_design("morris", 5, [Input("x", prior=unbounded)], seed=1, runs=1)
    assert np.isfinite(design.values(0)).all()
    assert min(design.values(0)) == pytest.approx(3.0 - 1.6448536)
