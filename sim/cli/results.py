"""`report`: what is made of a folder of results."""

from __future__ import annotations

import argparse

from sim.cli.options import Commands, Given, add_command, folder
from sim.cli.printing import print_json, print_lines


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    report = add_command(
        commands, "report", _report, "one self-contained page of a folder of results"
    )
    report.add_argument("folder", metavar="DIR", type=folder)
    report.add_argument("--format", choices=("html", "md"), default="html", help="default: html")
    report.add_argument(
        "--out", metavar="FILE", type=folder, help="the page (default: report.html in the folder)"
    )


def _report(given: Given) -> None:
    from sim.report.page import write_report

    page = write_report(given.folder, given.format, given.out)
    if given.json:
        print_json({"page": str(page)})
    elif not given.quiet:
        print_lines(f"Written to {page}")
