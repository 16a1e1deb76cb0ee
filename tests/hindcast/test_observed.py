"""The observed series: units, sources, and what may be scored."""

import pytest

from sim.hindcast.observed import DATA, observations, series, table, without_tax
from sim.hindcast.patterns import patterns
from sim.hindcast.periods import parse_period
from sim.world import rows


def test_periods():
    assert parse_period("2010-Q3") == parse_period("2010-07/2010-09")
    assert parse_period("2010").year == 2010.5
    assert len(parse_period("2010-12/2011-01")) == 2
    for text in ("2010-13", "10", "2010-Q5", ""):
        with pytest.raises(ValueError):
            parse_period(text)


def test_quotes_become_dollars_without_tax():
    # 1,400 CNY/kg with 17 % VAT at 6.46 CNY per USD.
    assert without_tax(1400, "CNY/kg", "incl", 2011) == pytest.approx(1400 / 6.46 / 1.17)
    assert without_tax(20.63, "USD/kg", "excl", 2011) == 20.63
    assert without_tax(260, "USD/kg", "na", 2007) == 260


def test_quotes_of_one_month_are_one_observation():
    september = [o for o in series("price home Dy") if o.period == parse_period("2011-09")]
    assert len(september) == 1
    quotes = (10500 * 9250 * 9650) ** (1 / 3) / 6.46 / 1.17
    assert september[0].value == pytest.approx(quotes)


def test_neodymium_goes_before_mixed_quotes_and_mixed_ones_are_less_sure():
    found = {o.period: o for o in series("price home NdPr")}
    assert found[parse_period("2011-09")].error == 0.05
    assert found[parse_period("2011-10")].error == 0.15


def test_nothing_is_later_than_march_2025():
    last = parse_period("2025-03").last
    for name in ("prices", "quantities"):
        assert all(parse_period(row.period).last <= last for row in rows(table(name)))
    for pattern in patterns():
        readings = (*pattern.numerator, *pattern.denominator)
        assert all(reading.period.last <= last for reading in readings)


def test_what_was_only_remembered_or_a_peak_is_never_scored():
    for row in (*rows(table("prices")), *rows(table("quantities"))):
        if row.source == "recall" or getattr(row, "statistic", "") == "peak":
            assert row.scored == "no"


def test_every_row_and_pattern_names_a_source_of_the_list():
    known = set(table("sources")["source_id"]) | {"recall"}
    cited = {row.source for name in ("prices", "quantities") for row in rows(table(name))}
    cited |= {source for p in patterns() for source in p.source.split(";")}
    assert cited <= known, cited - known
    assert (DATA / "conversion.csv").is_file()


def test_series_of_prices_cover_home_and_abroad_by_element():
    names = {o.series for o in observations() if o.scored}
    assert {
        f"price {m} {e}" for m in ("home", "abroad") for e in ("La", "Ce", "NdPr", "Tb", "Dy")
    } <= names
