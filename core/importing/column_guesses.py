"""What the columns of an unknown export hold: dates and how they are written, amounts, words, ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import NamedTuple

from .amounts import read_amount
from .stamps import EXCEL, read_stamp

_DAYS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%d-%m-%y",
    "%d/%b/%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
)
_TIMES = (
    "",
    " %H:%M",
    " %H:%M:%S",
    " %H:%M:%S.%f",
    "T%H:%M",
    "T%H:%M:%S",
    "T%H:%M:%S.%f",
    "T%H:%M:%S%z",
    "T%H:%M:%S.%f%z",
    " %I:%M %p",
    " %I:%M:%S %p",
    " %H:%M:%S %z",
    " %H:%M:%S%z",
    " %H:%M:%S %Z",
    ", %H:%M",
    ", %H:%M:%S",
    ", %I:%M %p",
    " - %H:%M",
)
_FORMATS = tuple(f"{day}{time}" for time, day in product(_TIMES, _DAYS))
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SERIAL = re.compile(r"[2-7][0-9]{4}([.,][0-9]+)?")
_MOST_WORDS = 12
"""Different words of a column that is likely to be a list of words."""
_SHARE = 0.9
"""Of its values, which have to fit for a column to be taken for something."""


class Column(NamedTuple):
    """A column: its values that are not empty, and what they are taken for.

    `kind` is date, moment, amount, email, words, id, text or empty; `formats` are those that fit a
    date best; `odd` is a value that does not fit.
    """

    name: str
    values: list[str]
    kind: str
    formats: tuple[str, ...] = ()
    decimal: str = ""
    odd: str | None = None
    is_repeated: bool = False

    @property
    def words(self) -> Counter[str]:
        """Its values with their numbers."""
        return Counter(self.values)

    @property
    def is_unique(self) -> bool:
        """Whether no two rows have the same value."""
        return len(set(self.values)) == len(self.values)


def guess_column(name: str, cells: Sequence[object], hints: str, is_repeated: bool) -> Column:
    """A column by its cells; `hints` are date or amount where its name speaks for that."""
    values = [_as_text(cell) for cell in cells if cell not in (None, "")]
    plain = Column(name, values, "text", is_repeated=is_repeated)
    if not values:
        return plain._replace(kind="empty")
    return (
        _as_stamp(plain, cells, hints)
        or _as_amount(plain, cells, hints)
        or _as_pattern(plain)
        or plain
    )


def _as_stamp(column: Column, cells: Sequence[object], hints: str) -> Column | None:
    if all(isinstance(cell, datetime) for cell in cells if cell not in (None, "")):
        has_time = any(isinstance(cell, datetime) and cell.hour + cell.minute for cell in cells)
        kind, written = ("moment", "%Y-%m-%d %H:%M") if has_time else ("date", "%Y-%m-%d")
        return column._replace(kind=kind, formats=(written,))
    sample = column.values[:200]
    if hints == "date" and _count(sample, lambda text: _SERIAL.fullmatch(text) is not None) == 1:
        return column._replace(kind="date", formats=(EXCEL,))
    formats = (*_FORMATS, "%Y%m%d") if hints == "date" else _FORMATS
    fitting = {
        written: _count(sample, lambda text, f=written: _reads(text, f)) for written in formats
    }
    best = max(fitting.values())
    if best < _SHARE:
        return None
    good = tuple(written for written, share in fitting.items() if share == best)
    odd = next((text for text in sample if not _reads(text, good[0])), None)
    kind = "moment" if "%H" in good[0] or "%I" in good[0] else "date"
    return column._replace(kind=kind, formats=good[:2], odd=odd)


def _as_amount(column: Column, cells: Sequence[object], hints: str) -> Column | None:
    sample = column.values[:500]
    if all(isinstance(cell, int | float) for cell in cells if cell not in (None, "")):
        has_cents = any(isinstance(cell, float) and cell % 1 for cell in cells)
        return (
            column._replace(kind="amount", decimal=".") if has_cents or hints == "amount" else None
        )
    shares = {
        decimal: _count(sample, lambda text, d=decimal: _is_amount(text, d)) for decimal in ",."
    }
    decimal = max(shares, key=lambda one: shares[one])
    has_cents = any(re.search(r"[.,][0-9]{2}\D*$", text) for text in sample)
    if shares[decimal] < _SHARE or not (hints == "amount" or (has_cents and hints != "date")):
        return None
    odd = next((text for text in sample if not _is_amount(text, decimal)), None)
    return column._replace(kind="amount", decimal=decimal, odd=odd)


def _as_pattern(column: Column) -> Column | None:
    sample = column.values[:500]
    if _count(sample, lambda text: _EMAIL.fullmatch(text) is not None) >= _SHARE:
        return column._replace(kind="email")
    different = len(set(column.values))
    if different <= _MOST_WORDS and different * 2 <= len(column.values):
        return column._replace(kind="words")
    is_short = all(len(text) <= 30 and "\n" not in text for text in sample)
    if is_short and any(c.isdigit() for c in "".join(sample)):
        return column._replace(kind="id")
    return None


def _count(sample: Sequence[str], fits: object) -> float:
    """The share of values that fit."""
    assert callable(fits)
    return sum(bool(fits(text)) for text in sample) / len(sample)


def _reads(text: str, written: str) -> bool:
    try:
        read_stamp(text, (written,))
    except (ValueError, re.error):
        return False
    return True


def _is_amount(text: str, decimal: str) -> bool:
    try:
        read_amount(text, decimal, rounds=True)
    except ValueError:
        return False
    return True


def _as_text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(cell).strip()
