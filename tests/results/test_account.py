"""The account of sender and targets on cases worked by hand: home A, targets B and C, two years."""

import numpy as np
import pytest
import xarray as xr

from sim.results import account, targets
from sim.results.dataset import VARIABLES

SIZES = {"path": ["counterfactual", "policy"], "run": [0], "year": [2024, 2025]}
SIZES |= {"region": ["A", "B", "C"], "origin": ["A", "B", "C"], "destination": ["A", "B", "C"]}
SIZES |= {"element": ["La", "Dy"], "grade": ["standard"], "stage": ["mine", "magnet"]}
SIZES |= {"sector": ["mine", "separation", "magnet", "vehicle"]}
SIZES |= {"purpose": ["subsidy", "stockpile"]}
SIZES |= {"account": ["export_oxide", "export_leakage"]}
SIZES |= {"time": np.arange("2024-01", "2026-01", dtype="datetime64[M]").astype("datetime64[ns]")}


def dataset(announced="2024-01-01", **variables):
    """A dataset of one run in which every variable is constant, but for what `change` sets."""
    coords = SIZES | {"element_class": ("element", ["light", "heavy"])}
    data = {}
    for name, value in variables.items():
        dims = ("path", *VARIABLES[name][0], "run")
        shape = [len(SIZES[d]) for d in dims]
        data[name] = (dims, np.broadcast_to(np.asarray(value, float), shape).copy())
    return xr.Dataset(data, coords, {"imposers": "A", "announced": announced})


def change(ds, name, value, **where):
    ds[name].loc[where] = value
    return ds


def only(values):
    """The value that is left when all else has one place."""
    return values.squeeze().values.tolist()


def test_value_added_is_summed_over_the_years():
    ds = change(dataset(value_added=10), "value_added", 7, path="policy", sector="mine", year=2025)
    assert only(account.value_added_change(ds).sel(stage="mine", region="A")) == -3
    assert only(account.value_added_change(ds).sel(stage="magnet", region="A")) == 0


def test_export_taxes_are_those_of_home():
    ds = change(dataset(export_tax_revenue=4), "export_tax_revenue", 9, path="policy", region="A")
    change(ds, "export_tax_revenue", 100, region="B")
    assert only(account.export_taxes(ds)) == [8, 18]


def test_share_lost_a_year_on():
    """A holds 60 of 100 t; with the measure B has 20 t more in the second half of the year, so that
    abroad has 60 of 120 t instead of 40 of 100: the year's means are 50 of 110 and 40 of 100."""
    ds = dataset(capacity=0)
    for region, tonnes in (("A", 60), ("B", 30), ("C", 10)):
        change(ds, "capacity", tonnes, region=region)
    change(ds, "capacity", 50, path="policy", region="B", time=slice("2024-07", None))
    lost = account.lost_share(ds, 1)
    assert lost["region"].item() == "A"
    assert only(lost.sel(stage="magnet")) == pytest.approx(100 * (50 / 110 - 0.4))


def test_share_lost_after_the_end_is_not_known():
    ds = dataset(capacity=1)
    assert np.isnan(account.lost_share(ds, 5)).all()
    assert not np.isnan(account.lost_share(ds, 2)).any()


def test_leakage_counts_from_the_year_of_the_announcement():
    ds = change(dataset("2025-03-01", accounts=10), "accounts", 2, account="export_leakage")
    change(ds, "accounts", 5, path="policy", account="export_leakage", year=2025)
    change(ds, "accounts", 9, account="export_leakage", year=2024)
    assert only(account.leakage_ratio(ds)) == [0.2, 0.5]
    change(ds, "accounts", 0, path="policy", account="export_oxide")
    assert np.isnan(account.leakage_ratio(ds).sel(path="policy")).all()


@pytest.fixture
def bought():
    """B pays 50 instead of 40 USD/kg for magnets and takes 80 instead of 100 t in one month."""
    ds = dataset(
        magnet_price=40, magnets_received=100, oxide_price=1, oxide_use_outside_magnets=50,
        value_added=30, vehicles_built=10, magnet_vehicles=60,
    )  # fmt: skip
    hit = {"path": "policy", "region": "B", "time": "2024-05"}
    change(ds, "magnet_price", 50, **hit)
    return change(ds, "magnets_received", 80, **hit)


