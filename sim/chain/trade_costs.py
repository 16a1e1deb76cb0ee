"""Freight, tariffs and standing export taxes between regions."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import Array
from sim.chain.terms import PRODUCTS
from sim.world import World, rows


class TradeCosts:
    """`freight` USD/kg, `tariff`, `export_tax` ad valorem: product -> (origin, destination)."""

    def __init__(self, world: World) -> None:
        n = len(world.regions)
        self.freight: dict[str, Array] = {}
        self.tariff: dict[str, Array] = {}
        self.export_tax: dict[str, Array] = {}
        taxes = world.tables["export_taxes"]
        for product in PRODUCTS:
            self.freight[product], self.tariff[product] = self._costs(world, product)
            of = taxes[taxes["product"] == product]
            rates = dict(zip(of["region"], of["rate"], strict=True))
            tax = np.array([rates.get(region, 0.0) for region in world.regions])
            self.export_tax[product] = np.where(np.eye(n, dtype=bool), 0.0, tax[:, None])

    @staticmethod
    def _costs(world: World, product: str) -> tuple[Array, Array]:
        """Freight and tariff of a product; the most specific row of the table wins."""
        table = world.tables["trade_costs"]
        table = table[table["product"] == product]
        rank = (table["origin"] != "*").astype(int) + 2 * (table["destination"] != "*").astype(int)
        n = len(world.regions)
        freight, tariff = np.zeros((n, n)), np.zeros((n, n))
        for row in rows(table.assign(rank=rank).sort_values("rank")):
            origins = [r == row.origin or row.origin == "*" for r in world.regions]
            targets = [r == row.destination or row.destination == "*" for r in world.regions]
            place = np.outer(origins, targets) & ~np.eye(n, dtype=bool)
            freight[place], tariff[place] = row.freight, row.tariff
        return freight, tariff
