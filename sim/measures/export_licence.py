"""Export licence: every shipment waits for a permit, which may be refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from sim.measures.base import CoveredElements, Enforcement, Measure, Product, Targets, first_month
from sim.measures.schedules import Schedule, check_schedule, step_at
from sim.measures.terms import LicenceRule, Terms
from sim.measures.values import Day, Number, Region, Share, Use, fault, within

LONGEST_DELAY = 720
Days = Annotated[Number, within(0, LONGEST_DELAY, "days")]


def _in_name_order(table: dict[str, Number]) -> dict[str, Number]:
    return dict(sorted(table.items()))


ByRegion = Annotated[dict[Region, Share], AfterValidator(_in_name_order)]
ByUse = Annotated[dict[Use, Share], AfterValidator(_in_name_order)]


class ExportLicence(Measure):
    """A queue, not a ceiling: what buyers want to ship waits for a permit that may be refused.

    Buyers apply for what they want and do not yet have pending or permitted. An application is
    decided after a random time of mean `delay_days`; the share `approval` of it is granted and may
    then be shipped at any time, the rest is refused, and the share `repeat` of what is refused is
    applied for again. With approval 1 flows dip and come back once the first permits arrive; a
    lower approval keeps them down. Approval may differ by destination, by the buyer's end use (for
    magnets) and by month. Goods that look alike to customs (other elements, other magnet grades)
    are not covered, but the share `look_alikes` of them is held up for `look_alike_days`. From
    `general_from` on, general licences exempt the share `general_licences` of the flow.

    On some elements of magnets it covers the grades that are made with them: on Dy or Tb, the
    high-temperature grade. Approval shares and delays are outcomes of a regime and not its text:
    give distributions. Where two licences cover one flow, it needs both.
    """

    kind: Literal["export-licence"]
    targets: Targets = "all"
    product: Product
    elements: CoveredElements = None
    approval: Share | None = Field(None, description="share (0-1) of applications granted")
    schedule: Schedule[Share] | None = Field(
        None,
        validate_default=True,
        description="share (0-1) of applications granted, by year or month of its start",
    )
    approval_by_region: ByRegion = Field(
        {}, description="destination = share (0-1) granted there, in place of the general share"
    )
    approval_by_use: ByUse = Field(
        {},
        description="end use of magnets = share (0-1) granted for it wherever it goes, in place of"
        " all others",
    )
    delay_days: Days = Field(45, description="mean days from application to decision, 0 to 720")
    repeat: Share = Field(0.0, description="share (0-1) of refused applications made again")
    look_alikes: Share = Field(
        0.0, description="share (0-1) of goods not covered, under the same customs code, held up"
    )
    look_alike_days: Days = Field(
        45, description="mean days for which look-alike goods are held up, 0 to 720"
    )
    general_licences: Share = Field(
        0.0, description="share (0-1) of the flow that general licences exempt"
    )
    general_from: Day | None = Field(
        None, description="first day of general licences; default: the start"
    )
    enforcement: Enforcement = 1.0

    @field_validator("schedule")
    @classmethod
    def _schedule(
        cls, schedule: dict[str, Number] | None, info: ValidationInfo
    ) -> dict[str, Number] | None:
        return check_schedule(schedule, info, "approval")

    @field_validator("approval_by_region")
    @classmethod
    def _to_targets(cls, shares: dict[str, Number], info: ValidationInfo) -> dict[str, Number]:
        targets = info.data.get("targets")
        strange = sorted(set(shares) - set(targets)) if isinstance(targets, tuple) else []
        if strange:
            raise fault(f"'{strange[0]}' is not among the targets", ", ".join(targets or ()))
        return shares

    @field_validator("approval_by_use")
    @classmethod
    def _of_magnets(cls, shares: dict[str, Number], info: ValidationInfo) -> dict[str, Number]:
        if shares and info.data.get("product") not in (None, "magnet"):
            raise fault("only magnets are licensed by end use")
        return shares

    @field_validator("general_from")
    @classmethod
    def _in_force(cls, day: date | None, info: ValidationInfo) -> date | None:
        start, end = info.data.get("start"), info.data.get("end")
        if day and start and day < start:
            raise fault(f"before the licence's start, {start}")
        if day and end and day > end:
            raise fault(f"after the licence's end, {end}")
        return day

    def level_at(self, month: date) -> Number | None:
        """The share of applications granted in a month, but for named regions and uses."""
        return step_at(self.approval, self.schedule, month) if self.active(month) else None

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Make the imposing regions' exports to the targets wait for permits."""
        approval = self.level_at(month)
        if approval is None:
            return
        general = month >= first_month(self.general_from or self.start)
        rule = LicenceRule(
            approval,
            self.approval_by_region,
            self.approval_by_use,
            self.delay_days,
            self.repeat,
            self.look_alikes,
            self.look_alike_days,
            self.general_licences if general else 0.0,
            self.enforcement,
        )
        terms.export_licence(key, self.by, self.targets, self.product, self.elements, rule)
