"""The chain of events, worked out again: each hash from what the event says and what it made.

A row that another one was changed to hide behind can't be told from a sound one, so what is found
is kept apart: an event whose own words or rows do not fit is certainly bad. One that made tickets,
or left a ticket's column as it is, may only seem bad because a later event that changed them is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from hashlib import sha256
from itertools import chain as chained_up
from typing import Any, NamedTuple

from ..system.fast_json import encode
from . import schema
from .event_hash import (
    INSERTED,
    START,
    MadeRow,
    Run,
    arrange_hashed_rows,
    format_common_lines,
    format_hashed_text,
)
from .sqlite import Connection

_EVENTS = """
SELECT e.id, e.hash, r.id, r.command, r.at, r.recorded_at, r.version,
    e.ticket, coalesce(b.digest, ''), e.event, e.rule, e.facts, e.changes, e.ended, e.undoes, e.at
FROM event AS e LEFT JOIN run AS r ON r.id = e.run LEFT JOIN book AS b ON b.id = e.book
WHERE e.id > ? ORDER BY e.id LIMIT ?
"""
# Not by the index: where that one is damaged, rows and events are not.
_CHANGES = """
SELECT ticket, id, changes FROM event NOT INDEXED
WHERE changes <> '{}' AND ticket IS NOT NULL ORDER BY ticket, id
"""

MOST = 20
"""Bad events that are told; beyond them there are just more of the kind."""

_OWN_NUMBERS = ("customer", "ticket")
"""Tables whose numbers the hashes cover; they may be given before their rows come."""

_BEFORE_ALL = -(2**63)

_WRONG = "does not fit its events"

_DAMAGE = {1, 11, 18, 20, 24, 25, 26}
"""What SQLite says where it can't make sense of a file: error, corrupt, too big, mismatch, format,
range, no database. Locked, full, and errors of the disk are no findings."""


def is_damage(error: Exception) -> bool:
    """Whether an error of SQLite, or of reading what it hands over, is about what is in the file."""
    if isinstance(error, UnicodeDecodeError):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGE


OwnedRows = Generator[tuple[int, tuple[Any, ...]], None, None]
"""Rows, each with the number of what it belongs to."""


def _hash_event(before: bytes, row: tuple[Any, ...], made: Sequence[MadeRow]) -> bytes:
    """The hash of an event, a row of _EVENTS, with the rows it made."""
    common = format_common_lines(Run(*row[2:7]), row[8])
    text = format_hashed_text(row[0], common, row[7], row[9:15], encode(arrange_hashed_rows(made)))
    return sha256(before + text).digest()


def _describe_misfit(number: int) -> str:
    return f"event {number} does not fit the chain: it, or something it made, was changed."


class ChainWalk(NamedTuple):
    """What a walk along the chain found: bad events with a sentence each, in their order.

    Those of `doubtful` are bad unless a later one is `certain`. `expected` is the event that has
    the expected hash; `whole` says that all events were read.
    """

    events: int
    head: bytes
    certain: dict[int, str]
    doubtful: dict[int, str]
    strays: int
    expected: int | None
    whole: bool


def walk_chain(connection: Connection, tables: Sequence[str], expected: bytes | None) -> ChainWalk:
    """Work every hash out again, from the events and the rows they made in these tables."""
    walker = _ChainWalker(connection, tables, expected)
    try:
        return walker.walk()
    finally:
        walker.close()


class _ChainWalker:
    def __init__(
        self, connection: Connection, tables: Sequence[str], expected: bytes | None
    ) -> None:
        self._connection, self._expected = connection, expected
        self._certain, self._doubtful = dict[int, str](), dict[int, str]()
        self._events = _ReadableRows(_select_in_order(connection, _EVENTS))
        self._made = {table: _RowsByOwner(self._rows(table)) for table in tables}

    def walk(self) -> ChainWalk:
        before, unsaid, count = START, b"", 0
        found = 0 if self._expected == START else None
        for row in self._events:
            count += 1
            number, digest = row[0], row[1] if isinstance(row[1], bytes) else b""
            if number != count:
                self._certain[count] = f"event {count} is missing."
            else:
                unsaid = self._check(before, unsaid, row)
            if digest == self._expected:
                found = number
            lost = number in self._certain and self._is_broken()
            if number != count or len(self._certain) == MOST or lost:
                return self._walked(count, digest, found, whole=False)
            before = digest
        if self._events.broken:
            self._certain[count + 1] = f"event {count + 1} can't be read."
        return self._walked(count, before, found, not self._events.broken)

    def close(self) -> None:
        """Let the file go: a walk that ended early has read no table to its end."""
        self._events.close()
        for stream in self._made.values():
            stream.close()

    def _walked(self, count: int, head: bytes, found: int | None, whole: bool) -> ChainWalk:
        strays = sum(stream.rest() for stream in self._made.values()) if whole else 0
        return ChainWalk(count, head, self._certain, self._doubtful, strays, found, whole)

    def _check(self, before: bytes, unsaid: bytes, row: tuple[Any, ...]) -> bytes:
        """Hold an event to the hash that the one before it says; returns its own worked out, where it
        says another. Where it fits to what that one should have said, only that one is bad."""
        number, digest = row[0], row[1]
        made = [(t, own) for t, stream in self._made.items() for own in stream.of(number)]
        self._tickets = any(table == "ticket" for table, _ in made)
        try:
            worked_out = _hash_event(before, row, made)
            if unsaid and _hash_event(unsaid, row, made) == digest:
                self._certain[number - 1] = _describe_misfit(number - 1)
                worked_out = digest
        except (TypeError, ValueError):  # a value that nothing in a ticket file can have
            worked_out = b""
        if worked_out != digest or row[4] != row[15]:
            self._is_bad(number)
            return worked_out
        return b""

    def _is_bad(self, number: int) -> None:
        if self._tickets and not self._is_broken():
            self._doubt(number, _describe_misfit(number))
        else:
            self._certain[number] = _describe_misfit(number)

    def _is_broken(self) -> bool:
        """Whether there are rows that can't be read."""
        return any(stream.broken for stream in self._made.values())

    def _doubt(self, number: int, told: str) -> None:
        if len(self._doubtful) < MOST:
            self._doubtful.setdefault(number, told)

    # --- rows by the event that made them ---------------------------------------------------------

    def _rows(self, table: str) -> OwnedRows:
        columns = ", ".join(["id", "made_by", *INSERTED[table], "ended_by"])
        query = f"SELECT {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT ?"
        rows = _set_aside_misplaced(
            self._numbered(table, _select_in_order(self._connection, query))
        )
        return self._as_made(rows) if table == "ticket" else rows

    def _numbered(self, table: str, rows: Iterable[tuple[Any, ...]]) -> OwnedRows:
        """Rows by the event that made them; they are numbered as they come, and none goes."""
        newest = 0
        for number, made_by, *row, _ in rows:
            if not isinstance(made_by, int):
                raise _UnreadableRow
            if number != newest + 1 and table not in _OWN_NUMBERS:
                self._doubt(made_by, f"event {made_by} made no row {number} of {table}.")
            newest = number
            yield made_by, tuple(row)

    def _as_made(self, tickets: OwnedRows) -> OwnedRows:
        """Tickets as they were first written: each changed column as its first change found it."""
        changes = _RowsByOwner(self._changes())
        for made_by, row in tickets:
            yield made_by, self._first(made_by, row, changes.of(row[0]))

    def _changes(self) -> OwnedRows:
        for ticket, number, text in self._connection.execute(_CHANGES):
            if isinstance(ticket, int):  # Else its event does not fit the chain.
                yield ticket, (number, text)

    def _first(
        self, made_by: int, row: tuple[Any, ...], changes: Sequence[tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        """A ticket's row as it was first; what does not follow from one change to the next, and
        from the last one to the row, is told."""
        columns = dict(zip(("id", *schema.TICKET), row, strict=True))
        fields = _parse_object(columns["fields"])
        first: dict[str, Any] = {}
        now: dict[str, tuple[int, Any]] = {}
        for number, text in changes:
            for name, pair in _parse_object(text).items():
                old, new = pair if isinstance(pair, list) and len(pair) == 2 else (_WRONG, _WRONG)
                if name in now and now[name][1] != old:
                    self._doubt(number, f"event {number} changed another {name} than there was.")
                first.setdefault(name, old)
                now[name] = number, new
        unasked = any(value is None and name not in now for name, value in fields.items())
        if (
            unasked or _encode_fields(fields) != columns["fields"]
        ):  # What the hash does not tell apart.
            number = changes[-1][0] if changes else made_by
            self._doubt(number, f"ticket {row[1]} has other fields than event {number} left it.")
        for name, (number, value) in now.items():
            where = columns if name in columns else fields
            if where.get(name) != value:
                told = f"ticket {row[1]} has another {name} than event {number} left it."
                self._doubt(number, told)
            where[name] = first[name]
        return (*list(columns.values())[:-1], _encode_fields(fields))


def _select_in_order(connection: Connection, query: str) -> Generator[tuple[Any, ...], None, None]:
    """Rows in the order of their numbers, which come first, up to one that can't be read."""
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


def _set_aside_misplaced(rows: OwnedRows) -> OwnedRows:
    """Rows as they were written, event after event. One that says a later event than both rows behind
    it is left out: its own event misses it then, and no other one does."""
    waiting: list[tuple[int, tuple[Any, ...]]] = []
    try:
        for row in rows:
            waiting.append(row)
            if len(waiting) == 3:
                one, *behind = waiting
                if any(one[0] <= other[0] for other in behind):
                    yield one
                del waiting[0]
    except (sqlite3.DatabaseError, UnicodeDecodeError, _UnreadableRow):
        yield from waiting
        raise
    if len(waiting) < 2 or waiting[0][0] <= waiting[1][0]:
        yield from waiting
    else:
        yield waiting[1]


def _parse_object(text: object) -> dict[str, Any]:
    """A JSON object; where it is none, one that fits nothing."""
    try:
        read = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {_WRONG: _WRONG}


def _encode_fields(fields: dict[str, Any]) -> str:
    try:
        return encode(fields)
    except ValueError:  # a number that is none
        return ""


class _UnreadableRow(Exception):
    """What was read has not even an event that made it."""


class _ReadableRows:
    """Rows up to the first that can't be read; `broken` tells whether there was one."""

    def __init__(self, rows: Generator[tuple[Any, ...], None, None]) -> None:
        self._rows, self.broken = rows, False
        self.close = rows.close

    def __iter__(self) -> _ReadableRows:
        return self

    def __next__(self) -> tuple[Any, ...]:
        try:
            return next(self._rows)
        except (sqlite3.DatabaseError, UnicodeDecodeError, _UnreadableRow) as error:
            if not (isinstance(error, _UnreadableRow) or is_damage(error)):
                raise
            self.broken = True
            raise StopIteration from None


class _RowsByOwner:
    """Rows of a table in the order of what they belong to, which is their first value."""

    def __init__(self, rows: OwnedRows) -> None:
        self._rows = _ReadableRows(rows)
        self.close = self._rows.close
        self._strays = 0
        self._waiting: tuple[int, tuple[Any, ...]] | None = next(self._rows, None)

    @property
    def broken(self) -> bool:
        return self._rows.broken

    def of(self, number: int) -> list[tuple[Any, ...]]:
        """The rows that belong to a number, which are asked for in ascending order."""
        own = []
        while self._waiting is not None and self._waiting[0] <= number:
            if self._waiting[0] == number:
                own.append(self._waiting[1])
            else:
                self._strays += 1
            self._waiting = next(self._rows, None)
        return own

    def rest(self) -> int:
        """How many rows belonged to nothing that was asked for."""
        waiting = [self._waiting] if self._waiting else []
        return self._strays + sum(1 for _ in chained_up(waiting, self._rows))
