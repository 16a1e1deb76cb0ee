"""Technology-export ban: know-how, engineers and equipment do not leave the region."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from sim.measures.base import Enforcement, Measure, Targets
from sim.measures.terms import Terms
from sim.measures.values import Share, fault

Stage = Literal["mine", "separation", "metal", "magnet"]
STAGES = ("mine", "separation", "metal", "magnet")


def _each_once(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    if len(set(stages)) < len(stages):
        raise fault("a stage stands in the list twice")
    return tuple(sorted(stages, key=STAGES.index))


Stages = Annotated[tuple[Stage, ...], AfterValidator(_each_once)]


class TechnologyExportBan(Measure):
    """A ban on exporting the technology of some stages of the chain, and a licence for others.

    *Prohibited* technology may not leave at all; *restricted* technology needs a licence, which
    leaves `restricted_access` of the access there was. It slows how fast the targets' firms close
    their gap to the frontier and makes their new plants later and dearer. It stops no trade in
    goods, and takes nothing from firms that have a technology of their own.
    """

    kind: Literal["technology-export-ban"]
    targets: Targets = "all"
    prohibited: Stages = Field(
        (), description="stages (mine, separation, metal, magnet) whose technology may not leave"
    )
    restricted: Stages = Field(
        (), validate_default=True, description="stages whose technology needs a licence to leave"
    )
    restricted_access: Share = Field(
        0.5, description="share (0-1) of access to restricted technology that licences leave open"
    )
    enforcement: Enforcement = 1.0

    @field_validator("restricted")
    @classmethod
    def _beside_prohibited(
        cls, restricted: tuple[Stage, ...], info: ValidationInfo
    ) -> tuple[Stage, ...]:
        prohibited = info.data.get("prohibited")
        if prohibited is None:
            return restricted
        if not prohibited and not restricted:
            raise fault("no stage is named: write `prohibited`, `restricted` or both")
        both = set(prohibited) & set(restricted)
        if both:
            raise fault(f"'{min(both)}' is prohibited already")
        return restricted

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Close or narrow the targets' access, stage by stage."""
        if not self.active(month):
            return
        for stage in self.prohibited:
            terms.technology_access(key, self.by, self.targets, stage, 0.0, self.enforcement)
        for stage in self.restricted:
            terms.technology_access(
                key, self.by, self.targets, stage, self.restricted_access, self.enforcement
            )
