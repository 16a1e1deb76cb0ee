"""Routes to regions that hardly use an element: they tie its price, and no more."""

from sim.chain import SupplyChain
from sim.scenario import find_scenario, load_scenario


def test_a_region_is_not_sent_more_than_it_can_take():
    """Half of China's exports withheld leave American oxide without an outlet in this run; sent to
    a region that uses a few kilograms of it, it had no price there that cleared the market."""
    scenario = load_scenario(find_scenario("half-the-magnet-oxides"))
    model = SupplyChain(scenario, "policy", [19])
    place = model.world.regions.index("Myanmar"), model.world.elements.index("NdPr")
    while model.t < 27:
        model.step()
        assert model.chain.traded.price[place] > 0.5
