"""How one of our values is made from another program's row; docs/import-format.md says how to write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from ..system.toml_document import Path
from .amounts import Amount, PlainNumber, read_amount
from .json_scanner import Number
from .lookups import Lookup
from .stamps import Formats, read_stamp, to_clock

Row = Mapping[str, object]

_NAMES = ("ref", "customer", "number")
"""Fields by which rows are told apart."""
_CUT_NUMBER = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+")


class Clock(NamedTuple):
    """By which clock stamps without a zone are written, and by which one they come in."""

    source: str | None
    zone: str | None


class Recipe(NamedTuple):
    """A constant, or the cells of some columns with what is done to them.

    `path` is where it stands in the map; the other fields are named as they are written there
    (`counted` are the words of count). With `lookup`, `columns` are those of the other file, whose row
    has in its key what `by` says here.
    """

    columns: tuple[str, ...]
    path: Path
    const: object = None
    default: str | None = None
    empty: tuple[str, ...] = ()
    values: Mapping[str, str] | None = None
    other: str | None = None
    date: Formats | None = None
    moment: Formats | None = None
    decimal: str | None = None
    split: str | None = None
    join: str = " "
    prefix: str = ""
    round: bool = False
    negative: str | None = None
    debit: str | None = None
    credit: str | None = None
    take: str | None = None
    counted: tuple[str, ...] | None = None
    lookup: Lookup | None = None
    by: str | None = None

    @property
    def names(self) -> str:
        """The columns as faults name them."""
        return " and ".join(self.own_columns if self.lookup is None else self.columns)

    @property
    def own_columns(self) -> tuple[str, ...]:
        """The columns of the source that it reads."""
        if self.debit is not None and self.credit is not None:
            return (self.debit, self.credit)
        return self.columns if self.lookup is None else (self.by or "",)

    @property
    def is_amount(self) -> bool:
        """Whether the cell is read as an amount, with its sign and its currency."""
        return self.decimal is not None

    def make(self, row: Row, clock: Clock) -> object:
        """Our value (text, a list of texts, or None); raises ValueError with a reason."""
        if not self.columns and self.debit is None:
            return self.const
        if self.counted is not None:
            return int(
                any(_is_counted(cell, self.counted) for cell in read_words(row, self.columns[0]))
            )
        if self.is_amount and not self.split:
            amount = self.read_amount(row)
            return None if amount is None else self.prefix + amount.text
        if self.lookup is not None:
            row = self._find_row(row)
        cell = self._cell(row)
        if self.split and isinstance(cell, str):
            cell = [part.strip() for part in cell.split(self.split) if part.strip()]
        if not cell or (self.empty and isinstance(cell, str) and is_word(cell, self.empty)):
            return self.default
        if isinstance(cell, list):
            return [self._ours(part, clock) for part in cell]
        return self._ours(cell, clock)

    def read_amount(self, row: Row) -> Amount | None:
        """The amount with its sign; None where the cells are empty. Raises ValueError."""
        decimal = self.decimal or "."
        if self.debit is None or self.credit is None:
            source = row if self.lookup is None else self._find_row(row)
            cell = _as_one(self._cell(source))
            cell = self.default or "" if not cell or is_word(cell, self.empty) else cell
            text = cell if self.values is None or not cell else self._word(cell, self.values)
            return read_amount(text, _sign_of(text, decimal), self.round) if text else None
        sides = [_as_one(_read_cell(row, column)) for column in (self.debit, self.credit)]
        read = [read_amount(s, _sign_of(s, decimal), self.round) if s else None for s in sides]
        owed, less = read
        if owed and less and owed.value and less.value:
            raise ValueError(
                f"are {sides[0]!r} and {sides[1]!r}: only one of them can have an amount"
            )
        if less is not None and less.value:
            return less._replace(value=-less.value)
        if not (owed or less) and self.default:
            return read_amount(self.default, decimal, self.round)
        return owed or less

    def read_stamp(self, row: Row, clock: Clock) -> datetime | None:
        """The moment that the cell says, where it is read as one. Raises ValueError."""
        cell, formats = self._cell(row), self.moment or self.date
        if isinstance(cell, datetime):
            return to_clock(cell, clock.source, clock.zone)
        if not cell or formats is None or not isinstance(cell, str) or is_word(cell, self.empty):
            return None
        return to_clock(read_stamp(cell, formats), clock.source, clock.zone)

    def _find_row(self, row: Row) -> Row:
        """The row of the other file that this row names."""
        key = _as_one(_read_cell(row, self.by or ""))
        return {} if self.lookup is None or not key else self.lookup.find(key)

    def _cell(self, row: Row) -> str | datetime | list[str]:
        if len(self.columns) == 1:
            return _read_cell(row, self.columns[0])
        cells = [_read_cell(row, column) for column in self.columns]
        if any(isinstance(cell, list) for cell in cells):
            raise ValueError("hold lists, which can't be joined")
        return self.join.join(_as_one(cell) for cell in cells if cell)

    def _ours(self, theirs: str | datetime, clock: Clock) -> str:
        if isinstance(theirs, datetime):
            return self._write_stamp(theirs, clock)
        text = theirs if self.values is None else self._word(theirs, self.values)
        formats = self.date if self.date is not None else self.moment
        if formats is not None:
            return self.prefix + self._write_stamp(read_stamp(text, formats), clock)
        if self.decimal is not None:
            text = read_amount(text, _sign_of(text, self.decimal), self.round).text
        if self.path[-1:] and self.path[-1] in _NAMES and _CUT_NUMBER.fullmatch(text):
            raise ValueError(f"is {text!r}: a spreadsheet has cut this number; export it as text")
        return self.prefix + text

    def _write_stamp(self, stamp: datetime, clock: Clock) -> str:
        is_day = self.moment is None and stamp.tzinfo is None and stamp.time() == time()
        if not is_day:  # a day is the same day everywhere
            stamp = to_clock(stamp, clock.source, clock.zone)
        if self.date is None and (self.moment is not None or stamp.time() != time()):
            return stamp.isoformat(timespec="minutes")
        return stamp.date().isoformat()

    def _word(self, theirs: str, values: Mapping[str, str]) -> str:
        if theirs in values:
            return values[theirs]
        if self.other is None:
            known = ", ".join(values)
            raise ValueError(f"is {theirs!r}: the map knows {known}; add it there, or give other")
        return self.other


def _sign_of(text: str, decimal: str) -> str:
    return "." if isinstance(text, PlainNumber) else decimal


def is_word(word: str, listed: Mapping[str, object] | tuple[str, ...]) -> bool:
    """Whether a word is listed: as it is, or by how it begins, as in `Totale*`."""
    return word in listed or any(
        len(one) > 1 and one.endswith("*") and one.strip("*") and word.startswith(one[:-1])
        for one in listed
    )


def _is_counted(word: str, listed: tuple[str, ...]) -> bool:
    return bool(word) and (not listed or is_word(word, listed))


def read_words(row: Row, column: str) -> list[str]:
    """What a cell says, or each of the things it lists; nothing is an empty word."""
    try:
        cell = _read_cell(row, column)
    except ValueError:
        return [""]
    return cell if isinstance(cell, list) else [_as_one(cell)]


def _read_cell(row: Row, column: str) -> str | datetime | list[str]:
    return _plain(find_value(row, column))


def find_value(row: Row, column: str) -> object:
    """What stands under a column's name, or where its dots lead."""
    if column in row:
        return row[column]
    value: object = row
    for part in _split_column(row, column):
        value = _part(value, part)
    return value


