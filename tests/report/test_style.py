"""Axes that people can read."""

import matplotlib
import pytest
from matplotlib.figure import Figure

from sim.report.style import log_axis

matplotlib.use("agg")


def labels(low, high):
    """The labels that a logarithmic axis shows for prices between two values."""
    figure = Figure()
    ax = figure.subplots()
    ax.plot([0, 1], [low, high])
    log_axis(ax)
    figure.canvas.draw()
    bottom, top = ax.get_ylim()
    ticks = zip(ax.yaxis.get_majorticklocs(), ax.yaxis.get_majorticklabels(), strict=True)
    assert ax.yaxis.get_minorticklocs().size == 0
    return [text.get_text() for place, text in ticks if bottom <= place <= top]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.36, 0.68, ["0.4", "0.5", "0.6"]),
        (40, 420, ["50", "100", "200"]),
        (300, 1300, ["300", "400", "500", "600", "800", "1,000"]),
        (12, 1500, ["10", "20", "50", "100", "200", "500", "1,000"]),
    ],
)
def test_logarithmic_axis_has_plain_numbers(low, high, expected):
    assert labels(low, high) == expected
