"""A made-up result of a run: every variable of the contract, with a mass ledger that balances."""

from __future__ import annotations

from datetime import date

import numpy as np
import xarray as xr

from sim.results import VARIABLES, build_dataset

REGIONS = ["China", "United States", "Europe", "Japan", "South Korea"]
ELEMENTS = {"La": 1.0, "NdPr": 90.0, "Dy": 330.0}
ACCOUNTS = [
    "mine", "scrap_collected", "import_concentrate", "import_oxide", "import_leakage",
    "import_magnet", "export_concentrate", "export_oxide", "export_leakage", "export_magnet",
    "stock_change", "losses", "discards", "use", "need", "thrift", "substitution", "unmet",
]  # fmt: skip
NEED = 600.0  # t a year in each region
FORMS = {"oxide": 0.6, "magnet": 0.3, "concentrate": 0.1}
FIRMS = {"Alpha": "mine", "Beta": "separator", "Gamma": "magnet maker", "Delta": "EV maker"}


def synthetic(
    runs: int = 6, years: int = 3, announced: date = date(2023, 7, 1), imposers: str = "China"
) -> xr.Dataset:
    """A dataset from 2023-01 on, whose policy path leaves the other at the announcement."""
    start = np.datetime64("2023-01")
    time = np.arange(start, start + 12 * years).astype("datetime64[ns]")
    coords = {
        "path": ["counterfactual", "policy"],
        "run": np.arange(runs),
        "time": time,
        "year": np.arange(2023, 2023 + years),
        "region": REGIONS,
        "origin": REGIONS,
        "destination": REGIONS,
        "element": list(ELEMENTS),
        "element_class": ("element", ["light", "light", "heavy"]),
        "grade": ["standard", "high-temperature"],
        "stage": ["mine", "light separation", "heavy separation", "magnet"],
        "sector": ["mine", "separation", "magnet", "vehicle"],
        "account": ACCOUNTS,
        "form": list(FORMS),
        "purpose": ["subsidy", "price-floor", "stockpile"],
        "quota": ["oxide-quota"],
        "firm": list(FIRMS),
        "firm_kind": ("firm", list(FIRMS.values())),
        "firm_region": ("firm", REGIONS[:4]),
        "firm_owner": ("firm", REGIONS[:4]),
    }
    sizes = {d: len(c) for d, c in coords.items() if not isinstance(c, tuple)}
    shock = np.clip((time - np.datetime64(announced)) / np.timedelta64(180, "D"), 0, 1)
    rng = np.random.default_rng(0)
    records = {n: _plain(n, sizes, shock, rng) for n in VARIABLES if n not in _LEDGER}
    records |= _ledger(sizes, shock, rng)
    attrs = {
        "scenario": "made-up",
        "title": "A made-up ban",
        "counterfactual": "",
        "imposers": imposers,
        "announced": announced.isoformat(),
        "world": "2023",
        "seed": 7,
        "exportshock_version": "0",
    }
    return build_dataset(records, coords, attrs)


_LEDGER = ("accounts", "imposer_imports")
_LEVELS = {"vehicles_built": 1e5, "vehicles_demanded": 1.02e5, "capacity": 3e4, "mine_output": 2e3}
_FALLING = ("vehicles_built", "magnet_output", "flows_oxide", "flows_magnet", "flows_concentrate")


def _plain(name, sizes, shock, rng):
    """Positive numbers, equal on both paths until the shock, which lowers or raises them."""
    dims = ("path", *VARIABLES[name][0], "run")
    shape = [sizes[d] for d in dims]
    base = rng.uniform(0.8, 1.2, [1, 1, *shape[2:]]) * np.ones(shape) * _LEVELS.get(name, 10.0)
    if "element" in dims:
        scale = [1, *(len(ELEMENTS) if d == "element" else 1 for d in dims[1:])]
        base *= np.reshape(list(ELEMENTS.values()), scale)
    course = shock if dims[1] == "time" else shock.reshape(-1, 12).mean(axis=1)
    course = course.reshape(-1, *[1] * (len(shape) - 2))
    strength = rng.uniform(0.2, 0.6, shape[-1])
    base[1] *= 1 - 0.5 * strength * course if name in _FALLING else 1 + strength * course
    return dims, base


def _ledger(sizes, shock, rng):
    """Accounts of which supply and disposal agree in each region, year, element and run."""
    time, region, element, run = (sizes[d] for d in ("year", "region", "element", "run"))
    shape = (2, time, region, element, run)
    yearly = shock.reshape(-1, 12).mean(axis=1)
    course = np.array([0.0, 1.0])[:, None, None, None, None] * yearly[:, None, None, None]
    size = NEED * rng.uniform(0.8, 1.2, (1, 1, region, element, run)) * np.ones(shape)
    a = {name: np.zeros(shape) for name in ACCOUNTS}
    a["need"] = size
    for name, without, with_measure in (
        ("thrift", 0.01, 0.05), ("substitution", 0.0, 0.04), ("unmet", 0.0, 0.06),
        ("losses", 0.02, 0.015), ("discards", 0.01, 0.005), ("mine", 0.3, 0.38),
        ("scrap_collected", 0.05, 0.07), ("stock_change", 0.02, -0.03),
    ):  # fmt: skip
        change = rng.uniform(0.8, 1.2, run) * (with_measure - without)
        a[name] = size * (without + course * change)
    a["use"] = a["need"] - a["thrift"] - a["substitution"] - a["unmet"]
    smuggled = size[:, :, 1:] * 0.02 * course
    a["import_leakage"][:, :, 1:] = smuggled
    a["export_leakage"][:, :, 0] = smuggled.sum(axis=2)
    bought = (
        a["use"] + a["losses"] + a["discards"] + a["stock_change"]
        - a["mine"] - a["scrap_collected"] - a["import_leakage"]
    )  # fmt: skip
    net = np.zeros((2, time, region, element, len(FORMS), run))
    for f, (form, share) in enumerate(FORMS.items()):
        net[:, :, 1:, :, f] = share * bought[:, :, 1:]
        a[f"import_{form}"][:, :, 1:] = net[:, :, 1:, :, f]
        a[f"export_{form}"][:, :, 0] = net[:, :, 1:, :, f].sum(axis=2)
    a["mine"][:, :, 0] += (
        bought[:, :, 0] + sum(a[f"export_{f}"][:, :, 0] for f in (*FORMS, "leakage"))
    )  # fmt: skip
    accounts = np.stack([a[name] for name in ACCOUNTS], axis=4)
    return {
        "accounts": (("path", "year", "region", "element", "account", "run"), accounts),
        "imposer_imports": (("path", "year", "region", "element", "form", "run"), net),
    }
