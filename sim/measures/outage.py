"""Outage: mines or plants stand still, for whatever reason."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.measures.base import Measure
from sim.measures.terms import Terms
from sim.measures.values import Firms, Share, check_firms


class Outage(Measure):
    """A share of a stage's capacity in a region stands still: unrest, accident, flood, inspection.

    Nobody need want it; `by` says where it happens. It takes the `loss` off what the firms of the
    stage would make, every month from `start` to `end`; afterwards they go on from where they
    were. Mines dig less, separators take in less feed, which then looks for another one, magnet
    makers accept fewer orders. Without `announced` it comes as a surprise and expectations move
    when it begins. It destroys no capacity and no stocks.
    """

    kind: Literal["outage"]
    stage: Literal["mine", "separation", "magnet"] = Field(description="the stage that stands")
    firms: Firms | None = Field(
        None, description="the firms that stand, by name or owner; default: all of the stage"
    )
    loss: Share = Field(description="share (0-1) of their output that is lost")

    @field_validator("firms")
    @classmethod
    def _of_the_stage(
        cls, firms: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        return check_firms(firms, info, inside=True)

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Take the loss off the stage's output."""
        if self.active(month):
            terms.outage(key, self.by, self.stage, self.firms, self.loss)
