"""What a sweep tells and draws."""

import io
import json

import numpy as np
import pytest
from matplotlib.figure import Figure
from rich.console import Console

from sim.ensemble.discovery import Box
from sim.report.sweep_figures import boxes, heat_map, regret_table, shares, tornado
from sim.report.sweep_files import write_sweep
from sim.report.sweep_text import box_sentence, headlines, print_sweep, sentences, sweep_summary
from tests.ensemble.test_analysis import LOST, noisy, swept

ATTRS = {
    "title": "A title",
    "scenario": "made-up",
    "samples": 8,
    "seed": 7,
    "world": "tiny",
    "exportshock_version": "0",
}


def made(kind, samples, function, **options):
    ds = swept(kind, samples, function, **options)
    return ds.assign_attrs(ATTRS)


def rising(u, run):
    return 1000 * (3 * u[:, 0] + u[:, 1])


def test_the_sentence_names_what_matters_most_first():
    (told,) = sentences(made("sobol", 512, rising))
    assert told.startswith("Vehicles lost in all: ")
    assert "it depends mostly on a (9" in told
    assert "% of the variance; " in told
    assert "chance within the run is 0%." in told
    assert "rough" not in told
    (rough,) = sentences(made("sobol", 8, rising))
    assert "These shares are rough" in rough


def test_chance_is_named_where_it_rules():
    (told,) = sentences(made("sobol", 256, lambda u, run: noisy(0 * u, run)))
    assert "it depends mostly on chance within the run" in told


def test_nothing_varies():
    ds = made("sobol", 8, lambda u, run: np.zeros(len(u)))
    assert headlines(ds) == []
    assert sentences(ds) == [
        "No output varies over the sweep: nothing that was swept makes a difference."
    ]


def test_other_outputs_are_spoken_of_where_the_usual_are_not_kept():
    ds = made("morris", 8, rising).assign_coords(output=["peak_price_ratio abroad Dy"])
    assert headlines(ds) == ["peak_price_ratio abroad Dy"]
    assert sentences(ds)[0].startswith("Peak price ratio abroad Dy: ")


def test_a_corner_is_told_in_the_units_of_its_inputs():
    ds = made("latin-hypercube", 8, rising).assign_attrs(dates="b")
    box = Box({"a": (0.2, 0.5), "b": (739_000.0, 739_031.0)}, 0.7, 0.9, 1234.0)
    told = box_sentence(ds, LOST, box)
    assert "a from 0.2 to 0.5 and b from 2024-04-24 to 2024-05-25" in told
    assert "90% of the pairs there are among the worst, and they are 70% of all worst" in told


KINDS = [("sobol", 8), ("morris", 8), ("latin-hypercube", 128), ("grid", None)]


@pytest.mark.parametrize(("kind", "samples"), KINDS)
def test_every_design_is_printed_written_and_drawn(kind, samples, tmp_path):
    ds = made(kind, samples, rising, inputs=2, sets=("own", "other"), runs=2)
    console = Console(record=True, width=120, file=io.StringIO())
    print_sweep(console, ds, None)
    text = console.export_text()
    assert "What drives vehicles lost in all\n" in text
    assert "Regret by vehicles lost in all\n" in text
    write_sweep(ds, tmp_path, 'title = "x"\n', None)
    drawn = {path.stem for path in (tmp_path / "figures").iterdir()}
    own = {"boxes", "heat-map"} if kind == "grid" else {"sensitivity"}
    assert drawn == {*own, "regret"}
    assert json.loads((tmp_path / "summary.json").read_text()) == json.loads(
        json.dumps(sweep_summary(ds, None))
    )


def test_figures_show_what_they_say():
    ax = Figure().subplots()
    ds = made("sobol", 512, rising)
    tornado(ds, LOST, ax)
    assert ax.get_yticklabels()[0].get_text() == "a"
    low, high = (container[0] for container in ax.containers[:2])
    assert low.get_width() < 0 < high.get_width()
    ax = Figure().subplots()
    shares(ds, LOST, ax)
    assert ax.containers[1][0].get_width() == pytest.approx(0.9, abs=0.1)
    grid = made("grid", None, rising, inputs=2, sets=("own", "other"), runs=2)
    ax = Figure().subplots()
    heat_map(grid, LOST, ("a", "b"), ax)
    np.testing.assert_allclose(
        ax.images[0].get_array(), [[3000 * x + 1000 * y for x in A] for y in A]
    )
    ax = Figure().subplots()
    boxes(grid, LOST, "a", ax)
    assert len(ax.get_xticks()) == 3
    ax = Figure().subplots()
    regret_table(grid, LOST, ax)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["own", "other"]


A = (1 / 6, 1 / 2, 5 / 6)
