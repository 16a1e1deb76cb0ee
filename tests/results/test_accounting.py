import numpy as np
import pytest

from sim.results.accounting import SOURCES, shock_accounting
from tests.results.synthetic import NEED, synthetic


@pytest.fixture
def dataset():
    return synthetic()


def residual(dataset):
    return np.abs(shock_accounting(dataset).sel(term="residual").values).max()


def test_the_sources_fill_the_gap(dataset):
    accounting = shock_accounting(dataset)
    found = accounting.sel(term=list(SOURCES)).sum("term")
    np.testing.assert_allclose(found, accounting.sel(term="lost_supply"), rtol=1e-9)
    assert residual(dataset) < 1e-9 * NEED * dataset.sizes["year"]
    assert (accounting.sel(term="lost_supply") > 0).all()


TERMS = "mine scrap_collected import_leakage stock_change losses discards thrift substitution unmet"


@pytest.mark.parametrize("account", TERMS.split())
def test_a_lost_tonne_shows_in_the_residual(dataset, account):
    dataset["accounts"].loc[{"path": "policy", "region": "Japan", "account": account}] += 1.0
    assert residual(dataset) == pytest.approx(3)  # one tonne in each of three years


def test_terms_by_hand(dataset):
    """In one year Europe mines one tonne more and buys one less from home."""
    dataset = dataset.isel(run=[0])
    for name in ("accounts", "imposer_imports"):
        dataset[name].loc[{"path": "policy"}] = dataset[name].sel(path="counterfactual").values
    year = {"path": "policy", "year": 2024, "region": "Europe", "element": "Dy"}
    dataset["accounts"].loc[{**year, "account": "mine"}] += 1.0
    dataset["imposer_imports"].loc[{**year, "form": "magnet"}] -= 1.0
    dy = shock_accounting(dataset).sel(element="Dy").squeeze()
    terms = {str(t): float(dy.sel(term=t)) for t in dy["term"].values}
    expected = dict.fromkeys(terms, 0.0) | {"lost_supply": 1.0, "other_mines": 1.0}
    assert terms == pytest.approx(expected, abs=1e-9)
    assert float(np.abs(shock_accounting(dataset).sel(element="La")).max()) == pytest.approx(0)


def test_mines_at_home_are_no_source(dataset):
    before = shock_accounting(dataset)
    dataset["accounts"].loc[{"path": "policy", "region": "China", "account": "mine"}] += 100.0
    np.testing.assert_array_equal(before, shock_accounting(dataset))
