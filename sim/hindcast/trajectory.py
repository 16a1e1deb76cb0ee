"""The policy path of an episode, and the series that are read off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.chain import SupplyChain
from sim.chain.arrays import MONTHS_PER_YEAR, Array, ratio, total
from sim.hindcast.periods import Period, month_number
from sim.scenario import Scenario
from sim.world import World

WHOLE = ("World", "abroad")


@dataclass(frozen=True)
class Trajectory:
    """Months of one path: `records` by name, each (month, ..., run), and what they refer to.

    `first` is the number of the first month, `home` the region that restricts.
    """

    world: World
    home: str
    first: int
    records: Mapping[str, Array]

    @property
    def period(self) -> Period:
        """The months that were simulated."""
        return Period(self.first, self.first + len(self.records["price"]) - 1)

    def months(self, period: Period) -> slice:
        """Where a period lies on the time axis."""
        return slice(period.first - self.first, period.last - self.first + 1)

    def series(self, name: str) -> Array:
        """A series by the name of its observations, e.g. `price abroad La`: (month, run).

        Prices are USD/kg, all else tonnes a month. KeyError for a name that is not known.
        """
        for prefix, reader in READERS.items():
            if name.startswith(prefix + " "):
                return reader(self, name[len(prefix) + 1 :])
        raise KeyError(name)

    def read(self, name: str, period: Period) -> Array:
        """A series over a period, comparable with an observation: the mean of prices, the sum of
        tonnes (run,)."""
        part = self.series(name)[self.months(period)]
        return total(part) / len(part) if "price" in name else total(part)

    def _element(self, name: str) -> int:
        return self.world.elements.index(name)

    def _home(self) -> int:
        return self.world.regions.index(self.home)

    def _regions(self, name: str, values: Array) -> Array:
        """Values (month, region, run) of a region, of all, or of all but home: (month, run)."""
        if name not in WHOLE:
            return values[:, self.world.regions.index(name)]
        everywhere = total(values.swapaxes(0, 1))
        return everywhere if name == "World" else everywhere - values[:, self._home()]

    def _price_home(self, element: str) -> Array:
        return self.records["price"][:, self._home(), self._element(element)]

    def _price_abroad(self, element: str) -> Array:
        """Price in the other regions less freight from home, weighted by use."""
        e, h = self._element(element), self._home()
        use = self.records["use"][:, :, e].copy()
        use[:, h] = 0.0
        price = self.records["price"][:, :, e] - self.records["freight"][:, :, None]
        return total((price * use).swapaxes(0, 1)) / total(use.swapaxes(0, 1))

    def _magnet_price_abroad(self, _: str) -> Array:
        price, h = self.records["magnet_price"], self._home()
        others = [r for r in range(price.shape[1]) if r != h]
        return total(price[:, others].swapaxes(0, 1)) / len(others)

    def _use(self, name: str) -> Array:
        use = self.records["use"]
        if name in self.world.elements:
            return total(use[:, :, self._element(name)].swapaxes(0, 1))
        return self._regions(name, total(np.moveaxis(use, 2, 0)))

    def _separated(self, name: str) -> Array:
        element, region = name.split(" ", 1)
        made = self.records["separated"]
        if element == "all":
            return self._regions(region, total(np.moveaxis(made, 2, 0)))
        return self._regions(region, made[:, :, self._element(element)])

    def _exports(self, region: str) -> Array:
        if region != self.home:
            raise KeyError(region)
        return total(self.records["legal"].swapaxes(0, 1))


READERS = {
    "price home": Trajectory._price_home,
    "price abroad": Trajectory._price_abroad,
    "magnet price": Trajectory._magnet_price_abroad,
    "exports": Trajectory._exports,
    "export quota": lambda t, _: t.records["quota"],
    "smuggled exports": lambda t, _: t.records["smuggled"],
    "imports from China": lambda t, region: t._regions(region, t.records["legal"]),
    "mine output": lambda t, region: t._regions(region, t.records["mine"]),
    "separated": Trajectory._separated,
    "use": Trajectory._use,
    "magnet exports": lambda t, _: t.records["magnet_exports"],
    "magnet output": lambda t, region: t._regions(region, t.records["magnet_output"]),
}
"""First words of a series' name -> how it is read from a trajectory and the rest of the name."""


def follow(
    scenario: Scenario,
    home: str,
    runs: Sequence[int],
    parameters: Mapping[str, Array] | None = None,
) -> Trajectory:
    """Run the policy path of a scenario, alone; `parameters` overrides assumptions by run."""
    model = SupplyChain(scenario, "policy", runs, parameters=parameters)
    kept: dict[str, list[Array]] = {}
    while model.t < len(model.months):
        model.step()
        for name, value in _month(model, model.world.regions.index(home)).items():
            kept.setdefault(name, []).append(value)
    records = {name: np.stack(values) for name, values in kept.items()}
    return Trajectory(model.world, home, month_number(model.months[0]), records)


def _month(model: SupplyChain, home: int) -> dict[str, Array]:
    """What is kept of a month."""
    c = model.chain
    traded = c.traded
    magnets = total(c.delivered).swapaxes(0, 1)[home]
    quotas = [q.level for q in model.terms.export_quotas if not q.is_share]
    price = c.magnets.buyers_price()
    made = [c.makers.by_region.sum(m) for m in c.makers.made]
    return {
        "price": traded.price,
        "use": traded.bought,
        "freight": c.costs.freight["oxide"][home],
        "legal": total(traded.legal[home].swapaxes(0, 1)),
        "smuggled": total(total(traded.smuggled[home])),
        "quota": total(np.stack(quotas)) / MONTHS_PER_YEAR if quotas else np.zeros(c.runs),
        "mine": c.mines.by_region.sum(c.dug),
        "separated": c.separators.by_region.sum(c.separators.made),
        "magnet_price": ratio(price[:, 0] + price[:, 1], np.full_like(price[:, 0], 2.0)),
        "magnet_exports": total(magnets) - magnets[home],
        "magnet_output": made[0] + made[1],
    }
