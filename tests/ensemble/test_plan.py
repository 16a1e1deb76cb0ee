"""What a sweep runs is what the file with those values would run, to the bit."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.draws import PerRun
from sim.ensemble.plan import held, make_plan, with_number
from sim.ensemble.sweep import prepare
from sim.errors import UserError
from sim.scenario import load_scenario
from sim.world import Posterior
from tests.ensemble.files import GRID, QUOTA, SOBOL, write


def assert_same_bits(one, two):
    assert one.keys() == two.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


def test_points_of_a_batch_have_the_bits_of_files_with_their_values(tmp_path):
    path = write(tmp_path, QUOTA, SOBOL)
    plan = make_plan(path, [], batch=100)
    (job,) = plan.jobs  # the level is a number for each run, so that all points share a batch
    assert job.pairs.tolist() == [list(range(4 * 5))]
    batch = SupplyChain(job.variants[0], "policy", job.runs).run()
    levels, elasticities = (plan.design.values(k) for k in (0, 1))
    for k in (0, 7):
        texts = [f"measures.quota.level={levels[k]!r}"]
        alone = held(load_scenario(path, texts))
        update = {"assumptions": {**alone.assumptions, "ev.demand_elasticity": elasticities[k]}}
        run = int(plan.design.runs[k])
        found = SupplyChain(alone.model_copy(update=update), "policy", [run]).run()
        del found["licence_price"]  # may have fewer quotas
        assert_same_bits(
            {n: batch[n][..., [k]] for n in found if "monthly" not in n},
            {n: found[n] for n in found if "monthly" not in n},
        )


def test_a_grid_has_every_set_of_measures_in_one_job(tmp_path):
    plan = make_plan(write(tmp_path, QUOTA, GRID), [], batch=100)
    (job,) = plan.jobs
    assert plan.alternatives == ("swept", "nothing")
    assert plan.pairs == 2 * 2 * 2 * 3
    assert job.pairs.shape == (4, 6)  # (ban's end, set of measures) x (elasticity, run)
    assert sorted(job.pairs.ravel()) == list(range(plan.pairs))
    ends = [v.measures["ban"].end.month if v.measures else None for v in job.variants]
    assert ends == [1, None, 3, None]
    assert (
        job.variants[0].assumptions["ev.demand_elasticity"].values.tolist()
        == [-1.5] * 3 + [-1.0] * 3
    )
    assert "policy.news_gain" not in job.variants[0].assumptions  # drawn, not held


def test_batches_cut_the_columns_and_lose_none(tmp_path):
    for parts in ((QUOTA, GRID), (QUOTA, SOBOL)):
        plan = make_plan(write(tmp_path, *parts), [], batch=4)
        assert max(len(job.runs) for job in plan.jobs) == 4
        places = np.concatenate([job.pairs.ravel() for job in plan.jobs])
        assert sorted(places) == list(range(plan.pairs))


def test_swept_dates_share_a_batch_by_month(tmp_path):
    over = '"measures.ban.start" = { between = [2025-01-01, 2025-02-10] }\n'
    plan = make_plan(write(tmp_path, QUOTA, SOBOL, over), [], batch=100)
    assert [job.variants[0].measures["ban"].start.month for job in plan.jobs] in ([1, 2], [2, 1])


ANSWER = """
[answers.tariff]
indicator = "vehicles lost"
region = "Abroad"
above = 0.1
[answers.tariff.measure]
kind = "import-tariff"
by = "Abroad"
product = "magnet"
rate = { uniform = [0.2, 0.3] }
"""


def test_what_is_not_swept_is_held_at_its_median(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.ensemble.plan.load_posterior", lambda: None)
    text = QUOTA.replace("level = 0.5", "level = { triangular = [0, 0, 1] }")
    text += '[assumptions]\n"policy.news_gain" = { lognormal = [2.0, 3.0] }\n'
    text += ANSWER
    scenario = held(load_scenario(write(tmp_path, text)))
    assert scenario.assumptions["policy.news_gain"] == 2.0
    assert scenario.assumptions["technology.cost_penalty"] == pytest.approx(0.55)
    assert scenario.measures["quota"].level == pytest.approx(1 - 0.5**0.5)
    assert scenario.answers["tariff"].measure.rate == 0.25


def test_history_moves_the_median_and_what_is_swept_leaves_it(tmp_path, monkeypatch):
    sets = {"ev.demand_elasticity": np.array([-1.5, -1.4, -0.9]), "policy.news_gain": np.ones(3)}
    shipped = Posterior(sets, {})
    monkeypatch.setattr("sim.ensemble.plan.load_posterior", lambda: shipped)
    monkeypatch.setattr("sim.ensemble.sweep.load_posterior", lambda: shipped)
    path = write(tmp_path, QUOTA, SOBOL)
    assert held(load_scenario(path)).assumptions["ev.demand_elasticity"] == -1.4
    told = prepare(path).announcement()
    assert "; ev.demand_elasticity leaving the posterior" in told


@pytest.mark.parametrize(
    ("sweep", "told"),
    [
        ("", "has no \\[sweep\\]"),
        ('[sweep]\ndesign = "morris"\nsamples = 4\n', "nothing to sweep"),
        (SOBOL.replace('"ev.demand_elasticity"', '"invest.life"'), "fixed and has no prior"),
        (
            GRID.replace("2025-03-31", "2024-12-31"),
            "measures.ban.end.*the end lies before the start",
        ),
        (GRID.replace("alternatives.nothing", "alternatives.swept"), "name of the scenario itself"),
    ],
    ids=["none", "nothing", "fixed", "impossible date", "name"],
)
def test_what_cannot_be_swept_is_told(tmp_path, sweep, told):
    path = write(tmp_path, QUOTA, sweep)
    with pytest.raises(UserError, match=told):
        make_plan(path, [], batch=100)


def test_a_sweep_beyond_bounds_is_refused_before_it_is_made(tmp_path):
    path = write(tmp_path, QUOTA, SOBOL)
    with pytest.raises(UserError, match=r"would run 1,310,720 pairs; the most is 1,000,000"):
        sets = [f"sweep.alternatives.{name}={{}}" for name in "abc"]
        make_plan(path, ["sweep.samples=65536", *sets], batch=100)


NUMBERS = {
    "quota level": ("measures.quota.level", QUOTA, 0.2, 0.8),
    "quota enforcement": ("measures.quota.enforcement", QUOTA, 0.0, 1.0),
    "ban enforcement": ("measures.ban.enforcement", QUOTA, 0.1, 0.9),
    "step of a schedule": (
        "measures.quota.schedule.2025",
        QUOTA.replace(
            "level = 0.5\nstart = 2024-06-01", "schedule = { 2024-06 = 0.5, 2025 = 0.6 }"
        ),
        0.2,
        0.8,
    ),
    "tax": (
        "measures.tax.rate",
        QUOTA
        + '[measures.tax]\nkind = "export-tax"\nby = "Home"\nproduct = "oxide"\n'
        + "rate = 0.1\nstart = 2024-06-01\n",
        0.0,
        0.5,
    ),
}


@pytest.mark.parametrize(("key", "text", "low", "high"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_for_each_run_is_that_number_in_the_file(tmp_path, key, text, low, high):
    """Whatever a measure does with a number, it does to each run's own."""
    path = write(tmp_path, text)
    _, name, *keys = key.split(".")
    short = ["end=2025-02-28"]
    scenario = load_scenario(path, short)
    number = PerRun(np.array([low, high]))
    measures = {**scenario.measures, name: with_number(scenario.measures[name], keys, number)}
    both = scenario.model_copy(update={"measures": measures})
    batch = SupplyChain(both, "policy", [3, 3]).run()
    for place, value in enumerate((low, high)):
        alone = SupplyChain(load_scenario(path, [*short, f"{key}={value}"]), "policy", [3]).run()
        assert_same_bits({n: batch[n][..., [place]] for n in alone}, alone)
    assert not np.array_equal(batch["oxide_price"][..., 0], batch["oxide_price"][..., 1])
