"""The engine behind the page: right answers, kept paths, and work that is given up."""

import threading
import time

import numpy as np
import pytest

from sim.dashboard.draft import begin
from sim.dashboard.explorer import Cancelled, Explorer
from sim.dashboard.watched import WatchedChain
from sim.ensemble import run_pairs
from sim.scenario import find_scenario


@pytest.fixture(scope="module")
def explorer():
    made = Explorer()
    yield made
    made.close()


@pytest.fixture(scope="module")
def draft():
    return begin(find_scenario("tiny-quota")).edited({"ensemble.runs": 5})


def test_the_page_answers_as_the_command_does(explorer, draft):
    told = []
    scenario = draft.scenario()
    ds = explorer.answer(scenario, told.append)
    other = run_pairs(scenario, workers=1)
    for name in other.data_vars:
        assert np.array_equal(ds[name], other[name], equal_nan=True), name
    assert told and max(told) <= 1


def test_moving_a_measure_leaves_the_counterfactual(explorer, draft):
    before = explorer.answer(draft.scenario(), lambda done: None)
    moved = draft.edited({"measures.oxide-quota.level": 0.1}).scenario()
    asked = []
    run = explorer._run
    explorer._run = lambda scenario, paths, *rest: (
        asked.extend(paths) or run(scenario, paths, *rest)
    )
    try:
        after = explorer.answer(moved, lambda done: None)
        explorer.answer(draft.scenario(), lambda done: None)
    finally:
        del explorer._run
    assert asked == ["policy"]
    same = before["oxide_price"].sel(path="counterfactual")
    assert np.array_equal(after["oxide_price"].sel(path="counterfactual"), same)
    assert not np.array_equal(after["oxide_price"].sel(path="policy"), same)


def test_work_is_given_up_when_told(explorer, draft):
    long = draft.edited({"ensemble.runs": 400, "assumptions.noise.demand": 0.02}).scenario()
    failed = []

    def work():
        try:
            explorer.answer(long, lambda done: None)
        except Cancelled as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    begun = time.monotonic()
    explorer.cancel()
    thread.join(timeout=60)
    assert failed and time.monotonic() - begun < 30


def test_a_watched_chain_keeps_every_firm_of_every_month(draft):
    chain = WatchedChain(draft.scenario())
    for _ in range(3):
        chain.step()
    for kind, population in chain.chain.populations.items():
        for name, values in chain.history[kind].items():
            assert len(values) == 3
            assert np.array_equal(values[-1], getattr(population, name)[:, 0])
    assert chain.running