def _split_column(row: Row, column: str) -> list[str]:
    """The parts of a name with dots; a column of a table may have dots in its own name."""
    parts = column.split(".")
    for count in range(len(parts) - 1, 1, -1):
        if ".".join(parts[:count]) in row:
            return [".".join(parts[:count]), *parts[count:]]
    return parts


def _part(value: object, part: str) -> object:
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, list):
        listed = (one for one in value if isinstance(one, Mapping))
        return next((one.get("value") for one in listed if str(one.get("id")) == part), None)
    return None


def _plain(value: object) -> str | datetime | list[str]:
    """What a cell says as text, with line breaks as they are here; a spreadsheet's date as it is."""
    if isinstance(value, str):
        return _strip(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value
    if isinstance(value, list):
        return [_as_one(_plain(part)) for part in value]
    if isinstance(value, Mapping):
        raise ValueError("is an object: name a key of it with a dot, such as requester.email")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return PlainNumber(_write_float(value))
    return PlainNumber(value) if isinstance(value, int | Number) else _strip(str(value))


def _strip(text: str) -> str:
    return text.replace("\r\n", "\n").strip() if "\r" in text else text.strip()


def _write_float(value: float) -> str:
    """A number of a spreadsheet, which shows 15 digits of it."""
    text = f"{value:.15g}"
    return f"{value:.0f}" if "e+" in text else f"{value:.10f}" if "e" in text else text


def _as_one(cell: str | datetime | list[str]) -> str:
    """A cell as one text."""
    if isinstance(cell, datetime):
        is_day = cell.time() == time()
        return cell.date().isoformat() if is_day else cell.isoformat(timespec="minutes")[:16]
    return " ".join(cell) if isinstance(cell, list) else cell


def plain_const(value: object) -> object:
    """A constant of a map as an import can take it; raises ValueError with a reason."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [plain_const(one) for one in value]
    if isinstance(value, str | bool | int):
        return value
    raise ValueError(f"is {value!r}: write it in quotation marks")
