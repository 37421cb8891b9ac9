"""Rows on the way in, kept in temporary tables until all sources are read.

So rows can link to each other in any order, memory stays bounded, and nothing is written before
everything is known to fit.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..system.fast_json import JsonObject, decode, encode
from ..values.field_types import Stored
from .forgotten import ForgottenRefs
from .schema import CUSTOMER
from .sqlite import Connection, SqlRow

CHUNK = 1000
"""Tickets that are looked at and written together."""

_TABLES = """
CREATE TEMP TABLE incoming_customer (
    number INTEGER PRIMARY KEY, ref TEXT UNIQUE, source INTEGER, line INTEGER, data TEXT,
    faulty INTEGER
);
CREATE TEMP TABLE incoming_ticket (
    number INTEGER PRIMARY KEY, ref TEXT UNIQUE, source INTEGER, line INTEGER, book TEXT,
    customer TEXT, single TEXT, lists TEXT, faulty INTEGER
);
CREATE TEMP TABLE incoming_item (
    id INTEGER PRIMARY KEY, ticket TEXT, source INTEGER, line INTEGER, kind TEXT, data TEXT
);
CREATE INDEX temp.incoming_item_of_ticket ON incoming_item (ticket);
CREATE TEMP TABLE incoming_event (
    id INTEGER PRIMARY KEY, at TEXT, source INTEGER, line INTEGER, number INTEGER, ref TEXT,
    event TEXT, given TEXT, note TEXT
);
"""

_KEPT = ("incoming_customer", "incoming_ticket", "incoming_item", "incoming_event")

Values = Mapping[str, Stored]


class SourcePlace(NamedTuple):
    """Where a row stands: its source, by number, and its line there."""

    source: int
    line: int


class EarlierRow(NamedTuple):
    """A row of the same ref: where it stands (None: in the ticket file), and its values."""

    place: SourcePlace | None
    values: Values
    faulty: bool


class StagedTicket(NamedTuple):
    """A ticket on its way in; `customer_id` is None where there is no such customer."""

    number: int
    place: SourcePlace
    book: str | None
    customer: str | None
    customer_id: int | None
    single: JsonObject
    lists: dict[str, list[JsonObject]]
    faulty: bool


class StagedItem(NamedTuple):
    """A row that hangs on a ticket, as its source has it."""

    ticket: int
    place: SourcePlace
    kind: str
    values: JsonObject
    told: list[str]


class StagedEvent(NamedTuple):
    """A row of a log that is an event of a ticket, by id and ref: its moment, what it is given, and the
    note that it would be otherwise, if any."""

    at: str
    place: SourcePlace
    number: int
    ref: str
    event: str
    given: JsonObject
    note: JsonObject | None


def _make_event(row: SqlRow) -> StagedEvent:
    at, source, line, number, ref, event, given, note = row
    return StagedEvent(
        at=at,
        place=SourcePlace(source, line),
        number=number,
        ref=ref,
        event=event,
        given=decode(given),
        note=None if note is None else decode(note),
    )


def _name_columns(data: Sequence[Stored]) -> dict[str, Stored]:
    return dict(zip(CUSTOMER[1:], data, strict=True))


def _make_ticket(row: SqlRow) -> StagedTicket:
    number, source, line, book, ref, customer, single, lists, faulty = row
    return StagedTicket(
        number=number,
        place=SourcePlace(source, line),
        book=book,
        customer=ref,
        customer_id=customer,
        single=decode(single),
        lists=decode(lists),
        faulty=bool(faulty),
    )


class Staging:
    """The temporary tables, and the numbers that new rows will have in the ticket file.

    Where they are to be compared with what the ticket file has (`compares`), nothing that is there
    is in the way.
    """

    def __init__(self, connection: Connection, compares: bool = False) -> None:
        self._connection, self._compares = connection, compares
        for statement in filter(str.strip, _TABLES.split(";")):
            connection.execute(statement)
        self._first_customer = self._next_customer = self._next_number("customer")
        self._next_ticket = self._next_number("ticket")

    def find_forgotten(self) -> ForgottenRefs:
        """The refs of customers who were forgotten, and do not come in again."""
        return ForgottenRefs(self._connection)

    def drop(self) -> None:
        """Forget all; a rolled back transaction forgets by itself."""
        for table in _KEPT:
            self._connection.execute(f"DROP TABLE temp.{table}")

    def _next_number(self, table: str) -> int:
        query = f"SELECT coalesce(max(id), 0) + 1 FROM main.{table}"
        free: int = self._connection.execute(query).fetchone()[0]
        return free

    # --- in --------------------------------------------------------------------------------------

    def stage_customer(self, place: SourcePlace, values: Values, faulty: bool) -> EarlierRow | None:
        """Keep a customer, with its number where the ticket file has it just so.

        Returns what is in the way: another customer of that ref, or the same one in this import.
        """
        data = [values.get(name) for name in CUSTOMER[1:]]
        there = None if self._compares else self._fetch_one(_CUSTOMER_THERE, values["ref"])
        if there is not None and list(there[1:]) != data and not faulty:
            return EarlierRow(None, _name_columns(there[1:]), False)
        number = there[0] if there else self._next_customer
        row = (number, values["ref"], *place, encode(data), faulty)
        if self._insert("incoming_customer", row):
            self._next_customer += there is None
            return None
        source, line, first, was_faulty = self._fetch_kept(_CUSTOMER_KEPT, values["ref"])
        return EarlierRow(SourcePlace(source, line), _name_columns(decode(first)), bool(was_faulty))

    def stage_ticket(
        self, place: SourcePlace, single: Values, lists: Mapping[str, object], faulty: bool
    ) -> EarlierRow | None:
        """Keep a ticket; returns what is in the way: another ticket of that ref."""
        ref = single["ref"]
        if not self._compares and self._fetch_one(_TICKET_THERE, ref):
            return EarlierRow(None, {}, False)
        row = (
            self._next_ticket,
            ref,
            *place,
            single.get("book"),
            single.get("customer"),
            encode(single),
            encode(lists),
            faulty,
        )
        if self._insert("incoming_ticket", row):
            self._next_ticket += 1
            return None
        source, line, first, was_faulty = self._fetch_kept(_TICKET_KEPT, ref)
        return EarlierRow(SourcePlace(source, line), decode(first), bool(was_faulty))

    def stage_item(
        self,
        place: SourcePlace,
        ticket: Stored,
        kind: str,
        values: Mapping[str, object],
        told: Collection[str],
    ) -> None:
        """Keep a row that hangs on a ticket; what it says is checked with the ticket."""
        self._connection.execute(
            "INSERT INTO temp.incoming_item (ticket, source, line, kind, data)"
            " VALUES (?, ?, ?, ?, ?)",
            (ticket, *place, kind, json.dumps([values, list(told)])),
        )

    def stage_event(self, one: StagedEvent) -> None:
        """Keep an event; those of a ticket come in their order."""
        note = None if one.note is None else encode(one.note)
        self._connection.execute(
            "INSERT INTO temp.incoming_event (at, source, line, number, ref, event, given, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (one.at, *one.place, one.number, one.ref, one.event, encode(one.given), note),
        )

    def _insert(self, table: str, row: Sequence[object]) -> bool:
        """Insert a row; false where there is one with its ref."""
        marks = ", ".join("?" * len(row))
        insert = f"INSERT OR IGNORE INTO temp.{table} VALUES ({marks})"
        return self._connection.execute(insert, row).rowcount > 0

    def _fetch_kept(self, query: str, ref: Stored) -> SqlRow:
        """The row of that ref that is in the tables already."""
        kept: SqlRow = self._connection.execute(query, (ref,)).fetchone()
        return kept

    def _fetch_one(self, query: str, *given: Stored) -> SqlRow | None:
        found: SqlRow | None = self._connection.execute(query, given).fetchone()
        return found

    # --- out -------------------------------------------------------------------------------------

    def read_customers(self, source: int) -> Iterator[list[SqlRow]]:
        """The new customers of a source as rows of the ticket file, in chunks."""
        rows = self._connection.execute(
            "SELECT number, ref, data FROM temp.incoming_customer WHERE source = ? AND number >= ?"
            " ORDER BY number",
            (source, self._first_customer),
        )
        while chunk := rows.fetchmany(CHUNK):
            yield [(number, ref, *decode(data)) for number, ref, data in chunk]

    def count_known_customers(self) -> int:
        """How many customers of the sources the ticket file has already."""
        query = "SELECT count(*) FROM temp.incoming_customer WHERE number < ?"
        (known,) = self._connection.execute(query, (self._first_customer,)).fetchone()
        return int(known)

    def read_tickets(self, source: int) -> Iterator[list[StagedTicket]]:
        """The tickets of a source, in chunks."""
        rows = self._connection.execute(_TICKETS.format("t.source = ?"), (source,))
        while chunk := rows.fetchmany(CHUNK):
            yield [*map(_make_ticket, chunk)]

    def read_page(self, after: int) -> list[StagedTicket]:
        """The next tickets of all sources after a number; no read lock is kept between pages."""
        query = f"{_TICKETS.format('t.number > ?')} LIMIT {CHUNK}"
        return [*map(_make_ticket, self._connection.execute(query, (after,)))]

    def read_some(self, numbers: Sequence[int]) -> list[StagedTicket]:
        """The tickets with these numbers."""
        query = _TICKETS.format("t.number IN (SELECT value FROM json_each(?))")
        return [*map(_make_ticket, self._connection.execute(query, (encode(numbers),)))]

    def read_customers_page(self, after: int) -> list[tuple[int, str, list[Stored]]]:
        """The next customers of all sources: number, ref, and columns as CUSTOMER has them."""
        rows = self._connection.execute(
            "SELECT number, ref, data FROM temp.incoming_customer WHERE number > ?"
            f" ORDER BY number LIMIT {CHUNK}",
            (after,),
        )
        return [(number, ref, [ref, *decode(data)]) for number, ref, data in rows]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was kept."""
        found = (self._fetch_one(f"SELECT 1 FROM temp.{t} LIMIT 1") for t in _KEPT)
        return not any(found)

    def find_customer(self, ref: str) -> list[Stored] | None:
        """The columns of a customer of the sources, as CUSTOMER has them."""
        query = "SELECT data FROM temp.incoming_customer WHERE ref = ?"
        row = self._fetch_one(query, ref)
        return None if row is None else [ref, *decode(row[0])]

    def find_addresses(self, ref: str) -> dict[str, Stored]:
        """The addresses of a customer of the sources, or of the ticket file; empty for nobody's."""
        found: Sequence[Stored] | None = self.find_customer(ref)
        if found is None:
            found = self._fetch_one(_CUSTOMER_THERE, ref)
        values = {} if found is None else dict(zip(CUSTOMER, found, strict=False))
        return {name: values.get(name) for name in ("email", "phone")}

    def read_items(self, first: int, last: int) -> dict[int, list[StagedItem]]:
        """The rows that hang on the tickets with these numbers."""
        found: dict[int, list[StagedItem]] = {}
        for number, source, line, kind, data in self._connection.execute(_ITEMS, (first, last)):
            values, reported = decode(data)
            item = StagedItem(
                ticket=number,
                place=SourcePlace(source, line),
                kind=kind,
                values=values,
                told=reported,
            )
            found.setdefault(number, []).append(item)
        return found

    def read_events(self) -> Iterator[StagedEvent]:
        """The events by their moments, those of one moment in their order."""
        rows = self._connection.execute(
            "SELECT at, source, line, number, ref, event, given, note FROM temp.incoming_event"
            " ORDER BY at, id"
        )
        while chunk := rows.fetchmany(CHUNK):
            yield from map(_make_event, chunk)

    def read_strays(self) -> Iterator[tuple[SourcePlace, str]]:
        """The rows that hang on a ticket that no source has, each with the ticket's ref."""
        for source, line, ticket in self._connection.execute(_STRAYS):
            yield SourcePlace(source, line), ticket

    def find_missing(self, refs: Sequence[str]) -> set[str]:
        """Those of the refs that name no ticket, neither here nor in the ticket file."""
        return {row[0] for row in self._connection.execute(_MISSING, (json.dumps(refs),))}


