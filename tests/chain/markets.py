"""Random markets, and the laws of a cleared market as functions of how far it breaks them."""

from dataclasses import fields, replace

import numpy as np
from hypothesis import strategies as st

from sim.chain.arrays import Groups, ratio, total
from sim.chain.market import Cleared, Layout, Offers, clear

PRICES = np.array([4.0, 60.0, 360.0])


class Market:
    """A market, and where the search for its prices begins. Region 0 exports to all and imports
    from none where `importers` is set; its exports count against a quota where there is one."""

    def __init__(self, layout: Layout, offers: Offers, price: np.ndarray) -> None:
        self.layout, self.offers, self.price = layout, offers, price

    def clear(self, price: np.ndarray | None = None, columns: np.ndarray | None = None) -> Cleared:
        offers, start = self.offers, self.price if price is None else price
        if columns is not None:
            offers, start = offers.take(columns), start[..., columns]
        return clear(self.layout, offers, start, np.ones((len(offers.quota), start.shape[-1])))

    def changed(self, **arrays: np.ndarray) -> "Market":
        return Market(self.layout, replace(self.offers, **arrays), self.price)


def random_market(
    seed: int, regions: int, goods: int, columns: int, quota: float | None = None,
    importers: bool = False, alike: bool = False, empty: int | None = None,
) -> Market:  # fmt: skip
    """A market of random offers and needs; `quota` is a share of what region 0 could ship, `empty`
    a region without sellers; `alike` makes all regions equal."""
    rng = np.random.default_rng(seed)
    shape = (goods, columns)
    base = PRICES[:goods, None]
    sellers = np.repeat(np.arange(regions), 2)
    offered = rng.uniform(0.2, 2.0, (2 * regions, *shape))
    reserve = np.log(base * rng.uniform(0.4, 1.0, (2 * regions, *shape)))
    need = rng.uniform(0.1, 1.0, (2 * regions, *shape))
    choke = rng.uniform(0.7, 1.3, (2 * regions, *shape))
    if alike:
        offered, reserve = (np.repeat(a[:1], 2 * regions, axis=0) for a in (offered, reserve))
        need, choke = (np.repeat(a[:1], 2 * regions, axis=0) for a in (need, choke))
    else:
        offered[:2] *= 4.0
    if empty is not None:
        keep = sellers != empty
        sellers, offered, reserve = sellers[keep], offered[keep], reserve[keep]
    need = need * 0.9 * offered.sum(axis=0) / need.sum(axis=0)
    choke = np.log(base * np.repeat([8.0, 40.0], regions)[:, None, None] * choke)
    arcs = [(o, d) for o in range(regions) for d in range(regions) if o != d]
    origin, destination = np.array([a for a in arcs if not (importers and a[1] == 0)]).T
    cost = np.maximum(0.3, 0.05 * base) + np.where(origin == 0, 0.15, 0.0)[:, None, None] * base
    cost = cost * np.ones((len(origin), *shape))
    supply = Groups.of(sellers, regions).sum(offered)
    cap = 0.8 * need.sum(axis=0) / len(origin) * np.ones((len(origin), *shape))
    out = Groups.of(origin, regions)
    cap = cap * np.minimum(1.0, out.spread(ratio(supply, out.sum(cap))))
    covers, limit = None, np.zeros((0, columns))
    if quota is not None:
        covers = np.repeat((origin == 0).astype(float)[None, :, None], goods, axis=2)
        limit = np.maximum(quota * total(total(covers[0][..., None] * cap)), 1e-6)[None]
    appetite = 0.1 * need[:regions]
    wide = np.ones((1, *shape))
    offers = Offers(
        offered, reserve, need, need[:regions] + need[regions:], choke, appetite, 0.5 * appetite,
        np.log(base) * np.ones((regions, *shape)), np.full((regions, *shape), 0.2), cap, cost,
        np.minimum(cost / 5, 0.02 * base), 200 * base * np.ones((regions, *shape)),
        limit, np.full(limit.shape, 0.05), 0.1 * wide, 0.15 * wide,
    )  # fmt: skip
    blocks = np.concatenate([np.arange(regions)] * 2)
    layout = Layout.of(regions, sellers, blocks, origin, destination, covers)
    return Market(layout, offers, base * np.ones((regions, *shape)))


