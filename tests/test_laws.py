"""The model's laws on the tiny world: each holds, and each catches a fault that breaks it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim.chain.build as build_module
import sim.chain.oxides as oxides_module
import sim.results.accounting as accounting_module
from sim.chain import ACCOUNTS, SupplyChain
from sim.chain.draws import Draws
from sim.chain.ev_makers import EVMakers
from sim.chain.ledger import Ledger
from sim.chain.market import clear
from sim.chain.oxides import OxideMarket
from sim.chain.policy import Policy
from sim.chain.quotas import Allowance
from sim.chain.stockholders import Stockholders
from sim.chain.terms import MonthTerms
from sim.ensemble.pairs import run_batch, run_pairs
from sim.results.accounting import shock_accounting
from tests.laws import (
    bad_numbers,
    banned_flow,
    below_zero,
    clearing_gap,
    copy_world,
    differing,
    differing_paths,
    light_ore,
    mass_gap,
    money_gap,
    over_backstop,
    oxide_exports,
    phantom_trade,
    pick,
    tiny,
    unaccounted,
    unlike,
    use_gap,
    worst,
    yearly,
)

MONTHLY = (mass_gap, use_gap, money_gap, clearing_gap, over_backstop, banned_flow, below_zero)
BAN = {"kind": "export-ban", "by": "Home", "product": "oxide", "start": "2023-07-01"}
QUOTA = {
    "kind": "export-quota", "by": "Home", "product": "oxide", "unit": "t REO/year",
    "level": 1500.0, "start": "2023-07-01",
}  # fmt: skip
TARIFF = {
    "kind": "import-tariff", "by": "Abroad", "product": "oxide", "rate": 0.1, "start": "2023-07-01",
}  # fmt: skip
LICENCE = {**BAN, "kind": "export-licence", "approval": 1.0, "delay_days": 0}
MINE_QUOTA = {
    "kind": "production-quota", "by": "Home", "stage": "mine", "class": "light",
    "unit": "t REO/year", "level": 15000.0, "start": "2023-07-01",
}  # fmt: skip
MAGNET_BAN = {**BAN, "product": "magnet", "announced": "2023-04-01", "end": "2023-12-31"}
SHOCKS = {"ban": {"ban": MAGNET_BAN}, "quota": {"quota": QUOTA}}


def policy(measures=None, name="tiny-quota", months=18, runs=(0, 1), **changes):
    return SupplyChain(tiny(name, months, measures, **changes), "policy", runs)


starts = st.sampled_from(["2023-02-01", "2023-05-01", "2024-01-01"])
ends = st.sampled_from([None, "2024-03-31"])
sides = st.sampled_from(["Home", "Abroad"])
shares = st.floats(0, 1)


def measure(kind, **keys):
    keys = {"start": starts, "end": ends, "by": sides, **keys}
    table = st.fixed_dictionaries({"kind": st.just(kind), **keys})
    return table.map(lambda m: {k: v for k, v in m.items() if v is not None})


products = st.sampled_from(["oxide", "magnet", "concentrate"])
one_or_none = st.none() | st.just(("Dy",))
random_measures = st.dictionaries(
    st.sampled_from(["a", "b"]),
    measure("export-ban", product=products, elements=one_or_none, enforcement=shares)
    | measure("export-tax", product=products, rate=st.floats(0, 2))
    | measure("import-tariff", product=products, rate=st.floats(0, 2))
    | measure(
        "export-licence", product=products, elements=one_or_none, approval=shares,
        delay_days=st.floats(0, 200), repeat=shares, look_alikes=shares, general_licences=shares,
    )
    | measure(
        "extraterritorial-rule", compliance=shares, threshold=st.floats(0, 0.5),
        technology_share=shares, approval=shares,
    )
    | measure("undeclared-embargo", product=products, share=st.floats(0.001, 1))
    | measure(
        "export-quota", product=st.just("oxide"), elements=one_or_none,
        unit=st.just("share of pre-measure flow"), level=st.floats(0, 1.5), enforcement=shares,
    )
    | measure(
        "production-quota", stage=st.sampled_from(["mine", "separation"]),
        unit=st.just("t REO/year"), level=st.floats(0, 60000),
        **{"class": st.sampled_from(["light", "heavy", "all"])},
    )
    | measure("technology-export-ban", prohibited=st.just(("separation", "magnet"))),
    min_size=1,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(measures=random_measures, seed=st.integers(0, 1000), run=st.integers(0, 1000))
def test_laws_of_every_month(measures, seed, run):
    model = policy(measures, runs=(run, run + 1), seed=seed)
    mass, use, money, clearing, backstop, banned, negative = worst(model, *MONTHLY)
    assert mass < 1e-9
    assert use < 1e-9
    assert money < 1e-9
    assert clearing < 1e-9
    assert backstop <= 1e-9
    assert banned == 0
    assert negative <= 0
    assert bad_numbers(model.recorder.arrays()) == []


@pytest.mark.parametrize("product", ["oxide", "magnet", "concentrate"])
def test_nothing_passes_a_ban(product):
    model = policy({"ban": {**BAN, "product": product}})
    assert worst(model, banned_flow)[0] == 0


def test_mutant_leaking_ban_is_caught(monkeypatch):
    cap = MonthTerms.export_cap

    def leak(terms, *args):
        cap(terms, *args[:-1], 0.9)
        terms.cap["oxide"] = np.where(terms.cap["oxide"] < 1, 0.0, 1.0)

    def caps(self, *args):
        return 1e-6 + before(self, *args)

    before = OxideMarket._caps
    monkeypatch.setattr(MonthTerms, "export_cap", leak)
    monkeypatch.setattr(OxideMarket, "_caps", caps)
    assert worst(policy({"ban": BAN}), banned_flow)[0] > 0


def test_export_quota_is_kept():
    used = yearly(policy({"quota": QUOTA}, months=24), oxide_exports)
    free = yearly(policy({}, months=24), oxide_exports)
    assert (used[2024] <= 1500 * (1 + 1e-9)).all()
    assert (free[2024] > 1500).all()


def test_production_quota_is_kept():
    model = policy({"quota": MINE_QUOTA}, months=24)
    dug = yearly(model, light_ore)
    assert (dug[2024] <= 15000 * (1 + 1e-9)).all()
    assert (dug[2024] > 0.9 * 15000).all()


def test_mutant_allowance_that_forgets_is_caught(monkeypatch):
    monkeypatch.setattr(Allowance, "book", lambda *args: None)
    willing = {"market.licence_follow": 0.0, "market.licence_relax": 0.0}
    willing = policy({"q": QUOTA}, months=24, assumptions=willing)  # holders keep no licence back
    assert (yearly(willing, oxide_exports)[2024] > 1501).all()
    assert (yearly(policy({"q": MINE_QUOTA}, months=24), light_ore)[2024] > 15001).all()


def test_mutant_lost_tonne_is_caught(monkeypatch):
    def settle(self, bought):
        self.stock = np.maximum(self.stock + bought - 1e-3, 0.0)

    monkeypatch.setattr(Stockholders, "settle", settle)
    assert worst(policy({}, months=3), mass_gap)[0] > 1e-9


@pytest.mark.parametrize("account", ["thrift", "substitution", "unmet", "need"])
def test_mutant_account_left_out_is_caught(monkeypatch, account):
    add = Ledger.add

    def forget(self, name, content):
        if name != account:
            add(self, name, content)

    monkeypatch.setattr(Ledger, "add", forget)
    ban = {"ban": {**BAN, "product": "magnet", "start": "2023-02-01"}}
    assert worst(policy(ban), use_gap)[0] > 1e-9


@pytest.mark.parametrize("term", ["export_tax", "tariff", "discount", "freight", "rent", "margin"])
def test_mutant_money_that_vanishes_is_caught(monkeypatch, term):
    settle = OxideMarket._settle

    def embezzle(self, *args):
        traded = settle(self, *args)
        setattr(traded, term, 0.0 * getattr(traded, term))
        return traded

    monkeypatch.setattr(OxideMarket, "_settle", embezzle)
    assert worst(policy({"quota": QUOTA, "tariff": TARIFF}), money_gap)[0] > 1e-9


def test_mutant_purchase_without_sale_is_caught(monkeypatch):
    settle = OxideMarket._settle

    def invent(self, *args):
        traded = settle(self, *args)
        traded.bought = traded.bought * (1 + 1e-6)
        return traded

    monkeypatch.setattr(OxideMarket, "_settle", invent)
    assert worst(policy({}, months=3), clearing_gap)[0] > 1e-9


def test_mutant_negative_vehicles_are_caught(monkeypatch):
    build = EVMakers.build

    def unbuild(self, *args):
        used = build(self, *args)
        self.lost = self.lost - 1.0
        return used

    monkeypatch.setattr(EVMakers, "build", unbuild)
    model = policy({}, months=3)
    assert worst(model, below_zero)[0] > 0
    assert "vehicles_lost" in bad_numbers(model.recorder.arrays())


def test_mutant_number_that_is_none_is_caught():
    records = policy({}, months=2).run()
    records["oxide_price"][0, 0, 0, 0] = np.nan
    assert bad_numbers(records) == ["oxide_price"]


NEUTRAL = {
    "tax of 0": {"kind": "export-tax", "by": "Home", "product": "oxide", "rate": 0.0},
    "magnet tax of 0": {"kind": "export-tax", "by": "Home", "product": "magnet", "rate": 0.0},
    "oxide tariff of 0": {**TARIFF, "rate": 0.0},
    "magnet tariff of 0": {**TARIFF, "product": "magnet", "rate": 0.0},
    "concentrate tariff of 0": {**TARIFF, "product": "concentrate", "rate": 0.0},
    "embargo that all passes": {**BAN, "kind": "undeclared-embargo", "share": 1.0},
    "embargo not enforced": {**BAN, "kind": "undeclared-embargo", "enforcement": 0.0},
    "magnet embargo not enforced": {
        **BAN, "kind": "undeclared-embargo", "product": "magnet", "enforcement": 0.0
    },
    "oxide licences granted at once": LICENCE,
    "magnet licences granted at once": {**LICENCE, "product": "magnet", "look_alike_days": 0},
    "concentrate licences granted at once": {**LICENCE, "product": "concentrate"},
    "licences granted at once for every use": {
        **LICENCE, "product": "magnet", "approval_by_use": {"vehicles": 1.0},
        "approval_by_region": {"Abroad": 1.0}, "elements": "Dy", "look_alikes": 1.0,
        "look_alike_days": 0,
    },
    "licences not enforced": {**LICENCE, "approval": 0.2, "delay_days": 90, "enforcement": 0.0},
    "general licences for all": {**LICENCE, "approval": 0.2, "general_licences": 1.0},
    "ban not enforced": {**BAN, "enforcement": 0.0},
    "magnet ban not enforced": {**BAN, "product": "magnet", "enforcement": 0.0},
    "quota above any flow": {**QUOTA, "level": 1e6},
    "mine quota above any output": {**MINE_QUOTA, "by": "Abroad", "level": 1e6},
    "technology never held back": {
        "kind": "technology-export-ban", "by": "Home", "prohibited": ("magnet",), "enforcement": 0.0
    },
}  # fmt: skip


@pytest.mark.parametrize("name", NEUTRAL)
def test_neutral_measure_changes_no_bit(name):
    records = run_batch(tiny(measures={"m": {**NEUTRAL[name], "start": "2023-07-01"}}), (0, 1))
    assert differing_paths(records, 18) == []


def test_mutant_tax_that_is_not_quite_zero_is_caught(monkeypatch):
    tax = MonthTerms.export_tax

    def rounded(terms, *args):
        tax(terms, *args[:-1], args[-1] + 1e-12)

    monkeypatch.setattr(MonthTerms, "export_tax", rounded)
    measures = {"m": {**NEUTRAL["tax of 0"], "start": "2023-07-01"}}
    assert differing_paths(run_batch(tiny(measures=measures), (0, 1)), 18) != []


@pytest.mark.parametrize("measures", [{}, {"ban": BAN}, {"quota": QUOTA}], ids=str)
def test_no_phantom_trade(measures):
    assert phantom_trade(policy(measures)) < 0.01


def test_mutant_routes_without_limit_are_caught(monkeypatch):
    before = OxideMarket._caps
    monkeypatch.setattr(OxideMarket, "_caps", lambda *args: 100.0 * before(*args))
    assert phantom_trade(policy({}, months=2)) > 0.01


@pytest.mark.parametrize(
    ("name", "first"), [("tiny-magnet-ban", 18), ("tiny-quota", 24)], ids=["ban", "quota"]
)
def test_paths_are_equal_to_the_bit_until_the_announcement(name, first):
    records = run_batch(tiny(name, 30), (0, 1, 2))
    assert differing_paths(records, first) == []
    assert differing_paths(records, 30) != []


def test_mutant_news_of_tomorrow_is_caught(monkeypatch):
    lifted = Policy.announced
    monkeypatch.setattr(
        Policy, "announced", lambda self, month: lifted(self, month.replace(year=month.year + 1))
    )
    assert differing_paths(run_batch(tiny("tiny-magnet-ban", 18), (0, 1)), 18) != []


@pytest.mark.parametrize("shock", SHOCKS)
def test_run_has_the_same_bits_alone_in_a_batch_and_in_chunks(shock):
    scenario = tiny(measures=SHOCKS[shock], months=14)
    together = run_batch(scenario, range(20))
    for run in (0, 17):
        assert differing(run_batch(scenario, [run]), pick(together, [run])) == []
    for k in range(0, 20, 7):
        part = range(k, min(k + 7, 20))
        assert differing(run_batch(scenario, part), pick(together, part)) == []


@pytest.mark.slow
def test_run_has_the_same_bits_in_a_batch_of_300():
    scenario = tiny("tiny-quota", 30)
    together = run_batch(scenario, range(300))
    for part in ([0], [299], range(140, 147)):
        assert differing(run_batch(scenario, part), pick(together, part)) == []


def test_mutant_sum_that_depends_on_the_batch_is_caught(monkeypatch):
    before = build_module.total
    monkeypatch.setattr(build_module, "total", lambda a: before(a) * (1 + 1e-15 * np.shape(a)[-1]))
    scenario = tiny(months=6)
    together = run_batch(scenario, range(30))
    assert differing(run_batch(scenario, [3]), pick(together, [3])) != []


def reversed_rows(table, rows):
    return rows.iloc[::-1] if table in ("regions", "elements") else rows


def reversed_firms(table, rows):
    return rows if table in ("regions", "elements") else rows.iloc[::-1]


@pytest.mark.parametrize("change", [reversed_rows, reversed_firms])
@pytest.mark.parametrize("shock", SHOCKS)
def test_order_of_the_tables_does_not_matter(tmp_path, shock, change):
    world = copy_world(tmp_path / "world", change)
    here = run_pairs(tiny(measures=SHOCKS[shock]), workers=1)
    there = run_pairs(tiny(measures=SHOCKS[shock], world=world), workers=1)
    assert list(there["region"].values) != list(here["region"].values) or change is reversed_firms
    assert unlike(here, there) == {}


def test_mutant_draws_by_position_are_caught(tmp_path, monkeypatch):
    world = copy_world(tmp_path / "world", reversed_firms)
    before, count = Draws.uniforms, [0]

    def counted(self, kind, name, number):
        count[0] += 1
        return before(self, kind, str(count[0]), number)

    monkeypatch.setattr(Draws, "uniforms", counted)
    here = run_pairs(tiny(months=12), workers=1)
    count[0] = 0
    there = run_pairs(tiny(months=12, world=world), workers=1)
    assert unlike(here, there) != {}


@pytest.fixture(scope="module", params=["tiny-magnet-ban", "tiny-quota"])
def shocked(request):
    return run_pairs(tiny(request.param, 36), workers=1)


def test_shock_is_accounted_for(shocked):
    assert unaccounted(shocked) < 1e-9


LEFT_OUT = sorted(accounting_module.SOURCES)
IDLE = 1e-6
"""Tonnes below which a term is idle: the backstop's soft edge leaves a tail of 1e-17 t unmet."""


