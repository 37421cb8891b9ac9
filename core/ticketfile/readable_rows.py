"""Reading rows from a file that may be damaged: as many as can be read, and where that ends.

Rows come as generators that raise what SQLite raises. Whoever walks along them takes them through
ReadableRows, which ends where a row can't be read and remembers that it did.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Generic, TypeVar

from .sqlite import Connection, SqlRow

T = TypeVar("T")

OwnedRow = tuple[int, SqlRow]
"""A row, after the number of what it belongs to."""

OwnedRows = Generator[OwnedRow, None, None]

_BEFORE_ALL = -(2**63)

_DAMAGE = {1, 11, 18, 20, 24, 25, 26}
"""What SQLite says where it can't make sense of a file: error, corrupt, too big, mismatch, format,
range, not a database. A locked file, a full disk and errors of the disk are not findings."""


def is_damage(error: Exception) -> bool:
    """Whether an error of SQLite, or of reading what it returns, is about what is in the file."""
    if isinstance(error, UnicodeDecodeError | UnreadableRow):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGE


class UnreadableRow(Exception):
    """What was read does not even name an event that made it."""


_READING_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError, UnreadableRow)


def select_in_order(connection: Connection, query: str) -> Generator[SqlRow, None, None]:
    """Rows in the order of their numbers, which come first, up to one that can't be read.

    The query takes the number before the first row, and how many rows are wanted (-1: all).
    """
    newest = _BEFORE_ALL
    try:
        for row in connection.execute(query, (newest, -1)):
            newest = row[0]
            yield row
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        # The row before that one was read, but not handed over.
        if row := connection.execute(query, (newest, 1)).fetchone():
            yield row
        raise


def leave_out_misplaced(rows: OwnedRows) -> OwnedRows:
    """Rows as they were written, event after event. A row that names a later event than both rows
    behind it is left out: its own event misses it then, and no other one does."""
    waiting: list[OwnedRow] = []
    try:
        for row in rows:
            waiting.append(row)
            if len(waiting) == 3:
                first, *behind = waiting
                owner, _ = first
                if any(owner <= other for other, _ in behind):
                    yield first
                del waiting[0]
    except _READING_ERRORS:
        yield from waiting
        raise
    if len(waiting) < 2 or waiting[0][0] <= waiting[1][0]:
        yield from waiting
    else:
        yield waiting[1]


class ReadableRows(Iterator[T], Generic[T]):
    """Rows up to the first that can't be read; `is_broken` tells whether there was one."""

    def __init__(self, rows: Generator[T, None, None]) -> None:
        self._rows, self.is_broken = rows, False
        self.close = rows.close

    def __next__(self) -> T:
        try:
            return next(self._rows)
        except _READING_ERRORS as error:
            if not is_damage(error):
                raise
            self.is_broken = True
            raise StopIteration from None


class RowsByOwner:
    """Rows of a table in the order of what they belong to."""

    def __init__(self, rows: OwnedRows) -> None:
        self._rows = ReadableRows(rows)
        self.close = self._rows.close
        self._strays = 0
        self._waiting: OwnedRow | None = next(self._rows, None)

    @property
    def is_broken(self) -> bool:
        """Whether a row could not be read."""
        return self._rows.is_broken

    def take_rows(self, owner: int) -> list[SqlRow]:
        """The rows that belong to a number; numbers are asked for in ascending order."""
        own = []
        while self._waiting is not None:
            number, row = self._waiting
            if number > owner:
                break
            if number == owner:
                own.append(row)
            else:
                self._strays += 1
            self._waiting = next(self._rows, None)
        return own

    def count_strays(self) -> int:
        """How many rows belonged to nothing that was asked for; the rows are read to their end."""
        waiting = [self._waiting] if self._waiting else []
        return self._strays + sum(1 for _ in chain(waiting, self._rows))
