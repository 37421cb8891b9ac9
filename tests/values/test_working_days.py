"""Working days, judged by a loop that goes day by day; and the years kept in the cache."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.errors import BadInput
from prassi.core.values.due_dates import parse_due_rule
from prassi.core.values.working_days import Calendar, Place

DAY = timedelta(days=1)

CLOSURES = {
    "IT": [date(2026, 8, day) for day in range(10, 15)] + [date(2026, 12, 24), date(2027, 1, 4)],
    "CL": [date(2025, 9, 17)],
    "RU": [date(2024, 12, 28)],
    "EG": [date(2026, 1, 4)],
}
"""A week in August, two years' ends; in Russia a Saturday on which the country works."""


@cache
def calendar(country: str) -> Calendar:
    return Calendar(country, Place(closures=tuple(CLOSURES[country])))


@cache
def known(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def works(country: str, day: date) -> bool:
    return day not in CLOSURES[country] and known(country).is_working_day(day)


def counted_after(country: str, day: date, count: int) -> date:
    while count:
        day += DAY
        count -= works(country, day)
    return day


def counted_since(country: str, start: date, end: date) -> int:
    return sum(works(country, start + n * DAY) for n in range(1, (end - start).days + 1))


# --- against a loop that goes day by day --------------------------------------------------------------

countries = st.sampled_from(sorted(CLOSURES))
days = st.dates(date(1990, 1, 1), date(2040, 12, 31))
near_closures = st.builds(
    lambda country, place, off: (country, CLOSURES[country][place % len(CLOSURES[country])] - off),
    countries, st.integers(0, 9), st.timedeltas(timedelta(-3), timedelta(20)),
)  # fmt: skip
places = st.one_of(st.tuples(countries, days), near_closures)


@given(places, st.integers(0, 45))
@settings(deadline=None)
def test_so_many_working_days_after_a_day(place: tuple[str, date], count: int) -> None:
    country, day = place
    assert calendar(country).after(day, count) == counted_after(country, day, count)


@given(places, st.integers(0, 800))
@settings(max_examples=60, deadline=None)
def test_how_many_working_days_since_a_day(place: tuple[str, date], apart: int) -> None:
    country, start = place
    end = start + apart * DAY
    expected = counted_since(country, start, end)
    assert calendar(country).since(start, end) == expected
    assert calendar(country).since(end, start) == -expected
    assert calendar(country).since_iso(f"{start}T23:59", f"{end}T00:00") == expected


@given(places)
@settings(deadline=None)
def test_the_first_working_day_from_a_day(place: tuple[str, date]) -> None:
    country, day = place
    first = calendar(country).first(day)
    assert works(country, first)
    assert not any(works(country, day + n * DAY) for n in range((first - day).days))


@given(countries, days, days, days, st.integers(1, 400))
@settings(deadline=None)
def test_counting_there_and_back_and_in_steps(
    country: str, one: date, two: date, three: date, count: int
) -> None:
    of = calendar(country)
    assert of.since(one, of.after(one, count)) == count
    assert of.since(one, two) + of.since(two, three) == of.since(one, three)
    assert of.after(of.after(one, count), 7) == of.after(one, count + 7)
    assert of.first(of.first(one)) == of.first(one) == of.after(one - DAY, 1)


# --- by name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "start", "count", "expected"),
    [
        ("IT", "2026-03-02", 0, "2026-03-02"),
        ("IT", "2026-03-01", 0, "2026-03-01"),  # even on a Sunday
        ("IT", "2026-03-06", 1, "2026-03-09"),  # over a weekend
        ("IT", "2026-03-02", 5, "2026-03-09"),
        ("IT", "2026-04-03", 1, "2026-04-07"),  # Good Friday, over Easter Monday
        ("IT", "2025-08-14", 1, "2025-08-18"),  # over 15 August, a Friday
        ("IT", "2026-08-07", 1, "2026-08-17"),  # over the company's week off
        ("IT", "2025-12-24", 1, "2025-12-29"),  # over Christmas and Saint Stephen
        ("IT", "2025-12-31", 1, "2026-01-02"),  # into the new year
        ("IT", "2026-12-23", 5, "2027-01-05"),  # closures on both sides of the year's end
        ("CL", "2025-09-16", 1, "2025-09-22"),  # closed on the 17th, national days, weekend
        ("RU", "2024-04-26", 1, "2024-04-27"),  # a Saturday on which the country works
        ("RU", "2024-12-27", 1, "2025-01-09"),  # but the company did not on 28 December
        ("EG", "2026-02-05", 1, "2026-02-08"),  # Thursday to Sunday
        ("EG", "2026-02-08", 4, "2026-02-12"),
    ],
)
def test_a_known_day(country: str, start: str, count: int, expected: str) -> None:
    day = calendar(country).after(date.fromisoformat(start), count)
    assert day.isoformat() == expected


