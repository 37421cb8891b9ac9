"""Many tickets of any book for the benchmarks: those of its fixture, again and again.

The tickets are those on which the night acts; where it acts on none, those it asks people about.
Each copy has refs of its own, and so have the tickets it points at.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from prassi.core.desk.night import Night, Selection
from prassi.core.desk.office import Office
from prassi.core.importing.import_tickets import import_sources
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.system.fast_json import encode
from prassi.core.ticketfile import connect, schema
from prassi.core.ticketfile.open import create_file
from prassi.core.ticketfile.write_events import EventRecord, EventWriter

Row = tuple[str, tuple[Any, ...]]

CHUNK = 1000
FIXTURES = str(Path(__file__).parents[2] / "fixtures")


class Model(NamedTuple):
    """Tickets that belong together, as rows: each ticket's own, its customer's, what hangs on it."""

    tickets: list[list[Row]]


def make(path: str, book: str, count: int, at: str) -> int:
    """A ticket file with `count` tickets of a book that the night of `at` has something to do with.

    Returns on how many of them it acts.
    """
    return make_of_books(path, [book], count, at)


def make_of_books(path: str, books: Sequence[str], count: int, at: str) -> int:
    """The same of several books, each with `count` tickets."""
    connection = create_file(path)
    numbers = dict.fromkeys(("ticket", "customer"), 0)
    acted = 0
    with connect.transaction(connection):
        writer = EventWriter(connection, "import", "2026-02-01")
        for book in books:
            found, acting = models(book, at)
            acted += count if acting else 0
            made: list[Row] = []
            for copy in range(count):
                made += _copied(found[copy % len(found)], copy, numbers)
                if len(made) > 10 * CHUNK or copy == count - 1:
                    writer.write_records([EventRecord(event="import", made=made)])
                    made = []
    connection.close()
    return acted


def models(book: str, at: str) -> tuple[list[Model], bool]:
    """The fixture's tickets to copy, and whether the night acts on them."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "one.db")
        connection = create_file(path)
        with connect.transaction(connection):
            source = os.path.join(FIXTURES, f"{book}.json")
            shelf = Shelf(NONE, connection)
            writer = EventWriter(connection, "import", at)
            import_sources(connection, shelf, writer, [source], today=at[:10])
        office = Office(connection, NONE, at, None)
        night = Night(office, office.shelf.book(book), Selection(), lambda rule: True)
        plans = [decision.plan for page in night.sweep() for decision in page]
        acting = [plan.state.id for plan in plans if plan.changes]
        chosen = acting or [plan.state.id for plan in plans if plan.next is not None]
        made = [_model(connection, number) for number in chosen]
        connection.close()
        return made, bool(acting)


def _model(connection: sqlite3.Connection, ticket: int) -> Model:
    """A ticket and those it points at, directly or through others."""
    wanted, tickets = [ticket], []
    for number in wanted:
        tickets.append(list(_rows(connection, number)))
        pointed = connection.execute(
            "SELECT t.id FROM link AS l JOIN ticket AS t ON t.ref = l.target WHERE l.ticket = ?",
            (number,),
        )
        wanted += [row[0] for row in pointed if row[0] not in wanted]
    return Model(tickets)


def _rows(connection: sqlite3.Connection, ticket: int) -> Iterator[Row]:
    columns = ", ".join(f"c.{name}" for name in schema.CUSTOMER)
    yield (
        "customer",
        connection.execute(
            f"SELECT c.id, {columns} FROM customer AS c JOIN ticket AS t ON t.customer = c.id"
            " WHERE t.id = ?",
            (ticket,),
        ).fetchone(),
    )
    names = ", ".join(schema.TICKET)
    found = connection.execute(f"SELECT id, {names} FROM ticket WHERE id = ?", (ticket,))
    yield "ticket", found.fetchone()
    for table, own in schema.ROWS.items():
        source = "message JOIN letter ON letter.message = id" if table == "message" else table
        query = f"SELECT {', '.join(own)} FROM {source} WHERE ticket = ? ORDER BY id"
        for row in connection.execute(query, (ticket,)):
            yield table, row


def _copied(model: Model, copy: int, numbers: dict[str, int]) -> Iterator[Row]:
    """The rows of one copy, with ids and refs of its own."""
    refs = {
        row[1]: f"{row[1]}-{copy}"
        for rows in model.tickets
        for table, row in rows
        if table == "ticket"
    }
    for rows in model.tickets:
        for table, row in rows:
            if table in numbers:
                numbers[table] += 1
            yield table, _own(table, row, copy, numbers, refs)


def _own(
    table: str, row: tuple[Any, ...], copy: int, numbers: Mapping[str, int], refs: Mapping[str, str]
) -> tuple[Any, ...]:
    if table == "customer":
        return (numbers["customer"], f"{row[1]}-{numbers['customer']}", *row[2:])
    if table == "ticket":
        fields = {
            n: refs.get(v, v) if isinstance(v, str) else v for n, v in json.loads(row[-1]).items()
        }
        ticket = (numbers["ticket"], refs[row[1]], row[2], numbers["customer"])
        return (*ticket, *row[4:-1], encode(fields))
    if table == "item":
        return (numbers["ticket"], row[1], json.loads(row[2]))
    if table == "link":
        return (numbers["ticket"], row[1], refs.get(row[2], row[2]))
    return (numbers["ticket"], *row[1:])
