"""Every source that is cited has its row, and the world of 2023 knows nothing of the hold-out."""

import re
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "sim" / "world" / "data"
TOML = sorted([*(ROOT / "scenarios").rglob("*.toml"), *DATA.glob("*/*.toml")])
SOURCES = pd.read_csv(DATA / "sources.csv", dtype=str, keep_default_na=False)
KNOWN = set(SOURCES["source_id"])
IDENTIFIER = r"(?<![\w.-])[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+(?![\w.-])|(?<![\w.-])[A-Z]{3,}\d{4}\w*"
HOLD_OUT = "2025-04"
FIRMS = ("mines", "separators", "magnet_makers", "ev_makers", "offtakes", "recyclers")
ALLOWED = {"ARGUS2025SCRAP": "scrap of 2023 and 2024", "scrap_recyc": "oxide recovered in 2023"}
"""Sources of a later date that tell of 2023 or 2024."""


def cited_in_comments(text):
    """Source ids in the comments of a TOML file."""
    comments = [line.split("#", 1)[1] for line in text.splitlines() if "#" in line]
    return {name for comment in comments for name in re.findall(IDENTIFIER, comment)}


def cited_in_brackets(text):
    """Source ids in brackets in the free text of a table."""
    return {
        name for part in re.findall(r"\(([^)]*)\)", text) for name in re.findall(IDENTIFIER, part)
    }


def test_citations_are_seen():
    text = (
        "# Fact: as issued (reut_2023b3).\nstart = 2023-01-01  # ADAMAS2020; mine.cost_factor, a-b"
    )
    assert cited_in_comments(text) == {"reut_2023b3", "ADAMAS2020"}
    assert cited_in_brackets("delta_y; late (lynas_q4_2010, mp_q3_2023)") == {
        "lynas_q4_2010",
        "mp_q3_2023",
    }


@pytest.mark.parametrize("path", TOML, ids=lambda path: path.stem)
def test_files_cite_known_sources(path):
    unknown = cited_in_comments(path.read_text(encoding="utf-8")) - KNOWN
    assert not unknown, f"not in sources.csv: {sorted(unknown)}"


def test_scenarios_of_facts_cite_sources():
    cited = [cited_in_comments(path.read_text(encoding="utf-8")) for path in TOML]
    assert sum(bool(names) for names in cited) > 10


def test_parameters_cite_known_sources():
    table = pd.read_csv(DATA / "parameters.csv", dtype=str, keep_default_na=False)
    cited = {name for text in table["source"] for name in cited_in_brackets(text)}
    assert len(cited) > 5
    assert cited <= KNOWN, f"not in sources.csv: {sorted(cited - KNOWN)}"


@pytest.mark.parametrize("table", FIRMS)
def test_firms_of_2023_rest_on_nothing_after_march_2025(table):
    rows = pd.read_csv(DATA / "2023" / f"{table}.csv", dtype=str, keep_default_na=False)
    dates = dict(zip(SOURCES["source_id"], SOURCES["date"], strict=True))
    cited = {part for cell in rows["source"] for part in cell.split(";")} - {"estimate"}
    late = {part for part in cited if dates[part][:1] == "2" and dates[part][:7] >= HOLD_OUT}
    assert late <= set(ALLOWED), f"dated in the hold-out: {sorted(late)}"


def test_every_exception_is_used():
    cells = [pd.read_csv(DATA / "2023" / f"{table}.csv", dtype=str)["source"] for table in FIRMS]
    cited = {part for cell in pd.concat(cells) for part in cell.split(";")}
    assert set(ALLOWED) <= cited
