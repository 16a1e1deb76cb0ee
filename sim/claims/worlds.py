"""Worlds derived from a shipped one by a stated rule: what if ore, plants or know-how stood
elsewhere? A derived world is a folder of tables like any other, and can be looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.scenario.writing import toml_section
from sim.world import load_world
from sim.world.world import DATA

Tables = dict[str, pd.DataFrame]
Standing = dict[str, dict[str, Any]]
ORE = ["output", "capacity", "max_capacity", "building"]
CIRCUITS = ("light", "heavy")


def derive(name: str, steps: Iterable[Mapping[str, Any]], folder: Path, base: str = "2023") -> Path:
    """Write the world that results from the steps, done in turn, into a folder; returns it.

    Each step names a function of STEPS by `do`; its other keys are the function's arguments.
    """
    world = load_world(base)
    tables = {key: table.copy() for key, table in world.tables.items()}
    standing = {key: dict(measure) for key, measure in world.standing.items()}
    for step in steps:
        arguments = {key: value for key, value in step.items() if key != "do"}
        STEPS[step["do"]](tables, standing, **arguments)
    target = folder / name
    if target.is_dir():
        shutil.rmtree(target)
    shutil.copytree(DATA / base, target)
    for key, table in tables.items():
        table.to_csv(target / f"{key}.csv", index=False)
    text = "".join(toml_section(f"measures.{key}", rule) for key, rule in standing.items())
    (target / "standing.toml").write_text(text, encoding="utf-8")
    return target


def ore_share(tables: Tables, standing: Standing, region: str, share: float) -> None:
    """A region's share of ore, light and heavy alike, is set; the world's ore stays the same.

    Output, capacity and what can be built are scaled, and with them the region's quotas.
    """
    mines = tables["mines"]
    factors = {}
    for feed in CIRCUITS:
        of_feed = mines["feed"] == feed
        home = of_feed & (mines["region"] == region)
        now = mines.loc[home, "output"].sum() / mines.loc[of_feed, "output"].sum()
        factors[feed] = float(share / now)
        mines.loc[home, ORE] *= factors[feed]
        mines.loc[of_feed & ~home, ORE] *= (1 - share) / (1 - now)
    for rule in standing.values():
        if rule["kind"] == "production-quota" and rule["by"] == region:
            rule["level"] *= factors["heavy" if rule["class"] == "heavy" else "light"]


def separation_share(tables: Tables, standing: Standing, region: str, share: float) -> None:
    """A region's share of separation capacity is set, in both circuits; the world's stays the same.

    Others grow in proportion to what they have, or to what they could have where they have none.
    """
    plants = tables["separators"]
    home = plants["region"] == region
    for circuit in CIRCUITS:
        capacity, most = f"{circuit}_capacity", f"{circuit}_max"
        everything = plants[capacity].sum()
        plants.loc[home, [capacity, most]] *= share * everything / plants.loc[home, capacity].sum()
        weight = plants.loc[~home, capacity]
        weight = weight if weight.sum() > 0 else plants.loc[~home, most]
        plants.loc[~home, capacity] = (1 - share) * everything * weight / weight.sum()
        plants.loc[~home, most] = plants.loc[~home, [capacity, most]].max(axis=1)


def separation_fixed(tables: Tables, standing: Standing, outside: str, factor: float = 1.0) -> None:
    """Outside a region no separation is built beyond what stands or is under construction; both
    are multiplied by a factor."""
    plants = tables["separators"]
    abroad = plants["region"] != outside
    for circuit in CIRCUITS:
        built = [f"{circuit}_capacity", f"{circuit}_building"]
        plants.loc[abroad, built] *= factor
        plants.loc[abroad, f"{circuit}_max"] = plants.loc[abroad, built].sum(axis=1)


def ore_multiplied(tables: Tables, standing: Standing, outside: str, factor: float) -> None:
    """Mines outside a region, standing and possible, are multiplied by a factor."""
    mines = tables["mines"]
    mines.loc[mines["region"] != outside, ORE] *= factor


def without_rule(tables: Tables, standing: Standing, rule: str) -> None:
    """A rule of the standing policy is dropped."""
    del standing[rule]


def know_how_alike(tables: Tables, standing: Standing, region: str) -> None:
    """Firms outside a region begin at the technology frontier."""
    for table in ("mines", "separators", "magnet_makers"):
        firms = tables[table]
        columns = [column for column in firms if str(column).startswith("technology")]
        firms.loc[firms["region"] != region, columns] = 1.0


def costs_alike(tables: Tables, standing: Standing, region: str) -> None:
    """A region's running costs are those of all others, mean by capacity, mines by kind of ore."""
    mines = tables["mines"]
    for feed in CIRCUITS:
        _mean_of_others(mines, mines["feed"] == feed, region, "cost", "capacity")
    for circuit in CIRCUITS:
        plants = tables["separators"]
        everyone = plants["region"] != ""
        _mean_of_others(plants, everyone, region, f"cost_{circuit}", f"{circuit}_max")
    makers = tables["magnet_makers"]
    _mean_of_others(makers, makers["region"] != "", region, "cost", "capacity")


def _mean_of_others(
    firms: pd.DataFrame, among: pd.Series[bool], region: str, column: str, weight: str
) -> None:
    others = firms[among & (firms["region"] != region)]
    mean = (others[column] * others[weight]).sum() / others[weight].sum()
    firms.loc[among & (firms["region"] == region), column] = mean


def finance_alike(tables: Tables, standing: Standing, region: str) -> None:
    """A region's cost of capital is the mean of all other regions'."""
    regions = tables["regions"]
    home = regions["region"] == region
    regions.loc[home, "finance_rate"] = regions.loc[~home, "finance_rate"].mean()


def magnets_for_own_need(tables: Tables, standing: Standing, region: str) -> None:
    """A region's magnet makers have the capacity to replace its imports of the base year, and run;
    shared among them by what each can build."""
    makers, trade = tables["magnet_makers"], tables["magnet_trade"]
    home = makers["region"] == region
    bought = trade.loc[trade["destination"] == region, "flow"].sum()
    share = makers.loc[home, "max_capacity"] / makers.loc[home, "max_capacity"].sum()
    for column in ("output", "capacity", "max_capacity"):
        makers.loc[home, column] += bought * share


STEPS: dict[str, Callable[..., None]] = {
    step.__name__: step
    for step in (
        ore_share,
        separation_share,
        separation_fixed,
        ore_multiplied,
        without_rule,
        know_how_alike,
        costs_alike,
        finance_alike,
        magnets_for_own_need,
    )
}
