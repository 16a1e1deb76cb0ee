"""The base years of the shipped worlds: what the chain makes of their tables."""

from datetime import date

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.ensemble.base_year import base_year, base_year_scenario

WORLDS = ("2009", "2017", "2023")
CALM = 0.25
"""Most that a log price may move from its third month on within two years without a shock."""


@pytest.mark.parametrize("name", WORLDS)
def test_the_base_year_is_met_or_explained(name):
    rows = base_year(name)
    for row in rows:
        band = 0.05 if row.item == "mine_output" else 0.10
        if row.observed:
            assert abs(row.deviation) <= band or row.explanation, row
    explained = [row.item for row in rows if row.explanation]
    assert len(explained) <= 5
    assert not {"separation_share", "magnet_share"} & set(explained)


@pytest.mark.parametrize("name", ["2009", "2017"])
def test_two_years_without_a_shock_are_calm(name):
    scenario = base_year_scenario(name)
    longer = scenario.model_copy(update={"end": date(scenario.start.year + 1, 12, 31)})
    model = SupplyChain(longer, "policy", (0,))
    records = model.run()
    price = np.log(records["oxide_price"])
    assert np.abs(price[2:] - price[2]).max() < CALM
    stocks = model.chain.holders.stock
    assert np.isfinite(stocks).all()
    mined = records["mine_output"].reshape(24, -1).sum(axis=1)
    assert 0.9 < mined[12:].sum() / mined[:12].sum() < 1.2
