"""Reading the facts that an event's table asks about: for one ticket, as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..book.model import Book, Event
from ..decision.facts import FactRow, fact_row
from ..errors import BadInput
from ..library.library import Shelf
from ..ticketfile import facts_sql
from ..ticketfile.sqlite import Connection, SqlRow
from ..values.field_types import Stored


class FactSource(Protocol):
    """Where an office gets the facts of a ticket from."""

    def read(
        self, book: Book, event: Event, ticket: int, inputs: Mapping[str, Stored], at: str
    ) -> dict[str, Any]:
        """The facts of an event's table, in its order, for the ticket with this id (0: no ticket)."""


class FactReader:
    """Reads facts from a ticket file by the book's facts.sql."""

    def __init__(self, connection: Connection, shelf: Shelf) -> None:
        self._connection, self._shelf = connection, shelf
        self._queries: dict[object, tuple[Book, str]] = {}
        self._conversions: dict[object, tuple[Book, FactRow]] = {}

    def read(
        self, book: Book, event: Event, ticket: int, inputs: Mapping[str, Stored], at: str
    ) -> dict[str, Any]:
        """The facts of an event's table, in its order, for the ticket with this id (0: no ticket)."""
        row = self.read_row(book, event, ticket, inputs, at)
        return self.convert(book, event, row, inputs, at)

    def read_row(
        self, book: Book, event: Event, ticket: int, inputs: Mapping[str, Stored], at: str
    ) -> SqlRow:
        """The row that facts.sql gives for one ticket: its id, then the event's columns."""
        query = self._query(book, event, facts_sql.ANY_STATE if ticket else facts_sql.NO_TICKET)
        here = self._shelf.calendar(book.calendar).local(at)
        parameters = bind_parameters(book, inputs, ticket, ticket, here)
        kept_as = f"{book.name}-{event.name}"
        rows = facts_sql.read_facts(self._connection, query, parameters, kept_as)
        if not rows:
            raise BadInput(f"facts.sql of book {book.name} gives no row for the ticket.")
        return rows[0]

    def convert(
        self, book: Book, event: Event, row: SqlRow, inputs: Mapping[str, Stored], at: str
    ) -> dict[str, Any]:
        """The facts that a row of facts.sql and the inputs amount to, by name."""
        # The book is kept beside it, so that the facts of no other book can get the same id.
        key = (id(book.facts), event.facts, event.columns, at)
        if key not in self._conversions:
            made = fact_row(book, event, self._shelf.calendar(book.calendar), at)
            self._conversions[key] = (book, made)
        values = self._conversions[key][1](row, inputs)
        return dict(zip(event.facts, values, strict=True))

    def _query(self, book: Book, event: Event, which: str) -> str:
        key = (id(book.facts), event.columns, which)
        if key not in self._queries:
            self._queries[key] = (book, facts_sql.build_facts_query(book, event, which))
        return self._queries[key][1]


def bind_parameters(
    book: Book, inputs: Mapping[str, Stored], first: int, last: int, at: str
) -> dict[str, Any]:
    """All that facts.sql can name, for the tickets with ids from `first` to `last`, as of a moment by
    the clock of the book's place."""
    return {
        **{name: known.sql_value() for name, known in book.parameters.items()},
        **{name: _bind_input(inputs.get(name)) for name in book.input_names},
        "book": book.name,
        "today": at[:10],
        "now": at if len(at) > 10 else f"{at}T00:00",
        "first": first,
        "last": last,
    }


def _bind_input(value: Stored) -> str | int | None:
    """An input as a parameter of facts.sql: a list as JSON."""
    if not isinstance(value, list):
        return value
    from json import dumps  # late: 2 ms, and few inputs are lists

    return dumps(value)
