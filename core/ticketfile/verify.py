"""Checking a ticket file: SQLite's own checks, the chain of events, and rows against events."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, groupby
from typing import Any, NamedTuple

from ..jsontext import encode
from . import schema
from .chain import INSERTED, START, Made, Run, common_lines, hashed_rows, hashed_text

_EVENTS = """
SELECT e.id, e.hash, r.id, r.command, r.at, r.recorded_at, r.version,
    e.ticket, coalesce(b.digest, ''), e.event, e.rule, e.facts, e.changes, e.ended, e.undoes, e.at
FROM event AS e LEFT JOIN run AS r ON r.id = e.run LEFT JOIN book AS b ON b.id = e.book ORDER BY e.id
"""

_CHUNK = 1000

_MOST = 20
"""Faults of the chain that are told; beyond them there are just more of the kind."""

_WRONG = "does not fit its events"


class Chain(NamedTuple):
    """What a check found: how many events there are, the newest hash, and the faults."""

    events: int
    head: str
    faults: list[str]


def verify(connection: sqlite3.Connection) -> Chain:
    """Check the whole file, with bounded memory; faults are sentences, the first bad event first."""
    try:
        return _verify(connection)
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
        # Some text is none: read it in a way that is slower, and lets its event be named.
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        return _verify(connection)


def _verify(connection: sqlite3.Connection) -> Chain:
    connection.execute("BEGIN")
    try:
        events, head, faults = _check_chain(connection)
        faults += _check_books(connection)
        faults += _check_numbers(connection)
        try:
            faults += _check_ends(connection)
        except sqlite3.OperationalError:
            if not faults:
                raise
        faults += [
            f"SQLite finds: {row[0]}."
            for row in connection.execute("PRAGMA integrity_check")
            if row[0] != "ok"
        ]
        faults += [
            f"a row of {row[0]} points to nothing."
            for row in connection.execute("PRAGMA foreign_key_check")
        ]
    finally:
        connection.execute("COMMIT")
    return Chain(events, head, faults)


def _check_chain(connection: sqlite3.Connection) -> tuple[int, str, list[str]]:
    """Work every hash out again, from the events and the rows they made."""
    before, count, faults = START, 0, list[str]()
    made = {
        table: _Stream(_rows(connection, table, columns)) for table, columns in INSERTED.items()
    }
    for row in connection.execute(_EVENTS):
        count += 1
        number, digest = row[0], row[1]
        rows = [(table, own) for table, stream in made.items() for own in stream.of(number)]
        before = _chained(before, row, rows)
        if number != count or before != digest or row[4] != row[15]:
            faults.append(
                f"event {number} does not fit the chain: it, or something it made, was changed."
            )
            if number != count or len(faults) == _MOST:
                return count, digest.hex(), faults
            before = digest  # A later event may be why: what it changed is taken back before this.
    strays = sum(len(list(stream)) for stream in made.values())
    if strays:
        faults.append(f"{strays} rows were made by no event.")
    return count, before.hex(), faults


def _chained(before: bytes, row: tuple[Any, ...], made: Sequence[Made]) -> bytes:
    """The hash of an event, a row of _EVENTS, with the rows it made."""
    common = common_lines(Run(*row[2:7]), row[8])
    text = hashed_text(row[0], common, row[7], row[9:15], encode(hashed_rows(made)))
    return sha256(before + text).digest()


def _check_books(connection: sqlite3.Connection) -> list[str]:
    """What is kept of each book must have its digest, and be the book of that name."""
    faults = []
    for name, digest, kept, event in connection.execute(
        "SELECT name, digest, kept, (SELECT min(id) FROM event WHERE book = book.id) FROM book"
    ):
        sound = sha256(kept.encode("utf-8", "surrogatepass")).hexdigest() == digest
        if not sound or json.loads(kept)["book"]["book"]["name"] != name:
            faults.append(f"what is kept of book {name} is not what event {event} was decided by.")
    return faults


def _check_numbers(connection: sqlite3.Connection) -> list[str]:
    """Rows are numbered as they come and none goes, so the newest one's number is their count."""
    faults = []
    for table in (*schema.ROWS, "state"):
        count, newest = connection.execute(
            f"SELECT count(*), coalesce(max(id), 0) FROM {table}"
        ).fetchone()
        if count != newest:
            faults.append(f"the rows of {table} are not numbered as they came.")
    return faults


