"""What a new release of `holidays` changes: nights keep the days they count by, to be compared later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product

from ..system.records import NamedTuple
from ..ticketfile.kept_calendars import KeptCalendar, find_missing, keep_calendars, read_older
from ..ticketfile.sqlite import Connection
from ..values.working_days import (
    LAST_YEAR,
    Calendar,
    Day,
    days_as_json,
    find_holidays_release,
    read_days,
)

NEW, GONE, CHANGED = "new", "gone", "changed"


class ChangedDay(NamedTuple):
    """A day that is `new` or `gone`, or whose kind, name or estimation has changed; as it is now,
    or as it was where it is gone."""

    change: str
    day: Day


class CalendarChange(NamedTuple):
    """How a country's year differs from what an older release gave, which the night of `kept_on`
    counted by."""

    older: str
    newer: str
    kept_on: str
    days: list[ChangedDay]


def keep_country_days(connection: Connection, calendars: Iterable[Calendar], today: str) -> None:
    """Keep the days of this year and the next, once of each release of `holidays`; where the file takes
    no more, the next night does."""
    known, year = {one.country: one for one in calendars}, int(today[:4])
    years = [one for one in (year, year + 1) if one <= LAST_YEAR]
    release = find_holidays_release()
    missing = find_missing(connection, product(known, years), release)
    if not missing:
        return
    rows = [
        KeptCalendar(country, year, release, today, days_as_json(days))
        for country, year in missing
        for days in [known[country].list_country_days(year)]
    ]
    keep_calendars(connection, rows)


def compare_country_days(
    connection: Connection, calendar: Calendar, year: int
) -> CalendarChange | None:
    """What differs from the newest days of another release; None where the file has none."""
    release = find_holidays_release()
    kept = read_older(connection, calendar.country, year, release)
    if kept is None:
        return None
    days = list(_compare(read_days(kept.days), calendar.list_country_days(year)))
    return CalendarChange(kept.release, release, kept.kept_on, days)


def _compare(older: list[Day], newer: list[Day]) -> Iterator[ChangedDay]:
    before, now = _by_date(older), _by_date(newer)
    for day in sorted({*before, *now}):
        if day not in now:
            yield ChangedDay(GONE, before[day])
        elif day not in before:
            yield ChangedDay(NEW, now[day])
        elif before[day] != now[day]:
            yield ChangedDay(CHANGED, now[day])


def _by_date(days: list[Day]) -> dict[date, Day]:
    return {one.day: one for one in days}
