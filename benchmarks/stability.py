"""No shock, 25 years, every draw of the priors: cycles, drift, and a figure of both.

    python benchmarks/stability.py [RUNS] [--constant]

Within-run noise is off, so whatever moves is the model's own doing. A cycle is the distance of a
log price from its 25-month centred mean after the first two years; drift is the range of the
yearly mean of the log price over the same span.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from sim import load_scenario
from sim.chain import SupplyChain
from sim.report.style import log_axis
from sim.scenario import find_scenario

OFF = ("demand", "outage_rate", "setback_rate", "failure_rate", "news")
QUIET = [f"assumptions.noise.{name}=0.0" for name in OFF]
CONSTANT = ["assumptions.demand.ev_growth=0.0", "assumptions.demand.other_growth=0.0"]
FIXED_QUOTAS = ["assumptions.policy.quota_growth=0.0", "assumptions.policy.heavy_quota_growth=0.0"]
SHOWN = ("NdPr", "Dy", "Tb", "La")
FIGURE = Path(__file__).parents[1] / "docs" / "figures"
BATCH = 100


def home_prices(runs: int, constant: bool) -> tuple[np.ndarray, list[str]]:
    """Log prices in China (month, element, run) without any shock, 2023 to 2047."""
    overrides = [*QUIET, "end=2047-12-31", *(CONSTANT + FIXED_QUOTAS if constant else [])]
    scenario = load_scenario(find_scenario("no-shock"), overrides)
    parts = []
    for first in range(0, runs, BATCH):
        model = SupplyChain(scenario, "policy", range(first, min(first + BATCH, runs)))
        home = model.world.regions.index("China")
        parts.append(np.log(model.run()["oxide_price"][:, home]))
    return np.concatenate(parts, axis=-1), list(model.world.elements)


def cycles(price: np.ndarray) -> np.ndarray:
    """Largest distance from the 25-month centred mean, first two years left out: (run,)."""
    kernel = np.ones(25) / 25
    mean = np.apply_along_axis(lambda path: np.convolve(path, kernel, "valid"), 0, price)
    return np.abs(price[12:-12] - mean)[12:].max(axis=0)


def drift(price: np.ndarray) -> np.ndarray:
    """Range of yearly means, first two years left out: (run,)."""
    yearly = price.reshape(-1, 12, price.shape[-1]).mean(axis=1)[2:]
    return yearly.max(axis=0) - yearly.min(axis=0)


def main() -> None:
    """Print the table and draw the figure."""
    runs = int(next((a for a in sys.argv[1:] if a.isdigit()), 200))
    constant = "--constant" in sys.argv
    price, elements = home_prices(runs, constant)
    print(f"{runs} draws, {'constant demand and quotas' if constant else 'demand as forecast'}")
    print("element    cycle median   95 %    max   runs > 0.05   drift median   95 %    max")
    for e, name in enumerate(elements):
        wave, move = cycles(price[:, e]), drift(price[:, e])
        print(
            f"{name:10s} {np.median(wave):12.3f} {np.quantile(wave, 0.95):6.3f} {wave.max():6.3f}"
            f" {int((wave > 0.05).sum()):13d} {np.median(move):14.2f}"
            f" {np.quantile(move, 0.95):6.2f} {move.max():6.2f}"
        )
    figure, axes = plt.subplots(2, 2, figsize=(6.3, 4.6), sharex=True, layout="constrained")
    years = 2023 + (np.arange(len(price)) + 0.5) / 12
    for ax, name in zip(axes.flat, SHOWN, strict=True):
        low, q1, middle, q3, high = np.exp(
            np.quantile(price[:, elements.index(name)], [0.05, 0.25, 0.5, 0.75, 0.95], axis=-1)
        )
        ax.fill_between(years, low, high, color="#0072B2", alpha=0.2, lw=0, label="90 % of draws")
        ax.fill_between(years, q1, q3, color="#0072B2", alpha=0.35, lw=0, label="50 %")
        ax.plot(years, middle, color="#0072B2", label="median")
        ax.set_title(f"{name} oxide in China", fontsize=9)
        ax.set_ylabel("USD/kg, without VAT", fontsize=8)
        ax.tick_params(labelsize=8)
        log_axis(ax)
    axes[0, 0].legend(fontsize=7, frameon=False)
    kind = "constant demand and quotas" if constant else "demand and quotas growing"
    figure.supxlabel(f"exportshock, world 2023, no shock, {kind}, {runs} draws", fontsize=7)
    FIGURE.mkdir(parents=True, exist_ok=True)
    figure.savefig(FIGURE / f"no-shock{'-constant' if constant else ''}.png", dpi=150)


if __name__ == "__main__":
    main()