def cut_off(market: Market) -> Market:
    """The market without any trade, and without stocks to sell."""
    offers = market.offers
    return market.changed(
        cap=np.zeros_like(offers.cap), sellable=np.zeros_like(offers.sellable),
        appetite=np.zeros_like(offers.appetite),
    )  # fmt: skip


seeds = st.integers(0, 10_000)
sizes = {"regions": st.integers(2, 5), "goods": st.integers(1, 3), "columns": st.integers(1, 4)}
quotas = st.none() | st.floats(0.01, 2.0)


def imbalance(market: Market, cleared: Cleared) -> float:
    """Largest purchases less sales of a region, as a share of the good's need."""
    layout = market.layout
    left = layout.blocks.sum(cleared.bought) + cleared.stored - cleared.unmet
    left = left - layout.sellers.sum(cleared.sold)
    left = left + layout.out.sum(cleared.shipped) - layout.into.sum(cleared.shipped)
    return float((np.abs(left) / total(market.offers.need)).max())


def over_caps(market: Market, cleared: Cleared) -> float:
    """Largest flow above its cap or below 0, and offer sold above what is offered (t)."""
    over = np.maximum(cleared.shipped - market.offers.cap, -cleared.shipped).max()
    return float(max(over, (cleared.sold - market.offers.offered).max()))


def over_quota(market: Market, cleared: Cleared) -> float:
    """Covered flows above the licences, as a share of them."""
    covers = market.layout.covers
    used = np.stack([total(total(c[..., None] * cleared.shipped)) for c in covers])
    return float((used / market.offers.quota - 1).max())


def over_backstop(market: Market, cleared: Cleared) -> float:
    """Largest price over the backstop, less 1."""
    return float((cleared.price / market.offers.backstop - 1).max())


def gap_error(market: Market, cleared: Cleared) -> float:
    """Where a flow is 10-90 % of its cap: price gap less cost and licence, in edges of the arc."""
    layout, offers = market.layout, market.offers
    gap = layout.into.spread(cleared.price) - layout.out.spread(cleared.price) - offers.cost
    for covers, paid in zip(layout.covers, cleared.licence_price, strict=True):
        gap = gap - covers[..., None] * paid
    share = cleared.shipped / offers.cap
    inside = (share > 0.1) & (share < 0.9)
    return float(np.abs(np.where(inside, gap / offers.edge, 0.0)).max())


def licence_over_reserve(market: Market, cleared: Cleared) -> float:
    """Licence price over the holders' reservation, less 1, where half a quota or less is used."""
    covers = market.layout.covers
    used = np.stack([total(total(c[..., None] * cleared.shipped)) for c in covers])
    idle = used <= 0.5 * market.offers.quota
    over = cleared.licence_price / market.offers.reserve_licence - 1
    return float(np.where(idle, over, -1.0).max())


def price_gap(one: Cleared, other: Cleared) -> float:
    """Largest difference of two solutions' log prices."""
    return float(np.abs(np.log(one.price / other.price)).max())


def trade_at_equal_prices(market: Market, cleared: Cleared) -> float:
    """All flows as a share of use where prices are equal everywhere; infinite if they are not."""
    if np.abs(np.log(cleared.price / cleared.price[:1])).max() > 1e-6:
        return np.inf
    return float((total(cleared.shipped) / total(cleared.bought)).max())


def importers_fall(looser: Cleared, tighter: Cleared) -> float:
    """Most by which a tighter quota of region 0 lowers a log price in another region."""
    return float(np.log(looser.price / tighter.price)[1:].max())


def same_bits(one: Cleared, other: Cleared) -> bool:
    """Whether two solutions are equal to the bit."""
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(one)]
    return all(np.array_equal(a, b) for a, b in pairs)


def column(cleared: Cleared, k: int) -> Cleared:
    """One column of a solution."""
    return replace(cleared, **{f.name: getattr(cleared, f.name)[..., [k]] for f in fields(cleared)})
