"""The chain of events, worked out again: each hash from what the event says and what it made.

A row that another one was changed to hide behind can't be told from a sound one, so what is found
is kept apart: an event whose own words or rows do not fit is certainly bad. One that made tickets,
or left a ticket's column as it is, may only seem bad because a later event that changed them is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from ..system.fast_json import JsonObject, encode
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
from .readable_rows import (
    OwnedRows,
    ReadableRows,
    RowsByOwner,
    UnreadableRow,
    leave_out_misplaced,
    select_in_order,
)
from .sqlite import Connection, SqlRow

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
"""Bad events that are reported; beyond them there are just more of the kind."""

_OWN_NUMBERS = ("customer", "ticket")
"""Tables whose numbers the hashes cover; they may be given before their rows come."""

_WRONG = "does not fit its events"


class _EventRow(NamedTuple):
    """A row of _EVENTS; where the file is damaged, a value can be of another type."""

    number: int
    digest: bytes
    run: int
    command: str
    run_at: str
    recorded_at: str
    version: str
    ticket: int | None
    book_digest: str
    event: str
    rule: str | None
    facts: str
    changes: str
    ended: str
    undoes: int | None
    at: str

    def work_out_hash(self, before: bytes, made: Sequence[MadeRow]) -> bytes:
        """The hash of the event with the rows it made, after the hash of the one before it."""
        run = Run(
            id=self.run,
            command=self.command,
            at=self.run_at,
            recorded_at=self.recorded_at,
            version=self.version,
        )
        columns = (self.event, self.rule, self.facts, self.changes, self.ended, self.undoes)
        common, rows = format_common_lines(run, self.book_digest), encode(arrange_hashed_rows(made))
        text = format_hashed_text(self.number, common, self.ticket, columns, rows)
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
    """One walk along the chain, which reads all tables beside it."""

    def __init__(
        self, connection: Connection, tables: Sequence[str], expected: bytes | None
    ) -> None:
        self._connection, self._expected = connection, expected
        self._certain, self._doubtful = dict[int, str](), dict[int, str]()
        self._events = ReadableRows(select_in_order(connection, _EVENTS))
        self._made = {table: RowsByOwner(self._read_rows(table)) for table in tables}
        self._made_tickets = False

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
        made = [(t, own) for t, rows in self._made.items() for own in rows.take_rows(number)]
        self._made_tickets = any(table == "ticket" for table, _ in made)
        try:
            worked_out = event.work_out_hash(before, made)
            if unstored and event.work_out_hash(unstored, made) == event.digest:
                self._certain[number - 1] = _describe_misfit(number - 1)
                worked_out = event.digest
        except (TypeError, ValueError):  # a value that nothing in a ticket file can have
            worked_out = b""
        if worked_out != event.digest or event.run_at != event.at:
            self._report_misfit(number)
            return worked_out
        return b""

    def _report_misfit(self, number: int) -> None:
        if self._made_tickets and not self._is_broken():
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
        columns = ", ".join(["id", "made_by", *INSERTED[table], "ended_by"])
        query = f"SELECT {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT ?"
        rows = leave_out_misplaced(
            self._check_numbers(table, select_in_order(self._connection, query))
        )
        return self._restore_tickets(rows) if table == "ticket" else rows

    def _check_numbers(self, table: str, rows: Iterable[SqlRow]) -> OwnedRows:
        """Rows by the event that made them; they are numbered as they come, and none goes."""
        newest = 0
        for number, made_by, *row, _ in rows:
            if not isinstance(made_by, int):
                raise UnreadableRow
            if number != newest + 1 and table not in _OWN_NUMBERS:
                self._doubt(made_by, f"event {made_by} made no row {number} of {table}.")
            newest = number
            yield made_by, tuple(row)

    def _restore_tickets(self, tickets: OwnedRows) -> OwnedRows:
        """Tickets as they were first written: each changed column as its first change found it."""
        changes = RowsByOwner(self._read_changes())
        for made_by, row in tickets:
            number, *_ = row
            yield made_by, self._restore_ticket(made_by, row, changes.take_rows(number))

    def _read_changes(self) -> OwnedRows:
        for ticket, number, text in self._connection.execute(_CHANGES):
            if isinstance(ticket, int):  # Else its event does not fit the chain.
                yield ticket, (number, text)

    def _restore_ticket(self, made_by: int, row: SqlRow, changes: Sequence[SqlRow]) -> SqlRow:
        """A ticket's row as it was first; what does not follow from one change to the next, and
        from the last one to the row, is reported."""
        columns = dict(zip(("id", *schema.TICKET), row, strict=True))
        ref, fields = columns["ref"], _parse_object(columns["fields"])
        first, newest = self._follow_changes(changes)
        unasked = any(value is None and name not in newest for name, value in fields.items())
        # What the hash does not tell apart.
        if unasked or _encode_fields(fields) != columns["fields"]:
            number = max((event for event, _ in changes), default=made_by)
            self._doubt(number, f"ticket {ref} has other fields than event {number} left it.")
        for name, (number, value) in newest.items():
            where = columns if name in columns else fields
            if where.get(name) != value:
                self._doubt(number, f"ticket {ref} has another {name} than event {number} left it.")
            where[name] = first[name]
        *own, _ = columns.values()
        return (*own, _encode_fields(fields))

    def _follow_changes(
        self, changes: Sequence[SqlRow]
    ) -> tuple[JsonObject, dict[str, tuple[int, object]]]:
        """What each changed column was at first, and what it is since which event."""
        first: JsonObject = {}
        newest: dict[str, tuple[int, object]] = {}
        for number, text in changes:
            for name, pair in _parse_object(text).items():
                old, new = pair if isinstance(pair, list) and len(pair) == 2 else (_WRONG, _WRONG)
                _, before = newest.get(name, (number, old))
                if before != old:
                    self._doubt(number, f"event {number} changed another {name} than there was.")
                first.setdefault(name, old)
                newest[name] = number, new
        return first, newest


def _parse_object(text: object) -> JsonObject:
    """A JSON object; for any other text, an object that fits nothing."""
    try:
        read = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {_WRONG: _WRONG}


def _encode_fields(fields: JsonObject) -> str:
    try:
        return encode(fields)
    except ValueError:  # a number that JSON does not have
        return ""