def test_extra_cost_is_the_surplus_lost(bought):
    cost = targets.buyers_extra_cost(bought)
    assert cost["region"].values.tolist() == ["B", "C"]
    assert only(cost) == [pytest.approx(10 * 90 / 1000), 0]


def test_extra_cost_counts_oxides_outside_magnets(bought):
    """Dy costs 13 instead of 1 USD/kg in one month of twelve, so 1 more in the year's mean."""
    change(bought, "oxide_price", 13, path="policy", region="C", element="Dy", time="2025-01")
    assert only(targets.buyers_extra_cost(bought).sel(region="C")) == pytest.approx(50 / 1000)


def test_value_at_risk_is_that_of_vehicles_with_magnets(bought):
    assert only(targets.value_at_risk(bought)) == [15, 15]  # 60 of 120 vehicles, 30 million a year


def test_loss_adds_vehicles_not_built(bought):
    change(bought, "value_added", 26, path="policy", region="B", sector="vehicle", year=2024)
    assert only(targets.targets_loss(bought)) == [pytest.approx(0.9 + 4), 0]


def test_loss_avoided_by_a_dollar(bought):
    """B spends 2 million a year on both paths; another 3 in 2025 avoid a loss of 6 million."""
    spent = dataset(public_spending=1)["public_spending"]
    ds = bought.assign(public_spending=spent, magnets_received=bought["magnets_received"] * 0)
    assert np.isnan(targets.loss_avoided_per_dollar(ds)).all()
    change(ds, "public_spending", 4, path="policy", region="B", purpose="stockpile", year=2025)
    change(ds, "value_added", 36, path="policy", region="B", sector="vehicle", year=2025)
    assert only(targets.public_money(ds).sel(region="B")) == [4, 7]
    assert only(targets.loss_avoided_per_dollar(ds).sel(region="B")) == 2


@pytest.fixture
def supplied():
    """B takes 120 t a year of every good, 60 of them from A and 12 from C; C takes none from A."""
    ds = dataset(
        flows_oxide=0, flows_magnet=0, flows_concentrate=0, oxide_use=10, oxide_price=2,
        oxide_stock=20, magnet_stock=15, concentrate_stock=0, separation_output=5,
        magnets_received=10,
    )  # fmt: skip
    for name in ("flows_oxide", "flows_magnet", "flows_concentrate"):
        change(ds, name, 60, origin="A", destination="B")
        change(ds, name, 12, origin="C", destination="B")
        if name != "flows_oxide":
            change(ds, name, 48, origin="B", destination="B")
    return ds


def test_stocks_over_imports_from_home(supplied):
    change(supplied, "oxide_stock", 10, element="Dy", region="B")
    change(supplied, "oxide_stock", 1e6, element="La", region="B")
    survive = targets.time_to_survive(supplied).sel(region="B")
    assert only(survive) == [0, 24, 2, 3]  # 60 t a year are 5 a month; La outlasts the span


def test_a_target_that_buys_nothing_from_home_is_not_exposed(supplied):
    assert np.isnan(targets.time_to_survive(supplied).sel(region="C")).all()
    assert np.isnan(targets.months_to_recover_supply(supplied).sel(region="C")).all()
    assert np.isnan(targets.diversification_year(supplied).sel(region="C")).all()


def test_recovery_by_supply(supplied):
    """Magnets fall short for three months; one of the heavy oxides never comes back."""
    hit = {"path": "policy", "region": "B"}
    change(supplied, "magnets_received", 9, **hit, time=slice("2024-03", "2024-05"))
    change(supplied, "oxide_use", 4, **hit, element="Dy", time=slice("2024-11", None))
    recover = targets.months_to_recover_supply(supplied).sel(region="B")
    assert only(recover) == [0, 0, 14, 3]


def test_diversified_once_no_supplier_holds_65_per_cent(supplied):
    """B buys half from A: never concentrated. Then A gives 80 of 100 in 2024, or for good."""
    years = targets.diversification_year(supplied).sel(path="policy", region="B")
    assert only(years) == [2024] * 4
    change(supplied, "flows_magnet", 240, path="policy", origin="A", destination="B", year=2024)
    change(supplied, "flows_oxide", 96, path="policy", origin="A", destination="B")
    years = targets.diversification_year(supplied)
    assert only(years.sel(path="policy", region="B")) == [2024, 2026, 2026, 2025]
    assert only(years.sel(path="counterfactual", region="B")) == [2024] * 4
