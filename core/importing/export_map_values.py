"""How one of our values is made from another program's row; `export_map` says how to write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from ..system.toml_document import Path

_AMOUNT = {
    ".": re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?"),
    ",": re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+)(,\d*)?"),
}


class Recipe(NamedTuple):
    """A constant, or the cells of some columns with what is done to them.

    `path` is where it stands in the map; the other fields are named as they are written there.
    """

    columns: tuple[str, ...]
    path: Path
    const: object = None
    default: str | None = None
    values: Mapping[str, str] | None = None
    other: str | None = None
    date: str | None = None
    moment: str | None = None
    decimal: str | None = None
    split: str | None = None
    prefix: str = ""

    @property
    def names(self) -> str:
        """The columns as faults name them."""
        return " and ".join(self.columns)

    def make(self, row: Mapping[str, object]) -> object:
        """Our value (text, a list of texts, or None); raises ValueError with a reason."""
        if not self.columns:
            return self.const
        cell = self._cell(row)
        if self.split and isinstance(cell, str):
            cell = [part.strip() for part in cell.split(self.split) if part.strip()]
        if not cell:
            return self.default
        return self._ours(cell) if isinstance(cell, str) else [self._ours(part) for part in cell]

    def _cell(self, row: Mapping[str, object]) -> str | list[str]:
        cells = [_plain(_value(row, column)) for column in self.columns]
        if len(cells) == 1:
            return cells[0]
        if any(isinstance(cell, list) for cell in cells):
            raise ValueError("hold lists, which can't be joined")
        return " ".join(str(cell) for cell in cells if cell)

    def _ours(self, theirs: str) -> str:
        text = theirs if self.values is None else self._word(theirs, self.values)
        if self.date is not None:
            text = parse_day(text, self.date).date().isoformat()
        elif self.moment is not None:
            text = parse_day(text, self.moment).isoformat(timespec="minutes")[:16]
        elif self.decimal is not None:
            text = _amount(text, self.decimal)
        return self.prefix + text

    def _word(self, theirs: str, values: Mapping[str, str]) -> str:
        if theirs in values:
            return values[theirs]
        if self.other is None:
            known = ", ".join(values)
            raise ValueError(f"is {theirs!r}: the map knows {known}; add it there, or give other")
        return self.other


def words(row: Mapping[str, object], column: str) -> list[str]:
    """What a cell says, or each of the things it lists; nothing is an empty word."""
    try:
        cell = _plain(_value(row, column))
    except ValueError:
        return [""]
    return cell if isinstance(cell, list) else [cell]


def _value(row: Mapping[str, object], column: str) -> object:
    """What stands under a column's name, or where its dots lead."""
    if column in row:
        return row[column]
    value: object = row
    for part in column.split("."):
        value = _part(value, part)
    return value


def _part(value: object, part: str) -> object:
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, list):
        listed = (one for one in value if isinstance(one, Mapping))
        return next((one.get("value") for one in listed if str(one.get("id")) == part), None)
    return None


def _plain(value: object) -> str | list[str]:
    """What a cell says as text: JSON's numbers and yes and no too, nothing as an empty text."""
    if isinstance(value, list):
        return [str(_plain(part)) for part in value]
    if isinstance(value, Mapping):
        raise ValueError("is an object: name a key of it with a dot, such as requester.email")
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


@lru_cache(4096)
def parse_day(text: str, written: str) -> datetime:
    """A day or moment as another program writes it; raises ValueError with a reason."""
    try:
        return datetime.strptime(text, written)
    except ValueError as error:
        if "directive" in str(error) or "stray" in str(error):
            raise
        raise ValueError(f"is {text!r}: it is not a date written as {written}") from None


def _amount(text: str, decimal: str) -> str:
    """An amount with a point and nothing else, from one with thousands or a currency sign."""
    bare = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Sc")
    bare = bare.replace("'", "").replace("\u2019", "")
    if not _AMOUNT[decimal].fullmatch(bare):
        raise ValueError(
            f"is {text!r}: it is not an amount written with {decimal!r} before the cents"
        )
    thousands = "," if decimal == "." else "."
    return bare.replace(thousands, "").replace(decimal, ".").removesuffix(".")


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
