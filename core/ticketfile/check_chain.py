"""The chain of events, worked out again: each hash from what the event says and what it made.

A row that another one was changed to hide behind can't be told from a sound one, so what is found
is kept apart: an event whose own words or rows do not fit is certainly bad. One that made tickets,
or left a ticket's column as it is, may only seem bad because a later event that changed them is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from ..system.fast_json import encode
from .event_hash import (
    EDITION,
    FIRST_EDITION,
    INSERTED,
    START,
    MadeRow,
    Run,
    arrange_hashed_rows,
    customers_of,
    edition_facts,
    format_first_edition,
    format_hashed_text,
    format_secrets,
    rows_of_first_edition,
    start_text,
)
from .first_rows import RESTORED, RestoredRows
from .forgotten import read_remains
from .readable_rows import (
    OwnedRows,
    ReadableRows,
    RowsByOwner,
    UnreadableRow,
    is_damage,
    leave_out_misplaced,
    select_in_order,
)
from .schema import LETTER
from .sqlite import Connection, SqlRow

_EVENTS = """
SELECT e.id, e.hash, r.id, r.command, r.at, r.recorded_at, r.version, {person}, e.ticket, {customer},
    coalesce(b.digest, ''), e.event, e.rule, e.facts, e.changes, e.ended, e.undoes, e.at, e.book IS NULL
