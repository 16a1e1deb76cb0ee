"""What the measures at home say to the terms of March 2025."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Any

START = {"by": "Home", "start": date(2025, 1, 1)}


class Level:
    """Equal to any method that gives this size in force in March 2025."""

    def __init__(self, size: float) -> None:
        self.size = size

    def __eq__(self, other: object) -> bool:
        return callable(other) and other(date(2025, 3, 1)) == self.size


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
    (
        {"kind": "recycling-mandate", **START, "basis": "content", "level": 0.2},
        [("recycling_mandate", "key", ("Home",), "content", 0.2, True)],
    ),
    (
        {
            "kind": "demand-mandate", "by": "Home", "unit": "share of forecast",
            "schedule": {"2025": 1.2, "2026": 1.4},
        },
        [("vehicle_target", "key", ("Home",), "all", False, Level(1.2))],
    ),
]  # fmt: skip
