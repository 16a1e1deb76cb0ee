"""The shipped worlds: their tables keep their form, their provenance and their balance.

Reads the files with pandas alone, so that a fault in the tables is told from a fault in the code.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "sim" / "world" / "data"
REGIONS = {
    "China", "United States", "Europe", "Japan", "South Korea", "Southeast Asia", "Australia",
    "Myanmar", "India", "Rest of World",
}  # fmt: skip
ELEMENTS = ("La", "Ce", "NdPr", "Sm-Eu-Gd", "Tb", "Dy", "Y")
LIGHT = {"La", "Ce", "NdPr"}
CONFIDENCE = {"high", "medium", "low", "estimate"}
REQUIRED = {
    "regions": "region security_premium finance_rate",
    "elements": "element class price_home price_abroad price_reference finishing_cost backstop "
    "choke_low choke_high low_share",
    "ores": "ore element share",
    "mines": "mine owner region ore feed status output capacity max_capacity building earliest "
    "cost capex lead technology quota named",
    "separators": "separator owner region light_capacity heavy_capacity light_max heavy_max "
    "light_building heavy_building cost_light cost_heavy capex_light capex_heavy lead "
    "technology_light technology_heavy recovery quota named",
    "offtakes": "mine separator share until",
    "magnet_makers": "maker owner region output capacity max_capacity building cost yield capex "
    "lead technology technology_metal high_share stock_days named",
    "recipes": "grade element content",
    "ev_makers": "maker plant owner region bev phev pm_share magnet_bev magnet_phev high_share "
    "stock_days price named",
    "ev_demand": "year region powertrain vehicles",
    "ev_trade": "origin destination share",
    "magnet_users": "use region demand high_share growth elasticity stock_days",
    "oxide_users": "element region demand growth",
    "stocks": "element region stock target_months",
    "recyclers": "region capacity recovery cost max_capacity scrap_stock end_of_life",
    "trade_costs": "product origin destination freight tariff",
    "export_taxes": "region product rate",
    "oxide_trade": "origin destination element flow",
    "magnet_trade": "origin destination flow",
    "leakage": "origin capacity max_capacity discount cost",
    "observed": "item region element value unit explanation",
}


@dataclass(frozen=True)
class Expected:
    """What holds of one world: figures of its base year that its sources or its notes state."""

    year: int
    last_forecast: int
    chinese_ore: dict[str, float]
    tax: dict[str, float]
    magnet_share: float
    magnet_exports: float
    oxide_exports: float
    separation: dict[str, float]
    smuggled_ndpr: float
    surplus: dict[str, tuple[float, float]]


BALANCED = {"NdPr": (-0.03, 0.03), "Tb": (-0.03, 0.03), "Dy": (-0.03, 0.03)}
GLUT = {"La": (0.05, 0.15), "Ce": (0.05, 0.15), "Sm-Eu-Gd": (-0.05, 0.10), "Y": (0.0, 0.15)}
WORLDS = {
    "2009": Expected(
        year=2009,
        last_forecast=2024,
        chinese_ore={"light": 72_300, "heavy": 10_020, "": 46_680},
        tax={"light": 0.32, "heavy": 0.42, "Sm-Eu-Gd": 0.40},
        magnet_share=0.785,
        magnet_exports=9_363,
        oxide_exports=43_900,
        separation={"China": 0.97},
        smuggled_ndpr=0.22,
        surplus={**GLUT, **BALANCED},
    ),
    "2017": Expected(
        year=2017,
        last_forecast=2035,
        chinese_ore={"light": 87_100, "heavy": 17_900, "": 90_700},
        tax={"light": 0.17, "heavy": 0.17},
        magnet_share=0.90,
        magnet_exports=29_907,
        oxide_exports=52_600,
        separation={"China": 0.90},
        smuggled_ndpr=0.05,
        surplus={**GLUT, "La": (0.0, 0.1), "Ce": (0.0, 0.1), **BALANCED},
    ),
    "2023": Expected(
        year=2023,
        last_forecast=2035,
        chinese_ore={"light": 235_850, "heavy": 19_150},
        tax={"light": 0.13, "heavy": 0.13},
        magnet_share=0.92,
        magnet_exports=52_900,
        oxide_exports=52_306,
        separation={"China": 0.92, "Southeast Asia": 0.05},
        smuggled_ndpr=0.0,
        surplus={**GLUT, **BALANCED},
    ),
}
FIRMS = {
    "mines": ("mine", "output"),
    "separators": ("separator", "light_capacity"),
    "magnet_makers": ("maker", "output"),
    "ev_makers": ("plant", "vehicles"),
}


def read(world, name):
    words = {"until": str, "earliest": str}
    return pd.read_csv(DATA / world / f"{name}.csv", dtype=words)


@pytest.fixture(scope="module", params=WORLDS)
def name_of_world(request):
    return request.param


@pytest.fixture(scope="module")
def expected(name_of_world):
    return WORLDS[name_of_world]


@pytest.fixture(scope="module")
def tables(name_of_world):
    world = {name: read(name_of_world, name) for name in REQUIRED}
    world["ev_makers"]["vehicles"] = world["ev_makers"].bev + world["ev_makers"].phev
    return world


@pytest.mark.parametrize("name", REQUIRED)
def test_columns_and_provenance(name, tables):
    table = tables[name]
    wanted = REQUIRED[name].split()
    assert [column for column in table.columns if column in wanted] == wanted
    assert {"source", "confidence", "note"} <= set(table.columns)
    assert set(table.confidence) <= CONFIDENCE
    sources = pd.read_csv(DATA / "sources.csv", dtype=str)
    assert sources.source_id.is_unique
    known = set(sources.source_id) | {"estimate"}
    cited = {part for cell in table.source for part in cell.split(";")}
    assert cited <= known, f"unknown sources {cited - known}"
    guesses = table[table.source == "estimate"]
    assert set(guesses.confidence) <= {"estimate"}, "an estimate is graded as one"
    assert guesses.note.fillna("").str.len().gt(5).all(), "an estimate says how it was reached"
    if "estimated" in table:
        named = {part for cell in table.estimated.dropna() for part in cell.split(";") if part}
        assert named <= set(wanted)


@pytest.mark.parametrize("name", REQUIRED)
def test_names_are_regions_and_elements(name, tables):
    table = tables[name]
    extra = {"observed": {"World"}, "trade_costs": {"*"}}.get(name, set())
    for column in {"region", "origin", "destination"} & set(table.columns):
        assert set(table[column]) <= REGIONS | extra
    if "element" in table:
        assert set(table.element.dropna()) <= set(ELEMENTS)
    numbers = table.select_dtypes("number")
    assert (numbers.fillna(0) >= 0).all().all()


def test_shares_sum_to_one(tables):
    assert tables["ores"].groupby("ore").share.sum().sub(1).abs().max() < 1e-9
    assert tables["ev_trade"].groupby("destination").share.sum().sub(1).abs().max() < 1e-9
    assert tables["offtakes"].groupby("mine").share.sum().max() <= 1 + 1e-9
    assert set(tables["mines"].ore) <= set(tables["ores"].ore)
    for column in ("technology", "high_share", "yield"):
        assert tables["magnet_makers"][column].between(0, 1).all()


def test_offtakes_name_firms(tables):
    assert set(tables["offtakes"].mine) <= set(tables["mines"].mine)
    assert set(tables["offtakes"].separator) <= set(tables["separators"].separator)


@pytest.mark.parametrize(("name", "column", "amount"), [(k, *v) for k, v in FIRMS.items()])
def test_firms_and_remainders(name, column, amount, tables):
    firms = tables[name]
    assert firms[column].is_unique
    assert firms[firms.named].owner.notna().all(), "a named firm has an owner"
    assert firms[~firms.named].owner.isna().all(), "a remainder firm has none"
    active = firms[firms[amount] > 0]
    share = active[active.named][amount].sum() / active[amount].sum()
    assert 0.3 < share <= 1
    capacity = {"mines": "capacity", "magnet_makers": "capacity"}.get(name)
    if capacity:
        assert (firms.output <= firms[capacity] * 1.001).all()
        assert (firms[capacity] + firms.building <= firms.max_capacity * 1.001).all()


@pytest.mark.parametrize("stage", ["separators", "magnet_makers"])
def test_every_working_region_has_a_remainder(stage, tables):
    firms = tables[stage]
    assert set(firms[firms.named].region) <= set(firms[~firms.named].region) | {"India"}


def test_mines_match_the_observed(tables, expected):
    output = tables["mines"].groupby("region").output.sum()
    observed = tables["observed"].query("item == 'mine_output'").set_index("region").value
    assert (output.reindex(observed.index) - observed).abs().le(0.05 * observed).all()
    mines = tables["mines"].query("region == 'China'").fillna({"quota": ""})
    assert mines.groupby("quota").output.sum().to_dict() == expected.chinese_ore
    light = mines.query("quota == 'light'")
    assert light.capacity.sum() > 1.1 * light.output.sum(), "the quota binds, not the capacity"


def test_standing_quotas_are_what_licensed_mines_dig(name_of_world, expected):
    base = DATA / name_of_world / "base_year.toml"
    file = base if base.is_file() else DATA / name_of_world / "standing.toml"
    measures = tomllib.loads(file.read_text(encoding="utf-8"))["measures"].values()
    mining = {m["class"]: m["level"] for m in measures if m.get("stage") == "mine"}
    assert mining == {k: v for k, v in expected.chinese_ore.items() if k}


def test_china_can_treat_what_comes(tables):
    plants = tables["separators"].query("region == 'China'")
    mines = tables["mines"]
    ties = tables["offtakes"].merge(tables["separators"], on="separator")
    at_home = set(ties.query("region != 'China'").mine)
    light = mines[(mines.feed == "light") & ~mines.mine.isin(at_home)].output.sum()
    assert plants.light_capacity.sum() > light
    assert plants.heavy_capacity.sum() > mines[mines.feed == "heavy"].output.sum()
    abroad = tables["separators"].query("region != 'China'")
    assert abroad.heavy_capacity.sum() == 0, "99.9 % of the heavies were separated in China"


def test_vehicles_balance(tables, expected):
    sales = tables["ev_demand"][tables["ev_demand"].year == expected.year]
    sold = sales.groupby("region").vehicles.sum()
    trade = tables["ev_trade"]
    implied = (trade.share * trade.destination.map(sold)).groupby(trade.origin).sum()
    built = tables["ev_makers"].groupby("region").vehicles.sum()
    assert (built / implied - 1).abs().max() < 0.02
    assert set(built.index) == set(implied.index)


def magnets_for_vehicles(makers):
    weight = makers.bev * makers.magnet_bev + makers.phev * makers.magnet_phev
    return makers.pm_share * weight / 1000


def test_magnets_balance(tables, expected):
    output = tables["magnet_makers"].groupby("region").output.sum()
    trade = tables["magnet_trade"]
    supply = (
        output.reindex(sorted(REGIONS), fill_value=0)
        .add(trade.groupby("destination").flow.sum(), fill_value=0)
        .sub(trade.groupby("origin").flow.sum(), fill_value=0)
    )
    vehicles = tables["ev_makers"]
    traction = magnets_for_vehicles(vehicles).groupby(vehicles.region).sum()
    use = tables["magnet_users"].groupby("region").demand.sum().add(traction, fill_value=0)
    gap = (use.reindex(supply.index, fill_value=0) - supply).abs()
    assert (gap <= 0.03 * supply + 1).all()
    assert output["China"] / output.sum() == pytest.approx(expected.magnet_share, abs=0.01)
    abroad = trade[trade.origin == "China"].flow.sum()
    assert abroad == pytest.approx(expected.magnet_exports, rel=0.001)


def average_recipe(tables):
    """Content of the average magnet and the share of the high-temperature grade, by use."""
    users, vehicles = tables["magnet_users"], tables["ev_makers"]
    traction = magnets_for_vehicles(vehicles)
    high = (users.demand * users.high_share).sum() + (traction * vehicles.high_share).sum()
    share = high / (users.demand.sum() + traction.sum())
    recipe = tables["recipes"].pivot(index="element", columns="grade", values="content")
    return recipe["high-temperature"] * share + recipe["standard"] * (1 - share)


def primary_supply(tables):
    """Oxide by element and region of separation: the offtake's plant, else China."""
    plants = tables["separators"].set_index("separator")
    ties = tables["offtakes"].sort_values("share").groupby("mine").separator.last()
    ores = tables["ores"].pivot(index="ore", columns="element", values="share")
    rows = []
    for mine in tables["mines"].query("output > 0").itertuples():
        plant = ties.get(mine.mine, "Other separators of China")
        recovery = plants.recovery[plant]
        for element in ELEMENTS:
            tonnes = mine.output * ores.loc[mine.ore, element] * recovery
            through_china = mine.feed == "light" and element not in LIGHT
            if through_china:
                tonnes *= plants.recovery["Other separators of China"]
            region = "China" if through_china else plants.region[plant]
            rows.append((region, element, tonnes))
    supply = pd.DataFrame(rows, columns=["region", "element", "tonnes"])
    return supply.pivot_table(index="region", columns="element", values="tonnes", aggfunc="sum")


