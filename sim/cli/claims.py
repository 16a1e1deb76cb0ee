"""`claims`: the claims about the technology ban and the quotas, tested."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sim.cli.options import Commands, Given, add_command, add_workers, folder, page, whole_number
from sim.cli.printing import print_json, print_tables, progress


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the parsers of this module."""
    claims = add_command(
        commands, "claims", _claims, "test the claims about the technology ban and the quotas"
    )
    claims.add_argument(
        "ids", metavar="ID", nargs="*", type=whole_number(1), help="numbers (default: all)"
    )
    claims.add_argument(
        "--runs", metavar="N", type=whole_number(1), default=100, help="runs an arm"
    )
    claims.add_argument("--seed", metavar="S", type=int, default=7, help="seed of all random draws")
    claims.add_argument(
        "--out",
        metavar="DIR",
        type=folder,
        default=Path("results/claims"),
        help="folder in which arms are kept: the same command goes on from there",
    )
    claims.add_argument(
        "--markdown", metavar="FILE", type=page, help="also write the page of the documentation"
    )
    add_workers(claims)


def _claims(given: Given) -> None:
    from sim.claims import judge_claims

    workers = given.workers or os.cpu_count() or 1
    with progress(given, "arms of claims") as tick:
        judged = judge_claims(given.ids, given.runs, given.seed, given.out, workers, tick)
    from sim.report.claims import claims_page, claims_table, write_page

    if given.json:
        print_json([one.row() for one in judged])
    else:
        print_tables(claims_table(judged))
    if given.markdown:
        write_page(given.markdown, claims_page(judged, given.runs, given.seed))
