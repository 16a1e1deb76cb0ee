"""Readings, patterns and predictions on a path whose figures are known."""

import numpy as np
import pytest

from sim.hindcast import board, predictive
from sim.hindcast.observed import Observation
from sim.hindcast.patterns import Pattern, Reading, patterns
from sim.hindcast.periods import parse_period
from tests.hindcast.synthetic import RUNS, path

YEAR = parse_period("2010")


def test_series_are_read_by_their_names():
    seen = path()
    assert seen.read("price home La", YEAR) == pytest.approx(np.full(RUNS, 10))
    assert seen.read("price abroad La", YEAR) == pytest.approx(np.full(RUNS, 30))
    assert seen.read("exports China", YEAR) == pytest.approx(np.full(RUNS, 1200))
    assert seen.read("imports from China Japan", YEAR) == pytest.approx(np.full(RUNS, 720))
    n = len(seen.world.regions)
    assert seen.read("mine output abroad", YEAR) == pytest.approx(np.full(RUNS, 36 * (n - 1)))
    assert seen.read("mine output World", YEAR) == pytest.approx(np.full(RUNS, 36 * n))
    assert seen.read("use World", YEAR) == pytest.approx(
        np.full(RUNS, 12.0 * n * len(seen.world.elements))
    )
    assert seen.read("separated NdPr Southeast Asia", YEAR) == pytest.approx(np.full(RUNS, 12))
    with pytest.raises(KeyError):
        seen.series("weather China")


def test_every_pattern_reads_series_that_exist():
    seen = path()
    for pattern in patterns():
        for reading in (*pattern.numerator, *pattern.denominator):
            assert seen.series(reading.series).shape[-1] == RUNS


def pattern(numerator, denominator, low, high):
    def readings(text):
        parts = [part.split("|") for part in text.split(";") if part]
        return tuple(Reading(s, name, parse_period(p)) for s, name, p in parts)

    given = (readings(numerator), readings(denominator))
    return Pattern("gap", "e", "a gap", *given, low, high, 3.0, "yes", "s", "b")


def test_a_pattern_is_a_ratio_of_readings():
    gap = pattern("mean|price abroad La|2010-09/2010-10", "max|price home La|2010", 2.5, 3.5)
    assert gap.value(path()) == pytest.approx(np.full(RUNS, 3))
    both = pattern(
        "sum|exports China|2010;mean|price home La|2010", "sum|export quota China|2010", 0, 1
    )
    assert both.value(path()) == pytest.approx(np.full(RUNS, 1200 * 10 / 2400))


def observation(value, error=0.05):
    return Observation("price home La", YEAR, value, error, True, "s")


def test_predictions_carry_the_discrepancy_beyond_the_runs(monkeypatch):
    monkeypatch.setattr(predictive, "discrepancy", lambda series: 0.4)
    runs = predictive.predictive(path(), [observation(10, error=0.3)])
    # All runs say 10, so the spread is sqrt(0.4^2 + 0.3^2) alone, and the median stays.
    assert np.log(runs).std() == pytest.approx(0.5, rel=0.05)
    assert np.median(runs) == pytest.approx(10, rel=0.03)
    again = predictive.predictive(path(), [observation(10, error=0.3)])
    assert (runs == again).all()


def test_the_discrepancy_is_what_runs_and_observations_leave_unexplained():
    # The median is off by ln 2, the observation's own error explains 0.1 of it.
    seen = [observation(20, error=0.1)]
    found = predictive.estimate_discrepancy(path(), seen)
    assert found == pytest.approx(np.sqrt(np.log(2) ** 2 - 0.1**2))
    assert predictive.estimate_discrepancy(path(), [observation(10)]) == pytest.approx(0.1)


def test_scores_say_whether_they_beat_naive_forecasts():
    def score(metric, value, naive):
        return board.Score("s", "p", metric, value, naive, "", None)

    assert score("log_rmse", 0.2, 0.3).beats_naive
    assert not score("directional_accuracy", 0.2, 0.3).beats_naive
    assert score("log_rmse", 0.2, None).beats_naive is None


def test_annual_errors_take_whole_years_or_nine_months():
    def at(period, value):
        return Observation("price home La", parse_period(period), value, 0.1, True, "s")

    months = [at(f"2010-{m:02d}", 10.0) for m in range(1, 10)]
    few = [at("2011-01", 99.0)]
    whole = [at("2012", 20.0)]
    seen = [*months, *few, *whole]
    observed = np.array([o.value for o in seen])
    # 2010 is 10 % too high, 2012 30 %; the single month of 2011 is no year.
    predicted = np.array([11.0] * 9 + [1.0] + [26.0])
    assert board._annual(seen, observed, predicted) == pytest.approx(20)
