"""What licences and capped routes are worth to those who hold them."""

import numpy as np

from sim.chain import SupplyChain
from sim.chain.arrays import total
from tests.laws import tiny

HOME, ABROAD = 0, 1


def after(measure, months):
    """The tiny world after some months under a measure on Home's oxides."""
    measure = {"by": "Home", "product": "oxide", "start": "2023-01-01", **measure}
    model = SupplyChain(tiny("tiny-quota", measures={"m": measure}), "policy", (0, 1))
    for _ in range(months):
        model.step()
    return model


def test_the_rent_of_a_quota_is_its_licence_price_times_what_it_lets_out():
    quota = {"kind": "export-quota", "level": 0.5, "unit": "share of pre-measure flow"}
    model = after(quota, 6)
    traded = model.chain.traded
    (price,) = model.chain.oxides.quotas.price.values()
    assert (price > 0.1).all()
    shipped = total(total(traded.legal[HOME]))
    np.testing.assert_allclose(total(traded.rent[HOME]), price * shipped)


def test_the_rent_of_a_capped_route_is_the_price_gap_less_freight_and_duties():
    traded = after({"kind": "export-ban", "enforcement": 0.5}, 3).chain.traded
    gap = traded.price[ABROAD] - traded.price[HOME]
    worth = traded.legal[HOME, ABROAD] * gap
    spent = traded.export_tax[HOME] + traded.tariff[ABROAD]
    assert (traded.rent[HOME] > 0.5 * (worth - spent - traded.freight[HOME])).all()
    assert (traded.rent[HOME] <= worth - spent).all()
