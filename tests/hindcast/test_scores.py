"""Scores against cases worked by hand."""

import numpy as np
import pytest

from sim.hindcast import scores


def of(*values):
    return np.array(values, dtype=float)


def test_log_rmse():
    # Errors ln 2 and 0: sqrt(ln2^2 / 2).
    assert scores.log_rmse(of(1, 3), of(2, 3)) == pytest.approx(np.log(2) / np.sqrt(2))
    assert scores.log_rmse(of(4, 5), of(4, 5)) == 0


def test_mape():
    # |8 - 10| / 10 = 20 %, |6 - 5| / 5 = 20 %, |2 - 2| / 2 = 0.
    assert scores.mape(of(10, 5, 2), of(8, 6, 2)) == pytest.approx(40 / 3)


def test_theil_u2():
    # Observed moves ln 2 and -ln 2; predicted ln 4 and -ln 2: errors ln 2 and 0.
    assert scores.theil_u2(of(1, 2, 1), of(1, 4, 2)) == pytest.approx(np.sqrt(0.5))
    # No change predicted is exactly 1, the right changes at the wrong level exactly 0.
    assert scores.theil_u2(of(1, 2, 5), of(3, 3, 3)) == pytest.approx(1)
    assert scores.theil_u2(of(1, 2, 5), of(10, 20, 50)) == pytest.approx(0)
    assert np.isnan(scores.theil_u2(of(2, 2), of(1, 3)))


def test_directional_accuracy():
    # Moves up, down, none, up: the third is not counted, two of the three are met.
    assert scores.directional_accuracy(of(1, 2, 1, 1, 3), of(1, 5, 4, 3, 2)) == pytest.approx(2 / 3)
    assert np.isnan(scores.directional_accuracy(of(1, 1), of(1, 2)))


def test_interval_coverage_and_width():
    runs = np.arange(101.0)[None].repeat(3, axis=0)  # quantile q lies at 100 q
    low, high = scores.interval(runs)
    assert low == pytest.approx(of(5, 5, 5)) and high == pytest.approx(of(95, 95, 95))
    assert scores.coverage(of(4, 5, 50), low, high) == pytest.approx(2 / 3)
    assert scores.log_width(low, high) == pytest.approx(np.log(19))


def test_crps():
    # Two members at logs 0 and 2, observed at 1: mean error 1, half the mean difference 0.5.
    runs, seen = np.exp(of(0, 2))[None], np.exp(of(1))
    assert scores.crps(seen, runs) == pytest.approx(0.5)
    # Of one member: the absolute error.
    assert scores.crps(np.exp(of(1)), np.exp(of(4))[None]) == pytest.approx(3)
    # Against the double sum itself, members in any order.
    members = np.array([0.3, -1.0, 2.0, 0.1, 0.7])
    plain = np.abs(members - 0.4).mean() - np.abs(members[:, None] - members).mean() / 2
    assert scores.crps(np.exp(of(0.4)), np.exp(members)[None]) == pytest.approx(plain)


def test_naive_forecasts():
    times, values = of(2000, 2008, 2009, 2010), of(7, 1, 2, 4)
    at = of(2011, 2012)
    assert scores.last_value(times, values, at) == pytest.approx(of(4, 4))
    # The last two years double each year; what lies before them is not seen.
    assert scores.trend(times, values, at) == pytest.approx(of(8, 16))
    assert scores.trend(of(2010), of(4), at) == pytest.approx(of(4, 4))


def test_random_walk():
    # Moves of ln 2 in one year and ln 1 in three: variance ln2^2 / 4 a year.
    times, values = of(2000, 2001, 2004), of(1, 2, 2)
    assert scores.walk_volatility(times, values) == pytest.approx(np.log(2) / 2)
    low, high = scores.walk_interval(times, values, of(2008))
    assert np.log(high / low) == pytest.approx(2 * 1.6448536 * np.log(2) / 2 * 2)
    assert np.isnan(scores.walk_volatility(of(2000), of(1)))
