"""What the measures at home say to the terms of March 2025."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Any

START = {"by": "Home", "start": date(2025, 1, 1)}
HOME_SAYS: list[tuple[dict[str, Any], list[tuple[Any, ...]]]] = [
    (
        {"kind": "outage", **START, "stage": "mine", "firms": "Home Clay", "loss": 0.5},
        [("outage", "key", ("Home",), "mine", ("Home Clay",), 0.5)],
    ),
    (
        {
            "kind": "stockpile", **START, "action": "purchase", "element": "Dy",
            "unit": "t/year", "level": 50, "limit": 300.0,
        },
        [("stockpile", "key", ("Home",), "purchase", "Dy", 50, 300.0, None)],
    ),
    (
        {"kind": "subsidy", **START, "stage": "magnet", "capex_share": 0.5},
        [("subsidy", "key", ("Home",), "magnet", None, 0.5, 0.0, 0.0, None, (0.0, inf))],
    ),
    (
        {
            "kind": "price-floor", "by": "Home", "announced": date(2025, 1, 1),
            "start": date(2025, 4, 1), "element": "NdPr", "strike": 110,
        },
        [
            ("price_floor", "key", ("Home",), "separation", None, "NdPr", 110, 0.0, None,
             (31 / 365.25, inf)),
        ],
    ),
]  # fmt: skip
