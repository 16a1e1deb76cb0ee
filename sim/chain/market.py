"""The smooth spatial price equilibrium: regional prices and joint licence prices at once.

Pure numpy; knows nothing of rare earths. Arrays are (rows, goods, column), where a column is an
independent market. Goods of one column are coupled only through licences: a quota counts the
tonnes of all goods together, so it has one price per tonne for all of them.

In this form prices and licence prices together minimise a convex potential (Samuelson 1952,
Takayama and Judge 1971, smoothed), so the solution is unique. Newton steps are scaled as a whole
and shortened until the slope of the potential along the step, which is minus excess demand times
the step plus the licence term, is at most half its first size; neither the potential nor an
integral is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sim.chain.arrays import Array, Groups, Index, logistic, total

TOLERANCE = 1e-11
"""Largest excess demand left in a region, as a share of the good's world need."""
STEPS = 200
SHORTER = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 16])
"""Lengths tried at once when a step overshoots, as shares of it."""
SEARCHES = 10
OVERSHOOT, STRICT = 0.5, 0.1
"""Slope past the lowest point along a step, as a share of the first slope, that is let pass: the
second from step PATIENCE on, so that no column goes round in circles."""
PATIENCE = 15
LICENCE_DAMPING = 4.0
DAMPING = 1.0
"""No region's own imbalance moves its price by more than this multiple of it in one step."""


class MarketError(ArithmeticError):
    """Prices that balance supply and demand were not found."""


@dataclass(frozen=True)
class Layout:
    """Which region each row belongs to, and which flows count against which licences.

    `sellers`, `blocks`: region per row; `out`, `into`: region per arc end; `covers`: 1 where a flow
    counts against a quota, (quota, arc, good).
    """

    regions: int
    sellers: Groups
    blocks: Groups
    out: Groups
    into: Groups
    pairs: Groups
    rows: Groups
    covers: Array

    @classmethod
    def of(
        cls,
        regions: int,
        sellers: Index,
        blocks: Index,
        origin: Index,
        destination: Index,
        covers: Array | None = None,
    ) -> Layout:
        """Layout from the region number of every seller, block and arc end."""
        none = np.zeros((0, len(origin), 1))
        return cls(
            regions,
            Groups.of(sellers, regions),
            Groups.of(blocks, regions),
            Groups.of(origin, regions),
            Groups.of(destination, regions),
            Groups.of(origin * regions + destination, regions * regions),
            Groups.of(np.concatenate([sellers, blocks, origin, destination]), regions),
            none if covers is None else covers,
        )


@dataclass(frozen=True)
class Offers:
    """What is offered, needed and can be shipped in one month; every array ends in (goods, column).

    Sellers offer `offered` t, all of it well above the `reserve` price (log edge `supply_width`).
    Blocks of use need `need` t (`regional_need` by region) and give way around the `choke` price
    (log edge `demand_width`).
    Stockholders buy `appetite * tanh((view - ln P) / spread)`, and sell at most `sellable`.
    Arcs ship at most `cap` t when the price at the destination exceeds the one at the origin by
    `cost` (freight, taxes: USD/kg), with an edge of `edge` USD/kg. Licences: `quota` t, held back
    below `reserve_licence` (USD/kg) with the log edge `licence_width`. `backstop` is the price of
    lost output: a seller of twice the region's need, whose sales are unmet demand.
    """

    offered: Array
    reserve: Array
    need: Array
    regional_need: Array
    choke: Array
    appetite: Array
    sellable: Array
    view: Array
    spread: Array
    cap: Array
    cost: Array
    edge: Array
    backstop: Array
    quota: Array
    reserve_licence: Array
    supply_width: Array
    demand_width: Array
    backstop_width: float = 0.02
    licence_width: float = 0.5

    def take(self, columns: Index) -> Offers:
        """The same offers for some of the columns."""
        arrays: dict[str, Any] = {
            f.name: value[..., columns]
            for f in fields(self)
            if isinstance(value := getattr(self, f.name), np.ndarray)
        }
        return replace(self, **arrays)


@dataclass(frozen=True)
class Cleared:
    """A market that clears: prices (region, good, column), licence prices (quota, column), and what
    was sold (seller rows), bought (block rows), stored (net, per region), shipped (arcs) and not
    served (`unmet`, per region)."""

    price: Array
    licence_price: Array
    sold: Array
    bought: Array
    stored: Array
    shipped: Array
    unmet: Array


@dataclass
class _Point:
    """Excess demand and its slopes at given prices."""

    excess: Array
    slope: Array
    flow: Array
    flow_slope: Array
    licences: Array
    licence_slope: Array
    parts: tuple[Array, Array, Array, Array]

    def arrays(self) -> tuple[Array, ...]:
        """All arrays, each ending in the column axis."""
        own = (self.excess, self.slope, self.flow, self.flow_slope)
        return (*own, self.licences, self.licence_slope, *self.parts)

    def take(self, columns: Index) -> _Point:
        """The same point for some of the columns."""
        a, b, c, d, e, f, *parts = (array[..., columns] for array in self.arrays())
        sold, bought, stored, unmet = parts
        return _Point(a, b, c, d, e, f, (sold, bought, stored, unmet))

    def put(self, columns: Index, other: _Point, theirs: Index) -> None:
        """Take over some columns from those of another point."""
        for mine, new in zip(self.arrays(), other.arrays(), strict=True):
            mine[..., columns] = new[..., theirs]


