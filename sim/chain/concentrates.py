"""The trade in concentrate: offtake ties first, then the separators that pay best.

Where ties serve better than a market they are modelled so: what is not tied goes to spare capacity,
by a logit on the netback, so that there is no trade without a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.chain.allocation import Reference, allocate
from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, relax, total
from sim.chain.licences import LicenceQueues, rules_by_flow
from sim.chain.parameters import Assumptions
from sim.chain.processors import Separators
from sim.chain.producers import Mines
from sim.chain.terms import MonthTerms
from sim.chain.trade_costs import TradeCosts
from sim.world import World

FARTHEST = -500.0
"""Log weight of the worst destination: above 0, so that it takes what the best has no room for."""


@dataclass
class Shipped:
    """A month's trade in one class of concentrate.

    `feed` (separator, element, run) t, of it `intermediates` from pools; `flow` (origin,
    destination, element, run) t; `from_mines` (mine, run) t REO; `from_pool` (region, run) the
    share taken of each region's intermediate.
    """

    feed: Array
    intermediates: Array
    flow: Array
    from_mines: Array
    from_pool: Array


class ConcentrateTrade:
    """Ties and spot trade of one class of concentrate (light, or heavy with intermediates)."""

    def __init__(
        self,
        world: World,
        circuit: str,
        mines: Mines,
        separators: Separators,
        costs: TradeCosts,
        assume: Assumptions,
    ) -> None:
        self.circuit, self.mines, self.separators = circuit, mines, separators
        self.costs, self.assume = costs, assume
        self.mask = mines.heavy if circuit == "heavy" else ~mines.heavy
        ties = [
            (mines.names.index(mine), separators.names.index(separator), share, until)
            for mine, separator, share, until in world.tables["offtakes"][
                ["mine", "separator", "share", "until"]
            ].itertuples(index=False)
        ]
        self.ties = [tie for tie in ties if self.mask[tie[0], 0]]
        regions, runs = len(world.regions), mines.runs
        self.licences = LicenceQueues(2, assume, runs)
        self.reference = Reference(np.zeros((regions, regions, runs)))
        self.routes = np.zeros((len(mines), regions, runs))
        rows = [m for m in range(len(mines)) if self.mask[m, 0]]
        plants = separators.by_region.sum(separators.circuits[circuit].plants.capacity)
        for m in rows:  # at the start, ore goes where it is tied to, the rest where the plants are
            tied = sum(share for mine, _, share, _ in self.ties if mine == m)
            self.routes[m] = (1 - tied) * ratio(plants, total(plants))
        for mine, separator, share, _ in self.ties:
            self.routes[mine, separators.region[separator]] += share
        self.regions = regions
        shape = (regions, regions, runs)
        self.tax = np.broadcast_to(costs.export_tax["concentrate"][..., None], shape)
        self.tariff = np.broadcast_to(costs.tariff["concentrate"][..., None], shape)
        self.export_tax = np.zeros((regions, runs))
        self.tariffs = np.zeros((regions, runs))
        self.netback: Array | None = None

    def run(
        self, month: date, values: Array, pool: Array, release: Array, terms: MonthTerms
    ) -> Shipped:
        """Ship the mines' stocks and the regions' intermediates to separators.

        `values` (region, mine or pool row, run): USD/kg REO that separators of a region can pay for
        each mine's ore; `pool` (region, element, run): intermediates on offer, t; `release` (mine,
        run): the share of stocks that may be shipped.
        """
        mines, separators = self.mines, self.separators
        self.tax = self.costs.export_tax["concentrate"][..., None] + terms.tax["concentrate"].max(2)
        self.tariff = self.costs.tariff["concentrate"][..., None] + terms.tariff["concentrate"].max(
            2
        )
        circuit = separators.circuits[self.circuit]
        stock = np.where(self.mask, mines.stock * release, 0.0)
        working = circuit.plants.capacity * circuit.up
        tied = _Tied(stock, working / MONTHS_PER_YEAR, self._cap(terms), mines, self)
        for tie in self.ties:
            tied.ship(month, *tie)
        left = stock - tied.from_mines
        offer = mines.by_region.sum(left[:, None] * mines.share) + pool
        tonnes = total(offer.swapaxes(0, 1))
        room = separators.by_region.sum(tied.spare)
        worth = self._worth(values, left)
        pull = self._weights(worth, left) * room[None]
        spot = allocate(tonnes, room, pull, tied.cap)
        sent = ratio(total(spot.swapaxes(0, 1)), tonnes)
        flow = spot[:, :, None] * ratio(offer, tonnes[:, None])[:, None]
        pooled = total(spot[:, :, None] * ratio(pool, tonnes[:, None])[:, None])
        share = ratio(tied.spare, separators.by_region.spread(room))
        feed = tied.feed + separators.by_region.spread(total(flow)) * share[:, None]
        intermediates = separators.by_region.spread(pooled) * share[:, None]
        flow = flow + tied.flow
        circuit.intake = total(feed.swapaxes(0, 1))
        self._remember(tied, left, spot, flow, terms)
        self._book_duties(flow, worth)
        from_mines = tied.from_mines + left * mines.by_region.spread(sent)
        return Shipped(feed, intermediates, flow, from_mines, sent)

    def _cap(self, terms: MonthTerms) -> Array:
        """Most that policy lets pass from region to region this month, t; no limit is infinite."""
        share = terms.cap["concentrate"].min(axis=2)
        limit = share * self.reference.before / MONTHS_PER_YEAR
        return np.minimum(np.where(share < 1, limit, np.inf), self._licensed(terms))

    def _licensed(self, terms: MonthTerms) -> Array:
        """Most that licences release, t; separators apply for a multiple of the normal flow."""
        licences = terms.licences_on("concentrate")
        normal = np.maximum(self.reference.before, self.reference.trailing) / MONTHS_PER_YEAR
        if not licences:
            self.licences.close()
            return np.full_like(normal, np.inf)
        rules = rules_by_flow(licences, terms.mood)
        rules = {key: rule.of_ore() for key, rule in rules.items()}
        return self.licences.release(rules, self.assume["licence.applications"] * normal)

    def at_gate(self, values: Array) -> Array:
        """What is left at the mine of what ore is worth to separators (region, mine, run), after
        tariff, freight and export tax: (mine, region, run), USD/kg."""
        place = self.mines.region
        freight = self.costs.freight["concentrate"][place][..., None]
        return _before_duties(values.swapaxes(0, 1), freight, self.tax[place], self.tariff[place])

    def _worth(self, values: Array, left: Array) -> Array:
        """What separators of each destination can pay for a region's ore (origin, destination,
        run), USD/kg."""
        by_region = self.mines.by_region
        mean = [ratio(by_region.sum(worth * left), by_region.sum(left)) for worth in values]
        return np.stack(mean, axis=1)

    def _weights(self, worth: Array, left: Array) -> Array:
        """Pull of each destination (origin, destination, run): a logit in the netback of the ore
        sent, as it was over the time that spot contracts last.

        On last month's netback alone all ore changes sides every month where its oxides have
        no other outlet.
        """
        freight = self.costs.freight["concentrate"][..., None]
        now = _before_duties(worth, freight, self.tax, self.tariff)
        if self.netback is None:
            self.netback = now
        known = (self.mines.by_region.sum(left) > 0)[:, None]
        rate = self.assume.rate("concentrate.contract_months", MONTHS_PER_YEAR)
        self.netback = relax(self.netback, np.where(known, now, self.netback), rate)
        best = self.netback.max(axis=1, keepdims=True)
        choice = self.assume["concentrate.choice"] * (self.netback - best)
        return np.exp(np.maximum(choice, FARTHEST))

    def _book_duties(self, flow: Array, worth: Array) -> None:
        """The month's export taxes by origin and tariffs by destination, thousand USD."""
        tonnes = total(np.moveaxis(flow, 2, 0))
        freight = self.costs.freight["concentrate"][..., None]
        price = np.maximum(_before_duties(worth, freight, self.tax, self.tariff), 0.0)
        self.export_tax = total((tonnes * price * self.tax).swapaxes(0, 1))
        landed = np.maximum(worth / (1 + self.tariff), 0.0)
        self.tariffs = total(tonnes * landed * self.tariff)

    def _remember(
        self, tied: _Tied, left: Array, spot: Array, flow: Array, terms: MonthTerms
    ) -> None:
        """Keep where each mine's ore went, and the flows before any measure."""
        share = ratio(spot, total(spot.swapaxes(0, 1))[:, None])
        sent = tied.to_regions + left[:, None] * self.mines.by_region.spread(share)
        all_sent = total(sent.swapaxes(0, 1))[:, None]
        self.routes = np.where(all_sent > 0, ratio(sent, all_sent), self.routes)
        month = total(np.moveaxis(flow, 2, 0))
        limited = (terms.cap["concentrate"].min(axis=2) < 1) | self.licences.binds
        self.licences.book(month)
        self.reference.follow(month * MONTHS_PER_YEAR, limited)


