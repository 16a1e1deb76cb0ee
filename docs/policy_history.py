"""Writes docs/policy-history.md from the table of measures: `python docs/policy_history.py`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.scenario import shipped_scenarios
from sim.world.world import DATA

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "policy-history.md"
PERIODS = (
    ("Before 2009", "0000", "2009"),
    ("2009 to 2011: quotas, duties, the embargo on Japan", "2009", "2012"),
    ("2012 to 2016: split quotas, stockpiles, the end of quotas and duties", "2012", "2017"),
    ("2017 to 2022: production quotas", "2017", "2023"),
    ("2023 and 2024: raised quotas, the technology catalogue, Kachin", "2023", "2025"),
    ("2025: licences, tariffs, the rules of October", "2025", "2026"),
    ("2026 and later", "2026", "9999"),
)
HEAD = """\
# Measures since 2005, and the scenario that carries each

Written by `python docs/policy_history.py` from `sim/world/data/events.csv`; sources by their ids in
`sim/world/data/sources.csv`. Each measure is carried by the named files under `scenarios/`, or by
none for the reason given. What followed from a measure is no input anywhere: approval shares,
delays and compliance of 2025 and 2026 are drawn from priors that cite only what was known before.
"""


def events() -> pd.DataFrame:
    """The table of measures: when, by whom, what, its source, and the files that carry it."""
    return pd.read_csv(DATA / "events.csv", dtype=str, keep_default_na=False)


def page(table: pd.DataFrame) -> str:
    """The page as text."""
    files = {name: path.relative_to(ROOT) for name, path in shipped_scenarios().items()}
    carried = (table["scenarios"] != "").sum()
    lines = [HEAD, f"{len(table)} measures: {carried} carried, {len(table) - carried} not.", ""]
    for title, first, last in PERIODS:
        part = table[(table["date"].str[:4] >= first) & (table["date"].str[:4] < last)]
        lines += [f"## {title}", "", "| from | to | by | measure | carried by | source |"]
        lines.append("|---|---|---|---|---|---|")
        for row in part.itertuples(index=False):
            names = [name for name in row.scenarios.split("|") if name]
            links = [f"[{name}](../{files[name].as_posix()})" for name in names]
            where = ", ".join(links) or f"none: {row.reason}"
            source = row.source_id.replace("|", ", ")
            by = row.imposed_by.replace("|", ", ")
            kind = row.instrument.removeprefix("context_").replace("_", " ")
            size = f" ({row.magnitude} {row.unit})" if row.magnitude else ""
            cells = [row.date, row.end_date, by, f"{kind}{size}: {row.summary}", where, source]
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(events()), encoding="utf-8")
