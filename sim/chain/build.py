"""All parts of the chain in one place, and how they start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, relax, total
from sim.chain.chances import Chances
from sim.chain.concentrates import ConcentrateTrade
from sim.chain.draws import Draws
from sim.chain.ev_makers import EVMakers
from sim.chain.expectations import Expectations
from sim.chain.ledger import Ledger
from sim.chain.magnet_makers import MagnetMakers
from sim.chain.magnet_trade import MagnetTrade
from sim.chain.needs import need_at
from sim.chain.other_users import OtherUsers, OxideUsers
from sim.chain.oxides import OxideMarket, Traded
from sim.chain.parameters import Assumptions
from sim.chain.population import Population
from sim.chain.processors import Separators
from sim.chain.producers import Mines
from sim.chain.public_money import PublicMoney
from sim.chain.quotas import Allowance
from sim.chain.recyclers import Recyclers
from sim.chain.reserves import Reserves
from sim.chain.stockholders import Stockholders
from sim.chain.support import Support
from sim.chain.trade_costs import TradeCosts
from sim.scenario import Scenario
from sim.world import World, rows


class Chain:
    """State of all runs. A month's quantities are plain attributes, written by the phase that
    makes them and read by later ones: `baseline`, `asked` vehicles; `magnet_needs`, `accepted`,
    `delivered` magnets (grade, ...); `dug` ore; `offered` oxides; `traded`; `fill` of oxide needs.
    """

    dug: Array
    concentrate_flow: Array
    offered: Array
    reserve: Array
    traded: Traded
    need: Array
    fill: Array
    baseline: Array
    asked: Array
    vehicle_needs: Array
    vehicle_orders: Array
    vehicle_received: Array
    vehicle_used: Array
    user_baseline: Array
    user_needs: Array
    user_orders: Array
    user_received: Array
    user_used: Array
    magnet_needs: Array
    accepted: Array
    landed: Array
    delivered: Array
    maker_orders: Array
    oxide_baseline: Array
    oxide_need: Array
    oxide_used: Array
    recycled: Array
    magnet_content: Array

    def __init__(
        self, world: World, draws: Draws, assume: Assumptions, months: Sequence[date]
    ) -> None:
        self.world, self.draws, self.assume = world, draws, assume
        self.n, self.runs = len(world.regions), len(draws.runs)
        classes = world.tables["elements"]["class"].to_numpy()
        self.light_elements = (classes == "light").astype(float)
        self.costs = TradeCosts(world)
        self.mines = Mines(world, draws, assume)
        self.separators = Separators(world, draws, assume)
        self.makers = MagnetMakers(world, draws, assume)
        offset = (months[0].year - world.base_year) * 12 + months[0].month - 1
        self.first_year = offset / MONTHS_PER_YEAR
        self.months = tuple(months)
        self.steps = [offset + k for k in range(len(months))]
        self.vehicles = EVMakers(world, draws, self.steps, assume)
        self.users = OtherUsers(world, self.runs, assume)
        self.oxide_users = OxideUsers(world, assume)
        mix = self.makers.recipe[:, :, 0].T @ np.array([0.8, 0.2])
        self.recyclers = Recyclers(world, mix / mix.sum(), self.runs, assume)
        rows = np.concatenate([self.separators.region, np.arange(self.n)])
        self.oxides = OxideMarket(world, rows, self.costs, self.runs, assume)
        self.magnets = MagnetTrade(world, self.makers, self.costs, assume)
        kinds = self.magnets.licences.uses
        self.user_kind = np.array([kinds.index(use) for use in self.users.use], dtype=np.intp)
        self.base_oxide_price = self.oxides.first_beliefs()
        self.views = Expectations(np.log(self.oxides.price), self.base_oxide_price, assume)
        self.holders = self._holders()
        self.reserves = Reserves(self.n, len(world.elements), self.runs)
        self.public_money = PublicMoney(self.n, self.runs)
        self.support = Support(self)
        self.concentrates = {
            circuit: ConcentrateTrade(
                world, circuit, self.mines, self.separators, self.costs, assume
            )
            for circuit in ("light", "heavy")
        }
        self.allowance = Allowance()
        self.ledger = Ledger(self.n, len(world.elements), self.runs)
        self.pool = np.zeros((self.n, len(world.elements), self.runs))
        self.pool_inflow = np.zeros((self.n, self.runs))
        self.heavy_thrift = np.ones((self.n, self.runs))
        regions = world.tables["regions"]
        self.security = regions["security_premium"].to_numpy(float)[:, None]
        self.finance = regions["finance_rate"].to_numpy(float)
        self.t = 0
        self.smoothed: Array | None = None
        self.chances = Chances(self, len(months))
        self.noise, self.outages = self.chances.noise, self.chances.outages
        self.need_index = self._need_index()
        self._start_users()
        self.held = self.stocks()

    @property
    def populations(self) -> dict[str, Population]:
        """Firms by kind."""
        firms = (self.mines, self.separators, self.makers, self.vehicles)
        return {population.kind: population for population in firms}

    def _holders(self) -> Stockholders:
        """Stockholders from the world's table."""
        shape = (self.n, len(self.world.elements), 1)
        stock, months = np.zeros(shape), np.full(shape, 3.0)
        for row in rows(self.world.tables["stocks"]):
            place = (self.world.regions.index(row.region), self.world.elements.index(row.element))
            stock[place], months[place] = row.stock, row.target_months
        return Stockholders(np.repeat(stock, self.runs, axis=2), months, self.assume)

    def _need_index(self) -> Array:
        """World need of each element over the first month's, as all can foresee: (month, element,
        run)."""
        index = [need_at(self, k, self.vehicles.growth[:, :, k]) for k in range(len(self.steps))]
        self.first_need = index[0]
        return np.stack(index) / index[0]

    def growth(self, t: int) -> Array:
        """World need over the first month's, mean over elements (run,)."""
        return total(self.need_index[t]) / self.need_index.shape[1]

    def _start_users(self) -> None:
        """Prices and stocks of magnet users at the start."""
        self.magnets.follow_cost(self.oxides.price, first=True)
        neutral = self.magnets.price
        self.magnets.delivered_price = neutral + 0.0
        self.base_magnet_price = neutral + 0.0
        baseline = self.vehicles.baseline(0, np.zeros((self.n, self.runs)))
        self.vehicles.start(self.base_magnet_price, self.heavy_thrift, baseline)
        quiet = np.zeros((len(self.users), self.runs))
        users = self.users.needed(self.users.baseline(0.0, quiet), self.heavy_thrift)
        needs = self.by_region(self.vehicles.start_need, users)
        self.magnets.start(needs)
        need = total(needs.swapaxes(0, 1))
        self.makers.stock_up(need[1] / total(need))
        heavy = self.makers.recipe[1] * (1 - self.light_elements)[:, None]
        self.heavy_weight = heavy
        self.base_heavy_cost = total((heavy[None] * self.oxides.price).swapaxes(0, 1))

    def smooth_need(self, need: Array) -> Array:
        """Oxide need of a month (t), smoothed over a year, on which stock targets stand."""
        self.smoothed = (
            need if self.smoothed is None else self.smoothed + (need - self.smoothed) / 12.0
        )
        return self.smoothed

    def by_region(self, vehicle: Array, user: Array) -> Array:
        """Magnets of vehicle makers and other users by region (grade, region, run)."""
        return np.stack(
            [
                self.vehicles.by_region.sum(vehicle[g]) + self.users.by_region.sum(user[g])
                for g in (0, 1)
            ]
        )

    def orders_by_use(self) -> Array:
        """Magnet orders (grade, use, region, run); electric vehicles are the first use."""
        orders = [
            np.stack(
                [
                    self.vehicles.by_region.sum(self.vehicle_orders[g]),
                    *(
                        self.users.by_region.sum(
                            self.user_orders[g] * (self.user_kind == use)[:, None]
                        )
                        for use in range(1, len(self.magnets.licences.uses))
                    ),
                ]
            )
            for g in (0, 1)
        ]
        return np.stack(orders)

    def share_out(self, arrived: Array) -> tuple[Array, Array]:
        """Deliveries (grade, region, run) to users in proportion to their orders, where no licence
        says for whom they are."""
        fill = ratio(arrived, self.magnet_needs)
        fills = self.magnets.licences.fills(self.delivered, self.orders_by_use(), fill)
        to_makers = np.stack(
            [self.vehicle_orders[g] * fills[g, 0][self.vehicles.region] for g in (0, 1)]
        )
        to_users = np.stack(
            [self.user_orders[g] * fills[g, self.user_kind, self.users.region] for g in (0, 1)]
        )
        return to_makers, to_users

    def content(self, grades: Array) -> Array:
        """Contained oxide of magnets (grade, row, run): (row, element, run)."""
        return total(grades[:, :, None] * self.makers.recipe[:, None])

    def oxide_stocks(self) -> Array:
        """Oxides held by separators, recyclers, stockholders and magnet makers, t."""
        return (
            self.separators.by_region.sum(self.separators.unsold)
            + self.recyclers.unsold
            + self.holders.stock
            + self.reserves.stock
            + self.makers.by_region.sum(self.makers.stock)
        )

    def stocks(self) -> Array:
        """All stocks in all forms (region, element, run), t of contained oxide."""
        ore = self.mines.by_region.sum(self.mines.stock[:, None] * self.mines.share)
        magnets = self.vehicles.by_region.sum(self.content(self.vehicles.stock))
        magnets = magnets + self.users.by_region.sum(self.content(self.users.stock))
        return ore + self.pool + self.recyclers.scrap + self.oxide_stocks() + magnets

    def thrift_heavies(self) -> None:
        """Heavy content follows the cost of the heavy elements in the hot grade (region, run)."""
        cost = total((self.heavy_weight[None] * self.traded.price).swapaxes(0, 1))
        dearer = np.log(np.maximum(cost, 1e-9) / np.maximum(self.base_heavy_cost, 1e-9))
        target = np.exp(-self.assume["heavy.thrift_elasticity"] * dearer)
        least, most = self.assume["heavy.thrift_floor"], self.assume["heavy.thrift_ceiling"]
        target = np.minimum(np.maximum(target, least), most)
        self.heavy_thrift = relax(self.heavy_thrift, target, self.assume.rate("thrift.years"))


def build_chain(
    world: World,
    scenario: Scenario,
    runs: Sequence[int],
    months: Sequence[date],
    parameters: Mapping[str, Array] | None = None,
) -> Chain:
    """The chain of a world at the start of a scenario, for some runs."""
    draws = Draws(scenario.seed, runs, scenario.assumptions, parameters)
    return Chain(world, draws, Assumptions(draws), months)
