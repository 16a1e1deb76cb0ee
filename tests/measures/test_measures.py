"""What each kind of measure means, when it is in force, and what it says to the chain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.measures import (
    MEASURES,
    Distribution,
    ExportBan,
    Measure,
    Names,
    ProductionQuota,
    Terms,
    UndeclaredEmbargo,
    parse_measure,
)
from sim.measures.schedules import first_day
from sim.measures.terms import Batch, LicenceRule
from tests.measures.home_says import HOME_SAYS

QUOTA = {
    "kind": "production-quota",
    "by": "Home",
    "stage": "mine",
    "class": "light",
    "unit": "t REO/year",
}
BAN = {"kind": "export-ban", "by": "Home", "product": "magnet", "start": date(2024, 1, 1)}
OXIDE = {"kind": "export-quota", "by": "Home", "product": "oxide", "unit": "t REO/year"}


def measure(data: dict[str, Any], **keys: Any) -> Measure:
    """Read a measure as from a file."""
    return parse_measure({**data, **keys})


class Recorder:
    """Terms that note what is said to them."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []

    def __getattr__(self, verb: str) -> Callable[..., None]:
        return lambda *words: self.said.append((verb, *words))


def said(one: Measure, month: date) -> list[tuple[Any, ...]]:
    """What a measure says in a month."""
    recorder = Recorder()
    terms: Terms = recorder  # type: ignore[assignment]
    one.apply("key", terms, month)
    return recorder.said


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (date(2024, 1, 1), date(2024, 12, 31), date(2024, 1, 1), date(2024, 12, 1)),
        (date(2023, 12, 21), date(2024, 12, 14), date(2024, 1, 1), date(2024, 11, 1)),
        (date(2024, 4, 4), date(2024, 4, 15), date(2024, 4, 1), date(2024, 4, 1)),
        (date(2024, 4, 15), date(2025, 1, 15), date(2024, 4, 1), date(2025, 1, 1)),
        (date(2024, 12, 16), date(2025, 1, 15), date(2025, 1, 1), date(2025, 1, 1)),
    ],
)
def test_in_force_in_the_months_whose_middle_it_covers(
    start: date, end: date, first: date, last: date
) -> None:
    ban = measure(BAN, start=start, end=end)
    months = [date(year, month, 1) for year in range(2023, 2027) for month in range(1, 13)]
    active = [month for month in months if ban.active(month)]
    assert (active[0], active[-1]) == (first, last)
    assert active == [month for month in months if first <= month <= last]


@given(day=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(0, 100))
def test_a_measure_is_refused_exactly_when_it_would_never_be_in_force(day: date, days: int) -> None:
    end = date.fromordinal(day.toordinal() + days)
    months = [date(year, month, 1) for year in range(2020, 2031) for month in range(1, 13)]
    covered = any(day <= month.replace(day=15) <= end for month in months)
    if covered:
        ban = measure(BAN, start=day, end=end)
        assert any(ban.active(month) for month in months)
    else:
        with pytest.raises(ValidationError, match="too short"):
            measure(BAN, start=day, end=end)


def test_a_measure_without_end_stays() -> None:
    assert measure(BAN).active(date(2050, 12, 1))
    assert not measure(BAN).active(date(2023, 12, 1))


def test_announced_at_the_start_unless_it_is_said() -> None:
    assert measure(BAN).announced == date(2024, 1, 1)
    assert measure(BAN, announced=date(2023, 6, 1)).announced == date(2023, 6, 1)


def test_a_schedule_is_a_step_function_from_its_first_key() -> None:
    drawn = {"uniform": [1, 2]}
    quota = measure(QUOTA, schedule={"2025-07": drawn, "2024": 10}, end=date(2026, 12, 31))
    assert quota.start == quota.announced == date(2024, 1, 1)
    levels = [quota.level_at(date(*month, 1)) for month in ((2023, 12), (2024, 1), (2025, 6))]
    assert levels == [None, 10, 10]
    assert quota.level_at(date(2025, 7, 1)) == Distribution(uniform=(1, 2))
    assert quota.level_at(date(2026, 12, 1)) == Distribution(uniform=(1, 2))
    assert quota.level_at(date(2027, 1, 1)) is None


def test_years_of_growth_after_the_last_level() -> None:
    stepped = measure(QUOTA, schedule={"2023": 10, "2024-07": 20})
    constant = measure(QUOTA, level=10, start=date(2022, 1, 1))
    assert isinstance(stepped, ProductionQuota)
    assert isinstance(constant, ProductionQuota)
    months = [date(2023, 5, 1), date(2024, 12, 1), date(2025, 1, 1), date(2030, 6, 1)]
    assert [stepped.years_after_last_level(month) for month in months] == [0, 0, 1, 6]
    assert [constant.years_after_last_level(month) for month in months] == [1, 2, 3, 8]


