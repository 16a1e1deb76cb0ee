"""The schema that editors check by: shipped files fulfil it, faulty ones do not."""

import tomllib
from datetime import date

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from sim.measures import MEASURES
from sim.scenario import (
    dump_scenario,
    find_scenario,
    load_scenario,
    scenario_schema,
    shipped_scenarios,
)
from sim.world import PARAMETERS

SCHEMA = scenario_schema()
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

COMPLETE = """
title = "t"
world = "tiny"
start = 2025-01-01
end = 2026-12-31

[measures.q]
kind = "export-quota"
by = "Home"
product = "oxide"
unit = "t REO/year"
schedule = { 2025 = 5 }
"""


def as_json(value):
    """What an editor makes of TOML: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def told(text):
    """What the schema says of a file."""
    return [error.message for error in VALIDATOR.iter_errors(as_json(tomllib.loads(text)))]


def test_it_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_files_fulfil_it(name):
    assert told(shipped_scenarios()[name].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", shipped_scenarios())
def test_resolved_files_fulfil_it_and_strange_keys_do_not(name):
    text = dump_scenario(load_scenario(find_scenario(name)))
    assert told(text) == []
    content = as_json(tomllib.loads(text))
    for measure in content.get("measures", {}).values():
        spoilt = {**content, "measures": {"x": measure | {"nonsense": 1}}}
        assert not VALIDATOR.is_valid(spoilt)


@pytest.mark.parametrize(
    "text",
    [
        COMPLETE,
        COMPLETE + "[assumptions]\nev.demand_elasticity = -1\n",
        COMPLETE + '[assumptions]\n"ev.demand_elasticity" = { uniform = [-1, 0] }\n',
        'title = "t"\nextends = "o.toml"\n[measures.q]\noff = true\n',
        'extends = ["a.toml", "b.toml"]\n[measures.q]\nlevel = 0.5\nend = 2026-01-31\n',
        COMPLETE.replace('"Home"', '["Home", "Abroad"]'),
    ],
)
def test_what_may_be_written(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "t"', ""),
        ('world = "tiny"', "world = 3"),
        ("start = 2025-01-01", 'start = "tomorrow"'),
        ('kind = "export-quota"', ""),
        ('kind = "export-quota"', 'kind = "export-qouta"'),
        ('product = "oxide"', ""),
        ('product = "oxide"', 'product = "magnets"'),
        ("schedule = { 2025 = 5 }", ""),  # then `start` is missing
        ("schedule = { 2025 = 5 }", "level = true"),
        ('unit = "t REO/year"', 'unit = "t REO/year"\nlevle = 3'),
        ('title = "t"', 'titel = "t"'),
        ("[measures.q]", "[ensemble]\nrunz = 3\n[measures.q]"),
        ("[measures.q]", '[assumptions]\n"ev.demand_elasticty" = 3\n[measures.q]'),
    ],
)
def test_what_may_not(old, new):
    assert told(COMPLETE) == []
    assert told(COMPLETE.replace(old, new)) != []


def test_kinds_worlds_and_parameters_are_proposed():
    properties = SCHEMA["properties"]
    assert "tiny" in properties["world"]["anyOf"][0]["enum"]
    assert set(properties["assumptions"]["properties"]) == set(PARAMETERS)
    forms = [form["$ref"] for form in properties["measures"]["additionalProperties"]["oneOf"]]
    kinds = [SCHEMA["$defs"][form.split("/")[-1]] for form in forms]
    found = {form["properties"].get("kind", {}).get("const") for form in kinds}
    assert found == {None, *MEASURES}
