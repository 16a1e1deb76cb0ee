"""What is kept of every month, under the names that `sim.results` documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, total
from sim.chain.growth import grade_mean, stage_capacity, stage_know_how
from sim.chain.processing import separator_margins
from sim.chain.value import magnet_vehicles, value_added

if TYPE_CHECKING:
    from sim.chain.build import Chain
    from sim.chain.model import SupplyChain

FORMS = ("oxide", "magnet", "concentrate")
SHOWN_RUNS = 5
"""Runs 0 to 4 keep firms and flows by month; of all others only the years' means are kept."""
RECORDS = {
    "firms": ("firm_output", "firm_capacity", "firm_stock", "firm_margin"),
    "flows": ("flows_oxide", "flows_magnet", "flows_concentrate"),
}
"""What can be kept by month of all runs: group -> records, each as NAME_monthly."""


class Recorder:
    """Monthly aggregates, and yearly means of flows and firms; run axis last.

    Flows and firms are kept by month too, as NAME_monthly: of the runs among the first SHOWN_RUNS,
    or of all runs for the groups of RECORDS named in `everything`. Batches of runs can be joined
    along the last axis: one without any of those runs has none there.
    """

    def __init__(
        self,
        chain: Chain,
        months: Sequence[date],
        imposers: Array,
        everything: Collection[str] = (),
    ) -> None:
        self.chain, self.imposers = chain, imposers[:, None, None, None]
        runs = np.array(chain.draws.runs)
        shown = np.flatnonzero(runs < SHOWN_RUNS)
        self.kept = {
            name: np.arange(len(runs)) if group in everything else shown
            for group, names in RECORDS.items()
            for name in names
        }
        self.quotas: list[str] = []
        self.years = sorted({month.year for month in months})
        self.per_year = {year: sum(m.year == year for m in months) for year in self.years}
        self.monthly: dict[str, list[Array]] = {}
        self.yearly: dict[str, list[Array]] = {}

    def record(self, model: SupplyChain) -> None:
        """Keep a month."""
        for name, value in self._month(model).items():
            self.monthly.setdefault(name, []).append(value)
        rates, year = self._rates(), model.month.year
        for name, rate in rates.items():
            self.monthly.setdefault(f"{name}_monthly", []).append(rate[..., self.kept[name]])
        rates["know_how"] = stage_know_how(self.chain)
        means = {name: rate / self.per_year[year] for name, rate in rates.items()}
        for name, value in {**means, **self._sums()}.items():
            values = self.yearly.setdefault(name, [])
            if len(values) <= self.years.index(year):
                values.append(np.zeros_like(value))
            values[-1] += value

    @property
    def quota_count(self) -> int:
        """Most export quotas in force at once."""
        return max((len(prices) for prices in self.monthly["licence_price"]), default=0)

    def _month(self, model: SupplyChain) -> dict[str, Array]:
        """The month's aggregates."""
        c = self.chain
        vehicles, users = c.vehicles, c.users
        asked = vehicles.by_region.sum(total(c.asked))
        missing = total(c.user_needs - c.user_used)
        cost = vehicles.by_region.sum(vehicles.magnet_cost * total(c.asked))
        prices = list(c.oxides.quotas.price.values())
        self.quotas = list(c.oxides.quotas.price)
        return {
            "oxide_price": c.traded.price,
            "magnet_price": c.magnets.buyers_price(),
            "mine_output": c.mines.by_region.sum(c.dug),
            "separation_output": c.separators.by_region.sum(c.separators.made),
            "magnet_output": np.stack([c.makers.by_region.sum(m) for m in c.makers.made], axis=1),
            "magnets_received": total(np.moveaxis(c.delivered, 2, 0)).swapaxes(0, 1),
            "oxide_use": c.traded.bought - c.reserves.bought,
            "oxide_stock": c.oxide_stocks(),
            "oxide_unmet": c.traded.unmet,
            "magnet_stock": vehicles.by_region.sum(total(vehicles.stock))
            + users.by_region.sum(total(users.stock)),
            "concentrate_stock": c.mines.by_region.sum(c.mines.stock)
            + total(c.pool.swapaxes(0, 1)),
            "vehicles_demanded": asked,
            "vehicles_built": vehicles.by_region.sum(vehicles.built),
            "vehicles_lost": vehicles.by_region.sum(vehicles.lost),
            "users_unmet": users.by_region.sum(missing),
            "magnet_cost_per_vehicle": np.divide(
                cost, asked, out=np.zeros_like(cost), where=asked > 0
            ),
            "capacity": stage_capacity(c),
            "leakage": total(c.traded.smuggled),
            "quota_rent": total((c.traded.rent * self.imposers[..., 0]).swapaxes(0, 1)) / 1000.0,
            "licence_price": np.stack(prices) if prices else np.zeros((0, c.runs)),
        }

    def _sums(self) -> dict[str, Array]:
        """The month's tonnes and public money, which are summed over the year: by month they
        would be most of a result, and paths that part within a year are the same before, so no
        difference is lost."""
        c = self.chain
        return {
            "accounts": c.ledger.book,
            "imposer_imports": self._from_imposers(),
            "public_spending": c.public_money.book,
            "oxide_use_outside_magnets": c.oxide_used,
            "value_added": value_added(c),
            "magnet_vehicles": magnet_vehicles(c),
            **self._revenue(),
        }

    def _revenue(self) -> dict[str, Array]:
        """What regions take at their borders (region, run), million USD; standing duties in."""
        c = self.chain
        ore = c.concentrates.values()
        return {
            "export_tax_revenue": (
                total(c.traded.export_tax.swapaxes(0, 1))
                + c.magnets.export_tax
                + sum(trade.export_tax for trade in ore)
            )
            / 1000.0,
            "tariff_revenue": (
                total(c.traded.tariff.swapaxes(0, 1))
                + c.magnets.tariff
                + sum(trade.tariffs for trade in ore)
            )
            / 1000.0,
        }

    def _from_imposers(self) -> Array:
        """Legal net imports from the imposing regions (region, element, form, run), t."""
        c, by = self.chain, self.imposers
        abroad = (1 - np.eye(c.n))[:, :, None, None]
        forms = (c.traded.legal, c.magnet_content, c.concentrate_flow * abroad)
        net = [total(by * flow) - total(by * flow.swapaxes(0, 1)) for flow in forms]
        return np.stack(net, axis=2)

    def _rates(self) -> dict[str, Array]:
        """Yearly rates of flows and firms."""
        c = self.chain
        concentrate = total(np.moveaxis(c.concentrate_flow, 2, 0))
        magnets = total(c.delivered).swapaxes(0, 1)
        makers = c.makers
        margin = [
            c.mines.netback + c.mines.aid - c.mines.unit_cost,
            separator_margins(c),
            grade_mean(c.magnets.price)[makers.region] * c.assume["magnet.margin"],
            -c.vehicles.magnet_cost + c.vehicles.base_magnet_cost,
        ]
        output = [
            c.dug,
            c.separators.output / MONTHS_PER_YEAR,
            total(makers.made),
            c.vehicles.built,
        ]
        stock = [
            c.mines.stock,
            c.separators.stock,
            total(makers.stock.swapaxes(0, 1)),
            total(c.vehicles.stock),
        ]
        capacity = [
            c.mines.capacity,
            c.separators.capacity,
            makers.capacity,
            (c.vehicles.built + c.vehicles.lost) * MONTHS_PER_YEAR,
        ]
        return {
            "flows_oxide": c.traded.legal * MONTHS_PER_YEAR,
            "flows_magnet": magnets * MONTHS_PER_YEAR,
            "flows_concentrate": concentrate * MONTHS_PER_YEAR,
            "firm_output": np.concatenate(output) * MONTHS_PER_YEAR,
            "firm_capacity": np.concatenate(capacity),
            "firm_stock": np.concatenate(stock),
            "firm_margin": np.concatenate(margin),
        }

    def arrays(self) -> dict[str, Array]:
        """All records by name, the time or year axis first and the run axis last.

        Licence prices of quotas that come and go are 0 where there is no quota.
        """
        most = self.quota_count
        self.monthly["licence_price"] = [
            np.concatenate([p, np.zeros((most - len(p), p.shape[1]))])
            for p in self.monthly["licence_price"]
        ]
        records = {**self.monthly, **self.yearly}
        return {name: np.stack(values) for name, values in records.items()}
