"""The scenario file: loading, merging, and error messages with lines."""

from sim.scenario.editors import scenario_schema
from sim.scenario.loading import (
    dump_scenario,
    find_scenario,
    load_scenario,
    scenario_group,
)
from sim.scenario.schema import Scenario, Sweep, Swept
from sim.shipped import shipped_scenarios

__all__ = [
    "Scenario",
    "Sweep",
    "Swept",
    "dump_scenario",
    "find_scenario",
    "load_scenario",
    "scenario_group",
    "scenario_schema",
    "shipped_scenarios",
]
