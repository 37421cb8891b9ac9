"""Values as people write them: what is read, what is refused, and in which words."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.values.field_types import (
    TYPES,
    Field,
    format_money,
    read_boolean,
    read_date,
    read_integer,
    read_moment,
    read_money,
    read_text,
)

HUGE = "9" * 12


@pytest.mark.parametrize(
    ("type_", "raw", "stored"),
    [
        ("date", "2026-03-02", "2026-03-02"),
        ("date", " 2026-03-02 ", "2026-03-02"),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "1900-01-01", "1900-01-01"),
        ("date", "2199-12-31", "2199-12-31"),
        ("date", date(2026, 3, 2), "2026-03-02"),
        ("moment", "2026-03-02", "2026-03-02"),
        ("moment", "2026-03-02T10:30", "2026-03-02T10:30"),
        ("moment", " 2026-03-02 10:30 ", "2026-03-02T10:30"),
        ("moment", date(2026, 3, 2), "2026-03-02"),
        ("moment", datetime(2026, 3, 2, 10, 30, 59), "2026-03-02T10:30"),
        ("money", "120.00", 12000),
        ("money", "120", 12000),
        ("money", "120.5", 12050),
        ("money", "0", 0),
        ("money", "007.10", 710),
        ("money", " 12.50 ", 1250),
        ("money", 120, 12000),
        ("money", 0.1, 10),
        ("money", 19.99, 1999),
        ("money", HUGE + ".99", int(HUGE) * 100 + 99),
        ("integer", 5, 5),
        ("integer", "5", 5),
        ("integer", " -5 ", -5),
        ("integer", "9" * 15, 10**15 - 1),
        ("boolean", True, True),
        ("boolean", "no", False),
        ("boolean", " Yes ", True),
        ("boolean", "FALSE", False),
        ("boolean", 1, True),
        ("boolean", "0", False),
        ("text", "Città\n\t😀", "Città\n\t😀"),
        ("text", "", ""),
    ],
)
def test_a_good_value_is_stored_as(type_: str, raw: object, stored: object) -> None:
    value = TYPES[type_](raw)
    assert value == stored
    assert type(value) is type(stored)


NO_DATE = "it must be a date such as 2026-03-02"
NO_MOMENT = "it must be a date such as 2026-03-02 or 2026-03-02T10:30"
NO_MONEY = "it must be an amount such as 120.00, not below zero, with at most two decimals"
NO_TEXT = "contains characters that are not text (NUL, or half of a surrogate pair)"


@pytest.mark.parametrize(
    ("type_", "raw", "sentence"),
    [
        ("date", "2026-02-30", "is '2026-02-30': there is no such day (day is out of range"),
        ("date", "2025-02-29", "is '2025-02-29': there is no such day"),
        ("date", "2026-13-01", "is '2026-13-01': there is no such day"),
        ("date", "0000-01-01", "is '0000-01-01': there is no such day"),
        ("date", "1899-12-31", "the years from 1900 to 2199 can be used"),
        ("date", "2200-01-01", "the years from 1900 to 2199 can be used"),
        ("date", "02/03/2026", f"is '02/03/2026': {NO_DATE}"),
        ("date", "2026-3-2", f"is '2026-3-2': {NO_DATE}"),
        ("date", "20260302", f"is '20260302': {NO_DATE}"),
        ("date", "2026-W10-1", f"is '2026-W10-1': {NO_DATE}"),
        ("date", "2026-03-02T10:30", f"is '2026-03-02T10:30': {NO_DATE}"),
        ("date", "tomorrow", f"is 'tomorrow': {NO_DATE}"),
        ("date", 20260302, f"is 20260302: {NO_DATE}"),
        ("date", datetime(2026, 3, 2), NO_DATE),
        ("date", None, f"is None: {NO_DATE}"),
        ("moment", "2026-03-02T25:00", "is '2026-03-02T25:00': there is no such moment"),
        ("moment", "2026-02-30T10:00", "is '2026-02-30T10:00': there is no such moment"),
        ("moment", "2026-02-30", "is '2026-02-30': there is no such day"),
        ("moment", "1899-12-31T10:00", "the years from 1900 to 2199 can be used"),
        ("moment", datetime(2200, 1, 1, 10), "the years from 1900 to 2199 can be used"),
        ("moment", "2026-03-02T10:30:15", f"is '2026-03-02T10:30:15': {NO_MOMENT}"),
        ("moment", "2026-03-02T10:30Z", f"is '2026-03-02T10:30Z': {NO_MOMENT}"),
        ("moment", "10:30", f"is '10:30': {NO_MOMENT}"),
        ("money", "-1", f"is '-1': {NO_MONEY}"),
        ("money", -0.01, f"is -0.01: {NO_MONEY}"),
        ("money", "1.005", f"is '1.005': {NO_MONEY}"),
        ("money", 0.1 + 0.2, f"is 0.30000000000000004: {NO_MONEY}"),
        ("money", 1e400, f"is inf: {NO_MONEY}"),
        ("money", float("nan"), f"is nan: {NO_MONEY}"),
        ("money", 1e16, f"is 1e+16: {NO_MONEY}"),
        ("money", "12,50", f"is '12,50': {NO_MONEY}"),
        ("money", "1.234,50", f"is '1.234,50': {NO_MONEY}"),
        ("money", "1 000", f"is '1 000': {NO_MONEY}"),
        ("money", "€ 5", f"is '€ 5': {NO_MONEY}"),
        ("money", "1e3", f"is '1e3': {NO_MONEY}"),
        ("money", "+5", f"is '+5': {NO_MONEY}"),
        ("money", ".5", f"is '.5': {NO_MONEY}"),
        ("money", "5.", f"is '5.': {NO_MONEY}"),
        ("money", "1" + HUGE, f"is '1{HUGE}': {NO_MONEY}"),
        ("money", True, f"is True: {NO_MONEY}"),
        ("money", None, f"is None: {NO_MONEY}"),
        ("money", [], f"is []: {NO_MONEY}"),
        ("integer", "5.0", "is '5.0': it must be a whole number"),
        ("integer", 5.0, "is 5.0: it must be a whole number"),
        ("integer", True, "is True: it must be a whole number"),
        ("integer", "1_000", "is '1_000': it must be a whole number"),
        ("integer", "", "is '': it must be a whole number"),
        ("integer", 10**15, f"is {10**15}: it must be a whole number"),
        ("integer", "1" * 16, f"is '{'1' * 16}': it must be a whole number"),
        ("boolean", "maybe", "is 'maybe': it must be yes or no"),
        ("boolean", 2, "is 2: it must be yes or no"),
        ("boolean", None, "is None: it must be yes or no"),
        ("text", "half\0a word", NO_TEXT),
        ("text", "half a pair \ud800", NO_TEXT),
        ("text", 5, "is 5: it must be text"),
        ("text", None, "is None: it must be text"),
    ],
)
def test_a_wrong_value_is_told(type_: str, raw: object, sentence: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011
        TYPES[type_](raw)
    assert sentence in str(told.value)


COUNT = Field("count", "integer", low=1, high=5)
PRICE = Field("price", "money", low=100, high=100_000)
STATE = Field("state", "word", values=("open", "kept"))
CURRENCY = Field("currency", "text", default="EUR", pattern="[A-Z]{3}")
NUMBERS = Field("numbers", "text", many=True, default=[])
NOTE = Field("note", "text", optional=True)


@pytest.mark.parametrize(
    ("field", "raw", "stored"),
    [
        (COUNT, 1, 1),
        (COUNT, "5", 5),
        (PRICE, "1.00", 100),
        (PRICE, "1000", 100_000),
        (STATE, "kept", "kept"),
        (CURRENCY, "USD", "USD"),
        (CURRENCY, "", "EUR"),
        (CURRENCY, None, "EUR"),
        (NUMBERS, None, []),
        (NUMBERS, "PF-1", ["PF-1"]),
        (NUMBERS, ("PF-1", "PF-2"), ["PF-1", "PF-2"]),
        (NOTE, None, None),
        (NOTE, "", None),
        (COUNT._replace(default=0), None, 0),
    ],
)
def test_a_field_reads(field: Field, raw: object, stored: object) -> None:
    assert field.read(raw) == stored


@pytest.mark.parametrize(
    ("field", "raw", "sentence"),
    [
        (COUNT, None, "is missing"),
        (COUNT, "", "is missing"),
        (COUNT, 0, "is 0: it must be at least 1"),
        (COUNT, 6, "is 6: it must be at most 5"),
        (PRICE, "0.99", "is 0.99: it must be at least 1.00"),
        (PRICE, "1000.01", "is 1000.01: it must be at most 1000.00"),
        (STATE, "lost", "is 'lost': it must be one of open, kept"),
        (CURRENCY, "euro", "is 'euro': it must look like [A-Z]{3}"),
        (NUMBERS, ["PF-1", 2], "is 2: it must be text"),
    ],
)
def test_a_field_refuses(field: Field, raw: object, sentence: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011
        field.read(raw)
    assert str(told.value) == sentence


def test_the_default_of_a_list_is_never_shared() -> None:
    first = NUMBERS.read(None)
    assert isinstance(first, list)
    first.append("PF-1")
    assert NUMBERS.read(None) == []


@pytest.mark.parametrize(
    ("field", "stored", "shown"),
    [
        (PRICE, 12000, "120.00"),
        (PRICE, 5, "0.05"),
        (PRICE, -250, "-2.50"),
        (PRICE, None, None),
        (Field("prices", "money", many=True), [100, 5], ["1.00", "0.05"]),
        (COUNT, 3, 3),
        (NUMBERS, ["PF-1"], ["PF-1"]),
    ],
)
def test_a_field_shows(field: Field, stored: Any, shown: object) -> None:
    assert field.show(stored) == shown


# --- for any value ------------------------------------------------------------------------------------


@given(st.integers(0, 10**14 - 1))
@settings(deadline=None)
def test_money_that_is_shown_reads_back(hundredths: int) -> None:
    assert read_money(format_money(hundredths)) == hundredths


@given(st.integers(0, 10**9))
@settings(deadline=None)
def test_an_amount_that_json_gives_as_a_number_reads_back(hundredths: int) -> None:
    assert read_money(float(format_money(hundredths))) == hundredths


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
@settings(deadline=None)
def test_a_date_reads_back(day: date) -> None:
    assert read_date(day) == read_date(day.isoformat()) == read_moment(day.isoformat())


@given(st.integers(-(10**15) + 1, 10**15 - 1))
@settings(deadline=None)
def test_a_whole_number_reads_back(number: int) -> None:
    assert read_integer(number) == read_integer(str(number)) == number


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@settings(deadline=None)
def test_any_text_is_kept_as_it_is(text: str) -> None:
    assert read_text(text) == text


@given(st.one_of(st.none(), st.floats(), st.integers(), st.text(), st.lists(st.text())))
@settings(deadline=None)
def test_whatever_is_given_is_a_value_or_a_value_error(raw: object) -> None:
    for read in (read_date, read_moment, read_money, read_integer, read_boolean, read_text):
        with suppress(ValueError):
            read(raw)
