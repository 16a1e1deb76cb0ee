import json

import numpy as np
import pytest

from sim.results.summary import summarise
from tests.results.synthetic import synthetic


def row(rows, **wanted):
    (found,) = [r for r in rows if wanted.items() <= r.items()]
    return found


@pytest.fixture(scope="module")
def rows():
    return summarise(synthetic(years=8))


def test_every_row_has_the_same_keys_and_is_json(rows):
    keys = ["name", "unit", "region", "element", "stage", "median", "low", "high", "counterfactual"]
    assert all(list(r) == keys for r in rows)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_no_two_rows_are_the_same_indicator(rows):
    names = [(r["name"], r["region"], r["element"], r["stage"]) for r in rows]
    assert len(set(names)) == len(names)


def test_the_interval_holds_the_median(rows):
    assert all(r["low"] <= r["median"] <= r["high"] for r in rows if r["median"] is not None)


def test_median_and_interval_by_hand():
    ds = synthetic(runs=5, years=1)
    rent = np.array([1.0, 2, 3, 4, 10])
    ds["quota_rent"][:] = 0.0
    ds["quota_rent"].loc[{"path": "policy", "region": "China", "time": "2023-09-01"}] = rent
    found = row(summarise(ds), name="quota_rent")
    assert (found["low"], found["median"], found["high"]) == pytest.approx((1.2, 3, 8.8))
    assert found["counterfactual"] == 0


def test_comparisons_have_no_counterfactual_and_levels_have_one(rows):
    assert row(rows, name="two_tier_ratio", element="Dy")["counterfactual"] is not None
    assert row(rows, name="vehicles_lost", region="World")["counterfactual"] is None


def test_the_year_2030_needs_2030(rows):
    assert row(rows, name="capacity_share_abroad_2030", stage="magnet")
    assert not [r for r in summarise(synthetic()) if "2030" in r["name"]]


def test_an_undefined_value_is_null():
    ds = synthetic()
    ds["oxide_use"].loc[{"element": "La", "region": ["China"]}] = 0.0
    assert row(summarise(ds), name="peak_price_ratio", element="La", region="China") == {
        "name": "peak_price_ratio",
        "unit": "policy / counterfactual",
        "region": "China",
        "element": "La",
        "stage": None,
        "median": None,
        "low": None,
        "high": None,
        "counterfactual": None,
    }


def test_one_run_is_its_own_interval():
    found = row(summarise(synthetic(runs=1)), name="vehicles_lost", region="World")
    assert found["low"] == found["median"] == found["high"]
