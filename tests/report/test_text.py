import pytest
from rich.console import Console

from sim.report.numbers import interval, short
from sim.report.text import print_summary
from sim.results.summary import summarise
from tests.results.synthetic import synthetic


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0, "0"),
        (-3e-10, "0"),
        (0.00012, "1.2e-04"),
        (0.0123, "0.0123"),
        (0.99999, "1"),
        (1.2345, "1.23"),
        (-12.345, "-12.3"),
        (99.96, "100"),
        (1234.5, "1,230"),
        (9_994, "9,990"),
        (9_996, "10.0k"),
        (99_960, "100k"),
        (999_499, "999k"),
        (999_500, "1.00M"),
        (-12_345_678, "-12.3M"),
        (1.5e9, "1,500M"),
    ],
)
def test_numbers_have_three_digits(value, text):
    assert short(value) == text


def test_an_interval_that_is_a_point_is_left_out():
    assert interval(1.0, 1.0, 1.0) == "1"
    assert interval(1.0, 0.5, 2.0) == "1\n0.5 to 2"
    assert interval(None, None, None) == "-"


def printed(ds, rows, width=120):
    console = Console(width=width, markup=False, highlight=False, emoji=False)
    with console.capture() as capture:
        print_summary(console, ds.attrs, ds.sizes["run"], rows)
    return capture.get()


def test_every_indicator_is_printed():
    ds = synthetic(years=8)
    rows = summarise(ds)
    for n, row in enumerate(rows):  # a number that can be recognised
        row["median"] = row["low"] = row["high"] = 100 + n
    text = printed(ds, rows)
    missing = [row for row in rows if f" {row['median']}" not in text]
    assert not missing


def test_a_title_that_looks_like_markup_is_shown_as_it_is():
    ds = synthetic()
    ds.attrs["title"] = "[red]boo[/red] :smile:"
    console_text = printed(ds, summarise(ds))
    assert "[red]boo[/red]" in console_text
