"""Dates that are counted from others: whatever a calendar makes of them is among what is known."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.analysis.proofs.abstract_values import (
    SOME,
    AbstractValue,
    DateRange,
    OneOf,
    day,
)
from prassi.core.analysis.proofs.abstraction.abstract_dates import count_due, count_since
from prassi.core.analysis.proofs.abstraction.fact_dependencies import FactDependencies
from prassi.core.analysis.proofs.abstraction.value_bounds import ValueBounds
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.values.due_dates import Due
from prassi.core.values.working_days import Calendar

COUNTRIES = ("IT", "EG", "RU")
DAYS_AWAY, NUMBERS, UNITS = st.integers(-30, 30), st.integers(0, 12), ("days", "working days")
ANY_DAY = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def allows(known: AbstractValue, found: int) -> bool:
    return found in known.values if isinstance(known, OneOf) else known == found


@pytest.mark.parametrize("unit", ["workdays_since", "workdays_until"])
@settings(max_examples=60, deadline=None)
@given(days=DAYS_AWAY, today=ANY_DAY, country=st.sampled_from(COUNTRIES))
def test_working_days_are_among_those_that_are_possible(
    unit: str, days: int, today: date, country: str
) -> None:
    there, calendar = today + timedelta(days=days), Calendar(country)
    pair = (there, today) if unit == "workdays_since" else (today, there)
    assert allows(count_since(unit, day(days)), calendar.since(*pair))


@pytest.fixture(scope="module")
def bounds() -> ValueBounds:
    """The bounds of a book, none of which is called `base`."""
    book = Shelf(NONE).book("requests")
    with closing(FactDependencies(book)) as dependencies:
        return ValueBounds(book, dependencies, ())


@settings(max_examples=120, deadline=None)
@given(
    number=NUMBERS,
    unit=st.sampled_from([*UNITS, "months", "of next month"]),
    today=ANY_DAY,
    country=st.sampled_from(COUNTRIES),
)
def test_a_date_counted_from_today_is_among_those_that_are_possible(
    bounds: ValueBounds, number: int, unit: str, today: date, country: str
) -> None:
    due = Due(unit, max(number, 1) if unit == "of next month" else number, None)
    real = due.on(today, {}, Calendar(country))
    assert real is not None
    known = count_due(bounds, due, day(0))
    away = (date.fromisoformat(real) - today).days
    if isinstance(known, DateRange):
        assert known.ends[0] <= away <= known.ends[1]
    else:
        assert known == day(away)


def test_what_counts_from_a_date_at_its_bound_is_open_beyond_it(bounds: ValueBounds) -> None:
    """A base at its bound stands for all days beyond it."""
    due = Due("days", 3, "base")
    later, earlier = count_due(bounds, due, day(1)), count_due(bounds, due, day(0))
    assert isinstance(later, DateRange)
    assert isinstance(earlier, DateRange)
    assert later.ends[0] == 4
    assert later.ends[1] > 1000
    assert earlier.ends[1] == 3
    assert earlier.ends[0] < -1000


@pytest.mark.parametrize(
    ("unit", "base", "known"),
    [
        ("past", day(-1), True),
        ("past", day(0), False),
        ("past", None, False),
        ("past", SOME, SOME),
        ("days_since", day(-4), 4),
        ("days_since", None, None),
        ("hours_until", day(4), SOME),
    ],
)
def test_what_a_count_is_known_to_be(unit: str, base: AbstractValue, known: AbstractValue) -> None:
    found = count_since(unit, base)
    assert (found, type(found)) == (known, type(known))
