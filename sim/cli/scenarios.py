"""`validate` and `schema`: writing scenario files."""

from __future__ import annotations

import argparse

from sim.cli.options import Commands, Given, add_command, add_scenario
from sim.cli.printing import print_json, print_lines
from sim.errors import UserError


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    validate = add_command(commands, "validate", _validate, "check scenario files without running")
    add_scenario(validate, "files", nargs="+")
    add_command(commands, "schema", _schema, "JSON Schema of scenario files, for editors")


def _validate(given: Given) -> None:
    from sim.scenario import find_scenario, load_scenario

    answers, faults = [], []
    for file in given.files:
        try:
            load_scenario(find_scenario(file))
            answers.append({"file": file, "valid": True, "problems": []})
        except UserError as error:
            faults.append(error)
            answers.append({"file": file, "valid": False, "problems": str(error).splitlines()})
    if given.json:
        print_json(answers)
    elif not given.quiet:
        print_lines(*(f"{answer['file']}: valid" for answer in answers if answer["valid"]))
    if faults:
        raise UserError("\n".join(str(fault) for fault in faults))


def _schema(given: Given) -> None:
    from sim.scenario import scenario_schema

    print_json(scenario_schema())