@pytest.mark.parametrize("left_out", LEFT_OUT)
def test_mutant_source_left_out_of_the_accounting_is_caught(monkeypatch, shocked, left_out):
    terms = shock_accounting(shocked)
    idle = not (np.abs(terms.sel(term=left_out)) > IDLE).any()
    rest = tuple(term for term in accounting_module.SOURCES if term != left_out)
    monkeypatch.setattr(accounting_module, "SOURCES", rest)
    assert (unaccounted(shocked) > 1e-9) != idle


def test_only_a_shortage_beyond_price_leaves_a_need_unmet(shocked):
    """Under the quota users of oxide give way at its price; under the ban lines stand still."""
    terms = shock_accounting(shocked)
    others = [term for term in accounting_module.SOURCES if term not in ("unmet", "lower_need")]
    assert (np.abs(terms.sel(term=others)) > IDLE).any(["element", "run"]).all()
    banned = shocked.attrs["scenario"] == "tiny-magnet-ban"
    assert ((terms.sel(term="unmet") > IDLE) == banned).all()


def barren(table, rows):
    """Abroad has no oxide of its own, no stocks and no smugglers."""
    rows = rows.copy()
    abroad = rows["region"] == "Abroad" if "region" in rows else rows.index < 0
    nothing = {
        "mines": ["output", "capacity", "max_capacity", "building"],
        "separators": ["light_capacity", "heavy_capacity", "light_max", "heavy_max",
                       "light_building", "heavy_building"],
        "recyclers": ["capacity", "max_capacity", "scrap_stock", "end_of_life"],
        "stocks": ["stock"],
    }  # fmt: skip
    for column in nothing.get(table, []):
        rows.loc[abroad, column] = "0"
    if table == "leakage":
        rows[["capacity", "max_capacity"]] = "0"
    return rows


def test_cut_off_region_is_priced_at_most_at_its_backstop(tmp_path):
    world = copy_world(tmp_path / "world", barren)
    model = policy({"ban": {**BAN, "start": "2023-02-01"}}, months=12, world=world)
    mass, backstop, banned = worst(model, mass_gap, over_backstop, banned_flow)
    assert mass < 1e-9
    assert backstop <= 1e-9
    assert banned == 0
    assert (model.chain.traded.price[1] > 0.5 * model.chain.oxides.backstop[1]).all()
    unmet = model.chain.ledger.book[1, :, ACCOUNTS.index("unmet")]
    assert (unmet > 0).all()


def test_mutant_market_without_backstop_is_caught(tmp_path, monkeypatch):
    def boundless(layout, offers, *args):
        offers = oxides_module.replace(offers, backstop=100.0 * offers.backstop)
        return clear(layout, offers, *args)

    monkeypatch.setattr(oxides_module, "clear", boundless)
    world = copy_world(tmp_path / "world", barren)
    model = policy({"ban": {**BAN, "start": "2023-02-01"}}, months=12, world=world)
    assert worst(model, over_backstop)[0] > 1e-9