def recycled_by_region(tables, recipe):
    """Oxide won back from process scrap and end-of-life magnets, by region and element."""
    makers = tables["magnet_makers"]
    scrap = (makers.output * (1 / makers["yield"] - 1)).groupby(makers.region).sum()
    recyclers = tables["recyclers"].set_index("region")
    scrap = scrap.reindex(recyclers.index, fill_value=0)
    arising = scrap * recipe.sum() + recyclers.end_of_life
    treated = (recyclers.capacity / arising.where(arising > 0, 1)).clip(upper=1)
    won = recyclers.recovery * treated
    blend = recipe / recipe.sum()
    return pd.DataFrame(
        {e: won * (scrap * recipe[e] + recyclers.end_of_life * blend[e]) for e in ELEMENTS}
    )


@pytest.mark.parametrize("name_of_world", ["2023"], indirect=True)
def test_recycling_matches_china(tables):
    won = recycled_by_region(tables, average_recipe(tables)).loc["China"]
    assert won.sum() == pytest.approx(39_662, rel=0.02)
    for element, tonnes in {"NdPr": 31_730, "Dy": 888, "Tb": 138, "Sm-Eu-Gd": 1_737}.items():
        assert won[element] == pytest.approx(tonnes, rel=0.06), element


@pytest.mark.parametrize("element", ELEMENTS)
def test_element_balances(element, tables, expected):
    recipe = average_recipe(tables)
    makers = tables["magnet_makers"]
    magnets = (makers.output / makers["yield"]).sum() * recipe[element]
    other = tables["oxide_users"].query("element == @element").demand.sum()
    supply = (
        primary_supply(tables)[element].sum() + recycled_by_region(tables, recipe)[element].sum()
    )
    low, high = expected.surplus[element]
    assert low <= supply / (magnets + other) - 1 <= high


