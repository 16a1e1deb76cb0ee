"""Run j depends on seed and j alone, and draws have the distributions they are said to have."""

import numpy as np
import pytest

from sim.chain.draws import Draws, quantile
from sim.world import PARAMETERS

MANY = range(2000)


def test_run_depends_on_seed_and_number_alone():
    names = ["a", "b"]
    together = Draws(5, range(20), {})
    alone = Draws(5, [13], {})
    for name in names:
        assert np.array_equal(
            together.uniforms("k", name, 4)[:, [13]], alone.uniforms("k", name, 4)
        )
    late, early = Draws(5, [13], {}), Draws(5, [13], {})
    late.uniforms("k", "something else", 100)
    assert np.array_equal(late.uniforms("k", "a", 4), early.uniforms("k", "a", 4))


def test_other_seeds_kinds_names_and_runs_have_other_draws():
    base = Draws(5, [1], {}).uniforms("k", "a", 1)[0, 0]
    others = [
        Draws(6, [1], {}).uniforms("k", "a", 1), Draws(5, [2], {}).uniforms("k", "a", 1),
        Draws(5, [1], {}).uniforms("j", "a", 1), Draws(5, [1], {}).uniforms("k", "b", 1),
    ]  # fmt: skip
    assert base not in [float(draw[0, 0]) for draw in others]


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_priors_lie_within_their_bounds(name):
    parameter = PARAMETERS[name]
    values = Draws(1, range(200), {}).parameter(name)
    assert np.isfinite(values).all()
    if parameter.distribution in ("uniform", "triangular"):
        assert (values >= parameter.low).all()
        assert (values <= parameter.high).all()
    if parameter.distribution == "fixed":
        assert (values == parameter.mode).all()


def test_an_assumption_takes_the_place_of_the_prior():
    name = next(n for n, p in PARAMETERS.items() if p.distribution == "triangular")
    assert (Draws(1, range(5), {name: 0.25}).parameter(name) == 0.25).all()


def test_persistent_noise_has_its_deviation_and_persistence():
    deviation, persistence = np.full(len(MANY), 0.1), np.full(len(MANY), 0.7)
    noise = Draws(3, MANY, {}).persistent("x", 24, deviation, persistence)
    np.testing.assert_allclose(noise.std(axis=1), 0.1, rtol=0.1)
    assert abs(np.corrcoef(noise[10], noise[11])[0, 1] - 0.7) < 0.05


def test_outages_can_be_off():
    runs = np.zeros(4)
    assert (Draws(3, range(4), {}).outages(["x"], 24, runs, runs + 0.5, runs + 3) == 1).all()


def test_outages_come_as_often_and_stay_as_long_as_they_are_said_to():
    one = np.ones(len(MANY))
    up = Draws(3, MANY, {}).outages(["x"], 240, 0.1 * one, 0.5 * one, 3 * one)[0]
    assert set(np.unique(up)) == {0.5, 1.0}
    begun = (up[1:] < 1) & (up[:-1] == 1)
    np.testing.assert_allclose(begun.sum(axis=0).mean(), 2.0, rtol=0.1)
    # A month is down if any of it is, so that 3 months on average touch 3.5.
    np.testing.assert_allclose((up < 1).sum() / begun.sum(), 3.5, rtol=0.1)


def test_projects_fail_and_stand_still_as_often_as_they_are_said_to():
    one = np.ones(len(MANY))
    pace, fails = Draws(3, MANY, {}).projects(["x"], 120, 0.1 * one, 9 * one, 0.05 * one)
    np.testing.assert_allclose(fails.sum(axis=1).mean(), 0.5, rtol=0.1)
    assert set(np.unique(pace)) == {0.0, 1.0}
    np.testing.assert_allclose((pace == 0).mean(), 0.1 * 9 / 12, rtol=0.15)
    pace, fails = Draws(3, MANY, {}).projects(["x"], 120, 0 * one, 9 * one, 0 * one)
    assert (pace == 1).all()
    assert (fails == 0).all()


def test_interruptions_of_a_firm_are_its_own_in_any_company_and_span():
    one = np.ones(50)
    draws, how = Draws(3, range(50), {}), (2 * one, 0.5 * one, 3 * one)
    together = draws.outages(["a", "b"], 24, *how)
    assert np.array_equal(together[1], draws.outages(["b"], 24, *how)[0])
    assert np.array_equal(together, draws.outages(["a", "b"], 60, *how)[:, :24])
    assert not np.array_equal(together[0], together[1])


def test_size_of_news_has_median_one_and_can_be_off():
    size = Draws(3, MANY, {}).news("ban", np.full(len(MANY), 0.3))
    np.testing.assert_allclose(np.median(size), 1.0, rtol=0.05)
    np.testing.assert_allclose(np.log(size).std(), 0.3, rtol=0.05)
    assert (Draws(3, MANY, {}).news("ban", np.zeros(len(MANY))) == 1).all()


def test_quantiles_hit_what_they_are_named_after():
    half, high = np.array([0.5]), np.array([0.95])
    assert quantile("uniform", (2, 4), half)[0] == 3
    np.testing.assert_allclose(quantile("lognormal", (2, 5), half), 2)
    np.testing.assert_allclose(quantile("lognormal", (2, 5), high), 5)
    np.testing.assert_allclose(quantile("normal", (2, 5), half), 2)
    np.testing.assert_allclose(quantile("triangular", (0, 1, 2), half), 1)
    assert quantile("triangular", (3, 3, 3), half)[0] == 3
