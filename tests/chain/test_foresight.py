"""What builders foresee and count on."""

import numpy as np

from sim.chain import SupplyChain
from sim.chain.arrays import total
from sim.chain.investment import Plants, annuity
from tests.laws import tiny


def test_foreseen_need_counts_magnets_at_the_oxide_that_makers_take_for_them():
    chain = SupplyChain(tiny("tiny-quota", measures={}), "policy", (0, 1)).chain
    users = chain.users.baseline(0.0, np.zeros((len(chain.users), 2)))
    magnets = chain.vehicles.start_need, chain.users.needed(users, chain.heavy_thrift)
    content = sum(total(chain.content(needed)) for needed in magnets)
    others = total(chain.oxide_users.need(0.0, np.zeros((chain.n, 2))))
    made_of_a_kg_of_input = 0.7  # the yield of all makers in the tiny world's table
    expected = 12 * (content / made_of_a_kg_of_input + others)
    np.testing.assert_allclose(chain.first_need, expected)


def test_a_plant_for_own_ore_earns_no_more_than_the_margin_where_nothing_else_speaks_for_it(
    monkeypatch,
):
    free = {"invest.security_factor": 0.0, "invest.threat_premium": 0.0}
    model = SupplyChain(tiny("tiny-quota", measures={}, assumptions=free), "policy", (0, 1))
    chain, worths = model.chain, {}
    line = chain.separators.circuits["light"]
    invest = Plants.invest

    def seen(plants, worth, *rest):
        worths[id(plants)] = worth
        invest(plants, worth, *rest)

    monkeypatch.setattr(Plants, "invest", seen)
    model.step()
    home = chain.separators.region == 0
    margin = line.running_cost() * chain.assume["separation.margin"]
    years = annuity(chain.finance[chain.separators.region][:, None], chain.assume["invest.life"])
    earned = margin * years / line.plants.capital(chain.assume)
    assert (worths[id(line.plants)][home] < 1.001 * earned[home]).all()
