"""`validate` and `schema`: writing scenario files."""

from __future__ import annotations

import argparse

from sim.cli.options import Commands, Given, add_command
from sim.cli.printing import print_json
from sim.errors import UserError


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    validate = add_command(commands, "validate", _validate, "check scenario files without running")
    validate.add_argument("files", metavar="FILE", nargs="+")
    schema = commands.add_parser("schema", help="JSON Schema of scenario files, for editors")
    schema.set_defaults(command=_schema)


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
    else:
        for answer in answers:
            if answer["valid"]:
                print(f"{answer['file']}: valid")
    if faults:
        raise UserError("\n".join(str(fault) for fault in faults))


def _schema(given: Given) -> None:
    from sim.scenario import scenario_schema

    print_json(scenario_schema())
