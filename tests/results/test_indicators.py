"""Indicators on cases small enough to work by hand: regions A (home), B and C, three months."""

import numpy as np
import pytest
import xarray as xr

from sim.results import indicators as of
from sim.results.dataset import abroad_regions, home_regions, window

REGIONS = ["A", "B", "C"]


def dataset(months=3, imposers="A", announced="2024-01-01", **variables):
    """A dataset of variables with dimensions (path, time, [stage,] region, [element,] run)."""
    start = np.datetime64("2024-01")
    coords = {
        "path": ["counterfactual", "policy"],
        "time": np.arange(start, start + months).astype("datetime64[ns]"),
        "region": REGIONS,
        "element": ["Dy"],
        "stage": ["magnet"],
    }
    inner = {"oxide_price": ["region", "element"], "oxide_use": ["region", "element"]}
    inner |= {"separation_output": ["region", "element"], "capacity": ["stage", "region"]}
    data = {
        name: (["path", "time", *inner.get(name, ["region"]), "run"], np.asarray(values, float))
        for name, values in variables.items()
    }
    return xr.Dataset(data, coords, {"imposers": imposers, "announced": announced})


def per_region(path_policy, path_other):
    """Values (time, region) of both paths, one run."""
    return np.array([path_other, path_policy], float)[..., None]


def per_element(policy, other):
    return per_region(policy, other)[..., None, :]


@pytest.fixture
def prices():
    """B uses three times as much as C, so abroad costs 3/4 of B plus 1/4 of C."""
    other = [[10, 20, 40]] * 3  # abroad: 25
    policy = [[10, 20, 40], [8, 40, 80], [10, 30, 60]]  # abroad: 25, 50, 37.5
    use = [[5, 3, 1]] * 3
    return dataset(oxide_price=per_element(policy, other), oxide_use=per_element(use, use))


def test_prices_are_weighted_by_use(prices):
    price = of.price_by_side(prices).sel(path="policy").squeeze()
    assert price.sel(region="A").values.tolist() == [10, 8, 10]
    assert price.sel(region="abroad").values.tolist() == [25, 50, 37.5]


def test_peak_and_months_of_high_price(prices):
    peak = of.peak_price_ratio(prices).squeeze()
    assert peak.sel(region="A") == 1.0
    assert peak.sel(region="abroad") == 2.0
    assert of.months_of_high_price(prices).squeeze().values.tolist() == [0, 1]  # 37.5/25 is no more


def test_two_tier_ratio_on_either_path(prices):
    ratio = of.two_tier_ratio(prices).squeeze()
    assert ratio.sel(path="policy") == 50 / 8
    assert ratio.sel(path="counterfactual") == 2.5


def test_months_before_the_announcement_do_not_count(prices):
    later = prices.assign_attrs(announced="2024-03-15")
    assert later["oxide_price"].sel(time=window(later)).sizes["time"] == 1
    assert of.peak_price_ratio(later).squeeze().sel(region="abroad") == 1.5


def test_an_element_nobody_uses_abroad_has_no_price_there(prices):
    prices["oxide_use"].loc[{"region": ["B", "C"]}] = 0
    peak = of.peak_price_ratio(prices).squeeze()
    assert np.isnan(peak.sel(region="abroad"))
    assert peak.sel(region="A") == 1.0


def test_without_measures_home_separates_most():
    output = per_element([[1, 5, 2]] * 3, [[1, 5, 2]] * 3)
    ds = dataset(imposers="", separation_output=output)
    assert home_regions(ds) == ["B"]
    assert abroad_regions(ds) == ["A", "C"]


def test_two_imposing_regions_are_home_together():
    ds = dataset(imposers="A;C")
    assert abroad_regions(ds) == ["B"]
    assert of.home_name(ds) == "A + C"


def test_quota_rent_is_summed_over_the_span():
    ds = dataset(quota_rent=per_region([[1, 9, 9], [2, 9, 9], [3, 9, 9]], [[0.5, 9, 9]] * 3))
    assert of.quota_rent(ds).squeeze().values.tolist() == [1.5, 6]


def test_vehicles_lost_and_caught_up():
    other = [[10, 10, 0]] * 3
    policy = [[10, 4, 0], [10, 9, 0], [12, 13, 0]]
    ds = dataset(vehicles_built=per_region(policy, other))
    lost, net = of.vehicles_lost(ds).squeeze(), of.vehicles_lost_net(ds).squeeze()
    assert lost["region"].values.tolist() == ["A", "B", "World"]  # C builds none
    assert lost.values.tolist() == [0, 7, 7]  # the world lost 6 and 1, then gained 5
    assert net.values.tolist() == [-2, 4, 2]


@pytest.mark.parametrize(
    ("good", "months"),
    [
        ("1111111", 0),
        ("1101111", 1),
        ("1001011110", 4),  # falls in month 1, the four running begin in month 5
        ("1000111", 6),  # only three at the end: not recovered
        ("0000000", 7),
        ("1110", 1),
        ("0111", 4),
        ("01", 2),
    ],
)
def test_months_until_four_good_ones_run(good, months):
    assert of.recovery_months(np.array([c == "1" for c in good])) == months


def test_recovery_compares_fill_rates():
    """B fills half its orders in months 1 and 2; C always fills 80 % on both paths."""
    n = 7
    demand = [[10, 10, 10]] * n
    other = [[10, 10, 8]] * n
    policy = [[10, 5 if t in (1, 2) else 9.6, 8] for t in range(n)]
    ds = dataset(
        n,
        vehicles_built=per_region(policy, other),
        vehicles_demanded=per_region(demand, demand),
    )
    months = of.months_to_recover(ds).squeeze()
    assert months.sel(region="A") == 0
    assert months.sel(region="B") == 2
    assert months.sel(region="C") == 0


def test_magnet_cost_per_vehicle():
    other = [[100, 200, 0]] * 3
    policy = [[100, 200, 0], [100, 500, 0], [100, 260, 0]]
    built = per_region([[3, 1, 0]] * 3, [[1, 1, 0]] * 3)
    ds = dataset(magnet_cost_per_vehicle=per_region(policy, other), vehicles_built=built)
    assert of.magnet_cost(ds).sel(path="policy").squeeze().values.tolist() == [100, 320, 155]
    assert of.magnet_cost(ds).sel(path="counterfactual", region="World") == 150
    assert of.magnet_cost_rise(ds).sel(region="B") == 120
    assert of.largest_magnet_cost_rise(ds).sel(region="B") == 300


def test_capacity_share_abroad():
    capacity = per_region([[60, 30, 10], [60, 30, 10], [50, 30, 20]], [[90, 10, 0]] * 3)
    ds = dataset(capacity=capacity[:, :, None])
    end, year = of.capacity_share_abroad(ds), of.capacity_share_abroad(ds, 2024)
    assert end.squeeze().values.tolist() == pytest.approx([0.1, 0.5])
    assert year.sel(path="policy").item() == pytest.approx((0.4 + 0.4 + 0.5) / 3, rel=0.01)