class _Stream:
    """Rows of one table in the order of the events that made them, taken event by event."""

    def __init__(self, rows: Iterator[tuple[int, tuple[Any, ...]]]) -> None:
        self._rows = rows
        self._waiting: tuple[int, tuple[Any, ...]] | None = next(rows, None)

    def of(self, event: int) -> list[tuple[Any, ...]]:
        own = []
        while self._waiting is not None and self._waiting[0] == event:
            own.append(self._waiting[1])
            self._waiting = next(self._rows, None)
        return own

    def __iter__(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        return chain([self._waiting] if self._waiting else [], self._rows)


def _rows(
    connection: sqlite3.Connection, table: str, columns: Sequence[str]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    query = f"SELECT made_by, {', '.join(columns)} FROM {table} ORDER BY id"
    rows = ((row[0], row[1:]) for row in connection.execute(query))
    return _as_made(connection, rows) if table == "ticket" else rows


def _as_made(
    connection: sqlite3.Connection, tickets: Iterator[tuple[int, tuple[Any, ...]]]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Tickets as they were first written: what events changed is taken back, newest first.

    A ticket whose column is not what its newest event left it comes out wrong, so that the chain
    does not fit.
    """
    for _, group in groupby(enumerate(tickets), key=lambda pair: pair[0] // _CHUNK):
        chunk = [ticket for _, ticket in group]
        changes: dict[int, list[dict[str, list[Any]]]] = {row[0]: [] for _, row in chunk}
        rows = connection.execute(
            "SELECT ticket, changes FROM event WHERE changes <> '{}'"
            " AND ticket IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
            (json.dumps(list(changes)),),
        )
        for ticket, text in rows:
            changes[ticket].append(_object(text))
        yield from ((made_by, _taken_back(row, changes[row[0]])) for made_by, row in chunk)


def _taken_back(
    row: tuple[Any, ...], changes: Sequence[Mapping[str, list[Any]]]
) -> tuple[Any, ...]:
    columns = dict(zip(("id", *schema.TICKET), row, strict=True))
    fields = _object(columns["fields"])
    for change in changes:
        for name, pair in change.items():
            where = columns if name in columns else fields
            fits = isinstance(pair, list) and len(pair) == 2 and where.get(name) == pair[1]
            where[name] = pair[0] if fits else _WRONG
    return (*list(columns.values())[:-1], json.dumps(fields))


def _object(text: str) -> dict[str, Any]:
    """A JSON object; where it is none, one that fits nothing."""
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {_WRONG: _WRONG}


def _check_ends(connection: sqlite3.Connection) -> list[str]:
    """Every row that has ended must be named by the event that ended it, and the other way round."""
    faults = []
    connection.execute("DROP TABLE IF EXISTS temp.ending")
    connection.execute(
        "CREATE TEMP TABLE ending AS SELECT kind.key AS of, one.value AS row, e.id AS event"
        " FROM main.event AS e, json_each(e.ended) AS kind, json_each(kind.value) AS one"
        " WHERE NOT EXISTS (SELECT 1 FROM main.event AS u WHERE u.undoes = e.id)"
    )
    for table in INSERTED:
        found = connection.execute(
            "SELECT row, event FROM (SELECT row, event FROM ending WHERE of = ?1 EXCEPT"
            f" SELECT id, ended_by FROM {table} WHERE ended_by IS NOT NULL)"
            f" UNION ALL SELECT * FROM (SELECT id, ended_by FROM {table} WHERE ended_by IS NOT NULL"
            " EXCEPT SELECT row, event FROM ending WHERE of = ?1)",
            (table,),
        ).fetchone()
        if found:
            faults.append(f"row {found[0]} of {table} does not end as event {found[1]} says.")
    connection.execute("DROP TABLE temp.ending")
    return faults
