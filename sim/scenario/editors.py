"""JSON Schema of a scenario file, for editors that complete and check while typing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.measures import MEASURES
from sim.scenario.schema import ScenarioFile
from sim.shipped import list_worlds
from sim.world import PARAMETERS

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBER: Schema = {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/Distribution"}]}


def scenario_schema() -> Schema:
    """The schema that pydantic makes of `ScenarioFile`, made to fit a file as it is written.

    What a file must hold is asked only of one that extends no other, for a parent may have said it;
    shipped worlds and parameters are proposed by name.
    """
    schema = ScenarioFile.model_json_schema(by_alias=True)
    # A text "all" is also a list of regions that is written as one name, so one of several forms
    # is not exactly one of them.
    for part in _parts(schema):
        if "oneOf" in part and "discriminator" not in part:
            part["anyOf"] = part.pop("oneOf")
    needs = _take_needs(schema["$defs"])
    for part in _parts(schema):
        if "discriminator" in part:
            del part["discriminator"]
            part["oneOf"].append({"$ref": "#/$defs/Override"})
    schema["$defs"]["Override"] = _override(schema["$defs"])
    complete = {"required": schema.pop("required"), "properties": {"measures": _complete(needs)}}
    schema |= {"if": {"required": ["extends"]}, "else": complete}
    _propose_names(schema)
    return {"$schema": DIALECT} | schema


def _parts(schema: object) -> Iterator[Schema]:
    """All tables of a schema."""
    if isinstance(schema, dict):
        yield schema
        for part in list(schema.values()):
            yield from _parts(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _parts(part)


def _take_needs(definitions: Schema) -> dict[str, list[str]]:
    """Kind of measure -> the keys it must have, of which only `kind` stays needed by itself."""
    needs = {}
    for kind, measure in MEASURES.items():
        definition = definitions[measure.__name__]
        needs[kind] = definition["required"]
        definition["required"] = ["kind"]
    return needs


def _override(definitions: Schema) -> Schema:
    """A measure of a parent of which some keys are overridden, so that none says its kind."""
    forms: dict[str, list[Schema]] = {}
    for measure in MEASURES.values():
        for key, form in definitions[measure.__name__]["properties"].items():
            if key != "kind" and form not in forms.setdefault(key, []):
                forms[key].append(form)
    return {
        "description": "A measure that was taken over by `extends`, overridden key by key.",
        "type": "object",
        "properties": {
            key: {"description": several[0].get("description", key), "anyOf": several}
            for key, several in forms.items()
        },
        "additionalProperties": False,
    }


def _complete(needs: dict[str, list[str]]) -> Schema:
    """Measures that are whole: each has a kind, what its kind needs, and a beginning."""
    cases = [
        {"if": {"properties": {"kind": {"const": kind}}}, "then": {"required": keys}}
        for kind, keys in needs.items()
    ]
    begun = [{"required": ["start"]}, {"required": ["schedule"]}]
    return {"additionalProperties": {"required": ["kind"], "anyOf": begun, "allOf": cases}}


def _propose_names(schema: Schema) -> None:
    """Worlds and parameters by name; a parameter's name may be written as nested tables."""
    properties = schema["properties"]
    properties["world"]["anyOf"] = [{"enum": list_worlds()}, {"type": "string"}]
    nested = {"type": "object", "additionalProperties": {"$ref": "#/$defs/Nested"}}
    schema["$defs"]["Nested"] = {"anyOf": [*NUMBER["anyOf"], nested]}
    properties["assumptions"]["additionalProperties"] = nested
    properties["assumptions"]["properties"] = {
        name: {"description": f"{parameter.meaning} ({parameter.unit})", **NUMBER}
        for name, parameter in PARAMETERS.items()
    }
