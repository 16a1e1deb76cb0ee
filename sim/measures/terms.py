"""What a measure can say to the chain: the terms on which firms produce, trade and learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, Protocol

from sim.measures.values import Number

Targets = tuple[str, ...] | Literal["all"]


@dataclass(frozen=True)
class LicenceRule:
    """How applications for export licences fare in a month; shares 0 to 1, delays mean days.

    `by_region` and `by_use` stand in place of `approval` for the destinations and end uses they
    name, uses before destinations. `repeat` is the share of refusals applied for again,
    `look_alikes` the share of goods not covered that is held up, for `look_alike_days`; `general`
    the share of the flow that needs no single licence.
    """

    approval: Number
    by_region: Mapping[str, Number]
    by_use: Mapping[str, Number]
    delay_days: Number
    repeat: Number
    look_alikes: Number
    look_alike_days: Number
    general: Number
    enforcement: Number


class Batch(NamedTuple):
    """A quota's tonnes, and for which months of a year (1 to 12, both included) they are.

    `before` are the tonnes of earlier batches of the year, whose rest goes over.
    """

    tonnes: Number
    before: tuple[Number, ...] = ()
    first: int = 1
    last: int = 12


class Terms(Protocol):
    """The terms of one month, filled by the measures in force; no call depends on another's order.

    `key` is the measure's name, `by` the regions that impose it, `targets` the regions it is
    aimed at ("all": every other region), `elements` the elements it covers (None: all of them).
    A number may be a distribution, of which each run takes one draw. `enforcement` is the share
    that does not leak.
    """

    def production_quota(
        self,
        key: str,
        by: tuple[str, ...],
        stage: str,
        klass: str,
        firms: tuple[str, ...] | None,
        batch: Batch,
        after: str,
        years: int,
    ) -> None:
        """Output of a stage ("mine", "separation") and class is at most what a batch allows.

        `firms`: a group to which alone it applies. `after` is "hold", or the parameter at which the
        level has grown for so many `years`.
        """

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
        """Oxide exports of all covered elements together are at most `level` in `unit`."""

    def export_tax(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        product: str,
        elements: tuple[str, ...] | None,
        rate: Number,
    ) -> None:
        """Exports of a product pay this share of their value to the exporting region."""

    def import_tariff(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        product: str,
        elements: tuple[str, ...] | None,
        rate: Number,
    ) -> None:
        """Imports of a product from the targets pay this share of their value to the imposing,
        importing region."""

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
        """Exports of a product are at most this share of their flow before the measure.

        `phase` is how much of the cut holds by now, 0 to 1.
        """

    def export_licence(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        product: str,
        elements: tuple[str, ...] | None,
        rule: LicenceRule,
    ) -> None:
        """Exports of a product wait in a queue for licences, which may be refused."""

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
        """Magnets made abroad with the imposing regions' material or technology need their leave to
        be sold to the targets."""

    def technology_access(
        self,
        key: str,
        by: tuple[str, ...],
        targets: Targets,
        stage: str,
        access: Number,
        enforcement: Number,
    ) -> None:
        """Access to the imposing regions' technology of a stage: 1 open, 0 closed."""

    def outage(
        self, key: str, by: tuple[str, ...], stage: str, firms: tuple[str, ...] | None, loss: Number
    ) -> None:
        """Firms of a stage in the regions, or the named ones, lose this share of their output."""

    def stockpile(
        self,
        key: str,
        by: tuple[str, ...],
        action: str,
        element: str,
        tonnes_per_year: Number,
        limit: Number | None,
        until: Number | None,
    ) -> None:
        """The regions each buy ("purchase") or offer ("release") so many t of an oxide a year.

        Only below, or above, the price `limit` (USD/kg), up to or down to `until` t in reserve.
        """

    def subsidy(
        self,
        key: str,
        by: tuple[str, ...],
        stage: str,
        firms: tuple[str, ...] | None,
        capex_share: Number,
        per_unit: Number,
        cost_share: Number,
        budget: Number | None,
        when: tuple[float, float],
    ) -> None:
        """The regions pay firms of a stage a share of capital cost, USD per kg of output, and a
        share of running cost, up to a budget in million USD.

        `when`: years until it is in force (0 once it is) and until it ends.
        """

    def price_floor(
        self,
        key: str,
        by: tuple[str, ...],
        stage: str,
        firms: tuple[str, ...] | None,
        element: str,
        strike: Number,
        upside: Number,
        reference: str | None,
        when: tuple[float, float],
    ) -> None:
        """The regions make up an oxide's price in `reference` to the strike (USD/kg) for firms of a
        stage, who pay back the share `upside` of what lies above it; `when` as in `subsidy`."""

    def vehicle_target(
        self,
        key: str,
        by: tuple[str, ...],
        powertrain: str,
        is_number: bool,
        level_at: Callable[[date], Number | None],
    ) -> None:
        """Electric vehicles ("bev", "phev" or "all") sold in the regions are to be so many a year,
        or such a share of the forecast; `level_at` gives the size on any day, None out of force."""

    def recycling_mandate(
        self, key: str, by: tuple[str, ...], basis: str, share: Number, in_force: bool
    ) -> None:
        """The regions recycle at least this share of the oxide they use ("content"), or collect it
        of the goods at their end of life ("collection"); not `in_force`, they prepare for it."""
