"""Clocks of places: a moment of one place by the clock of another, and real hours between moments.

Moments are kept without their zone, by the clock of the desk or of the place a book works in. A
zone is a name such as `Europe/Rome`; None is the system's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache


@lru_cache(64)
def read_zone(name: str) -> tzinfo:
    """The zone of that name; raises ValueError with a reason where there is none."""
    from zoneinfo import ZoneInfo  # late: 4 ms; most desks have one clock

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        told = f"is {name!r}: there is no such time zone; write it as Europe/Rome or UTC"
        raise ValueError(told) from None


def read_clock(zone: str | None) -> datetime:
    """The present moment by the clock of a zone."""
    return datetime.now(None if zone is None else read_zone(zone))


def by_clock(moment: datetime, zone: str | None) -> datetime:
    """A moment that knows its zone, by the clock of another zone, without that zone."""
    return moment.astimezone(None if zone is None else read_zone(zone)).replace(tzinfo=None)


def move_between(at: str, here: str | None, there: str | None) -> str:
    """A moment by the clock of `here`, by that of `there`; a day without a time stays that day."""
    if here == there or len(at) <= len("2026-03-02"):
        return at
    known = _with_zone(datetime.fromisoformat(at), here)
    return by_clock(known, there).isoformat(timespec="minutes")


def count_hours(start: str, end: str, zone: str | None) -> int:
    """The whole hours from one moment to another, as they pass at the place, over summer time too.

    Without a zone each day has 24 hours.
    """
    one, other = datetime.fromisoformat(start), datetime.fromisoformat(end)
    if zone is not None:
        one = _with_zone(one, zone).astimezone(UTC)
        other = _with_zone(other, zone).astimezone(UTC)
    return (other - one) // timedelta(hours=1)


def _with_zone(moment: datetime, zone: str | None) -> datetime:
    return moment.astimezone() if zone is None else moment.replace(tzinfo=read_zone(zone))
