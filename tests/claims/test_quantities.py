"""Quantities and comparisons on arms small enough to work by hand."""

import numpy as np
import pytest
import xarray as xr

from sim.claims.comparisons import COMPARISONS
from sim.claims.quantities import QUANTITIES

COORDS = {
    "run": [0],
    "year": [2024, 2025],
    "time": np.arange("2024-01", "2026-01", dtype="datetime64[M]").astype("datetime64[ns]"),
    "region": ["A", "B", "C"],
    "origin": ["A", "B", "C"],
    "destination": ["A", "B", "C"],
    "element": ["NdPr", "Dy"],
    "stage": ["mine", "magnet"],
    "technology": ["mine", "magnet"],
}


def arm(**variables):
    """An arm of one run; each variable is (dimensions, values), which may broadcast."""
    data = {}
    for name, (dims, values) in variables.items():
        shape = [len(COORDS[d]) for d in (*dims, "run")]
        data[name] = ((*dims, "run"), np.broadcast_to(np.asarray(values, float), shape).copy())
    return xr.Dataset(data, COORDS)


def read(name, records, **of):
    return QUANTITIES[name](records, **of).item()


@pytest.fixture
def flows():
    """A gives 6 to itself, 3 to B, 1 to C; B gives 2 to C, in both years."""
    flow = np.array([[6, 3, 1], [0, 0, 2], [0, 0, 0]])[..., None]
    return arm(flows_magnet=(("year", "origin", "destination"), flow))


def test_level_sums_what_is_not_selected_and_means_the_years(flows):
    flows["flows_magnet"].loc[{"year": 2025}] *= 3
    assert read("level", flows, variable="flows_magnet", years=[2024, 2025], origin="A") == 20
    of = {"variable": "flows_magnet", "years": [2024], "not_destination": "A"}
    assert read("level", flows, **of) == 6


def test_months_are_summed_to_years():
    built = arm(vehicles_built=(("time", "region"), 2))
    assert read("level", built, variable="vehicles_built", years=[2025], region="B") == 24


def test_share_and_its_rise(flows):
    part = {"variable": "flows_magnet", "origin": "A", "destination": "C"}
    whole = {"variable": "flows_magnet", "destination": "C"}
    assert read("share", flows, part=part, whole=whole, years=[2024]) == pytest.approx(100 / 3)
    flows["flows_magnet"].loc[{"year": 2025, "origin": "B"}] = 0
    rise = read("rise", flows, part=part, whole=whole, years=[2024, 2025])
    assert rise == pytest.approx(200 / 3)


def test_exports_leave_the_region(flows):
    of = {"variables": ["flows_magnet", "flows_magnet"], "region": "A", "years": [2024]}
    assert read("exports", flows, **of) == 8


def test_price_of_a_basket():
    """Abroad, NdPr costs 10 (use 1) and 40 (use 3): 32.5; Dy costs 100 everywhere."""
    price = np.array([[99, 99], [10, 100], [40, 100]])[..., None]
    use = np.array([[5, 5], [1, 1], [3, 1]])[..., None]
    dims = ("year", "region", "element")
    records = arm(oxide_price=(dims, price), oxide_use=(dims, use))
    of = {"elements": {"NdPr": 0.6, "Dy": 0.2}, "outside": "A", "years": [2024]}
    assert read("price", records, **of) == pytest.approx(32.5**0.75 * 100**0.25)


def test_magnet_cost_is_weighted_by_vehicles():
    cost, built = np.array([[9], [100], [200]]), np.array([[9], [1], [3]])
    records = arm(
        magnet_cost_per_vehicle=(("year", "region"), cost),
        vehicles_built=(("time", "region"), built),
    )
    assert read("magnet_cost", records, years=[2024], not_region="A") == 175


def test_vehicles_of_some_months():
    built = arm(vehicles_built=(("time", "region"), [[1], [2], [3]]))
    assert read("vehicles", built, months=["2024-11", "2025-02"], not_region="A") == 20


def test_weakest_stage():
    """A: 80 % of mines, 60 % of magnets, 50 % of vehicles; B: 10, 30 and 40 %."""
    capacity = np.array([[[80], [10], [10]], [[60], [30], [10]]])
    records = arm(
        capacity=(("year", "stage", "region"), capacity),
        vehicles_built=(("time", "region"), [[5], [4], [1]]),
    )
    assert read("weakest_stage", records, years=[2024], region="A") == 50
    assert read("weakest_stage", records, years=[2024], outside="A") == 10


def test_years_to_parity():
    """The gap halves in a year, from 0.4: it is 0.05 after three halvings."""
    known = np.array([[[1], [0.6], [0.6]], [[1], [0.8], [0.8]]])[:, None]
    dims = ("year", "stage", "region")
    records = arm(know_how=(dims, known), capacity=(dims, [[0], [7], [0]]))
    of = {"stage": "magnet", "outside": "A", "years": [2024, 2025]}
    assert read("years_to_parity", records, **of) == pytest.approx(3)
    assert read("years_to_parity", records, **of | {"outside": ["B", "C"]}) == 0  # already there


def test_openness():
    records = arm(access=(("year", "technology", "region"), [[[1], [0.2], [0.4]]]))
    of = {"stage": "mine", "outside": "A", "years": [2024]}
    assert read("openness", records, **of) == pytest.approx(30)


@pytest.mark.parametrize(
    ("name", "arms", "expected"),
    [
        ("level", [7], 7),
        ("percent", [6, 8], -25),
        ("difference", [6, 8], -2),
        ("interaction", [100, 90, 80, 60], -10),
        ("first_share", [1, np.e, 1, np.e], 100),
        ("second_share", [1, 1, np.e, np.e], 100),
        ("first_share", [1, 1, 1, np.e], 100 / 3),
        ("power_lost", [1, np.e**0.3, 5, 5 * np.e**0.1], 20),
        ("best_answer", [5, 6, 9], 4),
        ("larger_fall", [50, 20, 45, 40], 20),
        ("more_delay", [30, 10, 12, 7], 15),
    ],
)
def test_comparisons(name, arms, expected):
    found = COMPARISONS[name](*(np.array([value], float) for value in arms))
    assert found.item() == pytest.approx(expected)
