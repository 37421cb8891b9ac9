"""The ticket file in the import format: what is valid now, in the order it was made in.

`import` of an export makes a file whose export is the same.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from ..book.model import Book
from ..system.fast_json import JsonObject, decode
from ..values.field_types import Field, Stored
from .read_tickets import read_snapshot
from .schema import CUSTOMER
from .sqlite import Connection, SqlRow

CHUNK = 1000
"""Tickets that are read together."""

_HEAD = ("ref", "book", "customer", "status", "opened", "priority", "assignee", "result")

_QUIET = ("email_bad_on", "phone_bad_on")
"""What a customer's row says only where there is something to say."""

_CUSTOMERS = f"SELECT {', '.join(CUSTOMER)} FROM customer WHERE ended_by IS NULL ORDER BY id"

_TICKETS = """
SELECT t.id, t.ref, t.book, c.ref, t.status, t.opened, t.priority, t.assignee, t.result, t.fields
FROM ticket AS t JOIN customer AS c ON c.id = t.customer
WHERE t.id BETWEEN ? AND ? AND t.ended_by IS NULL ORDER BY t.id
"""

_PAGE = "SELECT id FROM ticket WHERE id > ? AND ended_by IS NULL ORDER BY id LIMIT ?"

_HANGING = {
    table: (
        f"SELECT ticket, {columns} FROM {table} WHERE ticket BETWEEN ? AND ?"
        " AND ended_by IS NULL ORDER BY ticket, id"
    )
    for table, columns in {
        "tag": "tag",
        "item": "kind, data",
        "task": "kind, due",
        "note": "at, text, attachment",
    }.items()
}

_Hanging = dict[str, dict[int, list[SqlRow]]]


class DeclaredBooks(Protocol):
    """Where an export looks up what the tickets of a book can have."""

    def book(self, name: str) -> Book | None:
        """The book of that name; None where nothing of it is known."""


def format_document(connection: Connection, books: DeclaredBooks) -> Generator[str, None, None]:
    """One JSON document in pieces, with a customer or ticket a line."""
    with _read_snapshot(connection):
        yield '{"customers": ['
        yield from _format_rows(_read_customers(connection))
        if states := list(_read_states(connection)):
            yield '],\n"states": ['
            yield from _format_rows(iter(states))
        yield '],\n"tickets": ['
        yield from _format_rows(_read_all_tickets(connection, books))
        yield "]}\n"


def _format_rows(rows: Iterator[JsonObject]) -> Iterator[str]:
    from json import JSONEncoder  # late: 2 ms, which `show` can do without

    encode_row, before = JSONEncoder(ensure_ascii=False).encode, "\n"
    for row in rows:
        yield before + encode_row(row)
        before = ",\n"


def read_rows(connection: Connection, books: DeclaredBooks) -> Generator[JsonObject, None, None]:
    """Every customer, the states the file has of its own, and then every ticket, as JSON Lines
    have them."""
    with _read_snapshot(connection):
        yield from _read_customers(connection)
        yield from _read_states(connection)
        yield from _read_all_tickets(connection, books)


def read_ticket(connection: Connection, books: DeclaredBooks, ticket_id: int) -> JsonObject:
    """One ticket in the import format."""
    return next(_read_tickets(connection, books, ticket_id, ticket_id))


def _read_snapshot(connection: Connection) -> AbstractContextManager[int | None]:
    """What is written meanwhile is not seen; a caller's own transaction does as well."""
    return nullcontext() if connection.in_transaction else read_snapshot(connection)


def _read_customers(connection: Connection) -> Iterator[JsonObject]:
    for row in connection.execute(_CUSTOMERS):
        values = dict(zip(CUSTOMER, row, strict=True))
        yield {n: v for n, v in values.items() if v is not None or n not in _QUIET}


def _read_states(connection: Connection) -> Iterator[JsonObject]:
    from .state_catalogue import read_all_states  # late: 1 ms, and `show` prints none

    for book, states in read_all_states(connection).items():
        for state in states:
            yield {"book": book, "state": state.name, "completed": state.completed}


def _read_all_tickets(connection: Connection, books: DeclaredBooks) -> Iterator[JsonObject]:
    last = 0
    while ids := [row[0] for row in connection.execute(_PAGE, (last, CHUNK))]:
        yield from _read_tickets(connection, books, ids[0], ids[-1])
        last = ids[-1]


def _read_tickets(
    connection: Connection, books: DeclaredBooks, first: int, last: int
) -> Iterator[JsonObject]:
    """The tickets with ids from `first` to `last`, in a fixed number of queries."""
    hanging: _Hanging = {}
    for table, query in _HANGING.items():
        of_table = hanging[table] = {}
        for number, *row in connection.execute(query, (first, last)):
            of_table.setdefault(number, []).append(tuple(row))
    for number, *head, fields in connection.execute(_TICKETS, (first, last)):
        own = {table: found.get(number, []) for table, found in hanging.items()}
        shown = {
            name: v for name, v in zip(_HEAD, head, strict=True) if (name, v) != ("result", None)
        }
        yield {**shown, **_format_body(books.book(shown["book"]), own, decode(fields))}


def _format_body(
    book: Book | None, own: Mapping[str, Sequence[SqlRow]], fields: Mapping[str, Stored]
) -> JsonObject:
    """What follows a ticket's head: tags, items, tasks, notes, and the fields of the book.

    Where nothing of the book is known, items and fields stand under `stored` as the file has them:
    no import takes an amount in hundredths for one in euros.
    """
    kinds = {} if book is None else book.items
    items: dict[str, list[JsonObject]] = {kind: [] for kind in kinds}
    for kind, data in own["item"]:
        known = kinds[kind].fields if kind in kinds else {}
        items.setdefault(kind, []).append(_format_values(known, decode(data)))
    return {
        "tags": [tag for (tag,) in own["tag"]],
        **({} if book is None else items),
        "tasks": [{"kind": kind, "due": due} for kind, due in own["task"]],
        "notes": [{"at": at, "text": text} for at, text, _ in own["note"]],
        **(
            {"stored": {**items, "fields": dict(fields)}}
            if book is None
            else _group_fields(book.fields, _format_values(book.fields, fields))
        ),
    }


def _group_fields(fields: Mapping[str, Field], values: JsonObject) -> JsonObject:
    """The values with those that stand within an object put into it."""
    grouped: JsonObject = {}
    for name, value in values.items():
        group = fields[name].within if name in fields else None
        if group is None:
            grouped[name] = value
        else:
            grouped.setdefault(group, {})[name] = value
    return grouped


def _format_values(fields: Mapping[str, Field], stored: Mapping[str, Stored]) -> JsonObject:
    """Values as they are imported; those that the book knows no more are shown as they are."""
    shown = {}
    for name, field in fields.items():
        value = stored.get(name)
        value = field.default if value is None else value
        if not (field.quiet and value == field.default):
            shown[name] = field.show(value)
    return {**shown, **{name: value for name, value in stored.items() if name not in fields}}
