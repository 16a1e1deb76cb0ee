"""Aid to firms: what subsidies and price floors add to what they earn, and what the state pays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import Array, Index, ratio, total
from sim.chain.home_terms import HomeTerms, PriceFloorTerm, SubsidyTerm
from sim.chain.investment import Plants, annuity
from sim.chain.population import Population
from sim.chain.public_money import THOUSAND_USD_PER_MILLION

if TYPE_CHECKING:
    from sim.chain.build import Chain


MOST_OF_CAPEX = 0.9
"""Share of a plant's cost that all subsidies together pay at most."""


class Support:
    """What the subsidies and price floors of a month mean for each firm.

    `ahead` asks for what builders count on: the aid over a new plant's life, discounted, as a share
    of its output over that life. `spent` (run,) by subsidy is in thousand USD, for budgets.
    """

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.terms: HomeTerms | None = None
        self.spent: dict[str, Array] = {}

    def begin(self, terms: HomeTerms) -> None:
        """Take in the terms of a month; mines and magnet makers see the aid at once."""
        c = self.chain
        self.terms = terms
        c.mines.aid = self.mine_aid(c.oxides.price)
        c.makers.aid = self.unit_aid("magnet", c.makers.unit_cost)

    def firms(self, stage: str) -> Population:
        """The firms of a stage."""
        c = self.chain
        return {"mine": c.mines, "separation": c.separators, "magnet": c.makers}[stage]

    def _plants(self, stage: str) -> list[Plants]:
        c = self.chain
        if stage == "separation":
            return [line.plants for line in c.separators.circuits.values()]
        return [c.mines.plants if stage == "mine" else c.makers.plants]

    def _subsidies(self, stage: str) -> Iterator[tuple[SubsidyTerm, list[int], Array]]:
        """Subsidies of a stage, the rows they pay, and 1 in runs whose budget is not spent."""
        for term in self.terms.subsidies if self.terms else ():
            if term.stage == stage:
                left = np.ones(self.chain.runs)
                if term.budget is not None:
                    left = (self._left(term) > 0).astype(float)
                yield term, self.firms(stage).chosen(term.regions, term.firms), left

    def _helps(self, stage: str) -> bool:
        """Whether any measure helps a stage, in force or announced."""
        if self.terms is None:
            return False
        stages = [term.stage for term in self.terms.subsidies]
        return stage in stages + [term.stage for term in self.terms.floors]

    def _left(self, term: SubsidyTerm) -> Array:
        """What is left of a budget (run,), thousand USD."""
        assert term.budget is not None
        budget = term.budget * THOUSAND_USD_PER_MILLION
        return budget - self.spent.get(term.key, np.zeros(self.chain.runs))

    def _counted(
        self, term: SubsidyTerm | PriceFloorTerm, rows: list[int], ahead: bool
    ) -> Array | float:
        """What part of the aid counts: in force or not, or the share of a new plant's life."""
        begins, ends = term.when
        if not ahead:
            return float(begins == 0)
        c, firms = self.chain, self.firms(term.stage)
        lead = self._plants(term.stage)[0].lead[rows]
        rate = c.finance[firms.region[rows]][:, None]
        last = lead + c.assume["invest.life"]
        paid = annuity(rate, np.minimum(last, ends)) - annuity(rate, np.maximum(lead, begins))
        return np.maximum(paid, 0.0) / (annuity(rate, last) - annuity(rate, lead))

    def unit_aid(self, stage: str, unit_cost: Array, ahead: bool = False) -> Array:
        """Aid to running plants (firm, run), USD/kg; `unit_cost` is what the cost share is of."""
        aid = np.zeros_like(unit_cost)
        for term, rows, left in self._subsidies(stage):
            counted = self._counted(term, rows, ahead)
            paid = term.per_unit + term.cost_share * unit_cost[rows]
            aid[rows] = aid[rows] + paid * left * counted
        return aid

    def capex_share(self, stage: str) -> Array:
        """Share of a new plant's cost that is paid (firm, run); several add up, to a limit."""
        return np.minimum(self._capex_asked(stage), MOST_OF_CAPEX)

    def _capex_asked(self, stage: str) -> Array:
        """The shares of all subsidies together (firm, run)."""
        share = np.zeros((len(self.firms(stage)), self.chain.runs))
        for term, rows, left in self._subsidies(stage):
            if term.when[0] == 0:
                share[rows] = share[rows] + term.capex_share * left
        return share

    def lift(self, stage: str, price: Array, ahead: bool = False) -> Array:
        """What contracts add to each oxide's price (firm, element, run), USD/kg.

        `price` (region, element, run); below 0 where producers pay back.
        """
        firms = self.firms(stage)
        lift = np.zeros((len(firms), price.shape[1], price.shape[2]))
        for term in self.terms.floors if self.terms else ():
            if term.stage == stage:
                rows = firms.chosen(term.regions, term.firms)
                owed = term.owed(price[self._place(term, rows), term.element])
                counted = self._counted(term, rows, ahead)
                lift[rows, term.element] = lift[rows, term.element] + owed * counted
        return lift

    def mine_aid(self, price: Array, ahead: bool = False) -> Array:
        """Aid to mines from subsidies and contracts (mine, run), USD per kg REO."""
        mines = self.chain.mines
        lifted = total((self.lift("mine", price, ahead) * mines.share).swapaxes(0, 1))
        return self.unit_aid("mine", mines.unit_cost, ahead) + lifted

    def feed_aid(self, circuit: str, ahead: bool = False) -> Array:
        """Aid to separators from subsidies (separator, run), USD per kg REO of feed."""
        line, c = self.chain.separators.circuits[circuit], self.chain
        aid = np.zeros_like(line.plants.capacity)
        for term, rows, left in self._subsidies("separation"):
            made = line.recovery(c.separators.frontier)[rows]
            paid = term.per_unit * made + term.cost_share * line.unit_cost()[rows]
            aid[rows] = aid[rows] + paid * left * self._counted(term, rows, ahead)
        return aid

    def oxide_lift(self, circuit: str, price: Array, ahead: bool = False) -> Array:
        """What contracts add to the oxides a circuit finishes (separator, element, run), USD per kg
        of the element fed."""
        c = self.chain
        line = c.separators.circuits[circuit]
        finished = c.light_elements if circuit == "light" else np.ones_like(c.light_elements)
        recovery = line.recovery(c.separators.frontier)[:, None]
        return self.lift("separation", price, ahead) * recovery * finished[:, None]

    def own_feed(self, circuit: str, price: Array) -> Array:
        """What aid adds to a separator's feed of its region's ore over a new plant's life
        (separator, run), USD/kg REO; the world's ore where the region digs none. A single 0 where
        nobody helps, as in `ore`."""
        c = self.chain
        if not self._helps("separation"):
            return np.zeros(1)
        mask = c.mines.heavy if circuit == "heavy" else ~c.mines.heavy
        dug = np.where(mask, c.mines.output, 0.0)[:, None] * c.mines.share
        by_region = c.mines.by_region.sum(dug)
        everywhere = np.broadcast_to(total(dug)[None], by_region.shape)
        some = total(by_region.swapaxes(0, 1))[:, None] > 0
        basket = np.where(some, by_region, everywhere)
        basket = ratio(basket, total(basket.swapaxes(0, 1))[:, None])
        lift = self.oxide_lift(circuit, price, ahead=True) * basket[c.separators.region]
        return total(lift.swapaxes(0, 1)) + self.feed_aid(circuit, ahead=True)

    def ore(self, circuit: str, price: Array, ahead: bool = False) -> Array:
        """What aid lets separators of a region pay more for each mine's ore, USD/kg REO (region,
        mine, run): the mean over their capacity; a single 0 where nobody helps."""
        c = self.chain
        if not self._helps("separation"):
            return np.zeros(1)
        by = c.separators.by_region
        weight = np.maximum(c.separators.circuits[circuit].plants.capacity, 1e-6)
        lift = self.oxide_lift(circuit, price, ahead)
        lift = by.mean(lift, np.broadcast_to(weight[:, None], lift.shape))
        aid = by.mean(self.feed_aid(circuit, ahead), weight)
        lifted = [total((lift[r][None] * c.mines.share).swapaxes(0, 1)) for r in range(c.n)]
        return np.stack(lifted) + aid[:, None]

    def pay(self) -> None:
        """Pay the month: claims of firms against subsidies, and the gaps of contracts."""
        for stage in ("mine", "separation", "magnet"):
            for term, rows, left in self._subsidies(stage):
                if term.when[0] == 0:
                    claims = self._running(term, rows) + self._building(term, rows)
                    self._pay_subsidy(term, rows, claims * left)
            for plants in self._plants(stage):
                plants.begun = np.zeros_like(plants.begun)
        for floor in self.terms.floors if self.terms else ():
            if floor.when[0] == 0:
                self._pay_floor(floor)

    def _running(self, term: SubsidyTerm, rows: list[int]) -> Array:
        """Claims for the month's output (row, run), thousand USD."""
        c = self.chain
        if term.stage == "separation":
            claims = term.per_unit * total(c.separators.made.swapaxes(0, 1))[rows]
            for line in c.separators.circuits.values():
                claims = claims + term.cost_share * (line.unit_cost() * line.intake)[rows]
            return claims
        made = c.dug if term.stage == "mine" else total(c.makers.made)
        cost = c.mines.unit_cost if term.stage == "mine" else c.makers.unit_cost
        return (term.per_unit + term.cost_share * cost[rows]) * made[rows]

    def _building(self, term: SubsidyTerm, rows: list[int]) -> Array:
        """Claims for the plants begun this month (row, run), thousand USD."""
        asked = self._capex_asked(term.stage)[rows]
        share = term.capex_share * ratio(np.minimum(asked, MOST_OF_CAPEX), asked)
        cost = [
            plants.capital(self.chain.assume)[rows] * plants.begun[rows]
            for plants in self._plants(term.stage)
        ]
        return share * total(np.stack(cost))

    def _pay_subsidy(self, term: SubsidyTerm, rows: list[int], claims: Array) -> None:
        """Pay claims (row, run), within what is left of the budget."""
        asked = total(claims)
        if term.budget is not None:
            claims = claims * np.minimum(ratio(self._left(term), asked, 1.0), 1.0)
        self.spent[term.key] = self.spent.get(term.key, np.zeros_like(asked)) + total(claims)
        self._book("subsidy", term, rows, claims)

    def _pay_floor(self, term: PriceFloorTerm) -> None:
        """Pay, or take back, the gap of the month's price on all that was made."""
        c = self.chain
        rows = self.firms(term.stage).chosen(term.regions, term.firms)
        if term.stage == "mine":
            made = (c.dug[:, None] * c.mines.share)[rows, term.element]
        else:
            made = c.separators.made[rows, term.element]
        self._book("price-floor", term, rows, term.owed(self._price_of(term, rows)) * made)

    def _price_of(self, term: PriceFloorTerm, rows: list[int]) -> Array:
        """This month's price that counts for a contract (row, run), USD/kg."""
        price = self.chain.traded.price[:, term.element]
        return price[self._place(term, rows)]

    def _place(self, term: PriceFloorTerm, rows: list[int]) -> Index:
        """The region whose price counts, by row."""
        own = self.firms(term.stage).region[rows]
        return own if term.reference is None else np.full_like(own, term.reference)

    def _book(
        self, purpose: str, term: SubsidyTerm | PriceFloorTerm, rows: list[int], paid: Array
    ) -> None:
        """Charge payments (row, run): each region its own firms, or named ones in equal parts."""
        c = self.chain
        charged = np.zeros((c.n, c.runs))
        if term.firms is None:
            for row, amount in zip(rows, paid, strict=True):
                place = self.firms(term.stage).region[row]
                charged[place] = charged[place] + amount
        else:
            charged[list(term.regions)] = total(paid) / len(term.regions)
        c.public_money.spend(purpose, charged)
