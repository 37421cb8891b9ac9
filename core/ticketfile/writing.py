"""Writing to the ticket file: plans become rows, each event chained to the one before it.

The hash of an event covers the hash before it, the event, its run, the digest of its book, and
every row it made; so a changed byte in any of them breaks the chain.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, NamedTuple

from .. import VERSION
from ..jsontext import decode, encode
from ..plan import Plan
from . import schema


def _lean_sha256() -> Callable[[bytes], Any]:
    """The interpreter's own SHA-256, as `random` takes it: hashlib loads OpenSSL, and that takes
    longer than all the rest a command does."""
    for name in ("_sha2", "_sha256", "hashlib"):
        with suppress(ImportError):
            found: Callable[[bytes], Any] = import_module(name).sha256
            return found
    raise ImportError("this Python has no SHA-256")


_sha256 = _lean_sha256()

_EVENT = (
    "INSERT INTO event (id, run, at, ticket, book, event, rule, facts, changes, ended, undoes, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERTED = {
    "customer": ("id", *schema.CUSTOMER), "ticket": ("id", *schema.TICKET), **schema.ROWS,
    "state": schema.STATE,
}  # fmt: skip
"""The columns of the rows that events make, by table; the events' hashes take them in this order."""

_INSERT = {
    table: (
        f"INSERT INTO {table} ({', '.join(columns)}, made_by)"
        f" VALUES ({', '.join('?' * (len(columns) + 1))})"
    )
    for table, columns in INSERTED.items()
}
_END = {table: f"UPDATE {table} SET ended_by = ? WHERE id = ?" for table in _INSERT}
_UPDATE = (
    "UPDATE ticket SET status = ?, priority = ?, assignee = ?, result = ?, fields = ? WHERE id = ?"
)
_OPEN = "UPDATE ticket SET open = ? WHERE id = ?"
_COLUMNS = ("status", "priority", "assignee", "result")

_ORDER = {table: place for place, table in enumerate(INSERTED)}

_MADE = ("customer", "ticket")
"""What an event makes that hangs on no ticket; it comes first in _ORDER."""

START = bytes(32)
"""What the first event is chained to."""


class Run(NamedTuple):
    """One invocation that writes: its row in the file, as the chain takes it."""

    id: int
    command: str
    at: str
    recorded_at: str
    version: str


class Record(NamedTuple):
    """An event about to be written, with the rows it makes and the rows it ends.

    A row of `item` ends with its data, a dictionary.
    """

    ticket: int | None
    digest: str
    event: str
    rule: str | None
    facts: dict[str, Any]
    changes: dict[str, Any]
    ended: dict[str, list[int]]
    undoes: int | None
    made: Sequence[tuple[str, tuple[Any, ...]]]


class Page(NamedTuple):
    """Plans of one book, ready to be written: plain values, which another process can take.

    `book` is its name, digest and what is kept of it. `records` are Records, or the bare tuples of
    them; `tickets` the new columns of changed tickets, their fields a dictionary; `opened` those
    of them that open or close.
    """

    book: tuple[str, str, str]
    records: list[tuple[Any, ...]]
    tickets: list[tuple[Any, ...]]
    opened: list[tuple[int, int]]


def pack(plans: Sequence[Plan], book: tuple[str, str, str]) -> Page:
    """What carrying these plans out writes; those that change nothing leave an event only."""
    digest = book[1]
    changed = [plan for plan in plans if plan.columns]
    opened = [(p.columns["open"][1], p.state.id) for p in changed if "open" in p.columns]
    records: list[tuple[Any, ...]] = [
        (
            p.state.id or None,
            digest,
            p.event.name,
            p.rule.id,
            p.facts,
            p.columns,
            p.ended,
            None,
            p.made,
        )
        for p in plans
    ]
    return Page(book, records, [_ticket_row(plan) for plan in changed], opened)


