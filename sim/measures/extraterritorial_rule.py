"""Extraterritorial rule: foreign firms need the imposing region's leave to sell what they make."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from sim.measures.base import CoveredElements, Measure, Targets
from sim.measures.terms import Terms
from sim.measures.values import Share


class ExtraterritorialRule(Measure):
    """A claim on magnets that others make with the imposing region's material or technology.

    It binds sales across borders from any other region to the targets, of magnets in which the
    imposing region's rare earths are more than `threshold` of the value, and the share
    `technology_share` of all other magnets, which is made with its technology. What is bound needs
    leave, granted for the share `approval`; without it those firms that comply do not sell. It has
    no force of its own abroad and acts by fear of losing supplies, so the share `compliance` that
    obeys decides what it does. It does not touch what the imposing region ships itself (that is an
    export licence or ban), nor sales within a region. Firms do not change suppliers to escape it.
    """

    kind: Literal["extraterritorial-rule"]
    targets: Targets = "all"
    product: Literal["magnet"] = Field("magnet", description="what is bound: magnets made abroad")
    elements: CoveredElements = None
    threshold: Share = Field(
        0.001, description="share (0-1) of a magnet's value above which the material counts"
    )
    technology_share: Share = Field(
        0.0, description="share (0-1) of other foreign magnets made with the region's technology"
    )
    approval: Share = Field(0.0, description="share (0-1) of bound sales that get leave")
    compliance: Share = Field(description="share (0-1) of bound foreign sales that obey")

    def apply(self, key: str, terms: Terms, month: date) -> None:
        """Bind foreign firms' sales of magnets to the targets."""
        if self.active(month):
            terms.foreign_content_rule(
                key,
                self.by,
                self.targets,
                self.elements,
                self.threshold,
                self.technology_share,
                self.approval,
                self.compliance,
            )
