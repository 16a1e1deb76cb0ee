"""`list`, `world` and `parameters`: what the program knows."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from sim.cli.options import Commands, Given, add_command, add_world
from sim.cli.printing import print_json, print_lines, print_tables


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    add_command(commands, "list", _list, "list the shipped scenarios and worlds")
    world = add_command(
        commands, "world", _world, "a world's base year: the model and the observed"
    )
    add_world(world)
    add_command(commands, "parameters", _parameters, "the model's assumptions and their priors")


def _list(given: Given) -> None:
    from sim.scenario import load_scenario, scenario_group, shipped_scenarios
    from sim.world import list_worlds, load_world

    paths = shipped_scenarios()
    scenarios = {name: load_scenario(path).title for name, path in paths.items()}
    worlds = {name: load_world(name).title for name in list_worlds()}
    if given.json:
        print_json({"scenarios": scenarios, "worlds": worlds})
        return
    headings: dict[str, dict[str, str]] = {}
    for name in sorted(paths, key=lambda name: scenario_group(paths[name])):
        group = scenario_group(paths[name])
        heading = f"Scenarios, {group}" if group else "Scenarios"
        headings.setdefault(heading, {})[name] = scenarios[name]
    for heading, titles in (headings | {"Worlds": worlds}).items():
        width = max(24, *map(len, titles))
        print_lines(heading, *(f"  {name:{width}} {title}" for name, title in titles.items()))


def _world(given: Given) -> None:
    from sim.ensemble import base_year
    from sim.report.base_year import base_year_tables, named_shares
    from sim.world import load_world

    world = load_world(given.name)
    rows, named = base_year(given.name), named_shares(world)
    if given.json:
        both = {"rows": [asdict(r) for r in rows], "named": [asdict(n) for n in named]}
        print_json(both)
        return
    print_tables(*base_year_tables(world, rows, named))


def _parameters(given: Given) -> None:
    from sim.world import PARAMETERS

    if given.json:
        print_json([asdict(parameter) for parameter in PARAMETERS.values()])
        return
    from sim.report.text import parameter_table

    print_tables(parameter_table(PARAMETERS.values()))
