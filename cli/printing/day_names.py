"""Names of weekdays and months in the language that is spoken."""

from __future__ import annotations

from datetime import date

from prassi.core.system.language import ENGLISH, find_spoken


def name_weekday(day: date) -> str:
    """The short name of a day of the week."""
    return _name(day, "%a", "ccc")


def name_month(month: int) -> str:
    """The short name of a month, from 1 on."""
    return _name(date(2000, month, 1), "%b", "LLL")


def _name(day: date, english: str, pattern: str) -> str:
    language = find_spoken()
    if language == ENGLISH:
        return day.strftime(english)
    from babel.dates import format_date  # late: 20 ms

    return format_date(day, pattern, language)
