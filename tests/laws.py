"""The laws of the model, each as a function that returns how far a model or records break it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from sim.chain import ACCOUNTS, SupplyChain
from sim.chain.arrays import logistic, total
from sim.chain.market import Cleared, Offers
from sim.chain.record import SHOWN_RUNS
from sim.measures import parse_measure
from sim.results import MONTHLY, VARIABLES
from sim.results.accounting import shock_accounting
from sim.scenario import Scenario, find_scenario, load_scenario
from sim.world import load_world
from sim.world.tables import COLUMNS
from sim.world.world import DATA

HOME, ABROAD = 0, 1
SIGNED = {
    "value_added",
    "accounts",
    "imposer_imports",
    "firm_margin",
    "firm_margin_monthly",
    "public_spending",
}
SIGNED_ACCOUNTS = ("stock_change", "thrift", "substitution")

Records = Mapping[str, np.ndarray]


@cache
def _shipped(name: str) -> Scenario:
    return load_scenario(find_scenario(name))


def _dated(measure: Mapping[str, object]) -> dict[str, object]:
    """Keys of a measure, its days as dates."""
    days = ("start", "end", "announced", "general_from")
    return {k: date.fromisoformat(str(v)) if k in days else v for k, v in measure.items()}


def tiny(
    name: str = "tiny-quota",
    months: int = 18,
    measures: Mapping[str, Mapping[str, object]] | None = None,
    **changes: object,
) -> Scenario:
    """A shipped scenario of the tiny world, cut to some months; `measures` replace its own."""
    scenario = _shipped(name)
    last = scenario.start.year * 12 + months - 1
    changes = {"end": date(last // 12, last % 12 + 1, 28), "runs": 3, **changes}
    if measures is not None:
        changes["measures"] = {key: parse_measure(_dated(m)) for key, m in measures.items()}
    return scenario.model_copy(update=changes)


def months_of(model: SupplyChain) -> Iterator[date]:
    """Step a model to its end; yields after every month."""
    while model.t < len(model.months):
        month = model.month
        model.step()
        yield month


def worst(model: SupplyChain, *laws: Callable[[SupplyChain], float]) -> list[float]:
    """The largest violation of each law over all months."""
    found = [-np.inf] * len(laws)
    for _ in months_of(model):
        found = [max(old, law(model)) for old, law in zip(found, laws, strict=True)]
    return found


def branch(
    scenario: Scenario, months: int, variants: Iterable[Mapping[str, Mapping[str, object]]]
) -> list[SupplyChain]:
    """Models that share the state of the scenario's policy path after some months, each having then
    made one month under measures of its own."""
    models = []
    for measures in variants:
        model = SupplyChain(scenario, "policy", range(scenario.runs))
        for _ in range(months):
            model.step()
        model.policy.measures = {key: parse_measure(_dated(m)) for key, m in measures.items()}
        model.step()
        models.append(model)
    return models


def importers(model: SupplyChain, home: int) -> np.ndarray:
    """Where oxide came from a region this month and none went back (region, element, run)."""
    flow = model.chain.traded.legal + model.chain.traded.smuggled
    need = model.chain.need
    buys, sells = flow[home] > 1e-3 * need, flow[:, home] > 1e-7 * need
    return buys & ~sells


def price_fall(looser: SupplyChain, tighter: SupplyChain, home: int = HOME) -> float:
    """Most by which a tighter restriction of `home` lowers a log oxide price of an importer."""
    there = importers(looser, home) & importers(tighter, home)
    if not there.any():
        return -np.inf
    fall = np.log(looser.chain.traded.price / tighter.chain.traded.price)
    return float(fall[there].max())


def mass_gap(model: SupplyChain) -> float:
    """Sources less sinks of any region and element, as a share of the element's world need."""
    ledger = model.chain.ledger
    need = total(ledger.book[:, :, ACCOUNTS.index("need")])
    return float((np.abs(ledger.imbalance()) / need).max())


