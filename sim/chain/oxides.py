"""The oxide markets: who sells, who buys, over which routes, at which prices."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sim.chain.allocation import Reference
from sim.chain.arrays import MONTHS_PER_YEAR, Array, Groups, Index, logistic, ratio, relax, total
from sim.chain.licences import LicenceQueues, rules_by_flow
from sim.chain.market import Cleared, Layout, Offers, clear
from sim.chain.parameters import Assumptions
from sim.chain.quotas import ExportQuotas
from sim.chain.smugglers import Smugglers
from sim.chain.stockholders import Offer
from sim.chain.terms import MonthTerms
from sim.chain.trade_costs import TradeCosts
from sim.world import World, rows

LEAST_ENTRY = 1e-3
"""Share of world need that counts as a region's for new routes: it ties prices everywhere."""
MOST_ENTRY = 10.0
"""Most of that over the region's own need: more could not be taken up at any price, and a market
that is sent more than it takes at a price of 0 has no solution."""
EDGE = 0.02
"""Largest soft edge of a route, as a share of the price at the destination."""

OUTLETS = 3.0
"""Most that all routes out of a region carry, over what it offers."""
REMEMBERED = 2.0
"""Yearly rate at which what regions buy follows the month."""
MOST_STORED = 0.5
"""Share of the backstop price above which nobody stores, so that stocks are not filled by it."""


@dataclass
class Traded:
    """A month's oxide trade, t: sold (seller row, element, run), the rest (region, element, run);
    `legal`, `smuggled` (origin, destination, element, run); money in thousand USD a month: the rent
    of quotas at their licence prices and of capped routes, what traders gain or lose beside it,
    export taxes, tariffs (by the region that levies them), what smugglers give away below the price
    abroad, and freight."""

    price: Array
    sold: Array
    bought: Array
    unmet: Array
    stored: Array
    legal: Array
    smuggled: Array
    rent: Array
    margin: Array
    export_tax: Array
    tariff: Array
    discount: Array
    freight: Array


@dataclass(frozen=True)
class Duties:
    """Costs of routes (arc, element, run), USD/kg: in all, their ad-valorem part, and of the legal
    arcs export taxes and tariffs."""

    cost: Array
    ad_valorem: Array
    export_tax: Array
    tariff: Array