def _evaluate(layout: Layout, offers: Offers, price: Array, licence: Array) -> _Point:
    """Excess demand (region, good, column), licences offered less used, and their slopes."""
    log_price = np.log(price)
    at_sellers, at_blocks = layout.sellers.spread(log_price), layout.blocks.spread(log_price)
    share = logistic((at_sellers - offers.reserve) / offers.supply_width)
    sold = offers.offered * share
    sold_slope = sold * (1 - share) / (offers.supply_width * layout.sellers.spread(price))
    share = logistic((offers.choke - at_blocks) / offers.demand_width)
    bought = offers.need * share
    bought_slope = bought * (1 - share) / (offers.demand_width * layout.blocks.spread(price))
    pull = np.tanh((offers.view - log_price) / offers.spread)
    limit = np.where(pull > 0, offers.appetite, offers.sellable)
    stored = limit * pull
    stored_slope = limit * (1 - pull * pull) / (offers.spread * price)
    scale = offers.backstop_width * offers.backstop
    share = logistic((price - offers.backstop) / scale)
    unmet = 2.0 * offers.regional_need * share
    margin = layout.into.spread(price) - layout.out.spread(price) - offers.cost
    for covers, paid in zip(layout.covers, licence, strict=True):
        margin = margin - covers[..., None] * paid
    part = logistic(margin / offers.edge)
    flow = offers.cap * part
    flow_slope = flow * (1 - part) / offers.edge
    excess = layout.rows.sum(np.concatenate([-sold, bought, flow, -flow])) + stored - unmet
    slope = layout.rows.sum(np.concatenate([sold_slope, bought_slope, flow_slope, flow_slope]))
    slope = slope + stored_slope + unmet * (1 - share) / scale
    licences, licence_slope = _licences(layout, offers, licence, flow)
    parts = (sold, bought, stored, unmet)
    return _Point(excess, slope, flow, flow_slope, licences, licence_slope, parts)


def _licences(layout: Layout, offers: Offers, licence: Array, flow: Array) -> tuple[Array, Array]:
    """Licences offered less used (quota, column), and the slope of those offered in their price."""
    share = logistic(
        (np.log(licence[:, 0]) - np.log(offers.reserve_licence)) / offers.licence_width
    )
    offered = offers.quota * share
    slope = offered * (1 - share) / (offers.licence_width * licence[:, 0])
    left = offered.copy()
    for k, covers in enumerate(layout.covers):
        left[k] -= total(total(covers[..., None] * flow))
    return left, slope


def _eliminate(matrix: Array, right: list[Array]) -> None:
    """Solve positive definite systems in place: matrix (R, R, ...), each right (R, ...)."""
    n = len(matrix)
    for i in range(n - 1):
        m = matrix[i + 1 :, i] / matrix[i, i]
        matrix[i + 1 :, i + 1 :] -= m[:, None] * matrix[i, i + 1 :][None]
        for b in right:
            b[i + 1 :] -= m * b[i]
    for b in right:
        for i in range(n - 1, -1, -1):
            b[i] /= matrix[i, i]
            b[:i] -= matrix[:i, i] * b[i]


def _matrix(layout: Layout, point: _Point, price: Array) -> Array:
    """Minus the slope of excess demand in the regional prices: (R, R, good, column).

    The diagonal is raised by the imbalance itself, so that a region whose supply and demand are
    both saturated (slope 0) cannot throw the step; the term vanishes at the solution.
    """
    n = layout.regions
    pairs = layout.pairs.sum(point.flow_slope).reshape(n, n, *point.excess.shape[1:])
    matrix = -(pairs + pairs.swapaxes(0, 1))
    matrix[range(n), range(n)] = point.slope + np.abs(point.excess) / (DAMPING * price)
    return matrix


def _newton_step(
    layout: Layout, point: _Point, price: Array, licence: Array
) -> tuple[Array, Array]:
    """The Newton step in prices and licence prices, eliminating prices first."""
    quotas = len(point.licences)
    covered = [covers[..., None] * point.flow_slope for covers in layout.covers]
    borders = [layout.out.sum(slope) - layout.into.sum(slope) for slope in covered]
    step, solved = point.excess.copy(), [b.copy() for b in borders]
    _eliminate(_matrix(layout, point, price), [step, *solved])
    move = np.zeros((quotas, 1, point.excess.shape[-1]))
    if quotas:
        schur = np.zeros((quotas, quotas, point.excess.shape[-1]))
        right = np.zeros((quotas, point.excess.shape[-1]))
        for i in range(quotas):
            damp = np.abs(point.licences[i]) / (LICENCE_DAMPING * licence[i, 0])
            schur[i, i] = point.licence_slope[i] + damp
            right[i] = -point.licences[i] - total(total(borders[i] * step))
            for j in range(quotas):
                shared = layout.covers[j][..., None] * covered[i]
                schur[i, j] += total(total(shared)) - total(total(borders[i] * solved[j]))
        _eliminate(schur, [right])
        move = right[:, None]
        # Prices answer the move that licence prices really make: a step scaled as a whole would
        # come to rest against a licence price of 0.
        far = np.maximum(-move / (0.8 * licence), move / (20.0 * licence + 20.0))
        move = move / np.maximum(far.max(axis=(0, 1)), 1.0)
        for k in range(quotas):
            step = step - solved[k] * move[k]
    return step, move


