"""Electric-vehicle makers: plans, motors, magnet stocks, lost vehicles, and their buyers."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, Index, logistic, ratio, relax, total
from sim.chain.draws import Draws
from sim.chain.orders import orders
from sim.chain.parameters import Assumptions
from sim.chain.population import Population
from sim.chain.vehicle_sales import VehicleSales
from sim.world import World


def motors_by_cost(makers: EVMakers, rows: Index) -> Array:
    """Wanted share of permanent-magnet motors in new models (maker, run): a logit in cost.

    The base share is taken at the base year's magnet cost; a risk premium is felt for vehicles
    lost to missing magnets. Slow renewal makes the share sticky.
    """
    base = makers.base_pm_share[rows]
    dearer = makers.magnet_cost[rows] - makers.base_magnet_cost[rows]
    risk = makers.felt_shortage[rows] * makers.assume["ev.shortage_cost"]
    worse = makers.assume["ev.motor_choice"] * (dearer + risk) / 1000.0
    return logistic(np.log(base / (1 - base)) - worse)


class EVMakers(Population):
    """Plants of vehicle makers; `stock` (grade, plant, run) is t of magnets through tier one."""

    kind = "EV maker"
    state = ("built", "lost", "pm_share", "thrift", "magnet_cost")

    def __init__(self, world: World, draws: Draws, months: list[int], assume: Assumptions) -> None:
        table = world.tables["ev_makers"]
        super().__init__(table, "plant", world.regions, len(draws.runs))
        self.assume = assume
        self.vehicles = np.stack([table["bev"].to_numpy(float), table["phev"].to_numpy(float)])
        self.mass = np.stack([table["magnet_bev"], table["magnet_phev"]]).astype(float)
        self.base_pm_share = self.column(np.clip(table["pm_share"], 0.01, 0.99))
        self.pm_share = self.full(self.base_pm_share[:, 0])
        self.high_share = self.column(table["high_share"])
        self.cover = self.column(table["stock_days"]) / 365.0
        self.list_price = self.column(table["price"])
        self.thrift = np.ones_like(self.pm_share)
        self.magnet_cost = np.zeros_like(self.pm_share)
        self.base_magnet_cost = np.zeros_like(self.pm_share)
        self.felt_shortage = np.zeros_like(self.pm_share)
        self.backlog = np.zeros_like(self.pm_share)
        self.switched = np.zeros_like(self.pm_share)
        self.served = np.zeros_like(self.pm_share)
        self.built = np.zeros_like(self.pm_share)
        self.lost = np.zeros_like(self.pm_share)
        self.fill = np.ones_like(self.pm_share)
        self.sales = VehicleSales(world, months, assume)
        self.growth = self.sales.growth
        self.default_rule("motors", motors_by_cost)
        self.stock = np.zeros((2, len(self), self.runs))

    def baseline(self, month: int, noise: Array) -> Array:
        """Vehicles asked for at base prices (powertrain, plant, run), this month."""
        index = self.sales.index(month)[:, self.region]
        return self.vehicles[..., None] * index / MONTHS_PER_YEAR * np.exp(noise[self.region])

    def demand(self, baseline: Array) -> Array:
        """Vehicles asked for, after price, waiting buyers and those who come from other makers."""
        dearer = self.pm_share * (self.magnet_cost - self.base_magnet_cost)
        price = self.list_price + self.assume["ev.pass_through"] * dearer
        answer = (price / self.list_price) ** self.assume["ev.demand_elasticity"]
        asked = baseline * answer
        plan = total(asked)
        self.served = np.minimum(self.backlog + self.switched, self.assume["ev.spare"] * plan)
        return asked * (1 + ratio(self.served, plan))

    def mass_per_month(self, vehicles: Array) -> Array:
        """Magnets that vehicles (powertrain, plant, run) would hold if all had magnet motors, t."""
        return total(vehicles * self.mass[..., None]) / 1000.0 * self.thrift

    def magnets_needed(self, vehicles: Array, heavy: Array) -> Array:
        """Magnets that a plan takes (grade, plant, run), t; `heavy` thrift is (region, run)."""
        mass = self.mass_per_month(vehicles) * self.pm_share
        hot = self.high_share * heavy[self.region]
        return np.stack([mass * (1 - hot), mass * hot])

    def orders(self, needed: Array, alarm: Array) -> Array:
        """Magnet orders (grade, plant, run): use, and part of the stock's shortfall."""
        return orders(needed, self.stock, self.cover, alarm[self.region], self.assume)

    def build(self, vehicles: Array, needed: Array, received: Array) -> Array:
        """Build vehicles from stock and deliveries; lines stop where a grade runs out.

        Returns magnets used (grade, plant, run), t. Vehicles without magnet motors are not touched.
        """
        self.stock = self.stock + received
        enough = np.where(needed > 0, ratio(self.stock, needed, 1.0), 1.0)
        self.fill = np.clip(enough.min(axis=0), 0.0, 1.0)
        used = np.minimum(needed * self.fill, self.stock)
        self.stock = self.stock - used
        plan = total(vehicles)
        self.built = plan * (1 - self.pm_share * (1 - self.fill))
        self.lost = plan - self.built
        self._send_buyers_on()
        return used

    def _send_buyers_on(self) -> None:
        """Some buyers of missing vehicles wait, some go to makers that can deliver; nobody both."""
        assume = self.assume
        waiting = np.maximum(self.backlog - self.served, 0.0)
        self.backlog = waiting * 0.97 + assume["ev.backlog_share"] * self.lost
        leave = np.minimum(assume["ev.switch_share"], 1 - assume["ev.backlog_share"])
        leaving = total(self.lost) * leave
        able = self.built * self.fill
        self.switched = leaving * ratio(able, total(able))

    def adapt(self, price: Array, base_price: Array, heavy: Array) -> None:
        """Thrift, motor choice and felt costs follow magnet prices (region, grade, run)."""
        assume = self.assume
        hot = self.high_share * heavy[self.region]
        paid = price[self.region, 0] * (1 - hot) + price[self.region, 1] * hot
        base = base_price[self.region, 0] * (1 - hot) + base_price[self.region, 1] * hot
        dearer = np.maximum(np.log(paid / base), 0.0)
        floor = assume["ev.thrift_floor"]
        target = np.maximum(np.exp(-assume["ev.thrift_elasticity"] * dearer), floor)
        self.thrift = relax(self.thrift, target, assume.rate("thrift.years"))
        mass = (total(self.vehicles * self.mass) / total(self.vehicles))[:, None]
        self.magnet_cost = relax(self.magnet_cost, paid * mass * self.thrift, 2.0)
        self.felt_shortage = relax(
            self.felt_shortage, 1 - self.fill, assume.rate("ev.renewal_years")
        )
        wanted = self.decide("motors")
        self.pm_share = relax(self.pm_share, wanted, assume.rate("ev.renewal_years"))

    def start(self, price: Array, heavy: Array, vehicles: Array) -> None:
        """Base costs and stocks at the first month's prices."""
        hot = self.high_share * heavy[self.region]
        paid = price[self.region, 0] * (1 - hot) + price[self.region, 1] * hot
        mass = (total(self.vehicles * self.mass) / total(self.vehicles))[:, None]
        self.base_magnet_cost = paid * mass
        self.magnet_cost = self.base_magnet_cost.copy()
        self.start_need = self.magnets_needed(vehicles, heavy)
        self.stock = self.start_need * MONTHS_PER_YEAR * self.cover
