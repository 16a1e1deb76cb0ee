from types import SimpleNamespace

import pandas as pd
import pytest
from rich.console import Console

from sim.ensemble import BaseYearRow
from sim.report.base_year import base_year_tables, named_shares

WORLD = SimpleNamespace(
    title="Here",
    base_year=2023,
    tables={
        "mines": pd.DataFrame(
            {"mine": ["A", "B", "rest"], "output": [60, 0, 40], "named": ["true", "true", "false"]}
        ),
        "separators": pd.DataFrame(
            {
                "separator": ["C"],
                "light_capacity": [5],
                "heavy_capacity": [5],
                "named": ["true"],
            }
        ),
        "magnet_makers": pd.DataFrame({"maker": ["rest"], "output": [7], "named": ["false"]}),
        "ev_makers": pd.DataFrame(
            {
                "owner": ["T", "T", "rest"],
                "bev": [1, 2, 1],
                "phev": [0, 0, 1],
                "named": ["true", "true", "false"],
            }
        ),
    },
)


def test_named_shares_by_hand():
    shares = {n.stage: (n.firms, n.share, n.total) for n in named_shares(WORLD)}
    assert shares == {
        "mines": (2, 0.6, 100),
        "separators": (1, 1.0, 10),
        "magnet makers": (0, 0.0, 7),
        "EV makers": (1, 0.6, 5),
    }


@pytest.mark.parametrize("explanation", ["", "because"])
def test_an_explained_deviation_is_marked_and_told(explanation):
    row = BaseYearRow(
        "mine_output", "China", "", "t REO", 110.0, 100.0, 0.1, "usgs", "high", explanation
    )
    console = Console(width=140)
    with console.capture() as capture:
        for table in base_year_tables(WORLD, [row], named_shares(WORLD)):
            console.print(table)
    text = capture.get()
    assert ("+10.0%*" in text) == bool(explanation)
    assert ("Explained deviations" in text) == bool(explanation)
    assert "usgs" in text