def _scaled(step: Array, price: Array) -> Array:
    """Largest share of the whole step (column) that keeps prices positive and within reach."""
    reach = np.maximum(-step / (0.6 * price), step / (3.0 * price)).max(axis=(0, 1))
    return np.minimum(1.0, 1.0 / np.maximum(reach, 1e-30))


def _descent(point: _Point, step: Array, move: Array) -> Array:
    """Minus the potential's slope along the step (column)."""
    along = total(total(point.excess * step))
    if len(move):
        along = along - total(point.licences * move[:, 0])
    return along


def _error(layout: Layout, offers: Offers, point: _Point) -> Array:
    """Largest imbalance per column, as a share of the need; of licences, of the quota and a
    hundredth of the need."""
    scale = np.maximum(total(offers.regional_need), 1e-12)
    error = (np.abs(point.excess) / scale).max(axis=(0, 1))
    if len(offers.quota):
        used = offers.quota + 0.01 * total(scale)
        error = np.maximum(error, (np.abs(point.licences) / used).max(axis=0))
    return error


def clear(layout: Layout, offers: Offers, price: Array, licence: Array) -> Cleared:
    """Find the prices at which every region's excess demand vanishes.

    `price` (region, good, column) and `licence` (quota, column) are where the search begins.
    Solved columns leave the search, so a column's bits do not depend on its neighbours.
    Raises `MarketError` where a column does not converge.
    """
    price, licence = price.copy(), np.maximum(licence, 1e-6)[:, None].copy()
    live = np.arange(price.shape[-1])
    some, p, z = offers, price, licence
    point = _evaluate(layout, some, p, z)
    for count in range(STEPS):
        open_ = np.flatnonzero(_error(layout, some, point) > TOLERANCE)
        if not len(open_):
            break
        if len(open_) < len(live):
            live, some, p, z = live[open_], some.take(open_), p[..., open_], z[..., open_]
            point = point.take(open_)
        step, move = _newton_step(layout, point, p, z)
        size = _scaled(step, p)
        first = _descent(point, step, move)
        point = _evaluate(layout, some, p + size * step, z + size * move)
        let_pass = OVERSHOOT if count < PATIENCE else STRICT
        _search(layout, some, (p, z), (step, move), size, first, point, let_pass)
        p, z = p + size * step, z + size * move
        price[..., live], licence[..., live] = p, z
    else:
        raise MarketError(f"{len(live)} markets did not clear in {STEPS} steps")
    return _cleared(layout, offers, price, licence)


def _search(
    layout: Layout,
    offers: Offers,
    at: tuple[Array, Array],
    step: tuple[Array, Array],
    size: Array,
    first: Array,
    point: _Point,
    overshoot: float,
) -> None:
    """Shorten the steps that overshoot: those where the slope of the potential along the step has
    turned and is more than `overshoot` of its first size. Several lengths are tried at once and
    the longest that will do is taken. Changes `size` and `point` in place."""
    bad = np.flatnonzero(_descent(point, *step) < -overshoot * np.abs(first))
    for _ in range(SEARCHES):
        if not len(bad):
            return
        tries = np.tile(bad, len(SHORTER))
        sizes = np.repeat(SHORTER, len(bad)) * size[tries]
        prices = at[0][..., tries] + sizes * step[0][..., tries]
        licences = at[1][..., tries] + sizes * step[1][..., tries]
        tried = _evaluate(layout, offers.take(tries), prices, licences)
        steep = _descent(tried, step[0][..., tries], step[1][..., tries])
        good = (steep >= -overshoot * np.abs(first[tries])).reshape(len(SHORTER), -1)
        good[-1] |= ~good.any(axis=0)
        chosen = good.argmax(axis=0) * len(bad) + np.arange(len(bad))
        point.put(bad, tried, chosen)
        size[bad] = sizes[chosen]
        bad = bad[steep[chosen] < -overshoot * np.abs(first[bad])]


def _cleared(layout: Layout, offers: Offers, price: Array, licence: Array) -> Cleared:
    """Quantities at the cleared prices."""
    point = _evaluate(layout, offers, price, licence)
    sold, bought, stored, unmet = point.parts
    return Cleared(price, licence[:, 0], sold, bought, stored, point.flow, unmet)
