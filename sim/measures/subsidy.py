"""Subsidy: a state pays a part of what plants cost to build or to run."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from sim.measures.base import Measure
from sim.measures.terms import Terms
from sim.measures.values import Firms, Number, Share, check_firms, fault, within

HIGHEST_AID = 1_000.0  # USD/kg of output
HIGHEST_BUDGET = 1_000_000.0  # million USD
MOST_OF_CAPEX = 0.9
CapexShare = Annotated[Number, within(0, MOST_OF_CAPEX)]
Aid = Annotated[Number, within(0, HIGHEST_AID, "USD/kg")]
Budget = Annotated[Number, within(0, HIGHEST_BUDGET, "million USD")]


class Subsidy(Measure):
    """Public money for mines, separators or magnet makers of a region, or for named firms anywhere.

    Three forms, singly or together. `capex_share` pays a part of every plant that is begun while
    the subsidy is in force, as grants and soft loans do; all subsidies together pay nine tenths of
    it at most. `per_unit` pays so many USD for each kg of output, and `cost_share` a part of the
    running cost without the raw material, as the American credit 45X does for 10 %. Aid to running
    plants lets mines dig at lower prices, lets separators bid more for ore, so that a part of it
    reaches the mines, and lowers the price of magnets, by nine tenths at most. Builders count the
    years in which a plant would still receive it, from the announcement on; money that ends before
    the plant runs builds nothing. The regions of `by` pay: each its own firms, or named firms in
    equal parts. `budget` ends it when the sum is spent; the last month's claims share what is left.
    """

    restricts_supply: ClassVar[bool] = False

    kind: Literal["subsidy"]
    stage: Literal["mine", "separation", "magnet"] = Field(description="the stage that is paid")
    firms: Firms | None = Field(
        None, description="the firms paid, by name or owner; default: all of the stage in `by`"
    )
    capex_share: CapexShare = Field(
        0.0, description="share (0-0.9) of the capital cost of new plants that is paid"
    )
    per_unit: Aid = Field(
        0.0,
        description="USD per kg of output: rare-earth oxide in concentrate, oxide, or magnets",
    )
    cost_share: Share = Field(
        0.0, description="share (0-1) of the running cost, raw material apart, that is paid"
    )
    budget: Budget | None = Field(
        None, description="million USD after which it ends; default: no end"
    )

    @field_validator("firms")
    @classmethod
    def _of_the_stage(
        cls, firms: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        return check_firms(firms, info, inside=False)

    @model_validator(mode="after")
    def _pays_something(self) -> Subsidy:
        if not self.model_fields_set & {"capex_share", "per_unit", "cost_share"}:
            raise fault("pays nothing: write `capex_share`, `per_unit` or `cost_share`")
        return self

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Pay in force; before it, let builders count on it."""
        if self.known(month):
            terms.subsidy(
                key,
                self.by,
                self.stage,
                self.firms,
                self.capex_share,
                self.per_unit,
                self.cost_share,
                self.budget,
                self.years_until(month),
            )