def _before_duties(worth: Array, freight: Array, tax: Array, tariff: Array) -> Array:
    """Price at the origin of goods worth so much at the destination; a loss pays no tax."""
    price = worth / (1 + tariff) - freight
    return np.where(price > 0, price / (1 + tax), price)


class _Tied:
    """What offtakes bind this month, shipped tie by tie while capacity and policy leave room."""

    def __init__(
        self, stock: Array, spare: Array, cap: Array, mines: Mines, trade: ConcentrateTrade
    ) -> None:
        self.stock, self.spare, self.cap = stock, spare.copy(), cap.copy()
        self.mines, self.separators = mines, trade.separators
        regions, elements, runs = trade.regions, mines.share.shape[1], mines.runs
        self.feed = np.zeros((len(trade.separators), elements, runs))
        self.flow = np.zeros((regions, regions, elements, runs))
        self.from_mines = np.zeros_like(stock)
        self.to_regions = np.zeros((len(mines), regions, runs))

    def ship(self, month: date, mine: int, separator: int, share: float, until: str) -> None:
        """Ship a share of a mine's stock to a separator, unless the tie has ended."""
        if until and until < f"{month:%Y-%m}":
            return
        way = (self.mines.region[mine], self.separators.region[separator])
        room = np.minimum(self.spare[separator], np.inf if way[0] == way[1] else self.cap[way])
        amount = np.minimum(self.stock[mine] * share, room)
        self.spare[separator] -= amount
        self.cap[way] = np.maximum(self.cap[way] - amount, 0.0)
        content = self.mines.share[mine] * amount
        self.feed[separator] += content
        self.flow[way] += content
        self.from_mines[mine] += amount
        self.to_regions[mine, way[1]] += amount