class OxideMarket:
    """Prices (region, element, run) of last month, and the normal flow of every route.

    Legal routes run from every region that can offer oxide; smuggling routes run beside them from
    the regions of the world's leakage table.
    """

    def __init__(
        self, world: World, sellers: Index, costs: TradeCosts, runs: int, assume: Assumptions
    ) -> None:
        self.assume, self.costs, self.runs = assume, costs, runs
        self.n, self.elements = len(world.regions), len(world.elements)
        table = world.tables["elements"]
        self.reference_price = table["price_reference"].to_numpy(float)
        multiples = np.array([table["choke_low"], table["choke_high"]], dtype=float)
        self.choke = np.log(multiples * self.reference_price)
        self.low_share = table["low_share"].to_numpy(float)
        self.finishing = np.log(table["finishing_cost"].to_numpy(float))[:, None]
        backstop = table["backstop"].to_numpy(float)[None, :, None]
        self.backstop = np.broadcast_to(backstop, (self.n, self.elements, runs))
        self.price = self._first_prices(world)
        flows = base_flows(world)
        self.reference = Reference(np.repeat(flows[..., None], runs, axis=-1))
        self.purchases = total(self.reference.before) + 0.0
        self.smugglers = Smugglers(world, flows, runs, assume)
        self.quotas = ExportQuotas(runs, assume)
        self.licences = LicenceQueues(3, assume, runs)
        self.sellers = sellers
        self._lay_routes(sellers)

    def _first_prices(self, world: World) -> Array:
        """Start prices: home where exports are taxed or restricted, abroad elsewhere."""
        table = world.tables["elements"]
        home = (self.costs.export_tax["oxide"].max(axis=1) > 0)[:, None]
        price = np.where(home, table["price_home"].to_numpy(float), table["price_abroad"])
        return np.repeat(price[..., None].astype(float), self.runs, axis=-1)

    def first_beliefs(self) -> Array:
        """Log prices held to be normal at the start: the base year's mean, abroad with its gap to
        home. A start price above it is a boom that stockholders expect to end."""
        home = np.log(self.price) - np.log(self.price.min(axis=0))
        return np.log(self.reference_price)[None, :, None] + home

    def _lay_routes(self, sellers: Index) -> None:
        """Number the routes: legal ones first."""
        origins = sorted({int(region) for region in sellers})
        legal = [(o, d) for o in origins for d in range(self.n) if o != d]
        smuggled = [(o, d) for o in self.smugglers.origins for d in range(self.n) if o != d]
        self.legal = len(legal)
        self.origin, self.destination = np.array(legal + smuggled, dtype=np.intp).T
        self.smuggler = np.array([self.smugglers.origins.index(o) for o, _ in smuggled], np.intp)
        blocks = np.concatenate([np.arange(self.n)] * 2)
        self.layout = Layout.of(self.n, sellers, blocks, self.origin, self.destination)
        self.out = Groups.of(self.origin, self.n)
        self.legal_out = Groups.of(self.origin[: self.legal], self.n)
        self.legal_into = Groups.of(self.destination[: self.legal], self.n)
        self.smuggled_out = Groups.of(self.origin[self.legal :], self.n)

    def blocks(self, need: Array) -> Array:
        """Needs of both blocks (2 x region, element, run) that buy `need` at reference prices."""
        share = np.stack([self.low_share, 1 - self.low_share])
        width = self.assume["market.demand_width"]
        gap = (self.choke - np.log(self.reference_price))[:, :, None] / width
        asked = share[:, None, :, None] * need[None] / logistic(gap)[:, None]
        return asked.reshape(2 * self.n, self.elements, self.runs)

    def offers(self, offered: Array, reserve: Array, need: Array, holders: Offer) -> Offers:
        """What is offered and needed, before trade: see `sim.chain.market.Offers`."""
        choke = np.repeat(self.choke[:, None], self.n, axis=1).reshape(-1, self.elements, 1)
        blocks = self.blocks(need)
        by_region = blocks[: self.n] + blocks[self.n :]
        return Offers(
            offered,
            reserve,
            blocks,
            by_region,
            np.broadcast_to(choke, (2 * self.n, *need.shape[1:])),
            holders.appetite,
            holders.sellable,
            np.minimum(holders.view, np.log(MOST_STORED * self.backstop)),
            holders.spread,
            cap=np.empty(0),
            cost=np.empty(0),
            edge=np.empty(0),
            backstop=self.backstop,
            quota=np.zeros((0, self.runs)),
            reserve_licence=np.zeros((0, self.runs)),
            demand_width=self._wide("market.demand_width"),
            supply_width=self._wide("market.supply_width"),
        )

    def _wide(self, name: str) -> Array:
        """A parameter (1, element, run)."""
        return np.broadcast_to(self.assume[name], (1, self.elements, self.runs))

    def _costs(self, terms: MonthTerms) -> Duties:
        """What every route costs at last month's prices."""
        o, d = self.origin[: self.legal], self.destination[: self.legal]
        tax = self.costs.export_tax["oxide"][o, d][:, None, None] + terms.tax["oxide"][o, d]
        tariff = self.costs.tariff["oxide"][o, d][:, None, None] + terms.tariff["oxide"][o, d]
        taxes, tariffs = tax * self.price[o], tariff * self.price[d]
        duties = taxes + tariffs
        handling = self.assume["market.trade_margin"] * self.price[o]
        freight = self.costs.freight["oxide"][o, d][:, None, None] + handling
        at = self.smuggler
        discount = self.smugglers.discount[at][:, None, None]
        risk = discount * self.price[self.destination[self.legal :]]
        own = np.broadcast_to(self.smugglers.cost[at][:, None, None], risk.shape)
        cost = np.concatenate([freight + duties, own + risk])
        return Duties(cost, np.concatenate([duties, risk]), taxes, tariffs)

    def _caps(
        self, terms: MonthTerms, duties: Duties, offered: Array, need: Array, holders: Offer
    ) -> Array:
        """Most that each route carries this month, t (arc, element, run).

        The least of policy and commerce; commerce is a few times the normal flow and a small entry.
        The routes out of a region carry at most a few times what it really offers: were it just
        that, the last tonne could leave only by the worst of them.
        """
        o, d = self.origin[: self.legal], self.destination[: self.legal]
        commerce = self.assume["market.route_growth"] * self.reference.trailing[o, d]
        entry = np.minimum(np.maximum(need, LEAST_ENTRY * total(need)), MOST_ENTRY * need)
        commerce = commerce / MONTHS_PER_YEAR + self.assume["market.route_entry"] * entry[d]
        share = terms.cap["oxide"][o, d]
        policy = share * self.reference.before[o, d] / MONTHS_PER_YEAR
        legal = np.where(share < 1, np.minimum(commerce, policy), commerce)
        legal = self._licensed(legal, terms, duties.cost[: self.legal])
        smuggled = self.smugglers.caps()[self.smuggler, self.destination[self.legal :]]
        cap = np.concatenate([legal, smuggled])
        real = Groups.of(self.sellers, self.n).sum(offered) + holders.sellable
        fits = self.out.spread(ratio(OUTLETS * real, self.out.sum(cap), 1.0))
        return cap * np.minimum(fits, 1.0)

    def _licensed(self, legal: Array, terms: MonthTerms, cost: Array) -> Array:
        """Legal caps within what licences release, t (arc, element, run).

        Buyers apply for what they would ship at last month's prices, but at least for the normal
        flow, the larger of the one before and the present one, and at most for a multiple of it:
        applications that followed every turn of prices would come due out of step and saw.
        """
        licences = terms.licences_on("oxide")
        if not licences:
            self.licences.close()
            return legal
        o, d = self.origin[: self.legal], self.destination[: self.legal]
        edge = np.minimum(0.2 * cost, EDGE * self.price[d])
        free = legal * logistic((self.price[d] - self.price[o] - cost) / edge)
        normal = np.maximum(self.reference.before, self.reference.trailing)[o, d]
        most = self.assume["licence.applications"] * normal / MONTHS_PER_YEAR
        want = np.clip(free, normal / MONTHS_PER_YEAR, most)
        want = self._by_pair(np.minimum(want, legal), slice(0, self.legal))
        released = self.licences.release(rules_by_flow(licences, terms.mood), want)
        return np.minimum(legal, released[o, d])

    def trade(
        self,
        year: int,
        month: int,
        offered: Array,
        reserve: Array,
        need: Array,
        holders: Offer,
        terms: MonthTerms,
        news: Array,
    ) -> Traded:
        """Clear the month's markets. `need` (region, element, run) is t this month, `news` the
        buyers' (region, element, run) in logs."""
        duties = self._costs(terms)
        cost = duties.cost
        cap = self._caps(terms, duties, offered, need, holders)
        edge = np.minimum(0.2 * cost, EDGE * self.price[self.destination])
        offers = self.offers(offered, reserve, need, holders)
        offers = replace(offers, cap=cap, cost=cost, edge=edge)
        covers = self._covers(terms)
        limits = self.quotas.monthly(terms.export_quotas, self.reference.before, year, month)
        offers = replace(offers, reserve_licence=self.quotas.reservations(terms.export_quotas))
        cleared = self._clear(offers, covers, limits)
        self.quotas.book(
            terms.export_quotas,
            covers,
            cleared.shipped,
            cleared.licence_price,
            self._buyers_news(terms, news),
        )
        return self._settle(cleared, duties, terms, covers)

    def _covers(self, terms: MonthTerms) -> Array:
        """Which flows count against which quota: (quota, arc, element)."""
        masks = np.zeros((len(terms.export_quotas), len(self.origin), self.elements))
        for k, quota in enumerate(terms.export_quotas):
            o, d = self.origin[: self.legal], self.destination[: self.legal]
            masks[k, : self.legal] = quota.covers[o, d]
        return masks

    def _buyers_news(self, terms: MonthTerms, news: Array) -> Array:
        """Mean news of the buyers of what each quota covers, by their normal trade (quota, run)."""
        told = np.zeros((len(terms.export_quotas), self.runs))
        for k, quota in enumerate(terms.export_quotas):
            weight = total(quota.covers[..., None] * self.reference.before)
            flat, heard = (a.reshape(-1, self.runs) for a in (weight, weight * news))
            told[k] = ratio(total(heard), total(flat))
        return told

    def _clear(self, offers: Offers, covers: Array, limits: Array) -> Cleared:
        """Clear element by element where no quota can bind, jointly where one can.

        A quota whose monthly pace no flow can reach has no price, to the bit.
        """
        reach = np.zeros((len(covers), self.runs))
        for k in range(len(covers)):
            reach[k] = total(total(covers[k][..., None] * offers.cap))
        joint = np.flatnonzero((reach > np.minimum(limits, self.quotas.pace)).any(axis=0))
        free = np.setdiff1d(np.arange(self.runs), joint)
        whole = Cleared(
            np.empty_like(self.price),
            np.zeros((len(covers), self.runs)),
            np.empty_like(offers.offered),
            np.empty_like(offers.need),
            np.empty_like(self.price),
            np.empty_like(offers.cap),
            np.empty_like(self.price),
        )
        if len(free):
            flat = _flat(offers.take(free))
            begin = self.price[..., free].reshape(self.n, 1, -1)
            part = clear(self.layout, flat, begin, np.zeros((0, begin.shape[-1])))
            _fill(whole, part, free, self.elements)
        if len(joint):
            quotas = replace(offers, quota=limits).take(joint)
            layout = replace(self.layout, covers=covers)
            start = self.quotas.first_prices(len(covers))[:, joint]
            part = clear(layout, quotas, self.price[..., joint], start)
            _fill(whole, part, joint, self.elements)
            whole.licence_price[:, joint] = part.licence_price
        return whole

    def _settle(self, cleared: Cleared, duties: Duties, terms: MonthTerms, covers: Array) -> Traded:
        """Book flows, money and next month's prices."""
        legal = self._by_pair(cleared.shipped[: self.legal], slice(0, self.legal))
        smuggled = self._by_pair(cleared.shipped[self.legal :], slice(self.legal, None))
        self.licences.book(legal)
        capped = (terms.cap["oxide"] < 1) | self.licences.binds
        limited = capped
        for quota in terms.export_quotas:
            limited = limited | (quota.covers[..., None] * quota.enforcement > 0)
        self.reference.follow(legal * MONTHS_PER_YEAR, limited)
        self.smugglers.grow(smuggled[self.smugglers.origins])
        gap = cleared.price[self.destination] - cleared.price[self.origin] - duties.cost
        licence = np.zeros_like(gap)
        for covered, paid in zip(covers, cleared.licence_price, strict=True):
            licence = licence + covered[..., None] * paid
        held = np.zeros_like(gap, dtype=bool)
        held[: self.legal] = capped[self.origin[: self.legal], self.destination[: self.legal]]
        rent = cleared.shipped * np.where(held, np.maximum(gap, licence), licence)
        open_, hidden = cleared.shipped[: self.legal], cleared.shipped[self.legal :]
        self.price = cleared.price
        unmet = cleared.unmet
        bought = total(cleared.bought.reshape(2, self.n, self.elements, self.runs)) - unmet
        taken = (bought + np.maximum(cleared.stored, 0.0)) * MONTHS_PER_YEAR
        self.purchases = relax(self.purchases, taken, REMEMBERED)
        return Traded(
            cleared.price,
            cleared.sold,
            bought,
            unmet,
            cleared.stored,
            legal,
            smuggled,
            self.out.sum(rent),
            self.out.sum(cleared.shipped * gap - rent),
            self.legal_out.sum(open_ * duties.export_tax),
            self.legal_into.sum(open_ * duties.tariff),
            self.smuggled_out.sum(hidden * duties.ad_valorem[self.legal :]),
            self.out.sum(cleared.shipped * (duties.cost - duties.ad_valorem)),
        )

    def _by_pair(self, shipped: Array, arcs: slice) -> Array:
        """Arc flows as (origin, destination, element, run)."""
        flows = np.zeros((self.n, self.n, self.elements, self.runs))
        flows[self.origin[arcs], self.destination[arcs]] = shipped
        return flows


def base_flows(world: World) -> Array:
    """Oxide trade of the base year, t a year (origin, destination, element)."""
    flows = np.zeros((len(world.regions), len(world.regions), len(world.elements)))
    for row in rows(world.tables["oxide_trade"]):
        place = (world.regions.index(row.origin), world.regions.index(row.destination))
        flows[place][world.elements.index(row.element)] += row.flow
    return flows


def _flat(offers: Offers) -> Offers:
    """Offers whose goods are markets of their own: (rows, 1, goods x columns)."""
    arrays: dict[str, Any] = {
        f.name: value.reshape(value.shape[0], 1, -1)
        for f in fields(offers)
        if isinstance(value := getattr(offers, f.name), np.ndarray) and value.ndim == 3
    }
    columns = arrays["offered"].shape[-1]
    none = np.zeros((0, columns))
    return replace(offers, **arrays, quota=none, reserve_licence=none)


def _fill(whole: Cleared, part: Cleared, runs: Index, elements: int) -> None:
    """Put the columns of a part into the whole."""
    for name in ("price", "sold", "bought", "stored", "shipped", "unmet"):
        value = getattr(part, name)
        getattr(whole, name)[..., runs] = value.reshape(value.shape[0], elements, len(runs))