def use_gap(model: SupplyChain) -> float:
    """Need less thrift, substitution, unmet and use, as a share of the world's use."""
    ledger = model.chain.ledger
    use = total(ledger.book[:, :, ACCOUNTS.index("use")])
    return float((np.abs(ledger.unexplained()) / use).max())


def money_gap(model: SupplyChain) -> float:
    """What oxide buyers pay less receipts, taxes, freight, rent and margin, as a share."""
    chain, traded = model.chain, model.chain.traded
    sold = chain.oxides.layout.sellers.sum(traded.sold)
    paid = total(traded.price * (traded.bought + np.maximum(traded.stored, 0.0)))
    received = total(traded.price * (sold + np.maximum(-traded.stored, 0.0)))
    others = total(traded.freight + traded.rent + traded.margin + traded.discount)
    others = others + total(traded.export_tax + traded.tariff)
    return float((np.abs(paid - received - others) / paid).max())


def clearing_gap(model: SupplyChain) -> float:
    """Oxide bought and stored less sold and brought in, as a share of the world's need."""
    chain, traded = model.chain, model.chain.traded
    sold = chain.oxides.layout.sellers.sum(traded.sold)
    flow = traded.legal + traded.smuggled
    left = traded.bought + traded.stored - sold - total(flow) + total(flow.swapaxes(0, 1))
    return float((np.abs(left) / total(chain.need)).max())


def over_backstop(model: SupplyChain) -> float:
    """Largest oxide price over the backstop, less 1."""
    return float((model.chain.traded.price / model.chain.oxides.backstop - 1).max())


def banned_flow(model: SupplyChain) -> float:
    """Most that crossed a border in spite of a ban with full enforcement, t in a month."""
    chain, terms = model.chain, model.terms
    caps = {**terms.cap, "magnet": chain.magnets.strictest(terms.cap["magnet"])}
    magnets = np.moveaxis(chain.delivered.swapaxes(1, 2), 0, 2)
    flows = {"oxide": chain.traded.legal, "magnet": magnets, "concentrate": chain.concentrate_flow}
    return max(
        float(np.where(caps[product] == 0, flow, 0.0).max()) for product, flow in flows.items()
    )


def below_zero(model: SupplyChain) -> float:
    """The most negative stock, plant or flow, t; infinite where one is not a number."""
    chain = model.chain
    circuits = chain.separators.circuits.values()
    plants = [chain.mines.plants, chain.makers.plants, *(line.plants for line in circuits)]
    held = [
        chain.mines.stock, chain.separators.unsold, chain.recyclers.scrap, chain.recyclers.unsold,
        chain.holders.stock, chain.reserves.stock, chain.makers.stock, chain.vehicles.stock,
        chain.users.stock, chain.pool, chain.traded.sold, chain.traded.bought, chain.traded.unmet,
        chain.traded.legal, chain.traded.smuggled, chain.delivered, chain.concentrate_flow,
        chain.dug, chain.vehicles.built, chain.vehicles.lost, chain.vehicles.backlog,
        *(p.capacity for p in plants), *(p.pipeline for p in plants),
    ]  # fmt: skip
    if not all(np.isfinite(a).all() for a in held):
        return np.inf
    return -min(float(a.min()) for a in held)


def bad_numbers(records: Records) -> list[str]:
    """Records that are not finite, or negative where they must not be."""
    bad = [name for name, values in records.items() if not np.isfinite(values).all()]
    bad += [n for n, values in records.items() if n not in SIGNED and (values < 0).any()]
    kept = [k for k, account in enumerate(ACCOUNTS) if account not in SIGNED_ACCOUNTS]
    accounts = np.moveaxis(records["accounts"], -2, 0)[kept]
    scale = np.abs(accounts).max()
    return bad + [
        ACCOUNTS[k] for k, a in zip(kept, accounts, strict=True) if a.min() < -1e-12 * scale
    ]


