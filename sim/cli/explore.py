"""`explore`: the page in the browser."""

from __future__ import annotations

import argparse

from sim.cli.options import Commands, Given, add_scenario, whole_number


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    explore = commands.add_parser("explore", help="build and watch a scenario in the browser")
    explore.set_defaults(command=_explore)
    add_scenario(explore, nargs="?", default="technology-ban-2023")
    explore.add_argument("--host", default="127.0.0.1", help="default: this machine alone")
    explore.add_argument("--port", type=whole_number(1, 65535), default=8765, help="default: 8765")
    explore.add_argument("--no-browser", action="store_true", help="do not open a browser")


def _explore(given: Given) -> None:
    from sim.dashboard import serve

    serve(given.file, given.host, given.port, not given.no_browser)
