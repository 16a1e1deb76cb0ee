"""The search on a problem whose answer is known, its resumption, and the draws of a posterior."""

import dataclasses

import numpy as np
import pytest

from sim.chain import draws
from sim.chain.draws import Draws
from sim.hindcast import calibration
from sim.hindcast.calibration import Search, Sets, choose, next_wave, propose
from sim.hindcast.observed import settings
from sim.world import PARAMETERS, Posterior

SMALL = {"draws": 300, "keep": 100, "waves": 5, "seeds": [1, 2, 3], "sets": 60}


@pytest.fixture
def toy(monkeypatch):
    """Two parameters; the distance is that of the first from 0.7, the second says nothing."""
    told = {**settings()["calibration"], **SMALL}
    told["parameters"] = ["policy.news_gain", "stocks.appetite"]
    changed = {**settings(), "calibration": told}
    monkeypatch.setattr(calibration, "settings", lambda: changed)
    return lambda jobs: [np.abs(unit[:, 0] - 0.7) for unit, _ in jobs]


def run(folder, mapper, seed=1):
    search, told = Search(seed, folder, mapper), []
    for wave in range(SMALL["waves"]):
        search.step(wave, told.append)
    return search.kept, told


def test_the_search_finds_what_history_pins_down_and_leaves_the_rest(toy, tmp_path):
    kept, told = run(tmp_path, toy)
    assert len(told) == SMALL["waves"]
    share = kept.weight / kept.weight.sum()
    assert (kept.unit[:, 0] * share).sum() == pytest.approx(0.7, abs=0.02)
    assert kept.distance.max() < 0.05
    assert (kept.unit[:, 1] * share).sum() == pytest.approx(0.5, abs=0.12)
    assert kept.unit[:, 1].std() == pytest.approx(np.sqrt(1 / 12), abs=0.08)


def test_a_search_goes_on_where_it_was_and_repeats_itself(toy, tmp_path):
    first, _ = run(tmp_path / "a", toy)
    (tmp_path / "a" / "wave-4.csv").unlink()

    resumed, told = run(tmp_path / "a", toy)
    assert len(told) == 1
    again, _ = run(tmp_path / "b", toy)
    for one, other in ((first, resumed), (first, again)):
        assert (one.unit == other.unit).all() and (one.distance == other.distance).all()
    other, _ = run(tmp_path / "c", toy, seed=2)
    assert (other.unit != first.unit).any()


def test_proposals_stay_in_the_prior():
    rng = np.random.default_rng(1)
    unit = rng.random((50, 3))
    found = propose(unit, np.full(50, 0.02), 2 * np.cov(unit.T), rng, 500)
    assert found.shape == (500, 3) and ((found > 0) & (found < 1)).all()


def test_the_tolerance_never_rises(toy, tmp_path):
    rng = np.random.default_rng(3)
    kept = Sets(rng.random((100, 2)), np.ones(100), np.linspace(0, 1, 100))
    new, entered = next_wave(kept, rng, 200, 0, toy)
    assert new.distance.max() < kept.distance.max()
    assert 0 < entered <= 1


def test_sets_come_from_all_searches_alike():
    searches = [Sets(np.full((50, 2), k / 10), np.ones(50), np.ones(50)) for k in (1, 2, 3)]
    chosen = choose(searches, 30, 1)
    assert sorted(np.unique(chosen)) == pytest.approx([0.1, 0.2, 0.3])
    assert [int((chosen[:, 0] == k / 10).sum()) for k in (1, 2, 3)] == [10, 10, 10]


@pytest.fixture
def posterior(monkeypatch):
    sets = {
        "policy.news_gain": np.arange(50.0),
        "stocks.appetite": 100 + np.arange(50.0),
    }
    monkeypatch.setattr(draws, "load_posterior", lambda: Posterior(sets, {}))


def test_a_run_takes_all_its_parameters_from_one_set_whatever_its_batch(posterior):
    many = Draws(7, range(20), {})
    gain, appetite = many.parameter("policy.news_gain"), many.parameter("stocks.appetite")
    assert (appetite == gain + 100).all() and len(np.unique(gain)) > 8
    alone = Draws(7, (13,), {})
    assert alone.parameter("policy.news_gain") == gain[13]
    assert (Draws(8, range(20), {}).parameter("policy.news_gain") != gain).any()


def test_what_the_file_names_or_is_given_leaves_the_posterior(posterior):
    named = Draws(7, range(5), {"policy.news_gain": 0.3})
    assert (named.parameter("policy.news_gain") == 0.3).all()
    given = Draws(7, range(5), {"policy.news_gain": 0.3}, {"policy.news_gain": np.arange(5.0)})
    assert (given.parameter("policy.news_gain") == np.arange(5)).all()
    free = Draws(7, range(5), {})
    assert (
        free.parameter("technology.cost_penalty")
        == free.from_prior(PARAMETERS["technology.cost_penalty"])
    ).all()


def test_calibrated_parameters_have_priors():
    for name in settings()["calibration"]["parameters"]:
        assert PARAMETERS[name].distribution != "fixed"
    for held in settings()["ablations"].values():
        assert set(held) <= set(PARAMETERS)
    assert dataclasses.is_dataclass(Sets)
