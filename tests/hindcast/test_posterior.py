"""The posterior that is shipped, and how one is made."""

import tomllib

import numpy as np
import pytest

from sim import load_scenario
from sim.chain.draws import prior
from sim.errors import UserError
from sim.hindcast.calibration import calibrate
from sim.hindcast.observed import settings
from sim.hindcast.periods import parse_period
from sim.hindcast.posterior import write_posterior
from sim.results.dataset import where_assumptions_come_from
from sim.scenario import find_scenario
from sim.world import PARAMETERS, load_posterior


def test_at_least_200_sets_from_three_searches_of_the_fitted_years_alone():
    posterior = load_posterior()
    assert posterior.size >= 200
    assert len(posterior.about["seeds"]) >= 3
    assert parse_period(posterior.about["period"]).within(parse_period("2009-01/2013-12"))


def test_every_value_lies_within_its_sourced_range():
    ends = np.array([1e-9, 1 - 1e-9])
    for name, values in load_posterior().values.items():
        low, high = prior(PARAMETERS[name], ends)
        assert (values >= low - 1e-6 * abs(low)).all() and (values <= high * (1 + 1e-6)).all()


def test_what_history_cannot_pin_down_keeps_its_prior_and_is_named():
    posterior = load_posterior()
    about = posterior.about
    assert not set(about["prior_kept"]) & set(posterior.values)
    assert set(about["pinned"]) == set(posterior.values)
    assert "technology.cost_penalty" in about["never_fitted"]
    assert not any(name.startswith("technology.") for name in posterior.values)
    assert all(value > 0 for value in about["discrepancy"].values())


def test_results_say_what_left_the_posterior():
    file = find_scenario("tiny-quota")
    assert "left the posterior" not in where_assumptions_come_from(load_scenario(file))
    changed = load_scenario(file, ['assumptions."policy.news_gain"=1.0'])
    assert where_assumptions_come_from(changed).endswith("left the posterior: policy.news_gain.")


@pytest.mark.slow
def test_a_small_calibration_writes_a_posterior_with_its_provenance(tmp_path, monkeypatch):
    told = settings()["calibration"]
    small = {"draws": 90, "keep": 40, "waves": 3, "seeds": [5], "sets": 40}
    for key, value in small.items():
        monkeypatch.setitem(told, key, value)
    said = []
    searches = calibrate(tmp_path, 1, said.append)
    assert len(said) == 3 and np.isfinite(searches[0].distance).all()
    assert searches[0].distance.max() < 4
    with pytest.raises(UserError, match="moved no parameter"):
        monkeypatch.setitem(told, "sets", 2)
        write_posterior(searches, tmp_path)
    monkeypatch.setitem(told, "sets", 40)
    write_posterior(searches, tmp_path)
    lines = (tmp_path / "posterior.csv").read_text().splitlines()
    about = tomllib.loads((tmp_path / "posterior.toml").read_text())
    assert len(lines) == 41 and lines[0].split(",") == about["pinned"]
    assert about["seeds"] == [5] and about["runs_by_seed"] == 190
    assert set(about["discrepancy"]) == set(told["series"])