def test_a_region_has_its_own_holidays() -> None:
    whit_monday = date(2026, 5, 25)
    assert Calendar("IT-BZ").first(whit_monday) == date(2026, 5, 26)
    assert Calendar("IT").first(whit_monday) == whit_monday


def test_negative_counts_stay_where_they_are() -> None:
    assert calendar("IT").after(date(2026, 3, 1), -1) == date(2026, 3, 1)


# --- what can't be counted ------------------------------------------------------------------------------


def test_years_beyond_the_calendar_are_told() -> None:
    beyond = "is beyond the calendar: give dates from 1900 to 2199."
    italy = calendar("IT")
    with pytest.raises(BadInput, match=f"^1899 {beyond}$"):
        italy.since_iso("1899-12-31", "1900-01-01")
    with pytest.raises(BadInput, match=f"^2200 {beyond}$"):
        italy.after(date(2199, 12, 30), 10)
    with pytest.raises(BadInput, match=f"^2200 {beyond}$"):
        italy.after(date(2199, 12, 1), 10**6)
    assert italy.after(date(1900, 1, 1), 1) == date(1900, 1, 2)
    assert italy.first(date(1900, 1, 1)) == date(1900, 1, 2)


@pytest.mark.parametrize("country", ["ZZ", "IT-ZZ", "IT-", "", "Italy", "ITA", "it", "utils"])
def test_a_country_that_is_none_is_told(country: str) -> None:
    with pytest.raises(BadInput, match=f"^there is no calendar '{country}': use a country code"):
        Calendar(country).first(date(2026, 3, 2))


# --- when something is due -----------------------------------------------------------------------------

