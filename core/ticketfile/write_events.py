"""Writing to the ticket file: plans become rows, each event chained to the one before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from .. import VERSION
from ..system.fast_hash import Sha256, load_sha256
from ..system.fast_json import JsonObject, encode
from ..system.records import NamedTuple
from .event_hash import (
    INSERTED,
    START,
    EventColumns,
    EventText,
    MadeRow,
    Run,
    arrange_hashed_rows,
    customers_of,
    format_hashed_text,
    start_text,
)
from .packed_plans import PlanEffect, PlanPage, encode_rows, prepare_effect
from .schema import LETTER
from .secrets import Secrets
from .sqlite import Connection, SqlRow

_EVENT = (
    "INSERT INTO event (id, run, at, ticket, customer, book, event, rule, facts, changes, ended,"
    " undoes, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT = {
    table: (
        f"INSERT INTO {table} ({', '.join(columns)}, made_by)"
        f" VALUES ({', '.join('?' * (len(columns) + 1))})"
    )
    for table, columns in INSERTED.items()
}
_MESSAGE = [column for column in INSERTED["message"] if column not in LETTER]
_INSERT_MESSAGE = (
    f"INSERT INTO message ({', '.join(_MESSAGE)}, made_by, id)"
    f" VALUES ({', '.join('?' * (len(_MESSAGE) + 2))})"
)
_INSERT_LETTER = f"INSERT INTO letter ({', '.join(LETTER)}, message) VALUES ({', '.join('?' * (len(LETTER) + 1))})"
_END = {table: f"UPDATE {table} SET ended_by = ? WHERE id = ?" for table in _INSERT}


class EventRecord(NamedTuple):
    """An event about to be written that no book decides: an import, an undo, a change of states.

    `made` are the rows it makes, of which one of `item` ends with its data, a dictionary; `ended` are
    the ids of the rows it ends, by table. `customer` is whom it is about, where that is not the
    ticket's customer.
    """

    event: str
    ticket: int | None = None
    customer: int | None = None
    facts: JsonObject = {}
    changes: JsonObject = {}
    made: Sequence[MadeRow] = ()
    ended: Mapping[str, list[int]] = {}
    undoes: int | None = None


class EventWriter:
    """Writes the events of one run of a person, of which there may be `many`.

    Its methods are called under the write lock.
    """

    def __init__(
        self,
        connection: Connection,
        command: str,
        at: str,
        person: str | None = None,
        many: bool = False,
    ) -> None:
        self._connection, self._command, self._at = connection, command, at
        self._person, self._sha256 = person, load_sha256(many)
        self._run: Run | None = None
        self._has_begun = False
        self._books: dict[str, int] = {}

    @property
    def run(self) -> Run:
        """The run's row, written when the first event needs it."""
        if self._run is None:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            row = (self._command, self._at, now, VERSION, self._person)
            cursor = self._connection.execute(
                "INSERT INTO run (command, at, recorded_at, version, person)"
                " VALUES (?, ?, ?, ?, ?)",
                row,
            )
            self._run = Run(cursor.lastrowid or 0, *row)
        return self._run

    @property
    def run_id(self) -> int | None:
        """The number of the run; None while nothing was written."""
        return None if self._run is None else self._run.id

    def is_overtaken(self, seen: int) -> bool:
        """Whether another run has written an event after number `seen`."""
        own = 0 if self._run is None else self._run.id
        found = self._connection.execute(
            "SELECT 1 FROM event WHERE id > ? AND run <> ? LIMIT 1", (seen, own)
        )
        return found.fetchone() is not None

    def forget_run(self) -> None:
        """Forget what was written in a transaction that was rolled back."""
        self._run, self._has_begun, self._books = None, False, {}

    def write_page(self, page: PlanPage, at: str | None = None) -> list[int]:
        """Write plans as events, of the run's moment or of `at`, and change their tickets; returns the
        events' numbers."""
        name, digest, kept = page.book
        rows = self._start_rows(self._keep_book(name, digest, kept), digest, at)
        rows.know_customers([ticket for ticket, *_ in page.records if ticket is not None])
        effects = [prepare_effect(PlanEffect._make(bare)) for bare in page.effects]
        updates: dict[str, list[SqlRow]] = {one.update: [] for one in effects if one.update}
        for effect in effects:
            rows.know_owners(effect.owners)
        for ticket, fact, place, ended in page.records:
            effect = effects[place]
            ends = encode(ended) if ended else "{}"
            columns = (effect.event, effect.rule, page.facts[fact], effect.changes, ends, None)
            made, touched = effect.format_rows(ticket), effect.customers
            number = rows.add(ticket, None, columns, made, touched, ended)
            effect.append_to(rows.made, ticket, number)
            if effect.update:
                updates[effect.update].append((*effect.columns, ticket))
        numbers = rows.write()
        for update, values in updates.items():
            self._connection.executemany(update, values)
        return numbers

    def write_records(self, records: Iterable[EventRecord], at: str | None = None) -> list[int]:
        """Append events with all their rows, of the run's moment or of `at`; returns their numbers."""
        rows, known = self._start_rows(None, "", at), [*records]
        rows.know_customers([one.ticket for one in known if one.ticket is not None])
        for one in known:
            facts, changes, ended = encode(one.facts), encode(one.changes), encode(one.ended)
            columns = (one.event, None, facts, changes, ended, one.undoes)
            made = encode_rows(one.made)
            hashed, touched = encode(arrange_hashed_rows(made)), customers_of(made)
            number = rows.add(one.ticket, one.customer, columns, hashed, touched, one.ended)
            for table, row in made:
                rows.made[table].append((*row, number))
        return rows.write()

    def _start_rows(self, book: int | None, digest: str, at: str | None) -> _EventRows:
        run, following = self.run, start_text(self.run, digest, False, at)
        common = following if self._has_begun else start_text(run, digest, True, at), following
        self._has_begun = True
        return _EventRows(self._connection, self._sha256, (run.id, at or run.at), book, common)

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

    def __init__(
        self,
        connection: Connection,
        sha256: Sha256,
        run: tuple[int, str],
        book: int | None,
        common: tuple[EventText, EventText],
    ) -> None:
        """`run` is its number, with the moment of the events; `common` is of the first event here, and
        of those that follow."""
        self._connection, self._sha256, self._run, self._book = connection, sha256, run, book
        self._common, self._following = common
        self._secrets = Secrets(connection)
        self._number, self._before = read_last_event(connection)
        self._events: list[SqlRow] = []
        self.made: dict[str, list[SqlRow]] = {table: [] for table in _INSERT}
        self._ends: dict[str, list[tuple[int, int]]] = {table: [] for table in _END}

    def know_customers(self, tickets: Sequence[int]) -> None:
        """Read whose these tickets are, before events on them are taken."""
        self._secrets.read_customers(tickets)

    def know_owners(self, owners: Mapping[int, int]) -> None:
        """Take whose the tickets are that the events themselves make."""
        self._secrets.customers.update(owners)

    def add(
        self,
        ticket: int | None,
        customer: int | None,
        columns: EventColumns,
        rows: str,
        touched: Collection[int],
        ended: Mapping[str, list[int]],
    ) -> int:
        """Take an event, whose rows come into `made`; returns its number.

        `columns` and `rows` are what format_hashed_text takes; `touched` are the customers that its
        rows name. Without `customer`, it is about the ticket's.
        """
        if customer is None and ticket is not None:
            customer = self._secrets.customers[ticket]
        self._number = number = self._number + 1
        secrets = self._secrets.format_all(customer, touched)
        text = format_hashed_text(number, self._common, (ticket, customer), columns, rows, secrets)
        self._common = self._following
        self._before = before = self._sha256(self._before + text).digest()
        self._events.append((number, *self._run, ticket, customer, self._book, *columns, before))
        for table, row_ids in ended.items():
            self._ends[table] += [(number, row_id) for row_id in row_ids]
        return number

    def write(self) -> list[int]:
        """Write them; returns the events' numbers."""
        connection, last = self._connection, self._number
        # A ticket and the event that made it name each other; so do a customer and its event.
        if self.made["ticket"] or self.made["customer"]:
            connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.executemany(_EVENT, self._events)
        for table, new in self.made.items():
            if table != "message":
                connection.executemany(_INSERT[table], new)
        if self.made["message"]:
            self._write_messages()
        self._secrets.write()
        for table, old in self._ends.items():
            connection.executemany(_END[table], old)
        return list(range(last - len(self._events) + 1, last + 1))

    def _write_messages(self) -> None:
        """Write messages, their words into a table of their own."""
        connection, cut = self._connection, len(_MESSAGE)
        last = connection.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0]
        numbered = list(enumerate(self.made["message"], last + 1))
        connection.executemany(
            _INSERT_MESSAGE, [(*row[:cut], row[-1], number) for number, row in numbered]
        )
        connection.executemany(_INSERT_LETTER, [(*row[cut:-1], number) for number, row in numbered])


def read_last_event(connection: Connection) -> tuple[int, bytes]:
    """The number and hash of the newest event."""
    row = connection.execute("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, START)
