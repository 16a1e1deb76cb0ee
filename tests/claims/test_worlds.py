"""Worlds derived by a stated rule: what is set is set, and what must stay stays."""

import pytest

from sim.claims.worlds import derive
from sim.world import load_world

BASE = load_world("2023")


@pytest.fixture
def world(tmp_path):
    """The world that results from steps on the world of 2023."""
    return lambda *steps: load_world(str(derive("made", steps, tmp_path)))


def outside(table):
    return table[table["region"] != "China"]


def share(table, column):
    home = table[table["region"] == "China"]
    return home[column].sum() / table[column].sum()


def test_without_steps_the_tables_are_the_same(world):
    made = world()
    for name, table in BASE.tables.items():
        assert table.equals(made.tables[name]), name
    assert made.standing == BASE.standing


def test_ore_by_reserves(world):
    made = world({"do": "ore_share", "region": "China", "share": 0.34})
    for feed in ("light", "heavy"):
        mines, base = (w.tables["mines"].query(f"feed == {feed!r}") for w in (made, BASE))
        assert share(mines, "output") == pytest.approx(0.34)
        assert mines["output"].sum() == pytest.approx(base["output"].sum())
    quotas = [w.standing["mining-quota-light"]["level"] for w in (made, BASE)]
    home = [w.tables["mines"].query("mine == 'Bayan Obo'")["output"].item() for w in (made, BASE)]
    assert quotas[0] / quotas[1] == pytest.approx(home[0] / home[1])


def test_separation_by_reserves_has_heavy_plants_abroad(world):
    made = world({"do": "separation_share", "region": "China", "share": 0.34})
    for column in ("light_capacity", "heavy_capacity"):
        plants, base = made.tables["separators"], BASE.tables["separators"]
        assert share(plants, column) == pytest.approx(0.34)
        assert plants[column].sum() == pytest.approx(base[column].sum())


def test_fixed_plants_cannot_grow_beyond_what_is_being_built(world):
    made = world({"do": "separation_fixed", "outside": "China", "factor": 2.0})
    plants, base = (outside(w.tables["separators"]) for w in (made, BASE))
    assert (plants["light_max"] == plants["light_capacity"] + plants["light_building"]).all()
    assert (plants["light_capacity"] == 2 * base["light_capacity"]).all()


def test_ore_doubled_abroad(world):
    made = world({"do": "ore_multiplied", "outside": "China", "factor": 2.0})
    mines, base = (outside(w.tables["mines"]) for w in (made, BASE))
    assert (mines["max_capacity"] == 2 * base["max_capacity"]).all()
    assert share(made.tables["mines"], "output") < share(BASE.tables["mines"], "output")


def test_a_standing_rule_is_dropped(world):
    made = world({"do": "without_rule", "rule": "separation-technology-ban-2008"})
    assert set(BASE.standing) - set(made.standing) == {"separation-technology-ban-2008"}


def test_know_how_costs_and_finance_alike(world):
    what = ("know_how", "costs", "finance")
    made = world(*({"do": f"{of}_alike", "region": "China"} for of in what))
    assert (outside(made.tables["magnet_makers"])["technology"] == 1).all()
    makers, base = made.tables["magnet_makers"], outside(BASE.tables["magnet_makers"])
    mean = (base["cost"] * base["capacity"]).sum() / base["capacity"].sum()
    assert makers[makers["region"] == "China"]["cost"].unique() == pytest.approx([mean])
    rates = made.tables["regions"].set_index("region")["finance_rate"]
    assert rates["China"] == pytest.approx(rates.drop("China").mean())


def test_magnets_for_own_need(world):
    made = world({"do": "magnets_for_own_need", "region": "United States"})
    trade = BASE.tables["magnet_trade"].query("destination == 'United States'")["flow"].sum()
    more = [
        w.tables["magnet_makers"].query("region == 'United States'")["capacity"].sum()
        for w in (made, BASE)
    ]
    assert more[0] - more[1] == pytest.approx(trade)
