"""Checking a ticket file: its size and header, its schema, the chain of events, rows against
events, and SQLite's own checks."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from . import connect, schema
from .check_chain import MOST, has_second_edition, walk_chain
from .compare_schema import find_differences, find_harmless
from .event_hash import INSERTED
from .forgotten import FORGET
from .readable_rows import is_damage
from .row_hashes import find_misfits
from .sqlite import Connection


class FileCheck(NamedTuple):
    """What a check found: how many events there are, the newest hash, the faults, the first event
    that does not fit, what other tools have left that `verify --mend` puts right, and how many customers
    were forgotten."""

    events: int
    head: str
    faults: list[str]
    bad_event: int | None = None
    harmless: Sequence[str] = ()
    forgotten: int = 0


def open_to_check(path: str) -> Connection:
    """Open a ticket file for `verify`, as it is, however damaged; FileUnusable
    where it is not a ticket file."""
    head = connect.check_file(path)
    with connect.translate_errors(path):
        connection = connect.connect_unread(path)
        try:
            application, version, ours = _read_marks(connection, head)
            connect.check_ours(path, schema.APPLICATION_ID if ours else application, version)
        except BaseException:
            connection.close()
            raise
    return connection


def _read_marks(connection: Connection, head: bytes) -> tuple[int, int, bool]:
    """Application, version, and whether there are events; from the header, where SQLite refuses."""
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        query = "SELECT 1 FROM sqlite_schema WHERE tbl_name = 'event'"
        return application, version, connection.execute(query).fetchone() is not None
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if not is_damage(error):
            raise
    return int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big"), False


def verify_file(connection: Connection, expected: str | None = None) -> FileCheck:
    """Check the whole file, with bounded memory; faults are sentences.

    `expected` is a head that was noted before: an event of the file must have it.
    """
    try:
        return _FileChecker(connection, expected).run()
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    # Some text is not UTF-8: this way of reading is slower, but lets its event be named.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return _FileChecker(connection, expected).run()


class _FileChecker:
    """One check of a file, as it is at one moment."""

    def __init__(self, connection: Connection, expected: str | None) -> None:
        self._connection, self._expected = connection, expected
        self._faults, self._harmless = list[str](), list[str]()
        self._bad = dict[int, str]()
        self._maybe = dict[int, str]()
        self._events, self._head, self._forgotten = 0, b"", 0
        self._tables = list(INSERTED)

    def run(self) -> FileCheck:
        with _hold_file(self._connection) as file, _read_transaction(self._connection):
            if file is not None:
                head = os.pread(file, 100, 0)
                self._check("the size", lambda: self._check_size(file, head))
                self._check("the schema", lambda: self._look_for_harmless(head))
            self._check("the schema", self._check_schema)
            self._check("the chain of events", self._check_events)
            self._check("what no event made", self._check_hashed)
            self._check("what SQLite finds", self._check_integrity)
        return self._build_result()

    def _check(self, what: str, check: Callable[[], None]) -> None:
        try:
            check()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if not is_damage(error):
                raise
            self._faults.append(f"{what} can't be checked: {error}.")

    def _build_result(self) -> FileCheck:
        """The faults, bad events first. Where one is bad for certain, it may be why others seem to be."""
        named = self._bad or self._maybe
        sentences = [named[number] for number in sorted(named)][:MOST]
        if self._bad:
            after = sorted(self._maybe.keys() - self._bad.keys())
            sentences += [
                f"perhaps just because of that: {self._maybe[number]}" for number in after
            ]
        first = min(named, default=None)
        return FileCheck(
            events=self._events,
            head=self._head.hex(),
            faults=sentences[:MOST] + self._faults,
            bad_event=first,
            harmless=self._harmless,
            forgotten=self._forgotten,
        )

    # --- the file ---------------------------------------------------------------------------------

    def _check_size(self, file: int, head: bytes) -> None:
        """The header's constants, and the size against its count of pages."""
        size = os.fstat(file).st_size
        page = int.from_bytes(head[16:18], "big")
        page = 65536 if page == 1 else page
        pages = int.from_bytes(head[28:32], "big")
        if size != page * pages:
            self._faults.append(
                f"the file has {size} bytes, but its header says {pages} pages of {page}: it was"
                f" {'cut' if size < page * pages else 'lengthened'}, or its header was changed."
            )
        as_written = all(head[at : at + len(fixed)] == fixed for at, fixed in _FIXED)
        if not as_written or head[18:20] not in _JOURNALS or head[24:28] != head[92:96]:
            self._faults.append("its header is not as SQLite writes it for a ticket file.")

    def _look_for_harmless(self, head: bytes) -> None:
        self._harmless += find_harmless(self._connection, head)

    def _check_schema(self) -> None:
        """Tables, indexes and triggers must be those of a file made anew."""
        version = self._pragma("user_version")
        application = self._pragma("application_id")
        if application != schema.APPLICATION_ID:
            self._faults.append(f"its application id is {application}, not that of a ticket file.")
        differences = find_differences(self._connection, version)
        self._faults += [f"{difference}." for difference in differences]
        rows = self._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        tables = {name for (name,) in rows} | {one.name for one in differences}
        self._tables = [table for table in INSERTED if table in tables]
        self._check_steps(version)

    def _check_hashed(self) -> None:
        """Rows that no event made must fit their own hashes."""
        self._faults += islice(find_misfits(self._connection), MOST)

    def _check_steps(self, version: int) -> None:
        rows = self._connection.execute(
            "SELECT id, migration_set, name, applied_at FROM _sqlite_migrations ORDER BY id"
        ).fetchall()
        steps = [
            (number, "prassi", name) for number, name in enumerate(schema.step_names(version), 1)
        ]
        moments = all(applied is None or _is_moment(applied) for *_, applied in rows)
        if [tuple(step) for *step, _ in rows] != steps or version != len(steps) or not moments:
            self._faults.append(f"the migrations it lists are not those of schema {version}.")

    def _check_integrity(self) -> None:
        for (found,) in self._connection.execute(f"PRAGMA integrity_check({MOST})"):
            if found != "ok":
                self._faults.append(f"SQLite finds: {found}.")
        strays = self._connection.execute("PRAGMA foreign_key_check").fetchmany(MOST)
        self._faults += [
            f"a row of {table} points to a row that is missing." for table, *_ in strays
        ]

    def _pragma(self, name: str) -> int:
        found: int = self._connection.execute(f"PRAGMA {name}").fetchone()[0]
        return found

    # --- what is in it ----------------------------------------------------------------------------

    def _check_events(self) -> None:
        """The chain, and all that events say of rows; a part of a file has neither whole."""
        if self._is_part():
            self._faults.append(
                "this is a part of a ticket file, as `prassi export --parts` makes them: its events are"
                " not chained. Verify the whole file."
            )
            return
        self._check("the chain of events", self._check_chain)
        self._check("what is kept of books", self._check_books)
        self._check("who was forgotten", self._count_forgotten)
        self._check("the ends of rows", self._check_ends)
        self._check("what was tried", self._check_tries)

    def _is_part(self) -> bool:
        """Whether no event is chained; what can't be read is told by the walk along the chain."""
        chained = "SELECT max(hash <> zeroblob(32)) FROM event NOT INDEXED"
        with suppress(sqlite3.DatabaseError):
            return bool(self._connection.execute(chained).fetchone() == (0,))
        return False

    def _check_chain(self) -> None:
        expected = None if self._expected is None else bytes.fromhex(self._expected)
        found = walk_chain(self._connection, self._tables, expected)
        self._events, self._head = found.events, found.head
        self._bad.update(found.certain)
        self._maybe.update(found.doubtful)
        if found.strays:
            self._faults.append(f"{found.strays} rows do not belong to any event.")
        if found.whole and expected is not None and found.expected is None:
            self._faults.append(
                f"no event has the expected head {self._expected}: the end of the file was cut off,"
                " or it is another file."
            )

    def _check_books(self) -> None:
        """What is kept of each book must have its digest, and be the book of that name."""
        for (number,) in self._connection.execute("SELECT id FROM book NOT INDEXED").fetchall():
            if not self._is_kept(number):
                event = self._connection.execute(
                    "SELECT min(id) FROM event NOT INDEXED WHERE book = ?", (number,)
                ).fetchone()[0]
                fault = f"what is kept of its book is not what event {event} was decided by."
                self._blame(event, fault)

    def _count_forgotten(self) -> None:
        """Count the customers of whom only what remains can be checked."""
        query = "SELECT count(*) FROM event NOT INDEXED WHERE event = ? AND book IS NULL"
        self._forgotten = int(self._connection.execute(query, (FORGET,)).fetchone()[0])

    def _is_kept(self, book: int) -> bool:
        try:
            row = self._connection.execute(
                "SELECT name, digest, kept FROM book WHERE id = ?", (book,)
            ).fetchone()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            return False
        name, digest, kept = row or (None, None, None)  # a damaged tree can lose it on the way
        if not isinstance(kept, str):
            return False
        if sha256(kept.encode("utf-8", "surrogatepass")).hexdigest() != digest:
            return False
        return bool(json.loads(kept)["book"]["book"]["name"] == name)

    def _check_ends(self) -> None:
        """Every row that has ended must be named by the event that ended it, and the other way
        round."""
        self._connection.execute("DROP TABLE IF EXISTS temp.ending")
        self._connection.execute(
            "CREATE TEMP TABLE ending AS SELECT kind.key AS of, one.value AS row, e.id AS event"
            " FROM main.event AS e NOT INDEXED, json_each(e.ended) AS kind,"
            " json_each(kind.value) AS one WHERE e.ended <> '{}' AND e.id NOT IN"
            " (SELECT undoes FROM main.event NOT INDEXED WHERE undoes IS NOT NULL)"
        )
        for table in self._tables:
            self._check_ends_of(table)
        self._connection.execute("DROP TABLE temp.ending")

    def _check_ends_of(self, table: str) -> None:
        ended = f"SELECT id, ended_by FROM {table} NOT INDEXED WHERE ended_by IS NOT NULL"
        listed = "SELECT row, event FROM ending WHERE of = :table"
        missing = self._connection.execute(f"{listed} EXCEPT {ended}", {"table": table})
        for row, event in missing.fetchmany(MOST):
            self._blame(event, f"row {row} of {table} does not end as event {event} says.")
        unlisted = self._connection.execute(
            f"SELECT id, made_by FROM {table} WHERE id IN (SELECT id FROM ({ended} EXCEPT {listed}))"
            f" AND NOT EXISTS (SELECT 1 FROM ending WHERE of = :table AND row = {table}.id)",
            {"table": table},
        )
        for row, event in unlisted.fetchmany(MOST):
            self._blame(
                event, f"row {row} of {table}, made by event {event}, was ended by no event."
            )

    def _check_tries(self) -> None:
        """How often a message was tried, and when it is again, must be as its events say; only one that
        is on its way has a claim."""
        if has_second_edition(self._connection):
            for number, made_by in self._connection.execute(_TRIED_OTHERWISE).fetchmany(MOST):
                fault = (
                    f"message {number}, made by event {made_by}, was tried or claimed otherwise than"
                    " its events say."
                )
                self._blame(made_by, fault)

    def _blame(self, event: int | None, fault: str) -> None:
        if event is None:
            self._faults.append(fault)
        else:
            self._maybe.setdefault(event, fault)