def yearly(model: SupplyChain, rate: Callable[[SupplyChain], np.ndarray]) -> dict[int, np.ndarray]:
    """Step a model to its end; a month's quantity (run,) summed by year."""
    sums: dict[int, np.ndarray] = {}
    for month in months_of(model):
        sums[month.year] = sums.get(month.year, 0.0) + rate(model)
    return sums


def oxide_exports(model: SupplyChain) -> np.ndarray:
    """Legal oxide exports of Home, t this month (run,)."""
    return total(total(model.chain.traded.legal[HOME]))


def light_ore(model: SupplyChain) -> np.ndarray:
    """Ore of Home's light mines, t REO this month (run,)."""
    mines = model.chain.mines
    rows = [row for row, k in enumerate(mines.quota_class) if k == "light"]
    return total(model.chain.dug[rows])


def phantom_trade(model: SupplyChain) -> float:
    """Most oxide that would flow at equal prices everywhere, as a share of the month's use."""
    oxides, seen = model.chain.oxides, [0.0]
    clear = oxides._clear

    def watch(offers: Offers, covers: np.ndarray, limits: np.ndarray) -> Cleared:
        cleared = clear(offers, covers, limits)
        flow = offers.cap * logistic(-offers.cost / offers.edge)
        seen.append(float((total(flow) / total(cleared.bought)).max()))
        return cleared

    oxides._clear = watch  # type: ignore[method-assign]
    model.run()
    return max(seen)


def differing(one: Records, other: Records) -> list[str]:
    """Names of the records that are not equal to the bit."""
    return [
        name for name in (*VARIABLES, *MONTHLY)
        if name != "licence_price" and not np.array_equal(one[name], other[name])
    ]  # fmt: skip


def differing_paths(records: Records, months: int) -> list[str]:
    """Records that differ between the two paths in the first months."""
    monthly = [name for name in VARIABLES if VARIABLES[name][0][0] == "time"] + [*MONTHLY]
    return [
        name for name in monthly
        if not np.array_equal(records[name][0, :months], records[name][1, :months])
    ]  # fmt: skip


def pick(records: Records, runs: Iterable[int]) -> dict[str, np.ndarray]:
    """Some runs of a batch that begins with run 0."""
    runs = list(runs)
    shown = [run for run in runs if run < SHOWN_RUNS]
    return {
        name: values[..., shown if name in MONTHLY else runs] for name, values in records.items()
    }


def unaccounted(ds: xr.Dataset) -> float:
    """Residual of the shock accounting, as a share of the terms' total size."""
    account = shock_accounting(ds)
    size = np.abs(account).sum("term") + 1e-9
    return float((np.abs(account.sel(term="residual")) / size).max())


def unlike(one: xr.Dataset, other: xr.Dataset) -> dict[str, float]:
    """Variables in which two datasets differ by more than 1e-9 of their size or 1e-3."""
    other = other.reindex({c: one[c].values for c in one.dims if c != "firm"})
    order = [list(other["firm"].values).index(name) for name in one["firm"].values]
    other = other.isel(firm=order)
    found = {}
    for name in one.data_vars:
        a, b = one[name].values, other[name].transpose(*one[name].dims).values
        size = np.abs(a).max(initial=0.0)
        gap = float(np.abs(a - b).max(initial=0.0) / max(size, 1e-3))
        if not gap <= 1e-9:
            found[str(name)] = gap
    return found


def copy_world(
    folder: Path, change: Callable[[str, pd.DataFrame], pd.DataFrame], world: str = "tiny"
) -> str:
    """Write a changed copy of a world's tables; returns its name for a scenario."""
    folder.mkdir(parents=True, exist_ok=True)
    source = DATA / world
    for path in source.glob("*.toml"):
        (folder / path.name).write_bytes(path.read_bytes())
    for table in COLUMNS:
        rows = pd.read_csv(source / f"{table}.csv", dtype=str, keep_default_na=False)
        change(table, rows).to_csv(folder / f"{table}.csv", index=False)
    load_world.cache_clear()
    return f"{folder}/"