FROM event AS e LEFT JOIN run AS r ON r.id = e.run LEFT JOIN book AS b ON b.id = e.book
WHERE e.id > ? ORDER BY e.id LIMIT ?
"""
# Not by the index: where that one is damaged, rows and events are not.
_NAMES = "SELECT id, event, book FROM event NOT INDEXED WHERE id > ? ORDER BY id LIMIT ?"
_EDITION = f"SELECT min(id) FROM event NOT INDEXED WHERE event = '{EDITION}' AND book IS NULL"

MOST = 20
"""Bad events that are reported; beyond them there are just more of the kind."""

_OWN_NUMBERS = ("customer", "ticket")
"""Tables whose numbers the hashes cover; they may be given before their rows come."""


class _EventRow(NamedTuple):
    """A row of _EVENTS; where the file is damaged, a value can be of another type."""

    number: int
    digest: bytes
    run: int
    command: str
    run_at: str
    recorded_at: str
    version: str
    person: str | None
    ticket: int | None
    customer: int | None
    book_digest: str
    event: str
    rule: str | None
    facts: str
    changes: str
    ended: str
    undoes: int | None
    at: str
    is_own: int

    @property
    def whole_run(self) -> Run:
        """Its run."""
        return Run(
            id=self.run,
            command=self.command,
            at=self.run_at,
            recorded_at=self.recorded_at,
            version=self.version,
            person=self.person,
        )

    def first_text(self, made: Sequence[MadeRow]) -> bytes:
        """What its hash covers in the first edition, with the rows it made."""
        columns = (self.event, self.rule, self.facts, self.changes, self.ended, self.undoes)
        rows = encode(arrange_hashed_rows(made))
        return format_first_edition(
            self.number, self.whole_run, self.book_digest, self.ticket, columns, rows
        )

    def second_text(self, made: Sequence[MadeRow], is_first: bool, secrets: str) -> bytes:
        """What its hash covers in the second edition: `is_first` of its run, with these secrets."""
        columns = (self.event, self.rule, self.facts, self.changes, self.ended, self.undoes)
        common = start_text(self.whole_run, self.book_digest, is_first, self.at)
        rows = encode(arrange_hashed_rows(made))
        subject = (self.ticket, self.customer)
        return format_hashed_text(self.number, common, subject, columns, rows, secrets)


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


def hash_remains(connection: Connection, events: Collection[int]) -> dict[int, str]:
    """SHA-256 of what some events say and made, as they stand in the file now, by number."""
    walker = _ChainWalker(connection, [*INSERTED], None, events)
    try:
        return walker.hash_remains()
    finally:
        walker.close()


class _ChainWalker:
    """One walk along the chain, which reads all tables beside it."""

    def __init__(
        self,
        connection: Connection,
        tables: Sequence[str],
        expected: bytes | None,
        asked: Collection[int] = (),
    ) -> None:
        self._connection, self._expected = connection, expected
        self._asked, self._remains = asked, read_remains(connection)
        self._certain, self._doubtful = dict[int, str](), dict[int, str]()
        self._has_second = has_second_edition(connection)
        person, customer = ("r.person", "e.customer") if self._has_second else ("NULL", "NULL")
        events = _EVENTS.format(person=person, customer=customer)
        self._events = ReadableRows(select_in_order(connection, events))
        self._restored = RestoredRows(connection, self._doubt)
        self._made = {table: RowsByOwner(self._read_rows(table)) for table in tables}
        self._is_doubtful = False
        self._newest_run, self._is_run_known = 0, True
        self._second = self._find_second()

    def _find_second(self) -> int | None:
        """The event with which the second edition begins; None where it does not."""
        if not self._has_second:
            return None
        try:
            found = self._connection.execute(_EDITION).fetchone()[0]
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if not is_damage(error):
                raise
            # Where not all events can be read, those up to the damage.
            rows = ReadableRows(select_in_order(self._connection, _NAMES))
            found = next((n for n, event, book in rows if (event, book) == (EDITION, None)), None)
            rows.close()
        return 1 if found is None else int(found)

    def walk(self) -> ChainWalk:
        """Check one event after the other, until the end or until no more can be said."""
        before, unstored, count = START, b"", 0
        found = 0 if self._expected == START else None
        for event in map(_EventRow._make, self._events):
            count += 1
            digest = event.digest if isinstance(event.digest, bytes) else b""
            if event.number != count:
                self._certain[count] = f"event {count} is missing."
            else:
                unstored = self._check_event(before, unstored, event)
            if digest == self._expected:
                found = event.number
            lost = event.number in self._certain and self._is_broken()
            if event.number != count or len(self._certain) == MOST or lost:
                return self._build_walk(count, digest, found, whole=False)
            before = digest
        if self._events.is_broken:
            self._certain[count + 1] = f"event {count + 1} can't be read."
        return self._build_walk(count, before, found, not self._events.is_broken)

    def hash_remains(self) -> dict[int, str]:
        """SHA-256 of what is asked about, of events that nobody has to check."""
        found = {}
        for event in map(_EventRow._make, self._events):
            made = self._take_made(event.number)
            text, *_ = self._format_texts(event, made)
            if event.number in self._asked:
                found[event.number] = sha256(text).hexdigest()
        return found

    def _take_made(self, number: int) -> list[MadeRow]:
        """The rows that an event made, as they were first written."""
        return [(t, own) for t, rows in self._made.items() for own in rows.take_rows(number)]

    def close(self) -> None:
        """Let the file go: a walk that ended early has read no table to its end."""
        self._events.close()
        for rows in self._made.values():
            rows.close()

    def _build_walk(self, count: int, head: bytes, found: int | None, whole: bool) -> ChainWalk:
        strays = sum(rows.count_strays() for rows in self._made.values()) if whole else 0
        return ChainWalk(
            events=count,
            head=head,
            certain=self._certain,
            doubtful=self._doubtful,
            strays=strays,
            expected=found,
            whole=whole,
        )

    def _check_event(self, before: bytes, unstored: bytes, event: _EventRow) -> bytes:
        """Check an event against the hash stored with the one before it, `before`.

        Returns the hash that it should have, where it has another one; `unstored` is that of the
        event before. Where an event fits to that, only the event before is bad.
        """
        number = event.number
        made = self._take_made(number)
        self._is_doubtful = any(table == "ticket" for table, _ in made)
        self._is_doubtful |= self._restored.has_changed(number)
        try:
            texts = self._format_texts(event, made)
            hashes = [sha256(before + text).digest() for text in texts]
            known = event.digest in hashes or self._is_what_remains(number, texts)
            worked_out = event.digest if known else hashes[0]
            if unstored and event.digest in (sha256(unstored + text).digest() for text in texts):
                self._certain[number - 1] = _describe_misfit(number - 1)
                worked_out = event.digest
        except (TypeError, ValueError):  # a value that nothing in a ticket file can have
            worked_out = b""
        is_covered = event.run_at == event.at or not self._is_of_first(number)
        fits = worked_out == event.digest and is_covered
        self._is_run_known = fits
        if not fits:
            self._report_misfit(number)
            return worked_out
        if self._is_edition(event) and not _fits_edition(event, before):
            self._certain[number] = _describe_misfit(number)
        return b""

    def _is_what_remains(self, number: int, texts: Sequence[bytes]) -> bool:
        """Whether an event was blanked when somebody was forgotten, and is what remained of it."""
        kept = self._remains.get(number)
        return kept is not None and kept in (sha256(text).hexdigest() for text in texts)

    def _is_of_first(self, number: int) -> bool:
        """Whether an event is of the first edition, whose hashes cover the moment of the run only."""
        return self._second is None or number < self._second

    def _is_edition(self, event: _EventRow) -> bool:
        return event.number == self._second and event.event == EDITION and bool(event.is_own)

    def _format_texts(self, event: _EventRow, made: Sequence[MadeRow]) -> list[bytes]:
        """What an event's hash can cover after the hash before it, in its edition.

        After an event that does not fit, it is open whether this one is the first of its run.
        """
        is_first = event.run > self._newest_run
        if is_first and self._is_run_known and event.run != self._newest_run + 1:
            raise ValueError("a run is missing")
        self._newest_run = max(event.run, self._newest_run)
        if self._second is None:
            return [event.first_text(made)]
        if self._is_of_first(event.number):
            return [event.first_text(rows_of_first_edition(made, event.at))]
        touched = customers_of(made) | ({event.customer} if event.customer is not None else set())
        secrets = self._read_secrets(touched)
        ways = (is_first,) if self._is_run_known else (is_first, not is_first)
        return [event.second_text(made, way, secrets) for way in ways]

    def _read_secrets(self, touched: set[int]) -> str:
        query = (
            "SELECT customer, secret FROM secret WHERE customer IN (SELECT value FROM json_each(?))"
        )
        try:
            found = dict(self._connection.execute(query, (encode([*touched]),)))
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            found = {}
        if lost := touched - found.keys():
            self._is_doubtful &= not self._is_any_lost(lost)
        return format_secrets(found)

    def _is_any_lost(self, customers: Iterable[int]) -> bool:
        """Whether one of some customers without a secret was not forgotten: then the event that
        touched that customer is bad, whatever later ones did."""
        query = (
            "SELECT 1 FROM customer WHERE id IN (SELECT value FROM json_each(?))"
            " AND ref NOT GLOB 'forgotten-[0-9]*' LIMIT 1"
        )
        return self._connection.execute(query, (encode([*customers]),)).fetchone() is not None

    def _report_misfit(self, number: int) -> None:
        if self._is_doubtful and not self._is_broken():
            self._doubt(number, _describe_misfit(number))
        else:
            self._certain[number] = _describe_misfit(number)

    def _is_broken(self) -> bool:
        """Whether there are rows that can't be read."""
        return any(rows.is_broken for rows in self._made.values())

    def _doubt(self, number: int, sentence: str) -> None:
        if len(self._doubtful) < MOST:
            self._doubtful.setdefault(number, sentence)

    # --- rows by the event that made them ---------------------------------------------------------

    def _read_rows(self, table: str) -> OwnedRows:
        columns = (INSERTED if self._has_second else FIRST_EDITION)[table]
        source = table
        if table == "message" and self._has_second:
            source = "message LEFT JOIN letter ON letter.message = message.id"
            columns = tuple(f"{_table_of(column)}.{column}" for column in columns)
        listed = ", ".join([f"{table}.id", "made_by", *columns, "ended_by"])
        query = f"SELECT {listed} FROM {source} WHERE {table}.id > ? ORDER BY {table}.id LIMIT ?"
        rows = leave_out_misplaced(
            self._check_numbers(table, select_in_order(self._connection, query))
        )
        in_place = table == "ticket" or (table in RESTORED and self._has_second)
        return self._restored.restore(table, rows) if in_place else _without_numbers(rows)

    def _check_numbers(self, table: str, rows: Iterable[SqlRow]) -> OwnedRows:
        """Rows by the event that made them, each with its number first; they are numbered as they
        come, and none goes."""
        newest = 0
        for number, made_by, *row, _ in rows:
            if not isinstance(made_by, int):
                raise UnreadableRow
            if number != newest + 1 and table not in _OWN_NUMBERS:
                self._doubt(made_by, f"event {made_by} made no row {number} of {table}.")
            newest = number
            yield made_by, (number, *row)


def has_second_edition(connection: Connection) -> bool:
    """Whether the file's schema is of the chain's second edition."""
    found = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'secret'"
    )
    return found.fetchone() is not None


def _fits_edition(event: _EventRow, before: bytes) -> bool:
    """Whether an event `edition` tells how much there was of the first edition."""
    told: dict[str, object] = json.loads(event.facts)
    return told == edition_facts(event.number - 1, event.run - 1, before)


def _without_numbers(rows: OwnedRows) -> OwnedRows:
    for made_by, (_, *row) in rows:
        yield made_by, (*row,)


def _table_of(column: str) -> str:
    """Where a column of a message stands."""
    return "letter" if column in LETTER else "message"
