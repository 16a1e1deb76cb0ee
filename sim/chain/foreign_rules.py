"""Extraterritorial rules: which foreign magnets hold a region's material, and may still be sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.chain.arrays import Array, ratio, total

if TYPE_CHECKING:
    from sim.chain.build import Chain
    from sim.chain.terms import MonthTerms


@dataclass
class ForeignRule:
    """A rule's imposing regions and targets (region,), elements (element,), 1 or 0; and its
    threshold, technology share, approval and compliance (run,)."""

    by: Array
    targets: Array
    elements: Array
    threshold: Array
    technology_share: Array
    approval: Array
    compliance: Array


def foreign_content(c: Chain, by: Array, elements: Array) -> Array:
    """Value of some regions' rare earths in magnets made elsewhere, as a share of the magnets'
    value: (region, grade, run).

    A region's makers draw the mix of origins that the region buys, over the trailing year.
    """
    bought = total(c.oxides.reference.trailing * by[:, None, None, None])
    share = np.minimum(ratio(bought, c.oxides.purchases), 1.0)
    value = share * c.oxides.price * elements[None, :, None]
    used = c.makers.recipe[None] / c.magnets.region_mean(c.makers.yields())[:, None, None]
    content = total(np.moveaxis(used * value[:, None], 2, 0))
    return np.minimum(ratio(content, c.magnets.price), 1.0)


def allowed_sales(c: Chain, terms: MonthTerms) -> Array:
    """Share of the sales before any rule that is still made: (origin, destination, grade, run)."""
    allowed = np.ones((c.n, c.n, *c.magnets.price.shape[1:]))
    for rule in terms.foreign_rules:
        content = foreign_content(c, rule.by, rule.elements)
        bound = np.where(content > rule.threshold, 1.0, rule.technology_share)
        kept = 1 - rule.compliance * (1 - rule.approval) * bound
        abroad = np.outer(1 - rule.by, rule.targets * (1 - rule.by)) * (1 - np.eye(c.n))
        kept = np.where(abroad[:, :, None, None] > 0, kept[:, None], 1.0)
        allowed = np.minimum(allowed, kept)
    return allowed


def foreign_risk(c: Chain, terms: MonthTerms, magnet: Array) -> Array:
    """Share of each region's magnets that rules put at risk (region, run); `magnet` is the share of
    its need by origin (origin, destination, run)."""
    return total(magnet * (1 - allowed_sales(c, terms).min(axis=2)))