MONTH = date(2025, 3, 1)
SAYS: list[tuple[dict[str, Any], list[tuple[Any, ...]]]] = [
    (
        {**QUOTA, "schedule": {"2023": 50, "2024": 60}, "after": "policy.quota_growth"},
        [
            (
                "production_quota",
                "key",
                ("Home",),
                "mine",
                "light",
                None,
                Batch(60),
                "policy.quota_growth",
                1,
            ),
        ],
    ),
    (
        {**OXIDE, "level": 500, "start": date(2025, 1, 1), "elements": ["NdPr", "Dy"]},
        [("export_quota", "key", ("Home",), "all", ("Dy", "NdPr"), 500, "t REO/year", 1.0)],
    ),
    (
        {**BAN, "kind": "export-tax", "rate": 0.25, "targets": "Abroad"},
        [("export_tax", "key", ("Home",), ("Abroad",), "magnet", None, 0.25)],
    ),
    (
        {**BAN, "kind": "import-tariff", "rate": 0.25, "targets": "Abroad", "elements": "Dy"},
        [("import_tariff", "key", ("Home",), ("Abroad",), "magnet", ("Dy",), 0.25)],
    ),
    (
        {
            **BAN,
            "kind": "export-licence",
            "schedule": {"2024": 0.1, "2025-03": 0.5},
            "approval_by_region": {"Far": 0.2, "Abroad": 0.3},
            "approval_by_use": {"defence": 0.0},
            "general_licences": 0.4,
            "general_from": date(2025, 4, 1),
        },
        [
            (
                "export_licence",
                "key",
                ("Home",),
                "all",
                "magnet",
                None,
                LicenceRule(
                    0.5, {"Abroad": 0.3, "Far": 0.2}, {"defence": 0.0}, 45, 0.0, 0.0, 45, 0.0, 1.0
                ),
            )
        ],
    ),
    (
        {**BAN, "kind": "extraterritorial-rule", "compliance": 0.4, "elements": "Dy"},
        [
            (
                "foreign_content_rule",
                "key",
                ("Home",),
                "all",
                ("Dy",),
                0.001,
                0.0,
                0.0,
                0.4,
            )
        ],
    ),
    (
        {**BAN, "kind": "undeclared-embargo", "start": date(2025, 2, 10), "share": 0.2},
        [("export_cap", "key", ("Home",), "all", "magnet", None, 0.2, 1.0, 2 / 3)],
    ),
    (
        {**BAN, "enforcement": 0.9},
        [("export_cap", "key", ("Home",), "all", "magnet", None, 0.0, 0.9)],
    ),
    (
        {
            "kind": "technology-export-ban",
            "by": ["Home"],
            "start": date(2023, 12, 21),
            "prohibited": ["magnet", "separation"],
            "restricted": ["mine"],
            "restricted_access": {"uniform": [0.2, 0.8]},
        },
        [
            ("technology_access", "key", ("Home",), "all", "separation", 0.0, 1.0),
            ("technology_access", "key", ("Home",), "all", "magnet", 0.0, 1.0),
            (
                "technology_access",
                "key",
                ("Home",),
                "all",
                "mine",
                Distribution(uniform=(0.2, 0.8)),
                1.0,
            ),
        ],
    ),
    *HOME_SAYS,
]


@pytest.mark.parametrize(("data", "words"), SAYS, ids=[data["kind"] for data, _ in SAYS])
def test_what_each_kind_says_in_force_and_out_of_it(
    data: dict[str, Any], words: list[tuple[Any, ...]]
) -> None:
    one = measure(data)
    assert said(one, MONTH) == words
    assert said(one, date(2020, 1, 1)) == []


LICENCE = {**BAN, "kind": "export-licence", "approval": 0.5}


