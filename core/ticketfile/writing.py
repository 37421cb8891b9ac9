"""Writing to the ticket file: plans become rows, each event chained to the one before it.

The hash of an event covers the hash before it, the event, the moment and command of its run, the
digest of its book, and every row it made; so a changed byte in any of them breaks the chain.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from .. import VERSION
from ..plan import Plan
from ..values import Stored
from . import schema

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_EVENT = (
    "INSERT INTO event (id, run, at, ticket, book, event, rule, facts, changes, ended, undoes, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERTED = {
    "customer": ("id", *schema.CUSTOMER), "ticket": ("id", *schema.TICKET), **schema.ROWS,
}  # fmt: skip
"""The columns of the rows that events make, by table; the events' hashes take them in this order."""

_INSERT = {
    table: (
        f"INSERT INTO {table} ({', '.join(columns)}, made_by)"  # noqa: S608
        f" VALUES ({', '.join('?' * (len(columns) + 1))})"
    )
    for table, columns in INSERTED.items()
}
_END = {table: f"UPDATE {table} SET ended_by = ? WHERE id = ?" for table in _INSERT}  # noqa: S608
_UPDATE = (
    "UPDATE ticket SET status = ?, priority = ?, assignee = ?, result = ?, fields = ? WHERE id = ?"
)
_OPEN = "UPDATE ticket SET open = ? WHERE id = ?"
_COLUMNS = ("status", "priority", "assignee", "result")

_ORDER = {table: place for place, table in enumerate(INSERTED)}

START = bytes(32)
"""What the first event is chained to."""


class Run(NamedTuple):
    """One invocation that writes: its number in the file, its command and its moments."""

    id: int
    command: str
    at: str
    recorded_at: str


class Record(NamedTuple):
    """An event about to be written, with the rows it makes and the rows it ends."""

    ticket: int | None
    book: int | None
    digest: str
    event: str
    rule: str | None
    facts: str
    changes: str
    ended: str
    undoes: int | None
    made: Sequence[tuple[str, tuple[Any, ...]]]
    ends: Sequence[tuple[str, int]]


class Writer:
    """Writes the events of one run; made inside a transaction that holds the write lock."""

    def __init__(self, connection: sqlite3.Connection, command: str, at: str) -> None:
        self._connection, self._command, self._at = connection, command, at
        self._run: Run | None = None
        self._books: dict[str, int] = {}

    @property
    def run(self) -> Run:
        """The run's row, written when the first event needs it."""
        if self._run is None:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            row = (self._command, self._at, now, VERSION)
            cursor = self._connection.execute(
                "INSERT INTO run (command, at, recorded_at, version) VALUES (?, ?, ?, ?)", row
            )
            self._run = Run(cursor.lastrowid or 0, self._command, self._at, now)
        return self._run

    def book(self, name: str, digest: str, kept: str) -> int:
        """The number of a version of a book, which the file keeps once it has decided something."""
        if digest not in self._books:
            self._connection.execute(
                "INSERT INTO book (name, digest, kept) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (name, digest, kept),
            )
            row = self._connection.execute("SELECT id FROM book WHERE digest = ?", (digest,))
            self._books[digest] = row.fetchone()[0]
        return self._books[digest]

    def forget(self) -> None:
        """Forget what was written in a transaction that was rolled back."""
        self._run, self._books = None, {}

    def write(self, records: Iterable[Record]) -> list[int]:
        """Append events with all their rows; returns their numbers."""
        run, connection = self.run, self._connection
        number, before = last(connection)
        events, numbers = [], []
        made: dict[str, list[tuple[Any, ...]]] = {}
        ends: dict[str, list[tuple[int, int]]] = {}
        for record in records:
            number += 1
            before = chained(before, run, number, record)
            events.append(
                (number, run.id, run.at, *record[:2], *record[3:9], before)
            )  # fmt: skip
            for table, row in record.made:
                made.setdefault(table, []).append((*row, number))
            for table, row_id in record.ends:
                ends.setdefault(table, []).append((number, row_id))
            numbers.append(number)
        connection.executemany(_EVENT, events)
        for table in _INSERT:
            connection.executemany(_INSERT[table], made.get(table, ()))
        for table, rows in ends.items():
            connection.executemany(_END[table], rows)
        return numbers

    def carry_out(self, plans: Sequence[Plan], book: tuple[str, str, str]) -> list[int]:
        """Write plans of one book (name, digest, what is kept) as events, and change the tickets."""
        number = self.book(*book)
        numbers = self.write(_record(plan, number, book[1]) for plan in plans)
        changed = [plan for plan in plans if plan.columns]
        self._connection.executemany(_UPDATE, [_ticket_row(plan) for plan in changed])
        opened = [(plan.columns["open"][1], plan.state.id) for plan in changed if "open" in plan.columns]
        self._connection.executemany(_OPEN, opened)
        return numbers


def _record(plan: Plan, book: int, digest: str) -> Record:
    return Record(
        plan.state.id, book, digest, plan.event, plan.rule.id, _encode(plan.facts),
        _encode(plan.columns), _encode(plan.ended), None, [_stored(*made) for made in plan.made],
        [(table, row) for table, rows in plan.ended.items() for row in rows],
    )  # fmt: skip


def _stored(table: str, row: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    return (table, (*row[:-1], _encode(row[-1]))) if table == "item" else (table, row)


def _ticket_row(plan: Plan) -> tuple[Any, ...]:
    state, after = plan.state, {name: pair[1] for name, pair in plan.columns.items()}
    after.pop("open", None)
    columns = [after.pop(name, getattr(state, name)) for name in _COLUMNS]
    return (*columns, _encode({**state.fields, **after}), state.id)


def chained(before: bytes, run: Run, number: int, record: Record) -> bytes:
    """The hash of an event, over the hash before it and all it says and makes."""
    made = sorted(record.made, key=lambda row: _ORDER[row[0]])
    if record.ticket is None:
        made = [(table, as_hashed(row) if table == "ticket" else row) for table, row in made]
    said = _encode([number, *run, record.digest, record.ticket, *record[3:9], made])
    return sha256(before + said.encode("utf-8", "surrogatepass")).digest()


def as_hashed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A ticket's row as the chain takes it: its fields sorted, without those that have no value."""
    fields = {name: value for name, value in json.loads(row[-1]).items() if value is not None}
    return (*row[:-1], json.dumps(fields, sort_keys=True))


def last(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """The number and hash of the newest event."""
    row = connection.execute("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, START)


def encode(value: Stored | dict[str, Any]) -> str:
    """JSON as the ticket file keeps it: no spaces, keys in their order."""
    return _encode(value)
