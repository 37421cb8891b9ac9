"""Ticket files to try hard on, and what stands in them."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prassi.core.desk.night import FIRST, PAGE
from prassi.core.ticketfile import connect, schema
from prassi.core.ticketfile.event_hash import INSERTED
from prassi.core.ticketfile.open import create_file
from prassi.core.ticketfile.write_events import EventRecord, EventWriter

from .commands import good

ROOT = Path(__file__).resolve().parents[3]
OLD = ROOT / "tests" / "data" / "ticketfiles"
"""A ticket file of each schema."""
EARLIER = range(1, schema.VERSION)
"""The schemas before the present one."""

AT = "2026-03-02"
MEMORY = "/dev/shm"
CHUNK = 1000


@contextmanager
def folder_for(small: bool) -> Iterator[str]:
    """A folder for ticket files: on the disk, or for small tests in memory, if that has folders."""
    where = MEMORY if small and os.path.isdir(MEMORY) else None
    with TemporaryDirectory(prefix="hard", dir=where) as folder:
        yield folder


def tickets(first: int, count: int) -> Iterator[dict[str, Any]]:
    """Tickets in the import format: of ten, three wait for calls, and on seven the night acts."""
    for number in range(first, first + count):
        kind = number % 10
        row: dict[str, Any] = {
            "ref": f"T-{number}",
            "book": "collections",
            "customer": f"H-{number}",
            "opened": "2026-01-15",
            "status": "awaiting-payment",
            "proformas": [
                {"number": f"PF-{number}-{part}", "amount": "120.00"} for part in range(4)
            ],
        }
        if kind < 3:
            row |= {"status": "calling", "tasks": [{"kind": "call-again", "due": "2026-03-02"}]}
        elif kind == 3:
            row |= {"status": "pre-block", "preblock_on": "2026-02-10", "tags": ["preblocco"]}
        else:
            row["promises"] = [{"pay_on": f"2026-02-{17 + number % 4}"}]
            row["tasks"] = [{"kind": "payment-check", "due": "2026-02-25"}]
            row["broken_promises"] = 2 if kind == 9 else 0
        yield row


def customers(first: int, count: int) -> Iterator[dict[str, Any]]:
    """The customers of those tickets."""
    for number in range(first, first + count):
        yield {
            "ref": f"H-{number}",
            "name": f"Officine Verdi {number} srl",
            "email": f"c{number}@example.org",
            "language": ("it", "en", "es", "ru", "ar")[number % 5],
        }


def source(path: str, first: int, count: int) -> str:
    """Write a file to import."""
    rows = {"customers": [*customers(first, count)], "tickets": [*tickets(first, count)]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(rows, file)
    return path


def make(path: str, count: int) -> str:
    """A ticket file with so many tickets, made by commands."""
    rows = source(f"{path}.json", 1, count)
    good(["init", "--file", path, "--quiet"])
    good(["import", rows, "--file", path, "--at", "2026-03-01", "--quiet"])
    os.remove(rows)
    return path


def make_many(path: str, count: int) -> str:
    """A ticket file with very many tickets on which the night acts, written without commands."""
    with closing(create_file(path)) as connection, connect.transaction(connection):
        writer = EventWriter(connection, "import", "2026-02-01")
        for first in range(1, count + 1, CHUNK):
            numbers = range(first, min(first + CHUNK, count + 1))
            rows = [row for number in numbers for row in _rows(number)]
            writer.write_records([EventRecord(event="import", made=rows)])
    return path


def page_ends(count: int) -> set[int]:
    """How many events a night over such a file may have written whenever it stops: whole pages."""
    ends, size = {0}, FIRST
    while max(ends) < count:
        ends.add(min(max(ends) + size, count))
        size = min(2 * size, PAGE)
    return ends


def _rows(number: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    fields = json.dumps(
        {
            "missed_calls": 0,
            "missed_appointments": 0,
            "missed_contacts": 0,
            "received": 0,
            "broken_promises": 0 if number % 20 else 2,
        },
        separators=(",", ":"),
    )
    name, mail = f"Officine Verdi {number} srl", f"c{number}@example.org"
    yield "customer", (number, f"H-{number}", name, mail, None, "it", None, None)
    yield (
        "ticket",
        (
            number,
            f"T-{number}",
            "collections",
            number,
            "awaiting-payment",
            1,
            "2026-01-15",
            "medium",
            None,
            None,
            fields,
        ),
    )
    proforma = {"number": f"PF-{number}", "amount": 12000, "currency": "EUR"}
    yield "item", (number, "proformas", proforma)
    yield "item", (number, "promises", {"pay_on": "2026-02-20", "kind": "full", "state": "open"})
    yield "task", (number, "payment-check", "2026-02-25")


# --- what stands in them --------------------------------------------------------------------------


@contextmanager
def reading(path: str) -> Iterator[sqlite3.Connection]:
    """A bare connection, for a judge that trusts no code of ours."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as connection:
        connection.execute("BEGIN")
        yield connection


def content(path: str, runs: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All that stands in a file but hashes and the clock's moments; without runs, who wrote it."""
    with reading(path) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        queries = {table: f"SELECT * FROM {table} ORDER BY id" for table in _tables(version)}
        queries["run"] = "SELECT id, command, at, version FROM run ORDER BY id"
        run = "run, " if runs else ""
        queries["event"] = (
            f"SELECT id, {run}at, ticket, book, event, rule, facts, changes, ended, undoes"
            " FROM event ORDER BY id"
        )
        if not runs:
            del queries["run"]
        found = {table: connection.execute(query).fetchall() for table, query in queries.items()}
        return {**found, "schema": [(version,)]}


def _tables(version: int) -> list[str]:
    there = {name for kind, name, *_ in schema.schema_objects(version) if kind == "table"}
    return ["book", *(table for table in INSERTED if table in there)]


def events(path: str) -> dict[int, tuple[Any, ...]]:
    """The events of a file with their hashes, by number."""
    query = (
        "SELECT e.id, t.ref, e.event, e.rule, e.facts, e.at, e.hash FROM event AS e"
        " LEFT JOIN ticket AS t ON t.id = e.ticket ORDER BY e.id"
    )
    with reading(path) as connection:
        return {row[0]: row[1:] for row in connection.execute(query)}


def copied(path: str, to: str) -> str:
    """A copy of a file, with what a killed writer left beside it."""
    for end in ("", "-journal"):
        if os.path.exists(to + end):
            os.remove(to + end)
        if os.path.exists(path + end):
            shutil.copy(path + end, to + end)
    return to
