"""When firms hear of measures."""

import pytest

from sim.chain import SupplyChain
from tests.laws import tiny

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