def test_general_licences_exempt_from_their_day_on() -> None:
    one = measure(LICENCE, general_licences=0.3, general_from=date(2025, 6, 1))
    shares = [said(one, date(2025, month, 1))[0][-1].general for month in (5, 6)]
    assert shares == [0.0, 0.3]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"approval": 1.2}, "outside the possible range"),
        ({"approval": None}, "no size is given"),
        ({"delay_days": -1}, "outside the possible range"),
        ({"delay_days": 5000}, "outside the possible range"),
        ({"targets": ["a"], "approval_by_region": {"b": 0.1}}, "'b' is not among the targets"),
        ({"product": "oxide", "approval_by_use": {"vehicles": 0.1}}, "only magnets"),
        ({"general_from": date(2023, 1, 1)}, "before the licence's start"),
    ],
)
def test_what_a_licence_cannot_be(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        measure(LICENCE, **keys)


def test_end_uses_are_those_of_the_world() -> None:
    names = Names(("Home", "Abroad"), ("Dy",), (), uses=("vehicles", "wind"))
    data = {**LICENCE, "approval_by_use": {"windd": 0.2}}
    with pytest.raises(ValidationError, match="unknown end use"):
        parse_measure(data, names)


EMBARGO = {**BAN, "kind": "undeclared-embargo", "start": date(2025, 1, 10)}


@pytest.mark.parametrize(
    ("keys", "phases"),
    [
        ({"lag_months": 1, "recovery_months": 2}, [0, 1 / 2, 1, 1, 2 / 3, 1 / 3, 0]),
        ({"lag_months": 0, "recovery_months": 0}, [0, 1, 1, 1, 0, 0, 0]),
        ({"lag_months": 5, "recovery_months": 1}, [0, 1 / 6, 1 / 3, 1 / 2, 1 / 4, 0, 0]),
    ],
)
def test_an_undeclared_embargo_bites_and_lets_go_step_by_step(
    keys: dict[str, int], phases: list[float]
) -> None:
    one = measure(EMBARGO, end=date(2025, 3, 31), **keys)
    assert isinstance(one, UndeclaredEmbargo)
    months = [date(2024, 12, 1), *(date(2025, month, 1) for month in range(1, 7))]
    assert [one.phase(month) for month in months] == pytest.approx(phases)
    assert [bool(said(one, month)) for month in months] == [phase > 0 for phase in phases]


def test_an_undeclared_embargo_is_heard_of_late_and_judged_at_its_depth() -> None:
    one = measure(EMBARGO, lag_months=3)
    assert (one.heard(), one.judged()) == (date(2025, 2, 1), date(2025, 4, 1))
    assert measure(EMBARGO, lag_months=3, end=date(2025, 2, 28)).judged() == date(2025, 2, 1)
    ban = measure(BAN, announced=date(2023, 6, 1))
    assert (ban.heard(), ban.judged()) == (date(2023, 6, 1), date(2024, 1, 1))
    with pytest.raises(ValidationError, match="nobody announces"):
        measure(EMBARGO, announced=date(2024, 6, 1))
    with pytest.raises(ValidationError, match="outside the possible range"):
        measure(EMBARGO, share=0)


def test_every_kind_says_something() -> None:
    assert {data["kind"] for data, _ in SAYS} == set(MEASURES)


@pytest.mark.parametrize("kind", MEASURES)
def test_every_kind_explains_itself(kind: str) -> None:
    cls = MEASURES[kind]
    assert cls.__doc__ and cls.__doc__ != Measure.__doc__
    for name, field in cls.model_fields.items():
        assert field.description or name == "kind", name


def test_batches_of_a_year_and_the_years_after_them() -> None:
    schedule = {"2023": 5, "2023-07": 3, "2023-12": 1, "2024-03": 6, "2024-09": 2}
    quota = measure({**QUOTA, "unit": "t REO/batch"}, schedule=schedule)
    assert isinstance(quota, ProductionQuota)
    batches = {
        (2023, 6): Batch(5, (), 1, 6), (2023, 7): Batch(3, (5,), 7, 11),
        (2023, 12): Batch(1, (5, 3), 12, 12), (2024, 1): Batch(6, (), 1, 8),
        (2024, 9): Batch(2, (6,), 9, 12), (2026, 5): Batch(2, (6,), 1, 12),
    }  # fmt: skip
    assert {month: quota.batch_at(date(*month, 1)) for month in batches} == batches


def test_quotas_of_groups_stand_beside_each_other_and_the_regions() -> None:
    times = {"level": 5, "start": date(2024, 1, 1)}
    whole, one, two = (measure(QUOTA, **times, **f) for f in ({}, {"firms": "a"}, {"firms": "b"}))
    assert not whole.conflicts(one) and not one.conflicts(two) and not one.replaces(whole)
    assert one.conflicts(measure(QUOTA, **times, firms=["a", "c"]))
    assert whole.replaces(whole)


@pytest.mark.parametrize(
    ("changes", "conflict"),
    [
        ({}, True),
        ({"class": "all"}, True),
        ({"class": "heavy"}, False),
        ({"stage": "separation"}, False),
        ({"by": "Abroad"}, False),
        ({"by": ["Abroad", "Home"]}, True),
        ({"start": date(2027, 1, 1)}, False),
        ({"start": date(2026, 12, 31)}, True),
        ({"end": date(2023, 12, 31), "start": date(2023, 1, 1)}, False),
    ],
)
def test_production_quotas_that_limit_the_same(changes: dict[str, Any], conflict: bool) -> None:
    one = measure(QUOTA, level=5, start=date(2024, 1, 1), end=date(2026, 12, 31))
    other = measure(QUOTA, **{"level": 9, "start": date(2025, 1, 1), **changes})
    assert one.conflicts(other) == other.conflicts(one) == conflict


@pytest.mark.parametrize(
    ("changes", "conflict"),
    [
        ({}, True),
        ({"elements": "Dy"}, True),
        ({"elements": "Tb"}, False),
        ({"targets": "Abroad"}, True),
        ({"targets": "Elsewhere"}, False),
        ({"by": "Abroad"}, False),
    ],
)
def test_export_quotas_that_count_the_same(changes: dict[str, Any], conflict: bool) -> None:
    times = {"level": 5, "start": date(2024, 1, 1)}
    one = measure(OXIDE, **times, elements=["Dy", "NdPr"], targets=["Abroad", "Far"])
    other = measure(OXIDE, **times, **changes)
    assert one.conflicts(other) == other.conflicts(one) == conflict


def test_a_ban_and_a_quota_do_not_conflict() -> None:
    quota = measure(OXIDE, level=5, start=date(2024, 1, 1))
    assert not quota.conflicts(measure(BAN, product="oxide"))
    assert not measure(BAN).conflicts(measure(BAN))


def test_lists_are_sorted_so_that_their_order_does_not_matter() -> None:
    one = measure(BAN, targets=["b", "a"], elements=["y", "x"])
    assert one == measure(BAN, targets=["a", "b"], elements=["x", "y"])
    assert isinstance(one, ExportBan)
    assert one.targets == ("a", "b")


def test_first_day_of_years_and_months() -> None:
    assert first_day("2024") == date(2024, 1, 1)
    assert first_day("2024-06") == date(2024, 6, 1)
    for key in ("24", "2024-6", "2024-13", "2024-06-01", " 2024", "2024\n", "٢٠٢٤", ""):
        with pytest.raises(ValueError, match="not a year or month"):
            first_day(key)


def test_distributions_know_their_shape_and_support() -> None:
    assert Distribution(triangular=(1, 2, 3)).shape == "triangular"
    assert Distribution(triangular=(1, 2, 3)).values == (1, 2, 3)
    assert Distribution(triangular=(1, 2, 3)).support == (1, 3)
    assert Distribution(uniform=(1, 3)).support == (1, 3)
    assert Distribution(normal=(1, 3)).support == (-float("inf"), float("inf"))
    assert Distribution(lognormal=(1, 3)).support == (0, float("inf"))


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"uniform": [2, 1]},
        {"uniform": [1, 1]},
        {"uniform": [1]},
        {"triangular": [1, 3, 2]},
        {"normal": [0, 0]},
        {"lognormal": [0, 1]},
        {"lognormal": [2, 1]},
        {"uniform": [1, 2], "normal": [1, 2]},
        {"beta": [1, 2]},
        {"uniform": [True, 2]},
        {"uniform": [0, float("inf")]},
        {"uniform": None},
    ],
)
def test_distributions_that_are_none(figures: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Distribution.model_validate(figures)


TAX = {"kind": "export-tax", "by": "Home", "product": "oxide", "start": date(2024, 1, 1)}


@pytest.mark.parametrize(
    ("new", "standing", "replaced"),
    [
        ({**TAX, "rate": 0}, {**TAX, "rate": 0.15, "elements": ["La"]}, True),
        (
            {**TAX, "rate": 0.25, "elements": ["La", "Dy"]},
            {**TAX, "rate": 0.1, "elements": ["La"]},
            True,
        ),
        ({**TAX, "rate": 0.25, "elements": ["La"]}, {**TAX, "rate": 0.15}, False),
        ({**TAX, "rate": 0.25, "targets": ["Abroad"]}, {**TAX, "rate": 0.15}, False),
        ({**TAX, "rate": 0.25, "product": "magnet"}, {**TAX, "rate": 0.15}, False),
        ({**TAX, "rate": 0.25}, {**BAN}, False),
        ({**OXIDE, "level": 9, "elements": ["La"]}, {**OXIDE, "level": 5}, True),
        (
            {**OXIDE, "level": 9, "elements": ["La"]},
            {**OXIDE, "level": 5, "elements": ["Dy"]},
            False,
        ),
        ({**QUOTA, "level": 9, "class": "all"}, {**QUOTA, "level": 5}, True),
        ({**QUOTA, "level": 9}, {**QUOTA, "level": 5, "stage": "separation"}, False),
    ],
)
def test_what_takes_the_place_of_a_standing_rule(
    new: dict[str, Any], standing: dict[str, Any], replaced: bool
) -> None:
    start = {"start": date(2024, 1, 1)}
    assert (
        parse_measure({**start, **new}).replaces(parse_measure({**start, **standing})) == replaced
    )
