"""The trade in magnets: prices by cost, qualified suppliers, who delivers to whom."""

from __future__ import annotations

import numpy as np

from sim.chain.allocation import Reference, allocate
from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, relax, total
from sim.chain.magnet_licences import MagnetLicences
from sim.chain.magnet_makers import HIGH, STANDARD, MagnetMakers
from sim.chain.parameters import Assumptions
from sim.chain.terms import MonthTerms
from sim.chain.trade_costs import TradeCosts
from sim.world import World, rows

MOST_PASSED_ON = 0.9
"""Share of a magnet's cost that aid can take off its price; makers keep what is above."""
MADE_WITH = 0.5
"""A grade is made with an element if it holds this share of what the grade richest in it does."""
SCRAP_VALUE = 0.8
"""What the scrap of magnet making fetches, as a share of the value of its oxides."""


class MagnetTrade:
    """Sourcing of magnets: each destination buys from qualified origins, by a logit on cost.

    `share` (destination, origin, run) is the qualified share of a destination's need; it follows
    what was delivered, and home capacity, over the time that qualification takes.
    """

    def __init__(
        self, world: World, makers: MagnetMakers, costs: TradeCosts, assume: Assumptions
    ) -> None:
        self.makers, self.costs, self.assume = makers, costs, assume
        self.n, self.runs = len(world.regions), makers.runs
        flow = np.zeros((self.n, self.n))
        for row in rows(world.tables["magnet_trade"]):
            flow[world.regions.index(row.destination), world.regions.index(row.origin)] += row.flow
        made = makers.by_region.sum(makers.full(world.tables["magnet_makers"]["output"]))[:, 0]
        np.fill_diagonal(flow, 0.0)
        home = np.maximum(made - flow.sum(axis=0), 0.0)
        flow[np.arange(self.n), np.arange(self.n)] = home
        share = ratio(flow, flow.sum(axis=1, keepdims=True))
        self.share = np.repeat(share[..., None], self.runs, axis=-1)
        first = np.repeat(flow.T[..., None], self.runs, axis=-1)
        self.reference = Reference(np.stack([first, np.zeros_like(first)]))
        self.price = np.zeros((self.n, 2, self.runs))
        self.delivered_price = np.zeros((self.n, 2, self.runs))
        self.landed_base: Array | None = None
        self.export_tax = np.zeros((self.n, self.runs))
        self.tariff = np.zeros((self.n, self.runs))
        content = makers.recipe[:, :, 0]
        self.made_with = (content > 0) & (content >= MADE_WITH * content.max(axis=0))
        self.foreign = np.ones((self.n, self.n, 2, self.runs))
        uses = sorted(set(world.tables["magnet_users"]["use"]))
        self.licences = MagnetLicences(uses, self.made_with, assume, self.runs)
        self.shortage = np.zeros((self.n, self.runs))
        self.ordered = made[:, None] * np.ones(self.runs)

    def start(self, need: Array) -> None:
        """Split the base year's flows into grades as each destination needs them (grade, region,
        run)."""
        flow = total(self.reference.before)
        self.reference = Reference(flow * ratio(need, total(need), 0.0)[:, None])

    def material_cost(self, price: Array, value: Array) -> Array:
        """Oxide cost per kg magnet by region and grade, scrap credited at `value` of its price."""
        yields = self.region_mean(self.makers.yields())
        input_ = self.makers.recipe[None] * price[:, None] / yields[:, None, None]
        content = total(np.moveaxis(input_, 2, 0))
        return content * (1 - (1 - yields[:, None]) * value)

    def region_mean(self, a: Array) -> Array:
        """Mean over a region's makers by capacity; the world's mean where there are none."""
        weight = np.maximum(self.makers.plants.capacity, 1e-6)
        return self.makers.by_region.mean(a, weight)

    def follow_cost(self, oxide_price: Array, first: bool = False) -> None:
        """Contract prices (region, grade, run) follow cost, less aid, plus margin with a lag."""
        cost = self.material_cost(oxide_price, np.full(self.runs, SCRAP_VALUE))
        cost = cost + self.region_mean(self.makers.unit_cost)[:, None]
        aid = self.region_mean(self.makers.aid)[:, None]
        cost = np.maximum(cost - aid, (1 - MOST_PASSED_ON) * cost)
        price = cost * (1 + self.assume["magnet.margin"])
        rate = self.assume.rate("magnet.price_lag", MONTHS_PER_YEAR)
        self.price = price if first else relax(self.price, price, rate)

    def strictest(self, terms: Array) -> Array:
        """Least of the elements that each grade is made with: (origin, destination, element, run)
        -> (origin, destination, grade, run)."""
        return np.stack([terms[:, :, with_].min(axis=2) for with_ in self.made_with], axis=2)

    def allowed(self, terms: MonthTerms) -> Array:
        """Share of the flow before that caps and foreign rules let pass (origin, destination,
        grade, run); 1 is no limit."""
        return np.minimum(self.strictest(terms.cap["magnet"]), self.foreign)

    def duties(self, terms: MonthTerms) -> tuple[Array, Array]:
        """Export taxes and tariffs, ad valorem: (origin, destination, grade, run) each."""
        tax, tariff = (-self.strictest(-levied["magnet"]) for levied in (terms.tax, terms.tariff))
        tax = self.costs.export_tax["magnet"][..., None, None] + tax
        return tax, self.costs.tariff["magnet"][..., None, None] + tariff

    def landed(self, terms: MonthTerms) -> Array:
        """Price at the destination (destination, origin, grade, run), all costs in."""
        tax, tariff = self.duties(terms)
        price = self.price[:, None] * ((1 + tax) * (1 + tariff))
        price = price + self.costs.freight["magnet"][:, :, None, None]
        return price.swapaxes(0, 1)

    def place(
        self, need: Array, terms: MonthTerms, up: Array, by_use: Array
    ) -> tuple[Array, Array]:
        """Place a month's orders (grade, destination, run); returns what is accepted, t
        (grade, destination, origin, run), and the landed prices. `by_use` (grade, use, destination,
        run) says who ordered."""
        landed = self.landed(terms)
        if self.landed_base is None:
            self.landed_base = landed.copy()
        worse = np.log(landed / self.landed_base)
        worse = 0.5 * (worse[:, :, STANDARD] + worse[:, :, HIGH])
        pull = self.share * np.exp(-self.assume["magnet.choice"] * worse)
        everything = total(need)
        surge = 1 + self.assume["magnet.surge"]
        cap_all = everything[:, None] * self.share * surge
        policy = self.policy_caps(terms)
        makers = self.makers
        room = makers.by_region.sum(makers.plants.capacity * up) / MONTHS_PER_YEAR
        hot = makers.by_region.sum(makers.plants.capacity * up * makers.high_share)
        hot_room = np.minimum(hot / MONTHS_PER_YEAR, room)

        def split(policy: Array) -> Array:
            """Orders by pair under these caps, t (grade, destination, origin, run), hot first."""
            flows = np.zeros((2, self.n, self.n, self.runs))
            cap = np.minimum(cap_all, policy[HIGH])
            flows[HIGH] = allocate(need[HIGH], hot_room, pull, cap)
            left = np.maximum(room - total(flows[HIGH]), 0.0)
            cap = np.minimum(np.maximum(cap_all - flows[HIGH], 0), policy[STANDARD])
            flows[STANDARD] = allocate(need[STANDARD], left, pull, cap)
            return flows

        flows = split(policy)
        licences = terms.licences_on("magnet")
        if licences:
            released = self.licences.release(licences, terms.mood, flows, by_use)
            flows = split(np.minimum(policy, released))
        else:
            self.licences.close()
        self.ordered = total(total(flows)) * MONTHS_PER_YEAR
        return flows, landed

    def policy_caps(self, terms: MonthTerms) -> Array:
        """Most that policy lets pass this month, t (grade, destination, origin, run); no limit is
        infinite."""
        share = np.moveaxis(self.allowed(terms), 2, 0).swapaxes(1, 2)
        limit = share * self.reference.before.swapaxes(1, 2) / MONTHS_PER_YEAR
        return np.where(share < 1, limit, np.inf)

    def deliver(
        self, accepted: Array, made: Array, landed: Array, need: Array, terms: MonthTerms
    ) -> Array:
        """Ship what was made in proportion to orders, t (grade, destination, origin, run).

        Buyers pay the landed price and a premium when little of what they need arrives.
        """
        by_region = np.stack([self.makers.by_region.sum(made[grade]) for grade in (STANDARD, HIGH)])
        ordered = np.stack([total(accepted[grade]) for grade in (STANDARD, HIGH)])
        fill = np.minimum(ratio(by_region, ordered, 0.0), 1.0)
        flows = accepted * fill[:, None]
        arrived = total(np.moveaxis(flows, 2, 0))
        everything = total(need)
        short = 1 - np.minimum(ratio(total(arrived), everything, 1.0), 1.0)
        self.shortage = self.shortage + (short - self.shortage) / 3.0
        for grade in (STANDARD, HIGH):
            paid = total((flows[grade] * landed[:, :, grade]).swapaxes(0, 1))
            mean = ratio(paid, arrived[grade])
            known = np.where(arrived[grade] > 1e-9, mean, self.delivered_price[:, grade])
            self.delivered_price[:, grade] = known
        share = ratio(total(flows), everything[:, None])
        self._qualify(share, everything)
        limited = np.moveaxis(self.allowed(terms), 2, 0) < 1
        limited = limited | self.licences.binds().swapaxes(1, 2)
        self.licences.book(flows)
        self.reference.follow(flows.swapaxes(1, 2) * MONTHS_PER_YEAR, limited)
        self._book_duties(flows, terms)
        return flows

    def _book_duties(self, flows: Array, terms: MonthTerms) -> None:
        """The month's export taxes by origin and tariffs by destination, thousand USD."""
        tax, tariff = self.duties(terms)
        shipped = np.moveaxis(flows.swapaxes(1, 2), 0, 2)
        levied = total(np.moveaxis(shipped * self.price[:, None] * tax, 2, 0))
        self.export_tax = total(levied.swapaxes(0, 1))
        self.tariff = total(
            total(np.moveaxis(shipped * self.price[:, None] * (1 + tax) * tariff, 2, 0))
        )

    def buyers_price(self) -> Array:
        """Delivered price with the scarcity premium (region, grade, run), USD/kg."""
        return self.delivered_price * (
            1 + self.assume["magnet.scarcity_premium"] * self.shortage[:, None]
        )

    def _qualify(self, delivered: Array, everything: Array) -> None:
        """Qualified shares follow deliveries, and home capacity up to what home needs."""
        capacity = self.makers.by_region.sum(self.makers.plants.capacity) / MONTHS_PER_YEAR
        home = np.minimum(ratio(capacity * self.assume["magnet.utilisation"], everything), 1.0)
        target = delivered.copy()
        at = np.arange(self.n)
        target[at, at] = np.maximum(target[at, at], home * self.shortage_or_home(delivered))
        rate = self.assume.rate("magnet.qualification_months", MONTHS_PER_YEAR)
        self.share = relax(self.share, np.maximum(target, 0.3 * self.share), rate)

    def shortage_or_home(self, delivered: Array) -> Array:
        """How far home makers may displace foreign ones: their own aim, all of it when short."""
        aim = self.assume["magnet.home_aim"]
        at = np.arange(self.n)
        own = delivered[at, at]
        return np.where(self.shortage > 0.02, 1.0, np.maximum(aim, np.minimum(own, 1.0)))
