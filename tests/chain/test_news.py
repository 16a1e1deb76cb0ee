"""When firms hear of measures."""

import numpy as np
import pytest

from sim.chain import SupplyChain
from sim.chain.arrays import total
from tests.laws import tiny

ND_PR = 0
BAN = {"kind": "export-ban", "by": "Home", "product": "oxide", "start": "2023-06-01"}


@pytest.mark.parametrize("day", ["2022-12-10", "2021-05-01", "2023-01-20"])
def test_a_measure_announced_before_the_start_is_news_in_the_first_month(day):
    model = SupplyChain(tiny(measures={"ban": {**BAN, "announced": day}}), "policy", (0, 1))
    model.step()
    assert model.chain.views.news[1].max() > 0.1
    assert model.chain.views.threat[1].min() > 0.1


def test_a_measure_announced_later_is_no_news_yet():
    model = SupplyChain(tiny(measures={"ban": {**BAN, "announced": "2023-02-01"}}), "policy", (0,))
    model.step()
    assert model.chain.views.news.max() == 0


def ore_ban(by):
    """The tiny world when a ban on ore has just been heard of, and its mines before."""
    ban = {**BAN, "product": "concentrate", "by": by, "start": "2023-03-01"}
    even = {"noise.news": 0.0}  # nobody makes more or less of it than it is
    model = SupplyChain(tiny(measures={"ban": ban}, assumptions=even), "policy", (0, 1))
    for _ in range(2):
        model.step()
    model.hear_news()
    return model.chain


def test_a_ban_on_ore_puts_at_risk_what_goes_abroad_to_be_separated():
    chain = ore_ban("Abroad")
    mines, trade = chain.mines, chain.concentrates["light"]
    row = mines.names.index("Abroad Rock")
    gone = mines.output[row] * trade.routes[row, 0] * mines.share[row, ND_PR]
    lost = gone / total(mines.output[:, None] * mines.share)[ND_PR]
    assert lost.min() > 0.01
    np.testing.assert_allclose(chain.views.short[0, ND_PR], lost)
    assert (chain.views.news[:, ND_PR] > 0).all()


def test_a_ban_on_ore_of_which_little_leaves_is_little_news():
    assert ore_ban("Home").views.short.max() < 0.02