_CUSTOMER_THERE = (
    f"SELECT id, {', '.join(CUSTOMER[1:])} FROM main.customer WHERE ref = ? AND ended_by IS NULL"
)
_CUSTOMER_KEPT = "SELECT source, line, data, faulty FROM temp.incoming_customer WHERE ref = ?"
_TICKET_THERE = "SELECT 1 FROM main.ticket WHERE ref = ? AND ended_by IS NULL"
_TICKET_KEPT = "SELECT source, line, single, faulty FROM temp.incoming_ticket WHERE ref = ?"
_TICKETS = """
SELECT t.number, t.source, t.line, t.book, t.customer, coalesce(c.number, m.id), t.single, t.lists,
    t.faulty
FROM temp.incoming_ticket AS t LEFT JOIN temp.incoming_customer AS c ON c.ref = t.customer
LEFT JOIN main.customer AS m ON m.ref = t.customer AND m.ended_by IS NULL
WHERE {} ORDER BY t.number
"""
_ITEMS = """
SELECT t.number, i.source, i.line, i.kind, i.data
FROM temp.incoming_ticket AS t JOIN temp.incoming_item AS i ON i.ticket = t.ref
WHERE t.number BETWEEN ? AND ? ORDER BY i.id
"""
_STRAYS = """
SELECT source, line, ticket FROM temp.incoming_item
WHERE ticket NOT IN (SELECT ref FROM temp.incoming_ticket) ORDER BY source, line
"""
_MISSING = """
SELECT value FROM json_each(?) WHERE value NOT IN (SELECT ref FROM temp.incoming_ticket)
AND value NOT IN (SELECT ref FROM main.ticket WHERE ended_by IS NULL)
"""
