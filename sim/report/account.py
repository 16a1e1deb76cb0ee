"""The account of a restriction as tables: what it does to the sender and to its targets."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from sim.report.numbers import short
from sim.report.tables import Row, cell, named, table

STAGES = {"mine": "mines", "separation": "separation", "magnet": "magnets", "vehicle": "vehicles"}
EROSION = {"capacity_share_lost_5_years": "5 years on", "capacity_share_lost_10_years": "10 years"}
TARGETS = (
    "buyers_extra_cost",
    "value_added_at_risk",
    "targets_loss",
    "public_money",
    "loss_avoided_per_dollar",
)
SUPPLY = ("months_to_survive", "months_to_recover_supply", "diversification_year")


def account_tables(rows: Sequence[Row]) -> list[Table]:
    """The tables of the account, from the rows of a summary: every row of its indicators."""
    return [_sender(rows), _erosion(rows), _targets(rows), _industries(rows), _supplies(rows)]


def _sender(rows: Sequence[Row]) -> Table:
    made = table(
        "The sender: rent, taxes and change of value added by stage (million USD), and leakage",
        ["region"],
        [
            "quota rent",
            "without",
            "export\ntaxes",
            "without",
            "smuggled\n/ legal",
            "without",
            *STAGES.values(),
        ],
    )
    names = ("quota_rent", "export_taxes", "leakage_ratio")
    for of_region in zip(*(named(rows, name) for name in names), strict=True):
        levels = [t for row in of_region for t in (cell(row), short(row["counterfactual"]))]
        region = of_region[0]["region"]
        made.add_row(region, *levels, *_value_added(rows, region))
    return made


def _erosion(rows: Sequence[Row]) -> Table:
    made = table("Share of capacity lost by the sender, % points", ["stage"], EROSION.values())
    for of_stage in zip(*(named(rows, name) for name in EROSION), strict=True):
        made.add_row(of_stage[0]["stage"], *map(cell, of_stage))
    return made


def _targets(rows: Sequence[Row]) -> Table:
    made = table(
        "The targets, million USD",
        ["region"],
        [
            "buyers'\nextra cost",
            "value added\nat risk a year",
            "extra cost and\nvehicles lost",
            "public\nmoney",
            "without",
            "loss avoided\nper dollar",
        ],
    )
    for of_region in zip(*(named(rows, name) for name in TARGETS), strict=True):
        cost, risk, loss, spent, avoided = of_region
        without = short(spent["counterfactual"])
        made.add_row(cost["region"], *map(cell, (cost, risk, loss, spent)), without, cell(avoided))
    return made


def _industries(rows: Sequence[Row]) -> Table:
    made = table(
        "Change of the targets' value added by stage, million USD", ["region"], STAGES.values()
    )
    for row in named(rows, "buyers_extra_cost"):
        made.add_row(row["region"], *_value_added(rows, row["region"]))
    return made


def _supplies(rows: Sequence[Row]) -> Table:
    made = table(
        "Supplies from the sender, whether restricted or not",
        ["region", "stage"],
        ["months to\nsurvive", "months to\nrecover", "no 65 % from one\nsupplier since", "without"],
    )
    for survive, recover, year in zip(*(named(rows, name) for name in SUPPLY), strict=True):
        if any(row["median"] is not None for row in (survive, recover, year)):
            made.add_row(
                survive["region"],
                survive["stage"],
                cell(survive),
                cell(recover),
                _years(year),
                _year(year["counterfactual"]),
            )
    return made


def _value_added(rows: Sequence[Row], region: str) -> list[str]:
    changes = {
        row["stage"]: row for row in named(rows, "value_added_change") if row["region"] == region
    }
    return [cell(changes[stage]) for stage in STAGES]


def _years(row: Row) -> str:
    """Calendar years, which must not be rounded to three digits."""
    middle, *ends = (_year(row[key]) for key in ("median", "low", "high"))
    return middle if ends == [middle, middle] else f"{middle}\n{' to '.join(ends)}"


def _year(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"