def test_separation_shares(tables, expected):
    magnet_elements = primary_supply(tables)[["NdPr", "Dy", "Tb"]].sum(axis=1)
    share = magnet_elements / magnet_elements.sum()
    for region, observed in expected.separation.items():
        assert share[region] == pytest.approx(observed, rel=0.10), region


def test_chinese_oxide_exports(tables, expected):
    flows = tables["oxide_trade"]
    exports = flows[flows.origin == "China"].flow.sum()
    assert exports == pytest.approx(expected.oxide_exports, rel=0.10)


def test_use_is_covered_outside_china(tables, expected):
    """Each region's own oxide, recycling and net imports, smuggled ones too, cover its use."""
    recipe = average_recipe(tables)
    makers = tables["magnet_makers"]
    into = (makers.output / makers["yield"]).groupby(makers.region).sum()
    own = primary_supply(tables)["NdPr"].add(
        recycled_by_region(tables, recipe)["NdPr"], fill_value=0
    )
    flows = tables["oxide_trade"].query("element == 'NdPr'").copy()
    flows.loc[flows.origin == "China", "flow"] /= 1 - expected.smuggled_ndpr
    have = own.add(flows.groupby("destination").flow.sum(), fill_value=0).sub(
        flows.groupby("origin").flow.sum(), fill_value=0
    )
    users = tables["oxide_users"].query("element == 'NdPr'").set_index("region").demand
    need = (into * recipe["NdPr"]).add(users, fill_value=0)
    for region in ("China", "Japan", "Europe", "United States", "Southeast Asia"):
        assert have[region] == pytest.approx(need[region], rel=0.06, abs=60), region


def test_chokes_lie_below_the_backstop(tables, expected):
    prices = tables["elements"].set_index("element")
    assert set(prices.index) == set(ELEMENTS)
    assert (prices.choke_low.between(7, 12)).all()
    assert (prices.choke_high.between(20, 70)).all()
    assert (prices.backstop > prices.choke_high * prices.price_reference).all()
    assert (prices.finishing_cost < prices.price_reference).all()
    tax = pd.Series({e: expected.tax.get(e, expected.tax[prices["class"][e]]) for e in ELEMENTS})
    assert prices.price_abroad.div(prices.price_home).sub(1 + tax).abs().max() < 0.01


def test_forecast_covers_every_seller(tables, expected):
    demand = tables["ev_demand"]
    counts = demand.groupby(["region", "powertrain"]).year.agg(["min", "max", "count"])
    assert (counts["min"] == expected.year).all()
    assert (counts["max"] == expected.last_forecast).all()
    assert counts["count"].nunique() == 1


def test_at_most_five_explanations(tables):
    explained = tables["observed"].explanation.notna()
    assert explained.sum() <= 5