_TRIED_OTHERWISE = """
WITH waits (message, event, try_at) AS (
    SELECT facts ->> '$.message', id, facts ->> '$.try_at' FROM event NOT INDEXED
    WHERE event = 'message' AND book IS NULL AND facts ->> '$.to' = 'waiting'
        AND facts ->> '$.written_on' IS NULL
), begun (message, event) AS (
    SELECT message, max(event) FROM waits WHERE try_at IS NULL GROUP BY message
), tried (message, tries, event) AS (
    SELECT w.message, count(*), max(w.event) FROM waits AS w LEFT JOIN begun AS b ON b.message = w.message
    WHERE w.try_at IS NOT NULL AND w.event > coalesce(b.event, 0) GROUP BY w.message
)
SELECT m.id, m.made_by FROM message AS m NOT INDEXED LEFT JOIN tried AS t ON t.message = m.id
LEFT JOIN waits AS w ON w.event = t.event
WHERE m.tries IS NOT coalesce(t.tries, 0) OR m.try_at IS NOT w.try_at
    OR (m.claim IS NOT NULL) <> (m.state = 'claimed')
ORDER BY m.id
"""
"""What the chain does not cover of messages: each wait without a new time begins to count anew, and
words that are written anew leave the count."""

_FIXED = (
    (20, b"\x00\x40\x20\x20"),  # whole pages, the usual fractions
    (44, (4).to_bytes(4, "big")),  # the newest format of schemas
    (56, (1).to_bytes(4, "big")),  # UTF-8
    (72, bytes(20)),
)
"""What stands where in the header of every ticket file, besides what find_harmless looks at."""

_JOURNALS = (b"\x01\x01", b"\x02\x02")
"""How a file is to be written and read: with a rollback journal, or in WAL mode."""


def _is_moment(text: object) -> bool:
    """Whether a text is what sqlite-utils notes as a moment: earlier versions kept that."""
    shape = "0000-00-00 00:00:00.000000+00:00"
    return isinstance(text, str) and "".join("0" if c in "0123456789" else c for c in text) == shape


@contextmanager
def _hold_file(connection: Connection) -> Iterator[int | None]:
    """The file itself, if there is one, until the check ends: closed before, it would take the
    connection's lock with it."""
    path = connection.path if isinstance(connection, connect.TicketFile) else None
    file = None if path is None else os.open(path, os.O_RDONLY)
    try:
        yield file
    finally:
        if file is not None:
            os.close(file)


@contextmanager
def _read_transaction(connection: Connection) -> Iterator[None]:
    """One moment of the file. Where SQLite refuses it, as one that was cut, what is left of it."""
    connection.execute("BEGIN")
    try:
        try:
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if not is_damage(error):
                raise
            connection.execute("PRAGMA writable_schema = ON")
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
