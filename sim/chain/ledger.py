"""What is booked: contained oxide by region, element and account, so that mass can be checked."""

from __future__ import annotations

import numpy as np

from sim.chain.arrays import Array, total

SOURCES = (
    "mine",
    "scrap_collected",
    "import_concentrate",
    "import_oxide",
    "import_leakage",
    "import_magnet",
)
SINKS = (
    "export_concentrate",
    "export_oxide",
    "export_leakage",
    "export_magnet",
    "stock_change",
    "losses",
    "discards",
    "use",
)
ACCOUNTS = (*SOURCES, *SINKS, "need", "thrift", "substitution", "unmet")


class Ledger:
    """One month's accounts (region, element, account, run), t of contained oxide."""

    def __init__(self, regions: int, elements: int, runs: int) -> None:
        self.book = np.zeros((regions, elements, len(ACCOUNTS), runs))

    def clear(self) -> None:
        """Begin a new month."""
        self.book = np.zeros_like(self.book)

    def add(self, account: str, content: Array) -> None:
        """Book contained oxide (region, element, run) to an account."""
        self.book[:, :, ACCOUNTS.index(account)] += content

    def trade(self, form: str, flow: Array) -> None:
        """Book a flow (origin, destination, element, run) as export and import of a form."""
        self.add(f"export_{form}", total(flow.swapaxes(0, 1)))
        self.add(f"import_{form}", total(flow))

    def imbalance(self) -> Array:
        """Sources less sinks (region, element, run), t; 0 where mass is kept."""
        into = [self.book[:, :, ACCOUNTS.index(account)] for account in SOURCES]
        out = [self.book[:, :, ACCOUNTS.index(account)] for account in SINKS]
        return sum(into) - sum(out)  # type: ignore[return-value]

    def unexplained(self) -> Array:
        """Need less thrift, substitution and unmet less use (region, element, run), t."""
        account = {name: self.book[:, :, k] for k, name in enumerate(ACCOUNTS)}
        met = account["need"] - account["thrift"] - account["substitution"] - account["unmet"]
        return met - account["use"]