class Writer:
    """Writes the events of one run; its methods are called under the write lock."""

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
            self._run = Run(cursor.lastrowid or 0, *row)
        return self._run

    def overtaken(self, seen: int) -> bool:
        """Whether another run has written an event after number `seen`."""
        own = 0 if self._run is None else self._run.id
        found = self._connection.execute(
            "SELECT 1 FROM event WHERE id > ? AND run <> ? LIMIT 1", (seen, own)
        )
        return found.fetchone() is not None

    def forget(self) -> None:
        """Forget what was written in a transaction that was rolled back."""
        self._run, self._books = None, {}

    def put(self, page: Page) -> list[int]:
        """Write plans as events, and change their tickets; returns the events' numbers."""
        numbers = self.write(page.records, self._book(*page.book))
        tickets = [(*row[:-2], encode(row[-2]), row[-1]) for row in page.tickets]
        self._connection.executemany(_UPDATE, tickets)
        self._connection.executemany(_OPEN, page.opened)
        return numbers

    def write(self, records: Iterable[tuple[Any, ...]], book: int | None = None) -> list[int]:
        """Append events (Records) with all their rows; returns their numbers."""
        run, connection = self.run, self._connection
        number, before = last(connection)
        first, events = number + 1, []
        made: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _INSERT}
        ends: dict[str, list[tuple[int, int]]] = {table: [] for table in _END}
        for ticket, digest, event, rule, facts, changes, ended, undoes, rows in records:
            number += 1
            said = (event, rule, encode(facts), encode(changes), encode(ended), undoes)
            stored = [(t, (*r[:-1], encode(r[-1]))) if t == "item" else (t, r) for t, r in rows]
            before = chained(before, run, number, digest, ticket, said, stored)
            events.append((number, run.id, run.at, ticket, book, *said, before))
            for table, row in stored:
                made[table].append((*row, number))
            for table, row_ids in ended.items():
                ends[table] += [(number, row_id) for row_id in row_ids]
        if made["ticket"]:  # a ticket and the event that made it name each other
            connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.executemany(_EVENT, events)
        for table, new in made.items():
            connection.executemany(_INSERT[table], new)
        for table, old in ends.items():
            connection.executemany(_END[table], old)
        return list(range(first, number + 1))

    def _book(self, name: str, digest: str, kept: str) -> int:
        """The number of a version of a book, which the file keeps once it has decided something."""
        if digest not in self._books:
            self._connection.execute(
                "INSERT INTO book (name, digest, kept) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (name, digest, kept),
            )
            row = self._connection.execute("SELECT id FROM book WHERE digest = ?", (digest,))
            self._books[digest] = row.fetchone()[0]
        return self._books[digest]


def _ticket_row(plan: Plan) -> tuple[Any, ...]:
    state, after = plan.state, {name: pair[1] for name, pair in plan.columns.items()}
    after.pop("open", None)
    columns = [after.pop(name, getattr(state, name)) for name in _COLUMNS]
    return (*columns, {**state.fields, **after}, state.id)


def chained(
    before: bytes, run: Run, number: int, digest: str, ticket: int | None,
    said: tuple[Any, ...], made: list[tuple[str, tuple[Any, ...]]],
) -> bytes:  # fmt: skip
    """The hash of an event, over the hash before it and all it says and makes.

    `said` are its columns from event to undoes, `made` its rows as they are stored.
    """
    rows = made if len(made) < 2 else sorted(made, key=_place)
    if rows and rows[0][0] in _MADE:
        rows = [(table, as_hashed(row) if table == "ticket" else row) for table, row in rows]
    # One line a part: JSON and the names of events, rules and moments hold no line break.
    parts = [number, *run, digest, ticket, *said, encode(rows)]
    covered = "\n".join(map(str, parts)).encode("utf-8", "surrogatepass")
    made_of: bytes = _sha256(before + covered).digest()
    return made_of


def _place(row: tuple[str, tuple[Any, ...]]) -> int:
    return _ORDER[row[0]]


def as_hashed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A ticket's row as the chain takes it: its fields sorted, without those that have no value."""
    fields = {name: value for name, value in decode(row[-1]).items() if value is not None}
    return (*row[:-1], encode(dict(sorted(fields.items()))))


def last(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """The number and hash of the newest event."""
    row = connection.execute("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, START)
