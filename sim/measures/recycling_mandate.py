"""Recycling mandate: a least share of recycled content, or of goods collected at their end."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from sim.measures.base import Measure
from sim.measures.schedules import Schedule, check_schedule, step_at
from sim.measures.terms import Terms
from sim.measures.values import Number, Share


class RecyclingMandate(Measure):
    """A region's duty to recycle: a share of what it uses, or of the goods that reach their end.

    `basis = "content"` asks that recycled oxide be this share of the oxide the region uses, the
    scrap of magnet making counted; `basis = "collection"` that this share of the rare earths in
    goods at their end of life be collected. The organisation that collects, and the plants that
    treat, have to be built: from the announcement on they grow over `recycling.years`, to what can
    be built at most, and collection is asked for from the start. What is at its end of life bounds
    it. The cost of collecting is not counted: it falls on those who sell the goods. More recycled
    oxide lowers prices, and with them the case for mines.
    """

    restricts_supply: ClassVar[bool] = False

    kind: Literal["recycling-mandate"]
    basis: Literal["content", "collection"] = Field(
        description="content: share of oxide used; collection: share of goods at their end of life"
    )
    level: Share | None = Field(None, description="constant least share (0-1)")
    schedule: Schedule[Share] | None = Field(
        None, validate_default=True, description="least share by year or month of its start"
    )

    @field_validator("schedule")
    @classmethod
    def _schedule(
        cls, schedule: dict[str, Number] | None, info: ValidationInfo
    ) -> dict[str, Number] | None:
        return check_schedule(schedule, info, "level")

    def level_at(self, month: date) -> Number | None:
        """The least share of a month."""
        return step_at(self.level, self.schedule, month) if self.active(month) else None

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Ask for the share in force; before it, let recyclers prepare for the first one."""
        share = step_at(self.level, self.schedule, max(month, self.judged()))
        if self.known(month) and share is not None:
            terms.recycling_mandate(key, self.by, self.basis, share, self.active(month))
