import inspect

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import figures
from sim.report.style import source_line
from tests.results.synthetic import synthetic

matplotlib.use("agg")

DRAWN = [
    figures.two_tier,
    figures.stage_output,
    figures.stage_share,
    figures.vehicles_built,
    figures.vehicles_missing,
    figures.vehicles_short,
    figures.cost_per_vehicle,
    figures.capacity_abroad,
    figures.accounting,
    figures.flows,
]


@pytest.fixture(scope="module")
def dataset():
    return synthetic()


def test_all_figures_are_listed():
    public = inspect.getmembers(figures, inspect.isfunction)
    takes_ax = [f for _, f in public if "ax" in inspect.signature(f).parameters]
    assert {f for f in takes_ax if f.__module__ == figures.__name__} == set(DRAWN)


@pytest.mark.parametrize("draw", DRAWN)
def test_a_figure_takes_axes_and_returns_them(dataset, draw):
    ax = Figure().subplots()
    assert draw(dataset, ax=ax) is ax
    assert ax.get_title(loc="left") or ax.get_title()


@pytest.mark.parametrize("draw", DRAWN)
def test_axes_carry_units(dataset, draw):
    ax = draw(dataset, ax=Figure().subplots())
    text = f"{ax.get_title()} {ax.get_xlabel()} {ax.get_ylabel()}"
    assert any(unit in text for unit in ("USD", "kt", "per cent", "vehicles", "million"))


def test_without_axes_a_figure_makes_its_own(dataset):
    ax = figures.two_tier(dataset)
    assert isinstance(ax, Axes)
    matplotlib.pyplot.close(ax.figure)


def test_the_price_figure_shows_the_element_that_costs_most(dataset):
    ax = figures.two_tier(dataset, ax=Figure().subplots())
    assert ax.get_title() == "Dy oxide"
    assert figures.two_tier(dataset, ax=Figure().subplots(), element="La").get_title() == "La oxide"


def test_the_median_is_drawn(dataset):
    ax = figures.vehicles_built(dataset, ax=Figure().subplots())
    lines = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    china = dataset["vehicles_built"].sel(path="policy", region="China").median("run")
    np.testing.assert_allclose(lines["China"], china * 12 / 1e6)


def test_stacked_sources_meet_the_lost_supply(dataset):
    ax = figures.accounting(dataset, ax=Figure().subplots())
    (lost,) = [line for line in ax.get_lines() if line.get_label() == "lost supply"]
    for place, share in enumerate(lost.get_xdata()):
        bars = [b for b in ax.patches if b.get_y() < place < b.get_y() + b.get_height()]
        assert sum(b.get_width() for b in bars) == pytest.approx(share)


def test_the_standard_set_is_written(dataset, tmp_path):
    figures.write_figures(dataset, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "account.png",
        "capacity-abroad.png",
        "cost-per-vehicle.png",
        "flows.png",
        "output-by-stage.png",
        "shock-accounting.png",
        "two-tier-prices.png",
        "vehicles.png",
    ]
    width = matplotlib.image.imread(tmp_path / "flows.png").shape[1]
    assert width == pytest.approx(16 / 2.54 * 200, abs=2)


def test_a_figure_says_where_it_comes_from(dataset):
    assert source_line(dataset) == "exportshock 0, scenario made-up, world 2023, 6 pairs, seed 7"


def test_one_run_and_no_trade_can_be_drawn(tmp_path):
    ds = synthetic(runs=1, imposers="")
    for product in ("oxide", "magnet", "concentrate"):
        ds[f"flows_{product}"][:] = 0.0
    figures.write_figures(ds, tmp_path)
