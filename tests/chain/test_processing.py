"""Separators' margins: what they pay is what mines are paid, and what is left is recorded."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.arrays import total
from sim.chain.concentrates import Shipped
from sim.chain.processing import ore_values, separator_margins
from tests.laws import tiny

FREE_RESIDUE = {"separation.residue_value": 0.0}


def at_the_market(**changes):
    """A model in the middle of its fourth month, when separators have bought and separated; the
    prices at which they bought, and what mines shipped."""
    model = SupplyChain(tiny("tiny-quota", **changes), "policy", (0, 1))
    for _ in range(3):
        model.step()
    chain = model.chain
    price, stock = chain.oxides.price.copy(), chain.mines.stock.copy()
    model.hear_news()
    model.terms = model.policy.terms(model.month)
    model.plan()
    model.offer()
    return model, price, stock + chain.dug - chain.mines.stock


def unpaid(chain, price, shipped):
    """Separators' spending less what their ore is worth and what they run at, as a share."""
    owed = sum(total(c.intake * c.running_cost()) for c in chain.separators.circuits.values())
    for circuit, trade in chain.concentrates.items():
        worth = trade.routes * ore_values(chain, circuit, price).swapaxes(0, 1)
        earned = shipped * total(worth.swapaxes(0, 1))
        owed = owed + total(np.where(trade.mask, earned, 0.0))
    return float(np.abs(total(chain.separators.spent) / owed - 1).max())


def test_separators_pay_what_mines_are_paid():
    model, price, shipped = at_the_market(assumptions=FREE_RESIDUE)
    assert unpaid(model.chain, price, shipped) < 1e-9


def test_mutant_ore_taken_for_intermediates_is_caught(monkeypatch):
    whole = Shipped.__init__

    def mistake(self, feed, intermediates, *rest):
        whole(self, feed, 0.1 * feed, *rest)

    monkeypatch.setattr(Shipped, "__init__", mistake)
    model, price, shipped = at_the_market(assumptions=FREE_RESIDUE)
    assert unpaid(model.chain, price, shipped) > 1e-9


def test_light_circuits_earn_their_margin_at_unchanged_prices():
    model, price, _ = at_the_market()
    model.clear_markets()
    chain = model.chain
    chain.traded.price = price
    line = chain.separators.circuits["light"]
    light = chain.separators.circuits["heavy"].intake == 0
    assert light.any()
    earned = separator_margins(chain) * total(chain.separators.made.swapaxes(0, 1))
    due = line.intake * line.running_cost() * chain.assume["separation.margin"]
    np.testing.assert_allclose(earned[light], due[light], rtol=1e-9)


def test_dearer_oxides_widen_the_margin():
    model, price, _ = at_the_market()
    model.clear_markets()
    model.chain.traded.price = price
    before = separator_margins(model.chain)
    model.chain.traded.price = 1.1 * price
    busy = total(model.chain.separators.made.swapaxes(0, 1)) > 0
    assert (separator_margins(model.chain)[busy] > before[busy]).all()


@pytest.mark.parametrize("name", ["firm_margin", "firm_margin_monthly"])
def test_margins_of_separators_are_recorded(name):
    model = SupplyChain(tiny("tiny-quota", 6), "policy", (0, 1))
    margins = model.run()[name]
    first = len(model.chain.mines)
    separators = margins[:, first : first + len(model.chain.separators)]
    assert (separators != 0).any(axis=(0, 2)).all()
