"""How many electric vehicles are asked for in every region: the forecast, and mandates."""

from __future__ import annotations

from datetime import date

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, relax, total
from sim.chain.home_terms import HomeTerms
from sim.chain.parameters import Assumptions
from sim.world import World, rows

POWERTRAINS = ("bev", "phev")


class VehicleSales:
    """Sales by region, and what they ask of makers by place of production.

    `forecast` (powertrain, region, month, run) is vehicles a year (sourced to its last year, then a
    saturating curve; yearly figures stand at mid-year); it reaches makers through the base year's
    trade in vehicles. `growth` is what is asked of makers over the base year, in the same shape.
    `factor` (powertrain, region, run) is sales over forecast under mandates, 1 without any.
    """

    def __init__(self, world: World, months: list[int], assume: Assumptions) -> None:
        table = world.tables["ev_demand"]
        n, self.assume = len(world.regions), assume
        self.trade = np.zeros((n, n))
        for row in rows(world.tables["ev_trade"]):
            place = (world.regions.index(row.origin), world.regions.index(row.destination))
            self.trade[place] = row.share
        at = np.array(months) / MONTHS_PER_YEAR - 0.5
        self.forecast = np.stack(
            [
                np.stack(
                    [
                        sales_path(
                            table[
                                (table["powertrain"] == powertrain) & (table["region"] == region)
                            ],
                            at,
                            world.base_year,
                            assume,
                        )
                        for region in world.regions
                    ]
                )
                for powertrain in POWERTRAINS
            ]
        )
        base = np.stack([_base(table, powertrain, world) for powertrain in POWERTRAINS])
        self.first = (self.trade[None] * base[:, None]).sum(axis=2)
        self.growth = np.stack([self._asked(w, sales) for w, sales in enumerate(self.forecast)])
        self.factor = np.ones((len(POWERTRAINS), n, self.forecast.shape[-1]))
        self.mandated = False

    def _asked(self, powertrain: int, sales: Array) -> Array:
        """Sales (region, ..., run) as asked of makers by region, over the base year."""
        wide = (slice(None), slice(None)) + (None,) * (sales.ndim - 1)
        orders = total((self.trade[wide] * sales[None]).swapaxes(0, 1))
        first = self.first[powertrain][(slice(None),) + (None,) * (sales.ndim - 1)]
        return np.where(first > 0, ratio(orders, first), 1.0)

    def index(self, month: int, factor: Array | None = None) -> Array:
        """What is asked of makers over the base year (powertrain, region, run), under mandates."""
        if not self.mandated:
            return self.growth[:, :, month]
        return self._index_at(month, self.factor if factor is None else factor)

    def asked(self, month: int, terms: HomeTerms, day: date) -> Array:
        """What the mandates of some terms alone ask of makers, in the form of `index`."""
        return self._index_at(month, self.target(terms, month, day))

    def _index_at(self, month: int, factor: Array) -> Array:
        sales = self.forecast[:, :, month] * factor
        return np.stack([self._asked(w, one) for w, one in enumerate(sales)])

    def target(self, terms: HomeTerms, month: int, day: date) -> Array:
        """Sales over forecast that mandates ask for in a month (powertrain, region, run)."""
        factor = np.ones_like(self.factor)
        for term in terms.vehicle_targets:
            level = term.level(day)
            chosen = [w for w, name in enumerate(POWERTRAINS) if term.powertrain in (name, "all")]
            for region in term.regions if level is not None else ():
                if term.is_number:
                    sales = total(self.forecast[chosen, region, month])
                    wanted = level / np.maximum(sales, 1.0)
                else:
                    wanted = level
                factor[chosen, region] = np.where(term.weight > 0, wanted, factor[chosen, region])
        return factor

    def follow(self, terms: HomeTerms, month: int, day: date) -> None:
        """Let sales move towards what mandates ask for."""
        self.mandated = self.mandated or bool(terms.vehicle_targets)
        if self.mandated:
            pace = self.assume.rate("ev.mandate_years")
            self.factor = relax(self.factor, self.target(terms, month, day), pace)


def _base(table: object, powertrain: str, world: World) -> Array:
    """Base-year sales of a powertrain by region."""
    rows = table[(table["powertrain"] == powertrain) & (table["year"] == world.base_year)]  # type: ignore[index]
    by_region = rows.groupby("region")["vehicles"].sum()
    return np.array([float(by_region.get(region, 0.0)) for region in world.regions])


def sales_path(table: object, at: Array, base_year: int, assume: Assumptions) -> Array:
    """Sales (month, run) of one region and powertrain; `at` is years since the base year's start
    less a half. Growth beyond the base year scales with `demand.ev_growth`."""
    runs = len(assume["demand.ev_growth"])
    rows = table.groupby("year")["vehicles"].sum().sort_index()  # type: ignore[attr-defined]
    if rows.empty:
        return np.zeros((len(at), runs))
    years = rows.index.to_numpy(float) - base_year
    values = rows.to_numpy(float)
    path = np.interp(at, years, values)[:, None]
    slope = (values[-1] - values[-2]) / (years[-1] - years[-2]) if len(years) > 1 else 0.0
    beyond = np.maximum(at - years[-1], 0.0)[:, None]
    rate = assume["demand.saturation"]
    path = path + max(slope, 0.0) * -np.expm1(-rate * beyond) / rate
    base = float(np.interp(0.0, years, values))
    return np.maximum(
        base + (path - base) * np.where(path > base, assume["demand.ev_growth"], 1.0), 0.0
    )
