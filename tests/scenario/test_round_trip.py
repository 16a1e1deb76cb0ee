"""A scenario written out loads to an equal one, and the order of measures never matters."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, dump_scenario, load_scenario
from sim.scenario.writing import toml_lines, toml_section
from sim.world import PARAMETERS

START, END = date(2023, 1, 1), date(2030, 12, 31)
SHARES = st.floats(0, 1, allow_nan=False) | st.builds(
    lambda low, width: {"uniform": [low, low + width]},
    st.floats(0, 0.4, allow_nan=False),
    st.floats(0.1, 0.5, allow_nan=False),
)
TONNES = (
    st.integers(0, 500_000)
    | st.floats(0, 1e6)
    | st.just({"lognormal": [5.0, 9.0]}).map(lambda _: {"triangular": [1, 2.5, 1e5]})
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
DAYS = st.integers(0, 2000).map(lambda days: START + timedelta(days))


@st.composite
def times(draw: st.DrawFn) -> dict[str, Any]:
    """Start, and perhaps an end and an announcement."""
    start = draw(DAYS)
    keys: dict[str, Any] = {"start": start}
    if draw(st.booleans()):
        keys["end"] = start + timedelta(draw(st.integers(31, 900)))
    if draw(st.booleans()):
        keys["announced"] = start - timedelta(draw(st.integers(0, 400)))
    return keys


@st.composite
def sizes(draw: st.DrawFn, levels: st.SearchStrategy[Any], constant: str) -> dict[str, Any]:
    """A constant with times, or a schedule."""
    if draw(st.booleans()):
        return {constant: draw(levels), **draw(times())}
    years = draw(st.lists(st.integers(2023, 2030), min_size=1, max_size=4, unique=True))
    month = draw(st.sampled_from(["", "-01", "-07", "-12"]))
    return {"schedule": {f"{year}{month}": draw(levels) for year in years}}


def trade(draw: st.DrawFn) -> dict[str, Any]:
    """Keys of measures on trade."""
    choices = {
        "targets": st.sampled_from(["all", "Abroad", ["Abroad"]]),
        "elements": st.sampled_from(["Dy", ["NdPr", "Dy"]]),
        "enforcement": SHARES,
    }
    return {key: draw(values) for key, values in choices.items() if draw(st.booleans())}


@st.composite
def measures(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """One measure of each kind at most, and quotas of two stages."""
    growth = draw(st.sampled_from([{}, {"after": "hold"}, {"after": "policy.quota_growth"}]))
    quota = {"kind": "production-quota", "unit": "t REO/year", **growth}
    oxides = {"kind": "export-quota", "product": "oxide", "unit": "t REO/year"}
    tax = trade(draw)
    tax.pop("enforcement", None)
    stages = draw(st.permutations(["mine", "separation", "metal", "magnet"]))
    cut = draw(st.integers(1, 4))
    technology = {"prohibited": stages[:cut], "restricted": stages[cut:], **draw(times())}
    everything: dict[str, dict[str, Any]] = {
        "mine": {**quota, "stage": "mine", "class": "light", **draw(sizes(TONNES, "level"))},
        "plant": {**quota, "stage": "separation", "class": "all", **draw(sizes(TONNES, "level"))},
        "oxide-quota": {**oxides, **trade(draw), **draw(sizes(TONNES, "level"))},
        "tax_1": {"kind": "export-tax", "product": "magnet", **tax, **draw(sizes(SHARES, "rate"))},
        "2-ban": {"kind": "export-ban", "product": "concentrate", **trade(draw), **draw(times())},
        "know-how": {"kind": "technology-export-ban", **technology},
    }
    names = draw(st.lists(st.sampled_from(sorted(everything)), unique=True))
    return {name: {"by": "Home", **everything[name]} for name in names}


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """The parts of a file: head, tables, measures."""
    parameters = draw(st.lists(st.sampled_from(sorted(PARAMETERS)), max_size=3, unique=True))
    return {
        "head": {
            "title": "x" + draw(TEXTS),
            "description": draw(TEXTS),
            "world": "tiny",
            "start": START,
            "end": END,
        },
        "ensemble": {
            "runs": draw(st.integers(1, 100_000)),
            "seed": draw(st.integers(0, 2**63 - 1)),
        },
        "assumptions": {name: draw(SHARES) for name in parameters},
        "measures": draw(measures()),
        "other": draw(st.none() | measures()),
        "sweep": draw(
            st.sampled_from(
                [
                    {},
                    {"design": "sobol", "samples": 64},
                    {
                        "design": "grid",
                        "over": {"policy.quota_growth": {"values": [0, 0.1]}},
                    },
                    {
                        "design": "grid",
                        "alternatives": {
                            "none": {"title": "", "measures": {}},
                            "ban": {
                                "title": "A ban",
                                "measures": {
                                    "ban": {
                                        "kind": "export-ban",
                                        "by": "Home",
                                        "product": "magnet",
                                        "start": START,
                                    }
                                },
                            },
                        },
                    },
                    {
                        "design": "morris",
                        "samples": 5,
                        "over": {
                            "policy.quota_growth": "prior",
                            "technology.cost_penalty": {"between": [0.1, 1]},
                        },
                    },
                ]
            )
        ),
    }


def file_text(content: dict[str, Any], order: random.Random) -> str:
    """The file, its measures in any order."""
    sections = [toml_section("ensemble", content["ensemble"])]
    sections += [toml_section("assumptions", content["assumptions"])]
    sections += [toml_section("sweep", content["sweep"])]
    for prefix, table in (("", content["measures"]), ("counterfactual.", content["other"])):
        if prefix and table is not None:
            sections += [toml_section("counterfactual", {"title": "Other"})]
        sections += [
            toml_section(f"{prefix}measures.{name}", measure)
            for name, measure in (table or {}).items()
        ]
    order.shuffle(sections)
    return toml_lines(content["head"]) + "".join(sections)


def load(text: str, folder: Path, name: str = "scenario") -> Scenario:
    """Load a text by way of a file."""
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_scenario(folder / f"{name}.toml")


@settings(max_examples=150, deadline=None)
@given(content=contents(), order=st.randoms(use_true_random=False))
def test_dump_and_load_give_the_scenario_back(
    content: dict[str, Any],
    order: random.Random,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    scenario = load(file_text(content, random.Random(0)), folder)
    again = load(dump_scenario(scenario), folder, "another-name")
    assert again == scenario
    assert again.digest() == scenario.digest()
    assert dump_scenario(again) == dump_scenario(scenario)
    shuffled = load(file_text(content, order), folder)
    assert dump_scenario(shuffled) == dump_scenario(scenario)
    assert list(shuffled.measures) == list(scenario.measures) == sorted(content["measures"])


def test_the_digest_tells_contents_apart_and_not_names(tmp_path: Path) -> None:
    text = 'title = "x"\nworld = "tiny"\nstart = 2023-01-01\nend = 2030-12-31\n'
    scenario = load(text, tmp_path)
    assert load(text, tmp_path, "other").digest() == scenario.digest()
    assert load("# comment\n" + text, tmp_path).digest() == scenario.digest()
    assert load(text.replace("2030", "2031"), tmp_path).digest() != scenario.digest()
    assert load(text + "[assumptions]\npolicy.news_gain = 0.3\n", tmp_path).digest() != (
        scenario.digest()
    )


def test_a_scenario_cannot_be_changed(tmp_path: Path) -> None:
    scenario = load('title = "x"\nworld = "tiny"\nstart = 2023-01-01\nend = 2030-12-31\n', tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        scenario.runs = 3  # type: ignore[misc]


@pytest.mark.parametrize("stem", [".hidden", "a\\b", "x" * 180, "...", "été 2023", "a\tb"])
def test_any_file_name_gives_a_usable_name(tmp_path: Path, stem: str) -> None:
    text = 'title = "x"\nworld = "tiny"\nstart = 2023-01-01\nend = 2030-12-31\n'
    scenario = load(text, tmp_path, stem)
    assert load(dump_scenario(scenario), tmp_path) == scenario
