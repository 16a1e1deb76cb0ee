"""The measures in force in a month, as terms of trade, production and technology.

Terms start neutral; each measure tightens them. Caps take the tighter, taxes add up, so that the
order of measures never matters (they come sorted by name).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sim.chain.arrays import Array
from sim.chain.draws import Draws
from sim.chain.foreign_rules import ForeignRule
from sim.chain.home_terms import HomeTerms
from sim.chain.licences import Licence
from sim.measures.terms import Batch, LicenceRule, Targets
from sim.measures.values import MOST_TONNES, Number

PRODUCTS = ("oxide", "magnet", "concentrate")
STAGES = ("mine", "separation", "metal", "magnet")


@dataclass
class ExportQuota:
    """A joint ceiling on oxide exports: which flows it covers, and its yearly tonnes or share."""

    key: str
    covers: Array
    level: Array
    is_share: bool
    enforcement: Array


class QuotaKey(NamedTuple):
    """What a production quota counts: a region's stage and class, or a group of its mines."""

    region: int
    stage: str
    klass: str
    firms: tuple[str, ...] = ()


@dataclass
class ProductionQuota:
    """Tonnes issued so far in the year and before the present batch (run,), and for which months
    of the year (1 to 12) the batch is."""

    issued: Array
    before: Array
    first: int = 1
    last: int = 12

    def yearly(self) -> Array:
        """What is issued as a yearly rate, t REO a year."""
        return self.issued * (12.0 / self.last)


