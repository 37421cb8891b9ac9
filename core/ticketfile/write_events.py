"""Writing to the ticket file: plans become rows, each event chained to the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from .. import VERSION
from ..decision.facts import told_of
from ..system.fast_json import encode
from .event_hash import (
    INSERTED,
    START,
    MadeRow,
    Run,
    Sha256,
    arrange_hashed_rows,
    format_common_lines,
    format_hashed_text,
    load_sha256,
)
from .packed_plans import PlanEffect, PlanPage, encode_rows, prepare_effect
from .sqlite import Connection

_EVENT = (
    "INSERT INTO event (id, run, at, ticket, book, event, rule, facts, changes, ended, undoes, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT = {
    table: (
        f"INSERT INTO {table} ({', '.join(columns)}, made_by)"
        f" VALUES ({', '.join('?' * (len(columns) + 1))})"
    )
    for table, columns in INSERTED.items()
}
_END = {table: f"UPDATE {table} SET ended_by = ? WHERE id = ?" for table in _INSERT}


class EventRecord(NamedTuple):
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
    made: Sequence[MadeRow]


class EventWriter:
    """Writes the events of one run, of which there may be `many`.

    Its methods are called under the write lock.
    """

    def __init__(self, connection: Connection, command: str, at: str, many: bool = False) -> None:
        self._connection, self._command, self._at = connection, command, at
        self._sha256 = load_sha256(many)
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

    def is_overtaken(self, seen: int) -> bool:
        """Whether another run has written an event after number `seen`."""
        own = 0 if self._run is None else self._run.id
        found = self._connection.execute(
            "SELECT 1 FROM event WHERE id > ? AND run <> ? LIMIT 1", (seen, own)
        )
        return found.fetchone() is not None

    def forget_run(self) -> None:
        """Forget what was written in a transaction that was rolled back."""
        self._run, self._books = None, {}

    def write_page(self, page: PlanPage) -> list[int]:
        """Write plans as events, and change their tickets; returns the events' numbers."""
        rows, common = (
            self._rows(self._book(*page.book)),
            format_common_lines(self.run, page.book[1]),
        )
        facts = [encode(told_of(*page.names, row)) for row in page.facts]
        outcomes = [prepare_effect(PlanEffect(*one)) for one in page.outcomes]
        updates: dict[str, list[tuple[Any, ...]]] = {
            out.update: [] for out in outcomes if out.update
        }
        for ticket, asked, place, ended in page.records:
            out = outcomes[place]
            told = encode(ended) if ended else "{}"
            said = (out.event, out.rule, facts[asked], out.changes, told, None)
            number = rows.add(common, ticket, said, out.hashed(ticket), ended)
            out.append_to(rows.made, ticket, number)
            if out.update:
                updates[out.update].append((*out.columns, ticket))
        numbers = rows.write()
        for update, columns in updates.items():
            self._connection.executemany(update, columns)
        return numbers

    def write_records(self, records: Iterable[EventRecord]) -> list[int]:
        """Append events with all their rows; returns their numbers."""
        rows = self._rows(None)
        for ticket, digest, event, rule, facts, changes, ended, undoes, made in records:
            said = (event, rule, encode(facts), encode(changes), encode(ended), undoes)
            new, common = encode_rows(made), format_common_lines(self.run, digest)
            number = rows.add(common, ticket, said, encode(arrange_hashed_rows(new)), ended)
            for table, row in new:
                rows.made[table].append((*row, number))
        return rows.write()

    def _rows(self, book: int | None) -> _EventRows:
        return _EventRows(self._connection, self._sha256, self.run, book)

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


class _EventRows:
    """Events to append, with their rows: chained one by one, and written table by table."""

    def __init__(self, connection: Connection, sha256: Sha256, run: Run, book: int | None) -> None:
        self._connection, self._sha256, self._run, self._book = connection, sha256, run, book
        self._number, self._before = read_last_event(connection)
        self._events: list[tuple[Any, ...]] = []
        self.made: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _INSERT}
        self._ends: dict[str, list[tuple[int, int]]] = {table: [] for table in _END}

    def add(
        self,
        common: str,
        ticket: int | None,
        said: tuple[Any, ...],
        hashed: str,
        ended: Mapping[str, list[int]],
    ) -> int:
        """Take an event, whose rows come into `made`; returns its number.

        `common`, `said` and `hashed` are parts of what its hash covers.
        """
        self._number = number = self._number + 1
        text = format_hashed_text(number, common, ticket, said, hashed)
        self._before = before = self._sha256(self._before + text).digest()
        run = self._run
        self._events.append((number, run.id, run.at, ticket, self._book, *said, before))
        for table, row_ids in ended.items():
            self._ends[table] += [(number, row_id) for row_id in row_ids]
        return number

    def write(self) -> list[int]:
        """Write them; returns the events' numbers."""
        connection, last = self._connection, self._number
        if self.made["ticket"]:  # a ticket and the event that made it name each other
            connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.executemany(_EVENT, self._events)
        for table, new in self.made.items():
            connection.executemany(_INSERT[table], new)
        for table, old in self._ends.items():
            connection.executemany(_END[table], old)
        return list(range(last - len(self._events) + 1, last + 1))


def read_last_event(connection: Connection) -> tuple[int, bytes]:
    """The number and hash of the newest event."""
    row = connection.execute("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, START)
