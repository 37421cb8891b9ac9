"""The types a field, an input or a fact can have, and how their values are read and shown.

Stored values are plain: text, whole numbers, yes and no, ISO dates. Money is a whole number of the
currency's hundredth, so that sums are exact everywhere, in SQL too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from ..system.records import NamedTuple
from .working_days import FIRST_YEAR, LAST_YEAR

Stored = str | int | bool | None | list[Any]
"""A value as it stands in the ticket file."""

_AS_ZEROS = str.maketrans("123456789", "0" * 9)
_DATE = "0000-00-00"
_MOMENTS = (f"{_DATE}T00:00", f"{_DATE} 00:00")
"""How dates and moments are written, with any digit for a zero. Texts are compared with these, as a
pattern takes a command 0.1 ms to compile."""
# [0-9], since \d takes the digits of every script.
_WHOLE = r"-?[0-9]{1,15}"
_LONGEST = 1_000_000
"""Characters of a text."""


class Field(NamedTuple):
    """One named value: a field of a ticket or an item, an input of an event, or a fact.

    `type` is one of TYPES; `values` are the words of a word; `low` and `high` bound a number (of
    money: its hundredths); `many` makes it a list; `quiet` leaves it out of an export where it has
    its default; `within` is the object that holds it in the import format, where one does;
    `of_ticket`, of an item's field, is the ticket's whose value it has where an import gives none.
    """

    name: str
    type: str
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    default: Stored = None
    optional: bool = False
    many: bool = False
    pattern: str | None = None
    quiet: bool = False
    about: str = ""
    within: str | None = None
    of_ticket: str | None = None

    def read(self, raw: object) -> Stored:
        """The stored value for what a person or a file wrote; raises ValueError with a reason."""
        if raw is None or raw == "":
            if self.of_ticket is not None:
                return None
            if self.optional or self.default is not None:
                return list(self.default) if isinstance(self.default, list) else self.default
            raise ValueError("is missing")
        if self.many:
            parts = raw if isinstance(raw, list | tuple) else [raw]
            return [self._read_one(part) for part in parts]
        return self._read_one(raw)

    def show(self, stored: Stored) -> Any:
        """The value as JSON and people see it: money with its point, all else as it is stored."""
        return format_amounts(stored) if self.type == "money" else stored

    def _read_one(self, raw: object) -> str | int | bool:
        value = TYPES[self.type](raw)
        if self.values and value not in self.values:
            raise ValueError(f"is {raw!r}: it must be one of {', '.join(self.values)}")
        if isinstance(value, int) and not isinstance(value, bool):
            self._check_bounds(value)
        if self.pattern:
            from ..system.regex_limit import matches_whole  # 2 ms: few fields have a pattern

            if not matches_whole(self.pattern, str(value)):
                raise ValueError(f"is {raw!r}: it must look like {self.pattern}")
        return value

    def _check_bounds(self, value: int) -> None:
        if self.low is not None and value < self.low:
            raise ValueError(f"is {self.show(value)}: it must be at least {self.show(self.low)}")
        if self.high is not None and value > self.high:
            raise ValueError(f"is {self.show(value)}: it must be at most {self.show(self.high)}")


def read_text(raw: object) -> str:
    """Text as it is, of limited length, without NUL and lone surrogates, which a file can't keep."""
    if not isinstance(raw, str):
        raise ValueError(f"is {raw!r}: it must be text")
    if len(raw) > _LONGEST:
        raise ValueError(f"has {len(raw):,} characters: it must have {_LONGEST:,} at most")
    if "\0" in raw or (not raw.isascii() and any("\ud800" <= c <= "\udfff" for c in raw)):
        raise ValueError("contains characters that are not text (NUL, or half of a surrogate pair)")
    return raw


def read_integer(raw: object) -> int:
    """A whole number of at most 15 digits."""
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 10**15:
        return raw
    if isinstance(raw, str) and re.fullmatch(_WHOLE, raw.strip()):
        return int(raw)
    raise ValueError(f"is {raw!r}: it must be a whole number")


def read_boolean(raw: object) -> bool:
    """Yes or no: true, false, yes, no, 1, 0."""
    word = str(raw).strip().lower()
    if word in ("true", "yes", "1"):
        return True
    if word in ("false", "no", "0"):
        return False
    raise ValueError(f"is {raw!r}: it must be yes or no")


def read_date(raw: object) -> str:
    """An ISO date that exists, 1900 to 2199."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return _check_year(raw)
    if isinstance(raw, str) and raw.strip().translate(_AS_ZEROS) == _DATE:
        try:
            return _check_year(date.fromisoformat(raw.strip()))
        except ValueError as error:
            raise ValueError(f"is {raw!r}: there is no such day ({error})") from None
    raise ValueError(f"is {raw!r}: it must be a date such as 2026-03-02")


def read_moment(raw: object) -> str:
    """A date, or a date with a time to the minute: 2026-03-02 or 2026-03-02T10:30."""
    if isinstance(raw, str) and raw.strip().translate(_AS_ZEROS) in _MOMENTS:
        text = raw.strip().replace(" ", "T")
        try:
            _check_year(datetime.fromisoformat(text).date())
        except ValueError as error:
            raise ValueError(f"is {raw!r}: there is no such moment ({error})") from None
        return text
    if isinstance(raw, datetime):
        _check_year(raw.date())
        return raw.isoformat(timespec="minutes")[:16]
    try:
        return read_date(raw)
    except ValueError as error:
        hint = str(error).replace(
            "a date such as 2026-03-02", "a date such as 2026-03-02 or 2026-03-02T10:30"
        )
        raise ValueError(hint) from None


def _check_year(day: date) -> str:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the years from {FIRST_YEAR} to {LAST_YEAR} can be used")
    return day.isoformat()


def read_money(raw: object) -> int:
    """An amount in hundredths, from `120.00`, `120` or a JSON number; never below zero."""
    text = str(raw).strip() if not isinstance(raw, bool) else ""
    whole, point, cents = text.partition(".")
    if not _has_digits(whole, 12) or (point and not _has_digits(cents, 2)):
        raise ValueError(
            f"is {raw!r}: it must be an amount such as 120.00, not below zero, with at most two decimals"
        )
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def _has_digits(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most


def format_money(hundredths: int) -> str:
    """`12000` as `120.00`."""
    sign, amount = ("-", -hundredths) if hundredths < 0 else ("", hundredths)
    return f"{sign}{amount // 100}.{amount % 100:02d}"


def format_amounts(stored: Any) -> Any:
    """Money with its point, one amount or a list of them."""
    if isinstance(stored, list):
        return [format_amounts(one) for one in stored]
    return format_money(stored) if isinstance(stored, int) else stored


TYPES: dict[str, Callable[[object], str | int | bool]] = {
    "text": read_text,
    "ticket": read_text,
    "customer": read_text,
    "word": read_text,
    "status": read_text,
    "integer": read_integer,
    "boolean": read_boolean,
    "date": read_date,
    "moment": read_moment,
    "money": read_money,
}
