"""Dates as people type them: 2026-03-09, 9/3/2026, today, tomorrow, fri, +5d, -2w, +5wd."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from .field_types import read_date, read_moment

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_DAYS = {"d": 1, "w": 7}
_DAY_FIRST = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_WORKDAYS = re.compile(r"\+([0-9]{1,3})wd")
_WITH_TIME = re.compile(r"(.+?)[T ]([0-9]{1,2}:[0-9]{2})")
EXAMPLES = "2026-03-02, 2/3/2026, today, tomorrow, fri, +5d or -2w"

AddWorkdays = Callable[[date, int], date]
"""Counts so many working days on from a day."""


def read_typed_date(written: str, today: str, add_workdays: AddWorkdays | None = None) -> str:
    """An ISO date; ValueError with a reason. `fri` is the next one after today.

    A date is day first. `+5wd` can only be read with `add_workdays`.
    """
    word, start = written.strip().lower(), date.fromisoformat(today[:10])
    try:
        if (counted := _count_on(word, start, add_workdays)) is not None:
            return read_date(counted)
    except (OverflowError, ValueError):
        raise ValueError(f"is {written!r}: it is beyond the calendar") from None
    if first := _DAY_FIRST.fullmatch(word):
        day, _, month, year = first.groups()
        word = f"{year}-{int(month):02d}-{int(day):02d}"
    try:
        return read_date(word)
    except ValueError as error:
        reason = str(error).replace("it must be a date such as 2026-03-02", f"write {EXAMPLES}")
        raise ValueError(reason.replace(repr(word), repr(written))) from None


def read_typed_moment(written: str, today: str, add_workdays: AddWorkdays | None = None) -> str:
    """A typed date, with or without a time: `fri 10:30`; ValueError with a reason."""
    timed = _WITH_TIME.fullmatch(written.strip())
    if timed is None:
        return read_typed_date(written, today, add_workdays)
    day, time = timed.groups()
    return read_moment(f"{read_typed_date(day, today, add_workdays)}T{time:0>5}")


def is_workdays(written: str) -> bool:
    """Whether a date is counted in working days, which needs a calendar."""
    return _WORKDAYS.match(written.strip().lower()) is not None


def _count_on(word: str, start: date, add_workdays: AddWorkdays | None) -> date | None:
    """The day that a word names or counts to; None where it is written as a date."""
    if word in _NEAR:
        return start + timedelta(_NEAR[word])
    if word in _WEEKDAYS:
        return start + timedelta((_WEEKDAYS.index(word) - start.weekday() - 1) % 7 + 1)
    if counted := re.fullmatch(r"([+-][0-9]{1,5})([dw])", word):
        return start + timedelta(int(counted[1]) * _DAYS[counted[2]])
    workdays = _WORKDAYS.fullmatch(word)
    if workdays and add_workdays is not None:
        return add_workdays(start, int(workdays[1]))
    return None
