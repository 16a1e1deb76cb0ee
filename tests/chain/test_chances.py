"""What happens by chance reaches the chain, can be off, and is the same on both paths."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.arrays import total
from sim.chain.chances import Chances
from tests.laws import below_zero, mass_gap, tiny, use_gap, worst

OFF = dict.fromkeys(
    ("noise.demand", "noise.outage_rate", "noise.setback_rate", "noise.failure_rate", "noise.news"),
    0.0,
)
KINDS = {"mines": "mine", "separators": "separator", "magnet makers": "magnet maker"}


def model(path="policy", months=18, **assumptions):
    given = {name.replace("__", "."): value for name, value in assumptions.items()}
    scenario = tiny("tiny-quota", months, assumptions={**OFF, **given})
    return SupplyChain(scenario, path, (0, 1))


def test_everything_can_be_off():
    chances = model().chain.chances
    assert all((noise == 0).all() for noise in chances.noise.values())
    assert all((up == 1).all() for up in chances.outages.values())
    for pace, fails in chances.projects.values():
        assert (pace == 1).all()
        assert (fails == 0).all()
    assert (chances.news_size("oxide-quota") == 1).all()


def plants(chain):
    lines = [line.plants for line in chain.separators.circuits.values()]
    return [chain.mines.plants, chain.makers.plants, *lines]


def test_projects_that_fail_are_never_finished():
    failing = model(noise__failure_rate=12.0)
    first = [p.capacity.copy() for p in plants(failing.chain)]
    failing.run()
    for before, now in zip(first, plants(failing.chain), strict=True):
        assert np.array_equal(before, now.capacity)
    grown = model()
    grown.run()
    assert any((p.capacity > b).any() for b, p in zip(first, plants(grown.chain), strict=True))


def test_projects_set_back_wait():
    waiting = model(noise__setback_rate=12.0, noise__setback_months=1e6)
    first = [(p.capacity.copy(), p.pipeline.copy()) for p in plants(waiting.chain)]
    waiting.run()
    for (capacity, pipeline), now in zip(first, plants(waiting.chain), strict=True):
        assert np.array_equal(capacity, now.capacity)
        assert (now.pipeline >= pipeline).all()


def test_separators_stand_still_in_an_outage():
    down = {"noise__outage_size": 1.0, "noise__outage_months": 1e6, "noise__outage_site": 1e9}
    still = model(months=3, noise__outage_rate=12.0, **down)
    laws = worst(still, mass_gap, use_gap, below_zero)
    assert laws[0] < 1e-9
    assert laws[1] < 1e-9
    assert laws[2] <= 0
    assert (still.chain.separators.made == 0).all()
    busy = model(months=3, noise__outage_rate=0.0, **down)
    busy.run()
    assert (total(busy.chain.separators.made) > 0).all()


def test_outage_stops_no_more_than_a_site():
    some = model(months=3, noise__outage_rate=12.0, noise__outage_size=1.0, noise__outage_site=1e4)
    capacity = some.chain.separators.capacity
    share = np.minimum(1e4 / capacity, 1.0)
    assert (capacity > 1e4).any()
    np.testing.assert_allclose(some.chain.outages["separators"][:, 0], 1 - share)


def test_both_paths_meet_the_same_chances():
    paths = [
        SupplyChain(tiny("tiny-quota", 6), path, (0, 1)) for path in ("policy", "counterfactual")
    ]
    one, other = (path.chain.chances for path in paths)
    for kind in KINDS:
        assert np.array_equal(one.outages[kind], other.outages[kind])
        for mine, theirs in zip(one.projects[kind], other.projects[kind], strict=True):
            assert np.array_equal(mine, theirs)
    assert np.array_equal(one.news_size("a"), other.news_size("a"))
    assert not np.array_equal(one.news_size("a"), one.news_size("b"))


@pytest.mark.parametrize("size", [0.0, 2.0])
def test_size_of_news_moves_expectations(monkeypatch, size):
    plain, changed = model(months=30), model(months=30)
    announced = plain.policy.measures["oxide-quota"].announced
    while plain.month <= announced:
        plain.step()
    monkeypatch.setattr(Chances, "news_size", lambda self, name: np.full(2, size))
    while changed.month <= announced:
        changed.step()
    assert plain.chain.views.news.max() > 0
    np.testing.assert_allclose(changed.chain.views.news, size * plain.chain.views.news)
