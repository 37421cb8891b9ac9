"""The floor of a night: a bare sqlite3 script that writes the very same rows in one transaction.

The rows are taken from a ticket file over which the night has run. The floor sets all columns of a
ticket that a night can change, as a script would that doesn't know which of them do; with `least` it sets
only those that did, as the night itself does.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing

from prassi.core.system.fast_json import encode
from prassi.core.ticketfile.event_hash import INSERTED
from prassi.core.ticketfile.schema import TICKET

SCRIPT = r"""
import sqlite3, sys, time
path, source = sys.argv[1:]
rows = sqlite3.connect(source)
db = sqlite3.connect(path, isolation_level=None)
db.execute("PRAGMA synchronous = FULL")
statements = [row for row in rows.execute("SELECT statement, id FROM statement ORDER BY id")]
ready = [(s, rows.execute(f"SELECT * FROM rows_{i}").fetchall()) for s, i in statements]
start = time.perf_counter()
db.execute("BEGIN IMMEDIATE")
for statement, values in ready:
    db.executemany(statement, values)
db.execute("COMMIT")
print(time.perf_counter() - start)
"""
"""Prints how many seconds it takes once the rows stand ready in memory."""

WHOLE = ("status", "open", "priority", "assignee", "result", "fields")
"""The columns of a ticket that a night can change."""


def take_rows(done: str, base: str, rows_path: str, least: bool = False) -> int:
    """Put the rows that a night over `base` wrote into `done` aside, as statements with their values;
    returns how many rows."""
    with closing(sqlite3.connect(rows_path)) as db:
        db.execute("ATTACH ? AS done", (done,))
        db.execute("ATTACH ? AS base", (base,))
        events = db.execute("SELECT max(id) FROM base.event").fetchone()[0]
        db.execute("CREATE TABLE statement (statement, id)")
        count = 0
        queries = {**_find_inserts(db, events), **_find_updates(db, events, least)}
        for place, (statement, query) in enumerate(queries.items()):
            db.execute(f"CREATE TABLE rows_{place} AS {query}")
            db.execute("INSERT INTO statement VALUES (?, ?)", (statement, place))
            count += db.execute(f"SELECT count(*) FROM rows_{place}").fetchone()[0]
        db.commit()
    return count


def _find_inserts(db: sqlite3.Connection, events: int) -> Mapping[str, str]:
    """Statements that insert, each with a query for its values."""
    new = {name: f"id NOT IN (SELECT id FROM base.{name})" for name in ("run", "book", "calendar")}
    made = f"(SELECT id FROM done.message WHERE made_by > {events})"
    conditions = {
        **new,
        "event": f"id > {events}",
        **dict.fromkeys(INSERTED, f"made_by > {events}"),
        "letter": f"message IN {made}",
    }
    found = {}
    for table, condition in conditions.items():
        query = f"SELECT * FROM done.{table}"
        width = len(db.execute(f"{query} LIMIT 0").description)
        insert = f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"
        found[insert] = f"{query} WHERE {condition}"
    return found


def _find_updates(db: sqlite3.Connection, events: int, least: bool) -> Mapping[str, str]:
    """Statements that update, each with a query for its values."""
    found = {
        f"UPDATE {table} SET ended_by = ? WHERE id = ?": (
            f"SELECT ended_by, id FROM done.{table} WHERE ended_by > {events}"
        )
        for table in INSERTED
    }
    for columns, tickets in _find_changes(db, events, least):
        update = f"UPDATE ticket SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?"
        found[update] = f"SELECT {', '.join(columns)}, id FROM done.ticket WHERE id IN ({tickets})"
    return found


def _find_changes(
    db: sqlite3.Connection, events: int, least: bool
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The sets of columns to be set on tickets, with a query for the tickets of each."""
    if not least:
        yield WHOLE, f"SELECT ticket FROM done.event WHERE id > {events}"
        return
    db.execute("CREATE TABLE acted (ticket, columns)")
    asked = db.execute(f"SELECT ticket, changes FROM done.event WHERE id > {events}")
    kinds = set()
    for ticket, changes in asked.fetchall():
        names = json.loads(changes)
        columns = tuple(name for name in TICKET if name in names)
        columns += ("fields",) * (len(columns) < len(names))
        if columns:
            kinds.add(columns)
            db.execute("INSERT INTO acted VALUES (?, ?)", (ticket, encode(columns)))
    db.execute("CREATE INDEX acted_columns ON acted (columns, ticket)")
    for columns in sorted(kinds):
        yield columns, f"SELECT ticket FROM acted WHERE columns = '{encode(columns)}'"


def compare_files(done: str, bare: str) -> None:
    """End the benchmark where the floor did not write what the night wrote, in any table."""
    with closing(sqlite3.connect(done)) as db:
        db.execute("ATTACH ? AS bare", (bare,))
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (name,) in names:
            for one, other in (("main", "bare"), ("bare", "main")):
                query = (
                    f'SELECT * FROM {one}."{name}" EXCEPT SELECT * FROM {other}."{name}" LIMIT 1'
                )
                lacks = db.execute(query).fetchone()
                if lacks is not None:
                    sys.exit(f"The floor differs from the night in the table {name}: {lacks}")