FIGURES = {"wait": 5, "day": 10, "far": 10**7, "who": "Rossi", "sure": True}
VALUES = {"agreed_on": "2026-04-03", "at": "2026-03-02T10:30", "none_yet": None}
DATES = frozenset(VALUES)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("today", "2026-03-02"),
        ("{agreed_on}", "2026-04-03"),
        ("{at}", "2026-03-02T10:30"),
        ("{none_yet}", None),
        ("15 days", "2026-03-17"),
        ("{wait} days", "2026-03-07"),
        ("0 days after {agreed_on}", "2026-04-03"),
        ("5 working days", "2026-03-09"),
        ("{wait} working days after {at}", "2026-03-09"),
        ("1 working days after {agreed_on}", "2026-04-07"),
        ("3 days after {none_yet}", None),
        ("first working day from day {day} of next month", "2026-04-10"),
        ("first working day from day 5 of next month", "2026-04-07"),  # Easter
    ],
)
def test_when_something_is_due(written: str, expected: str | None) -> None:
    due = parse_due_rule(written, DATES, FIGURES)
    assert due.on(date(2026, 3, 2), VALUES, calendar("IT")) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-12-31", "2027-01-11"),
        ("2027-01-31", "2027-02-10"),
        ("2028-01-29", "2028-02-10"),
        ("2026-07-01", "2026-08-17"),
    ],
)
def test_next_month_is_the_next_whatever_the_day(today: str, expected: str) -> None:
    due = parse_due_rule("first working day from day 10 of next month", (), {})
    assert due.on(date.fromisoformat(today), {}, calendar("IT")) == expected


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "'' is not a due date: write today, {a date}, 5 working days, 15 days, 1 months, any"),
        ("tomorrow", "'tomorrow' is not a due date: "),
        ("five days", "'five days' is not a due date: "),
        ("-1 days", "'-1 days' is not a due date: "),
        ("5 working days ", "'5 working days ' is not a due date: "),
        ("{paid_on}", "there is no date called 'paid_on'"),
        ("5 days after {paid_on}", "there is no date called 'paid_on'"),
        ("{who} days", "{who} is not a parameter with a whole number"),
        ("{sure} days", "{sure} is not a parameter with a whole number"),
        ("{what} days", "{what} is not a parameter with a whole number"),
        ("first working day from day 29 of next month", "day 29 is not in every month: use 1 to"),
        ("first working day from day 0 of next month", "day 0 is not in every month: use 1 to 28"),
    ],
)
def test_what_is_no_due_date_is_told(written: str, sentence: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011
        parse_due_rule(written, DATES, FIGURES)
    assert str(told.value).startswith(sentence)


@pytest.mark.parametrize("written", ["{far} days", "{far} working days", "99999999999999 days"])
def test_what_is_due_beyond_the_calendar_is_told(written: str) -> None:
    with pytest.raises(BadInput, match="beyond the calendar"):
        parse_due_rule(written, DATES, FIGURES).on(date(2026, 3, 2), VALUES, calendar("IT"))


# --- years kept between runs ----------------------------------------------------------------------------

EVE, SAINT_STEPHEN = date(2026, 12, 24), date(2026, 12, 28)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, with the year 2026 of Italy in it."""
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path))
    assert Calendar("IT").first(EVE) == EVE
    return tmp_path / "calendar-IT-2026.kept"


@pytest.fixture
def without_holidays(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on `holidays` can't be imported."""
    monkeypatch.setitem(sys.modules, "holidays", None)


@pytest.mark.usefixtures("without_holidays")
def test_a_kept_year_is_not_worked_out_again() -> None:
    assert Calendar("IT").first(EVE) == EVE


@pytest.mark.usefixtures("without_holidays")
@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("IT", date(2027, 1, 7)),  # another year
        ("IT-BZ", EVE),  # another region
    ],
)
def test_what_is_not_kept_is_worked_out(country: str, day: date) -> None:
    with pytest.raises(ImportError):
        Calendar(country).first(day)


@pytest.mark.usefixtures("without_holidays")
@pytest.mark.parametrize(
    ("place", "day"),
    [
        (Place(closures=(EVE,)), SAINT_STEPHEN),
        (Place(yearly=("12-24",)), SAINT_STEPHEN),
        (Place(closures=(EVE,), working=(date(2026, 12, 26),)), date(2026, 12, 26)),
        (Place(yearly=("12-24",), working=(EVE,)), EVE),
        (Place(closures=(date(2025, 12, 24),)), EVE),
    ],
)
def test_days_of_a_place_change_nothing_that_is_kept(kept: Path, place: Place, day: date) -> None:
    before = kept.read_bytes()
    assert Calendar("IT", place).first(EVE) == day
    assert kept.read_bytes() == before
    assert Calendar("IT").first(EVE) == EVE


@pytest.mark.usefixtures("without_holidays")
def test_another_release_of_holidays_makes_the_kept_year_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "prassi.core.values.working_days.find_release", lambda package: f"{package}-99"
    )
    with pytest.raises(ImportError):
        Calendar("IT").first(EVE)


@pytest.mark.parametrize("mode", [0o660, 0o606, 0o666])
def test_a_kept_year_that_others_could_have_written_is_not_believed(kept: Path, mode: int) -> None:
    kept.write_text(kept.read_text().replace("1", "0"))
    kept.chmod(mode)
    assert Calendar("IT").first(EVE) == EVE


def test_a_damaged_year_is_worked_out_again_and_mended(kept: Path) -> None:
    sound = kept.read_text()
    kept.write_text(sound[: len(sound) // 2])
    assert Calendar("IT").first(EVE) == EVE
    assert kept.read_text() == sound
