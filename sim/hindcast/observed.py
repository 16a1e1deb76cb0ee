"""What was observed: quoted prices turned into the model's units, and tonnages.

Prices in the table stand as they were quoted. The model's are USD per kg of oxide without VAT, so
quotes in CNY are divided by the exchange rate of their year, and Chinese quotes that include VAT by
one plus its rate. Neodymium stands for NdPr; where only NdPr was quoted, that quote is taken.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.hindcast.periods import Period, parse_period
from sim.world import rows

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Observation:
    """One observed figure: the `series` of the model that it is compared with, its period, and the
    standard deviation of its own error in logs."""

    series: str
    period: Period
    value: float
    error: float
    scored: bool
    source: str


@cache
def settings() -> dict[str, Any]:
    """What the hindcast is told: errors of observations, episodes, aims, and the calibration."""
    return tomllib.loads((DATA / "settings.toml").read_text(encoding="utf-8"))


@cache
def table(name: str) -> pd.DataFrame:
    """A table of the package, as text."""
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


@cache
def conversion() -> dict[int, tuple[float, float]]:
    """CNY per USD and rate of VAT by year."""
    found = rows(table("conversion"))
    return {int(row.year): (float(row.cny_per_usd), float(row.vat)) for row in found}


@cache
def observations() -> tuple[Observation, ...]:
    """All observations, prices first, in the order of series and time."""
    found = [*_prices(), *_quantities()]
    return tuple(sorted(found, key=lambda o: (o.series, o.period.first, o.period.last)))


def series(name: str, scored: bool = True) -> list[Observation]:
    """The observations of a series in time order; only those that are scored, or all."""
    return [o for o in observations() if o.series == name and (o.scored or not scored)]


def without_tax(value: float, unit: str, vat: str, year: int) -> float:
    """A quote as USD/kg without VAT."""
    value = value / conversion()[year][0] if unit == "CNY/kg" else value
    return value / (1 + conversion()[year][1]) if vat == "incl" else value


def _prices() -> Iterable[Observation]:
    """Quotes by series and period, those of one period as their geometric mean."""
    quotes = defaultdict(list)
    for row in rows(table("prices")):
        period = parse_period(row.period)
        if row.statistic == "year_end":
            period = Period(period.last, period.last)
        value = without_tax(float(row.value), row.unit, row.vat, period.first // 12)
        error = settings()["error"][row.confidence]
        quotes[row.good, row.market, period, row.scored == "yes"].append((value, error, row.source))
    neodymium = {key[1:] for key in quotes if key[0] == "Nd"}
    for (good, market, period, scored), found in quotes.items():
        if good in ("Pr", "magnet") or (good == "NdPr" and (market, period, scored) in neodymium):
            continue
        values, errors, sources = zip(*found, strict=True)
        mixed = settings()["error"]["mixed"] if good == "NdPr" else 0.0
        yield Observation(
            f"price {market} {'NdPr' if good == 'Nd' else good}",
            period,
            float(np.exp(np.mean(np.log(values)))),
            max(*errors, mixed) if len(errors) > 1 else max(errors[0], mixed),
            scored,
            ";".join(sorted(set(sources))),
        )


def _quantities() -> Iterable[Observation]:
    for row in rows(table("quantities")):
        value = float(row.value)
        yield Observation(
            f"{row.series} {row.region}",
            parse_period(row.period),
            value,
            settings()["error"][row.confidence],
            row.scored == "yes" and value > 0,
            row.source,
        )
