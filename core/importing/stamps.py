"""Days and moments as other programs write them, and spreadsheets' day numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ..values.time_zones import by_clock, read_zone

EXCEL, UNIX = "excel", "unix"
"""Stand where a format would: a spreadsheet's day number, such as 46034 or 46034,5; and seconds or
milliseconds since 1970, such as 1772494200."""

_SERIAL = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]+))?")
_LIKELY = range(20_000, 80_000)
"""Day numbers of the years 1954 to 2119, which a cell with a date is likely to have."""
_FRACTION = re.compile(r"(\.[0-9]{6})[0-9]+")
_UTC_WORD = re.compile(r"\b(?:UTC|GMT)\b")

Formats = tuple[str, ...]


def read_stamp(text: str, formats: Formats) -> datetime:
    """A day or moment in one of some formats; it knows its zone where the text has one.

    Raises ValueError with a reason.
    """
    found = _parse(text, formats)
    if found is None:
        known = " or ".join(_WORDS.get(one, f"a date written as {one}") for one in formats)
        raise ValueError(f"is {text!r}: it is not {known}{_advise(text)}")
    return found


def to_clock(stamp: datetime, source: str | None, zone: str | None) -> datetime:
    """A moment by the clock of `zone`; one without a zone is by that of the `source`, if it has one."""
    if stamp.tzinfo is None and source is not None:
        stamp = stamp.replace(tzinfo=read_zone(source))
    return stamp if stamp.tzinfo is None else by_clock(stamp, zone)


@lru_cache(4096)
def _parse(text: str, formats: Formats) -> datetime | None:
    for written in formats:
        read = _COUNTED.get(written)
        found = read(text) if read else _read_written(text, written)
        if found is not None:
            return found
    return None


def _read_written(text: str, written: str) -> datetime | None:
    try:
        found = datetime.strptime(_FRACTION.sub(r"\1", text), written)
    except ValueError as error:
        if "directive" in str(error) or "stray" in str(error):
            raise
        return None
    if found.tzinfo is None and _is_utc(text, written):
        return found.replace(tzinfo=UTC)
    return found


def _is_utc(text: str, written: str) -> bool:
    """Whether a format ends in Z as a letter, which means UTC, or reads the word UTC by %Z."""
    if "%Z" in written:
        return _UTC_WORD.search(text) is not None
    return re.search(r"(?:%[SMHf])Z$", written) is not None


def _read_serial(text: str) -> datetime | None:
    """The day of a spreadsheet's number: 1 is 1900-01-01, and 60 the 29 February there was not."""
    match = _SERIAL.fullmatch(text)
    if match is None or match[1] in ("0", "60"):
        return None
    days = int(match[1])
    first = datetime(1899, 12, 30) if days > 60 else datetime(1899, 12, 31)
    seconds = round(float(f"0.{match[2] or 0}") * 86_400)
    return first + timedelta(days=days, seconds=seconds)


def _read_seconds(text: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{9,10}(?:[0-9]{3}|\.[0-9]+)?", text):
        return None
    seconds = int(text.partition(".")[0])
    return datetime.fromtimestamp(seconds / 1000 if seconds >= 10**11 else seconds, UTC)


_COUNTED: dict[str, Callable[[str], datetime | None]] = {EXCEL: _read_serial, UNIX: _read_seconds}
_WORDS = {EXCEL: "a spreadsheet's day number", UNIX: "a number of seconds since 1970"}


def _advise(text: str) -> str:
    match = _SERIAL.fullmatch(text)
    found = _read_serial(text) if match and int(match[1]) in _LIKELY else None
    if found is None:
        return ""
    day = f"{found:%Y-%m-%d}"
    return f'; as a spreadsheet\'s day number it is {day}: write date = "excel"'


def is_format(written: str) -> bool:
    """Whether a date comes back that was written so."""
    if written in _COUNTED:
        return True
    sample = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
    try:
        return read_stamp(sample.strftime(written), (written,)).date() == sample.date()
    except (ValueError, re.error):
        return False
