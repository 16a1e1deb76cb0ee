"""The chain from mine to vehicle: one month on one screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import mesa
import numpy as np

from sim.chain.arrays import MONTHS_PER_YEAR, Array, total
from sim.chain.booking import book_magnets, book_oxide_trade, book_use
from sim.chain.build import Chain, build_chain
from sim.chain.foreign_rules import allowed_sales, foreign_risk
from sim.chain.governments import Governments
from sim.chain.growth import adapt_capacity
from sim.chain.home_news import home_risk, ore_risk
from sim.chain.policy import Policy, shares
from sim.chain.population import AGENTS
from sim.chain.processing import dig_and_separate
from sim.chain.record import Recorder
from sim.measures import Measure
from sim.scenario import Scenario
from sim.world import load_world


class SupplyChain(mesa.Model):
    """All runs of one path of a scenario, stepped together.

    `path` is "policy" (the scenario's measures) or "counterfactual" (the standing policy, or the
    measures of the scenario's own counterfactual). `runs` are run numbers; a single run is an
    ensemble of one. `measures` overrides the path's measures. Firms and flows are kept by month
    of the first runs, and of all runs where `record` names them (`sim.chain.record.RECORDS`).
    `parameters` (run,) go before all other assumptions.
    """

    def __init__(
        self,
        scenario: Scenario,
        path: str = "policy",
        runs: Sequence[int] | None = None,
        measures: Mapping[str, Measure] | None = None,
        record: Collection[str] = (),
        parameters: Mapping[str, Array] | None = None,
    ) -> None:
        super().__init__(rng=scenario.seed)
        self.scenario, self.path = scenario, path
        self.world = load_world(scenario.world)
        self.run_ids = tuple(range(scenario.runs) if runs is None else runs)
        self.months = months_between(scenario.start, scenario.end)
        self.chain: Chain = build_chain(self.world, scenario, self.run_ids, self.months, parameters)
        chosen = path_measures(scenario, path) if measures is None else measures
        self.policy = Policy(chosen, self.world, self.chain.draws, scenario.answers)
        self.governments = Governments(scenario.answers, self.chain)
        self.recorder = Recorder(self.chain, self.months, self._imposers(), record)
        self.t = 0
        self.shown_run = 0
        for kind, population in self.chain.populations.items():
            for row in range(len(population)):
                AGENTS[kind](self, population, row, self.world.regions)
        # Mesa numbers agents in a table that would keep every model alive for good.
        mesa.Agent._ids.pop(self, None)

    def _imposers(self) -> Array:
        """1 for regions that hold supply back by a measure on either path (region,)."""
        both = [path_measures(self.scenario, path) for path in ("policy", "counterfactual")]
        by = {
            region
            for measures in both
            for m in measures.values()
            if m.restricts_supply
            for region in m.by
        }
        return np.array([region in by for region in self.world.regions], dtype=float)

    @property
    def month(self) -> date:
        """First day of the month that the next step simulates."""
        return self.months[self.t]

    def step(self) -> None:
        """One month, in the order in which the data flows."""
        if self.t:
            self.governments.decide()
        self.hear_news()
        self.terms = self.policy.terms(self.month, self.governments.weights())
        self.terms.mood = self.chain.chances.moods[self.t]
        self.chain.support.begin(self.terms)
        self.plan()
        self.offer()
        self.clear_markets()
        self.make_magnets()
        self.build_vehicles()
        self.adapt()
        self.recorder.record(self)
        self.t += 1
        self.running = self.t < len(self.months)

    def run(self) -> dict[str, Array]:
        """Step through all months that are left; returns what was recorded."""
        while self.t < len(self.months):
            self.step()
        return self.recorder.arrays()

    def hear_news(self) -> None:
        """Announced and lifted measures move expectations and threats.

        What was announced before the first month is news in it: the world knows of no measure.
        """
        chain, policy = self.chain, self.policy
        earlier = [] if self.t else policy.announced_before(self.month)
        heard = [(*m, True) for m in (*earlier, *policy.announced(self.month))]
        heard += [(*m, False) for m in policy.lifted(self.month)]
        for name, measure, begins in heard:
            risk, threat = self.at_risk(name, measure, measure.judged())
            chain.views.hear(name, risk, threat, begins, chain.chances.news_size(name))
        self.governments.tell(self)
        chain.views.take_in(total(chain.oxides.reference.before))

    def at_risk(self, name: str, measure: Measure, day: date) -> tuple[Array, Array]:
        """Shares of oxides (region, element, run) and of all supplies (region, run) that a measure
        puts at risk, judged by its terms of a day."""
        chain, policy = self.chain, self.policy
        flow = chain.oxides.reference.before
        magnet = shares(total(chain.magnets.reference.before))
        oxides, supplies = policy.at_risk(name, measure, day, flow, magnet)
        terms = policy.first_terms(name, measure, day)
        more, threat = home_risk(chain, terms, day, magnet)
        ore = ore_risk(chain, terms)
        threat = np.maximum(threat, ore.max(axis=0))
        threat = np.maximum(threat, foreign_risk(chain, terms, magnet))
        return oxides + more + ore, np.maximum(supplies, threat)

    def plan(self) -> None:
        """Vehicle makers and other users plan; their orders become magnet and oxide needs."""
        c, alarm = self.chain, self.chain.views.alarm
        c.vehicles.sales.follow(self.terms, self.t, self.month)
        c.baseline = c.vehicles.baseline(self.t, c.noise["vehicles"][self.t])
        c.asked = c.vehicles.demand(c.baseline)
        c.vehicle_needs = c.vehicles.magnets_needed(c.asked, c.heavy_thrift)
        years = self.t / MONTHS_PER_YEAR + c.first_year
        c.user_baseline = c.users.baseline(years, c.noise["users"][self.t])
        c.user_needs = c.users.needed(c.user_baseline, c.heavy_thrift)
        c.vehicle_orders = c.vehicles.orders(c.vehicle_needs, alarm)
        c.user_orders = c.users.orders(c.user_needs, alarm)
        c.magnet_needs = c.by_region(c.vehicle_orders, c.user_orders)
        c.magnets.foreign = allowed_sales(c, self.terms)
        up = c.outages["magnet makers"][:, self.t] * self.terms.up("magnet", c.makers)
        c.accepted, c.landed = c.magnets.place(c.magnet_needs, self.terms, up, c.orders_by_use())
        c.makers.take_orders(np.stack([total(c.accepted[g]) for g in (0, 1)]), up)
        c.maker_orders = c.makers.oxide_orders(alarm)
        c.oxide_baseline = c.oxide_users.need(years, c.noise["oxide users"][self.t])
        c.oxide_need = c.oxide_baseline * c.oxide_users.kept

    def offer(self) -> None:
        """Mines dig under quotas, concentrate is shipped and separated, scrap is recycled."""
        self.chain.t = self.t
        self.chain.ledger.clear()
        self.chain.public_money.clear()
        self.chain.reserves.plan(self.terms, self.chain.oxides.price)
        self.chain.recyclers.prepare(self.terms, self.chain.growth(self.t))
        dig_and_separate(self.chain, self.t, self.month, self.terms)

    def clear_markets(self) -> None:
        """The oxide markets clear; stockholders, makers and users take what they bought."""
        c = self.chain
        need = c.makers.by_region.sum(c.maker_orders) + c.oxide_need
        holders = c.holders.offer(c.smooth_need(need) * MONTHS_PER_YEAR, c.views)
        need = need + c.reserves.wanted
        c.traded = c.oxides.trade(
            self.month.year,
            self.month.month,
            c.offered,
            c.reserve,
            need,
            holders,
            self.terms,
            c.views.news,
        )
        c.need = need
        book_oxide_trade(c)

    def make_magnets(self) -> None:
        """Magnets are made from what was really bought, and delivered."""
        c = self.chain
        bought = c.maker_orders * c.makers.by_region.spread(c.fill)
        made, scrap = c.makers.produce(bought)
        c.magnets.follow_cost(c.traded.price)
        c.delivered = c.magnets.deliver(c.accepted, made, c.landed, c.magnet_needs, self.terms)
        book_magnets(c, bought, scrap)

    def build_vehicles(self) -> None:
        """Vehicles and other goods are made, or not, from stocks and deliveries."""
        c = self.chain
        arrived = np.stack([total(c.delivered[g].swapaxes(0, 1)) for g in (0, 1)])
        c.vehicle_received, c.user_received = c.share_out(arrived)
        c.vehicle_used = c.vehicles.build(c.asked, c.vehicle_needs, c.vehicle_received)
        c.user_used = c.users.use_magnets(c.user_needs, c.user_received)
        book_use(c)

    def adapt(self) -> None:
        """Expectations, thrift, substitution, learning, closure and investment."""
        c = self.chain
        price = c.magnets.buyers_price()
        c.views.month(np.log(c.traded.price))
        c.vehicles.adapt(price, c.base_magnet_price, c.heavy_thrift)
        c.users.adapt(price, c.base_magnet_price)
        c.oxide_users.adapt(np.log(c.traded.price), c.base_oxide_price)
        c.thrift_heavies()
        adapt_capacity(c, self.t, self.month, self.terms)
        c.support.pay()


def path_measures(scenario: Scenario, path: str) -> Mapping[str, Measure]:
    """The measures of a path of a scenario."""
    if path == "policy":
        return scenario.measures
    return scenario.counterfactual.measures if scenario.counterfactual else {}


def months_between(start: date, end: date) -> list[date]:
    """First days of the months from start to end, both included."""
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(first, last + 1)]
