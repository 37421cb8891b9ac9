"""The rows that the figures of `prassi stats` count, straight from the ticket file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..values.field_types import Field
from .sqlite import Connection, SqlRow
from .ticket_columns import TicketColumns

_VALID = "NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id) AND e.undoes IS NULL"
_CLOSED_ON = (
    "(SELECT max(e.at) FROM event AS e WHERE e.ticket = t.id AND e.changes ->> '$.open[1]' = 0"
    f" AND {_VALID})"
)
"""When a ticket was closed, by its events; NULL where it came in closed."""
_OF = "t.ref, t.book, c.ref, c.name"
_FROM = "FROM ticket AS t JOIN customer AS c ON c.id = t.customer"


class StatRow(NamedTuple):
    """Something that is counted: about which ticket, whose, on which day, of which kind, and worth
    how much (in hundredths)."""

    ticket: str
    book: str
    customer: str
    name: str | None
    who: str | None
    day: str | None
    kind: str
    amount: int | None = None


class StatRows:
    """Reads the rows of one book; `fields` are those of what is asked for."""

    def __init__(self, connection: Connection, columns: TicketColumns, book: str) -> None:
        self._connection, self._columns, self._book = connection, columns, book

    def read_open_items(self, kind: str, since: str) -> Iterator[StatRow]:
        """What is owed of the items of open tickets; their kind is that of the item."""
        fields = self._columns.books[self._book].items[kind].fields
        items = self._columns.books[self._book].items[kind]
        settled = "1"
        if items.settled is not None:
            settled = f"{self._extract(fields[items.settled])} IS NULL"
        amounts = ", ".join(self._extract(fields[name]) for name in items.owed)
        worth = f"coalesce({amounts})" if len(items.owed) > 1 else amounts
        return self._select(
            f"SELECT {_OF}, t.assignee, {self._extract(fields[since])}, i.kind, {worth} {_FROM}"
            " JOIN item AS i ON i.ticket = t.id WHERE t.open = 1 AND t.ended_by IS NULL"
            f" AND i.ended_by IS NULL AND i.kind = :kind AND {settled}",
            {"kind": kind},
        )

    def read_items(
        self, kind: str, day: str, state: str, between: tuple[str, str]
    ) -> Iterator[StatRow]:
        """The items of all tickets with a day in a period; their kind is their state."""
        fields = self._columns.books[self._book].items[kind].fields
        on = f"substr({self._extract(fields[day])}, 1, 10)"
        return self._select(
            f"SELECT {_OF}, t.assignee, {on}, {self._extract(fields[state])}, NULL {_FROM}"
            " JOIN item AS i ON i.ticket = t.id WHERE t.ended_by IS NULL AND i.ended_by IS NULL"
            f" AND i.kind = :kind AND {on} BETWEEN :first AND :last",
            {"kind": kind, "first": between[0], "last": between[1]},
        )

    def read_events(self, event: str, fact: str, between: tuple[str, str]) -> Iterator[StatRow]:
        """The events of a name in a period that stand; their kind is one of their facts, `who` the
        person who recorded them."""
        return self._select(
            f"SELECT {_OF}, r.person, substr(e.at, 1, 10), coalesce(e.facts ->> :fact, '-'), NULL"
            f" FROM event AS e JOIN run AS r ON r.id = e.run JOIN ticket AS t ON t.id = e.ticket"
            " JOIN customer AS c ON c.id = t.customer"
            f" WHERE e.event = :event AND substr(e.at, 1, 10) BETWEEN :first AND :last AND {_VALID}",
            {"event": event, "fact": f"$.{fact}", "first": between[0], "last": between[1]},
        )

    def read_terms(
        self, due: Field, done: Field | None, between: tuple[str, str]
    ) -> Iterator[tuple[StatRow, str, str | None]]:
        """The tickets with a term in a period, each with the day it was opened and the day on which it
        was done: a field's, else that of its closing. Its kind says whether it is open."""
        on = f"substr({self._columns.extract('t.fields', due)}, 1, 10)"
        by = _CLOSED_ON if done is None else self._columns.extract("t.fields", done)
        rows = self._run(
            f"SELECT {_OF}, t.assignee, {on}, iif(t.open, 'open', 'closed'), NULL, t.opened, {by}"
            f" {_FROM} WHERE t.ended_by IS NULL AND {on} BETWEEN :first AND :last",
            {"first": between[0], "last": between[1]},
        )
        for row in rows:
            yield StatRow._make(row[:8]), str(row[8]), None if row[9] is None else str(row[9])

    def read_moves(self, between: tuple[str, str]) -> Iterator[StatRow]:
        """The changes of a status in a period that stand; their kind is the status after it."""
        return self._select(
            f"SELECT {_OF}, r.person, substr(e.at, 1, 10), e.changes ->> '$.status[1]', NULL"
            " FROM event AS e JOIN run AS r ON r.id = e.run JOIN ticket AS t ON t.id = e.ticket"
            " JOIN customer AS c ON c.id = t.customer WHERE e.changes ->> '$.status[1]' IS NOT NULL"
            f" AND substr(e.at, 1, 10) BETWEEN :first AND :last AND {_VALID}",
            {"first": between[0], "last": between[1]},
        )

    def read_openings(self, between: tuple[str, str]) -> Iterator[StatRow]:
        """The tickets opened in a period; their kind is None: nobody knows their first status."""
        return self._select(
            f"SELECT {_OF}, t.assignee, substr(t.opened, 1, 10), 'opened', NULL {_FROM}"
            " WHERE t.ended_by IS NULL AND substr(t.opened, 1, 10) BETWEEN :first AND :last",
            {"first": between[0], "last": between[1]},
        )

    def _extract(self, field: Field) -> str:
        return self._columns.extract("i.data", field)

    def _select(self, query: str, given: Mapping[str, object]) -> Iterator[StatRow]:
        return map(StatRow._make, self._run(query, given))

    def _run(self, query: str, given: Mapping[str, object]) -> Iterator[SqlRow]:
        """The rows of this book, in the order in which they came in."""
        order = "e.id" if "event AS e JOIN" in query else "t.id"
        return self._connection.execute(
            f"{query} AND t.book = :book ORDER BY {order}",
            {**self._columns.parameters, **given, "book": self._book},
        )