class MonthTerms(HomeTerms):
    """The terms of one month for all runs (see `sim.measures.terms.Terms` for the verbs).

    `production`: quotas of what is produced; `cap[product]`: share of the flow
    before the measure, (origin, destination, element, run), 1 is no limit; `tax[product]`: ad
    valorem on exports, same shape; `tariff[product]`: on imports; `access[stage]`: openness of
    foreign technology, (region, run); `licences`, and the authorities' `mood` of the month in which
    they are granted, log odds by destination (region, run); `foreign_rules` on what others sell.
    """

    def __init__(self, regions: tuple[str, ...], elements: tuple[str, ...], draws: Draws) -> None:
        super().__init__(regions, elements, draws)
        runs = len(draws.runs)
        shape = (len(regions), len(regions), len(elements), runs)
        self.production: dict[QuotaKey, ProductionQuota] = {}
        self.cap = {product: np.ones(shape) for product in PRODUCTS}
        self.tax = {product: np.zeros(shape) for product in PRODUCTS}
        self.tariff = {product: np.zeros(shape) for product in PRODUCTS}
        self.access = {stage: np.ones((len(regions), runs)) for stage in STAGES}
        self.export_quotas: list[ExportQuota] = []
        self.licences: list[Licence] = []
        self.foreign_rules: list[ForeignRule] = []
        self.mood = np.zeros((len(regions), runs))

    def _flows(
        self, by: tuple[str, ...], targets: Targets, elements: tuple[str, ...] | None
    ) -> Array:
        """Which flows (origin, destination, element) a measure covers: 1 or 0."""
        origin = np.array([region in by for region in self.regions])
        aimed = np.array([targets == "all" or region in targets for region in self.regions])
        kinds = np.array([elements is None or element in elements for element in self.elements])
        mask = origin[:, None, None] & (aimed & ~origin)[None, :, None] & kinds[None, None, :]
        return mask.astype(float)

    def production_quota(
        self,
        key: str,
        by: tuple[str, ...],
        stage: str,
        klass: str,
        firms: tuple[str, ...] | None,
        batch: Batch,
        after: str = "hold",
        years: int = 0,
    ) -> None:
        """Output of a stage and class is at most what a batch allows; the tighter counts."""
        grown: Array | float = 1.0
        if after != "hold":
            grown = (1 + self.draws.parameter(after)) ** years
        level = self.draws.number(batch.tonnes, key) * grown
        before = np.zeros_like(level)
        for tonnes in batch.before:
            before = before + self.draws.number(tonnes, key) * grown
        for region in by:
            place = QuotaKey(self.regions.index(region), stage, klass, firms or ())
            known = self.production.get(place)
            issued = np.where(self.weight > 0, before + level, MOST_TONNES)
            quota = ProductionQuota(issued, before * self.weight, batch.first, batch.last)
            if known is not None:
                issued = np.minimum(known.issued, quota.issued)
                quota = replace(quota, issued=issued, before=np.minimum(known.before, quota.before))
            self.production[place] = quota

    def export_quota(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        elements: tuple[str, ...] | None,
        level: Number,
        unit: str,
        enforcement: Number,
    ) -> None:
        """Oxide exports of all covered elements together are at most `level`."""
        self.export_quotas.append(
            ExportQuota(
                key,
                self._flows(by, targets, elements),
                self.draws.number(level, key),
                unit != "t REO/year",
                self.draws.number(enforcement, f"{key}.enforcement") * self.weight,
            )
        )

    def export_tax(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        product: str,
        elements: tuple[str, ...] | None,
        rate: Number,
    ) -> None:
        """Exports of a product pay this share of their value."""
        flows = self._flows(by, targets, elements)[..., None]
        self.tax[product] = self.tax[product] + flows * (self.draws.number(rate, key) * self.weight)

    def import_tariff(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        product: str,
        elements: tuple[str, ...] | None,
        rate: Number,
    ) -> None:
        """Imports of a product from the targets pay this share of their value."""
        flows = self._flows(by, targets, elements).swapaxes(0, 1)[..., None]
        self.tariff[product] = self.tariff[product] + flows * (
            self.draws.number(rate, key) * self.weight
        )

    def export_cap(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        product: str,
        elements: tuple[str, ...] | None,
        share: Number,
        enforcement: Number,
        phase: float = 1.0,
    ) -> None:
        """Exports of a product are at most this share of their flow before the measure."""
        kept = self.draws.number(share, key)
        enforced = self.draws.number(enforcement, f"{key}.enforcement") * self.weight
        kept = 1 - (1 - kept) * enforced * phase
        covered = self._flows(by, targets, elements)[..., None]
        limit = np.where(covered > 0, kept, 1.0)
        self.cap[product] = np.minimum(self.cap[product], limit)

    def export_licence(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        product: str,
        elements: tuple[str, ...] | None,
        rule: LicenceRule,
    ) -> None:
        """Exports of a product wait in a queue for licences."""
        number = self.draws.number
        covers = self._flows(by, targets, elements)
        approval = np.repeat(number(rule.approval, key)[None], len(self.regions), axis=0)
        for region, share in rule.by_region.items():
            approval[self.regions.index(region)] = number(share, f"{key}.{region}")
        self.licences.append(
            Licence(
                key,
                product,
                covers,
                self._flows(by, targets, None) - covers,
                approval,
                {use: number(share, f"{key}.{use}") for use, share in rule.by_use.items()},
                number(rule.delay_days, f"{key}.delay_days"),
                number(rule.repeat, f"{key}.repeat"),
                number(rule.look_alikes, f"{key}.look_alikes"),
                number(rule.look_alike_days, f"{key}.look_alike_days"),
                number(rule.general, f"{key}.general_licences"),
                number(rule.enforcement, f"{key}.enforcement") * self.weight,
            )
        )

    def licences_on(self, product: str) -> list[Licence]:
        """Licences on a product."""
        return [licence for licence in self.licences if licence.product == product]

    def foreign_content_rule(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        elements: tuple[str, ...] | None,
        threshold: Number,
        technology_share: Number,
        approval: Number,
        compliance: Number,
    ) -> None:
        """Magnets made abroad with the imposing regions' material need their leave."""
        number = self.draws.number
        self.foreign_rules.append(
            ForeignRule(
                np.array([float(region in by) for region in self.regions]),
                np.array([float(targets == "all" or r in targets) for r in self.regions]),
                np.array([float(elements is None or e in elements) for e in self.elements]),
                number(threshold, f"{key}.threshold"),
                number(technology_share, f"{key}.technology_share"),
                number(approval, f"{key}.approval"),
                number(compliance, f"{key}.compliance") * self.weight,
            )
        )

    def technology_access(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        stage: str,
        access: Number,
        enforcement: Number,
    ) -> None:
        """Access of the targets to the imposing regions' technology: 1 open, 0 closed."""
        level = self.draws.number(access, f"{key}.{stage}")
        enforced = self.draws.number(enforcement, f"{key}.enforcement") * self.weight
        level = 1 - (1 - level) * enforced
        for row, region in enumerate(self.regions):
            if region not in by and (targets == "all" or region in targets):
                self.access[stage][row] = np.minimum(self.access[stage][row], level)
