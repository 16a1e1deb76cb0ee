"""Measures: what a government can impose, one class and one module for each kind.

A new kind is a module with a class of its own and one more name in `AnyMeasure`.
"""

from typing import Annotated, get_args

from pydantic import Field, TypeAdapter

from sim.measures.base import Measure
from sim.measures.demand_mandate import DemandMandate
from sim.measures.export_ban import ExportBan
from sim.measures.export_licence import ExportLicence
from sim.measures.export_quota import ExportQuota
from sim.measures.export_tax import ExportTax
from sim.measures.extraterritorial_rule import ExtraterritorialRule
from sim.measures.import_tariff import ImportTariff
from sim.measures.outage import Outage
from sim.measures.price_floor import PriceFloor
from sim.measures.production_quota import ProductionQuota
from sim.measures.recycling_mandate import RecyclingMandate
from sim.measures.stockpile import Stockpile
from sim.measures.subsidy import Subsidy
from sim.measures.technology_export_ban import TechnologyExportBan
from sim.measures.terms import Terms
from sim.measures.undeclared_embargo import UndeclaredEmbargo
from sim.measures.values import Distribution, Names, Number

AnyMeasure = Annotated[
    ProductionQuota
    | ExportQuota
    | ExportTax
    | ExportBan
    | ExportLicence
    | ExtraterritorialRule
    | ImportTariff
    | TechnologyExportBan
    | UndeclaredEmbargo
    | Outage
    | Stockpile
    | Subsidy
    | PriceFloor
    | RecyclingMandate
    | DemandMandate,
    Field(discriminator="kind"),
]

MEASURES: dict[str, type[Measure]] = {
    get_args(measure.model_fields["kind"].annotation)[0]: measure
    for measure in get_args(get_args(AnyMeasure)[0])
}

_MEASURE: TypeAdapter[Measure] = TypeAdapter(AnyMeasure)


def parse_measure(data: object, names: Names | None = None) -> Measure:
    """A measure from the keys of its table, its names checked where those of a world are given.

    Raises pydantic's `ValidationError`, which holds every fault.
    """
    return _MEASURE.validate_python(data, context=names)


__all__ = [
    "MEASURES",
    "AnyMeasure",
    "DemandMandate",
    "Distribution",
    "ExportBan",
    "ExportLicence",
    "ExportQuota",
    "ExportTax",
    "ExtraterritorialRule",
    "ImportTariff",
    "Measure",
    "Names",
    "Number",
    "Outage",
    "PriceFloor",
    "ProductionQuota",
    "RecyclingMandate",
    "Stockpile",
    "Subsidy",
    "TechnologyExportBan",
    "Terms",
    "UndeclaredEmbargo",
    "parse_measure",
]
