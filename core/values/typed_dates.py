"""Dates as people type them: 2026-03-09, today, tomorrow, fri, +5d, -2w."""

from __future__ import annotations

import re
from datetime import date, timedelta

from .field_types import read_date

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}
_DAYS = {"d": 1, "w": 7}
EXAMPLES = "2026-03-02, today, tomorrow, fri, +5d or -2w"


def read_typed_date(written: str, today: str) -> str:
    """An ISO date; ValueError with a reason. `fri` is the next one after today."""
    word, start = written.strip().lower(), date.fromisoformat(today[:10])
    try:
        if word in _NEAR:
            return (start + timedelta(_NEAR[word])).isoformat()
        if word in _WEEKDAYS:
            ahead = (_WEEKDAYS.index(word) - start.weekday() - 1) % 7 + 1
            return (start + timedelta(ahead)).isoformat()
        if counted := re.fullmatch(r"([+-][0-9]{1,5})([dw])", word):
            moved = start + timedelta(int(counted[1]) * _DAYS[counted[2]])
            return read_date(moved)
    except (OverflowError, ValueError):
        raise ValueError(f"is {written!r}: it is beyond the calendar") from None
    try:
        return read_date(written)
    except ValueError as error:
        raise ValueError(
            str(error).replace("it must be a date such as 2026-03-02", f"write {EXAMPLES}")
        ) from None
