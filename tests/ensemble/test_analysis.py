"""The analyses find what was put in."""

import numpy as np
import pytest
import xarray as xr

from sim.ensemble.analysis import gain_from_sharing, influences, seed_share
from sim.ensemble.designs import SEED, Input, make_design
from sim.ensemble.discovery import worst_box
from sim.ensemble.regret import regrets

LOST = "vehicles_lost World"


def swept(kind, samples, function, inputs=3, sets=("own",), runs=1):
    """A sweep of `function(u, run)` over inputs a, b, c on (0, 1): one output of each set."""
    given = [Input(name, between=(0.0, 1.0)) for name in "abcdef"[:inputs]]
    if kind == "grid":
        given = [Input(i.name, values=(0.0, 0.5, 1.0)) for i in given]
    design = make_design(kind, samples, given, seed=3, runs=runs)
    u = design.u[design.points]
    values = np.concatenate([function(u, design.runs) + k for k in range(len(sets))])
    return xr.Dataset(
        {
            "values": (("output", "pair"), values[None]),
            "u": (("input", "pair"), np.tile(u.T, len(sets))),
            "inputs": (("input", "pair"), np.tile(u.T, len(sets))),
        },
        {
            "output": [LOST],
            "input": design.names,
            "alternative": ("pair", np.repeat(sets, len(u))),
        },
        {"design": kind, "alternatives": ";".join(sets), "runs": runs, "dates": ""},
    )


def ishigami(u, run):
    x = 2 * np.pi * (u - 0.5)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_finds_the_shares_of_the_ishigami_function():
    """First order 0.314, 0.442, 0; total 0.558, 0.442, 0.244 (Saltelli et al. 2008)."""
    found = {i.input: i for i in influences(swept("sobol", 2048, ishigami), LOST)}
    assert [found[n].first for n in "abc"] == pytest.approx([0.314, 0.442, 0.0], abs=0.03)
    assert [found[n].total for n in "abc"] == pytest.approx([0.558, 0.442, 0.244], abs=0.03)
    assert found[SEED].total == 0
    for i in found.values():
        assert i.total_error < 0.06


def noisy(u, run):
    """Variance 1/12 from the input, and as much from the run."""
    return u[:, 0] + np.random.default_rng(0).random(2**21)[run]


def test_the_seed_has_its_share_of_the_variance():
    ds = swept("sobol", 1024, noisy, inputs=1)
    assert seed_share(ds, LOST) == pytest.approx(0.5, abs=0.06)
    ds = swept("grid", None, noisy, inputs=1, runs=500)  # three steps of 1/3, variance 2/27
    assert seed_share(ds, LOST) == pytest.approx((1 / 12) / (1 / 12 + 2 / 27), abs=0.02)
    assert seed_share(swept("morris", 10, noisy, inputs=1), LOST) is None


def test_morris_tells_linear_from_bent_from_idle():
    ds = swept("morris", 200, lambda u, run: 2 * u[:, 0] + (2 * u[:, 1] - 1) ** 2)
    found = {i.input: i for i in influences(ds, LOST)}
    assert found["a"].morris == pytest.approx(2)
    assert found["a"].spread == pytest.approx(0, abs=1e-9)
    assert found["b"].spread > 0.5
    assert found["c"].morris == found[SEED].morris == 0
    assert not found["c"].matters


def test_pawn_tells_an_input_from_one_that_does_nothing():
    ds = swept("latin-hypercube", 500, lambda u, run: u[:, 0] + 0.5 * u[:, 1])
    first, second, *others = influences(ds, LOST)
    assert (first.input, second.input) == ("a", "b")
    assert second.matters
    assert all(abs(i.weight) < 0.1 * first.weight for i in others)
    assert influences(swept("latin-hypercube", 50, ishigami), LOST)[0].pawn is None


def test_both_ends_of_an_input():
    ds = swept("latin-hypercube", 500, lambda u, run: 10 * u[:, 0] - 3 * u[:, 1])
    found = {i.input: i for i in influences(ds, LOST)}
    assert found["a"].high - found["a"].low == pytest.approx(8, abs=0.5)
    assert found["b"].high - found["b"].low == pytest.approx(-2.4, abs=0.9)
    assert found[SEED].low is None


@pytest.mark.parametrize("value", [1.0, np.nan])
def test_nothing_is_said_of_what_does_not_vary(value):
    ds = swept("sobol", 8, lambda u, run: np.full(len(u), value))
    assert influences(ds, LOST) == []
    assert worst_box(ds, LOST) is None


def test_regret_of_two_sets():
    """One set is better by 1 where the input is low, the other where it is high."""
    ds = swept("latin-hypercube", 100, lambda u, run: u[:, 0], sets=("own", "other"))
    low = ds["u"].sel(input="a").values[:100] < 0.25
    ds["values"][0, 100:] = ds["values"].values[0, :100] + np.where(low, -1.0, 1.0)
    own, other = regrets(ds, LOST)
    assert (own.alternative, other.alternative) == ("own", "other")
    assert own.largest == other.largest == pytest.approx(1.0)
    assert (own.best, other.best) == (0.75, 0.25)
    assert (own.mean, other.mean) == pytest.approx((0.25, 0.75))
    assert regrets(swept("sobol", 4, ishigami), LOST) == []
    more_is_better = ds.assign_coords(output=["capacity_share_abroad_end magnet"])
    assert regrets(more_is_better, "capacity_share_abroad_end magnet") == []


def test_the_gain_from_sharing_draws():
    noise = np.random.default_rng(0).normal(size=(3, 10_000))
    own = xr.Dataset(
        {"values": (("output", "pair"), [noise[0] + 0.1 * noise[1], noise[0]])},
        {"output": ["x", "x without"], "alternative": ("pair", ["own"] * 10_000)},
        {"alternatives": "own"},
    )
    assert gain_from_sharing(own, "x") == pytest.approx(201, rel=0.05)
    assert gain_from_sharing(own, "x without") is None


def test_a_corner_is_found_with_its_coverage_and_density():
    pytest.importorskip("ema_workbench")
    ds = swept(
        "latin-hypercube",
        1000,
        lambda u, run: ((u[:, 0] < 0.4) & (u[:, 1] > 0.5)) * 10.0 + 0.001 * u[:, 2],
        inputs=3,
    )
    box = worst_box(ds, LOST)
    assert set(box.limits) == {"a", "b"}
    assert box.limits["a"][0] is box.limits["b"][1] is None
    assert 0.38 < box.limits["a"][1] < 0.48
    assert 0.42 < box.limits["b"][0] < 0.52
    assert box.coverage > 0.9
    assert box.density >= 0.8
