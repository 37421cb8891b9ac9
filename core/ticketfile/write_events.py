"""Writing to the ticket file: plans become rows, each event chained to the one before it."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from .. import VERSION
from ..decision.facts import row_as_json
from ..system.fast_hash import Sha256, load_sha256
from ..system.fast_json import JsonObject, encode
from .event_hash import (
    INSERTED,
    START,
    EventColumns,
    MadeRow,
    Run,
    arrange_hashed_rows,
    format_common_lines,
    format_hashed_text,
)
from .packed_plans import PlanEffect, PlanPage, encode_rows, prepare_effect
from .sqlite import Connection, SqlRow

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
    """An event about to be written that no book decides: an import, an undo, a change of states.

    `made` are the rows it makes, of which one of `item` ends with its data, a dictionary; `ended` are
    the ids of the rows it ends, by table.
    """

    event: str
    ticket: int | None = None
    facts: JsonObject = {}
    changes: JsonObject = {}
    made: Sequence[MadeRow] = ()
    ended: Mapping[str, list[int]] = {}
    undoes: int | None = None


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
        name, digest, kept = page.book
        rows = self._start_rows(self._keep_book(name, digest, kept))
        common = format_common_lines(self.run, digest)
        facts = [encode(row_as_json(*page.names, row)) for row in page.facts]
        effects = [prepare_effect(PlanEffect._make(bare)) for bare in page.effects]
        updates: dict[str, list[SqlRow]] = {one.update: [] for one in effects if one.update}
        for ticket, fact, place, ended in page.records:
            effect = effects[place]
            ends = encode(ended) if ended else "{}"
            columns = (effect.event, effect.rule, facts[fact], effect.changes, ends, None)
            number = rows.add(common, ticket, columns, effect.format_rows(ticket), ended)
            effect.append_to(rows.made, ticket, number)
            if effect.update:
                updates[effect.update].append((*effect.columns, ticket))
        numbers = rows.write()
        for update, values in updates.items():
            self._connection.executemany(update, values)
        return numbers

    def write_records(self, records: Iterable[EventRecord]) -> list[int]:
        """Append events with all their rows; returns their numbers."""
        rows, common = self._start_rows(None), format_common_lines(self.run, "")
        for one in records:
            facts, changes, ended = encode(one.facts), encode(one.changes), encode(one.ended)
            columns = (one.event, None, facts, changes, ended, one.undoes)
            made = encode_rows(one.made)
            hashed = encode(arrange_hashed_rows(made))
            number = rows.add(common, one.ticket, columns, hashed, one.ended)
            for table, row in made:
                rows.made[table].append((*row, number))
        return rows.write()

    def _start_rows(self, book: int | None) -> "_EventRows":
        return _EventRows(self._connection, self._sha256, self.run, book)

    def _keep_book(self, name: str, digest: str, kept: str) -> int:
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
        self._events: list[SqlRow] = []
        self.made: dict[str, list[SqlRow]] = {table: [] for table in _INSERT}
        self._ends: dict[str, list[tuple[int, int]]] = {table: [] for table in _END}

    def add(
        self,
        common: str,
        ticket: int | None,
        columns: EventColumns,
        rows: str,
        ended: Mapping[str, list[int]],
    ) -> int:
        """Take an event, whose rows come into `made`; returns its number.

        `common`, `columns` and `rows` are what format_hashed_text takes.
        """
        self._number = number = self._number + 1
        text = format_hashed_text(number, common, ticket, columns, rows)
        self._before = before = self._sha256(self._before + text).digest()
        run = self._run
        self._events.append((number, run.id, run.at, ticket, self._book, *columns, before))
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
