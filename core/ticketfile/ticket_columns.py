"""What a line about a ticket has beside its own columns, as SQL: its open sum and its next task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..book.model import Book
from ..system.fast_json import encode
from .facts_sql import extract_expression
from .sqlite import Connection, SqlRow

AGENT = "agent"
"""Whose a task is of which no book says more."""

COLUMNS = {
    "ticket": "t.ref",
    "book": "t.book",
    "status": "t.status",
    "open": "t.open",
    "customer": "c.ref",
    "name": "c.name",
    "phone": "c.phone",
    "email": "c.email",
    "language": "c.language",
    "opened": "t.opened",
    "priority": "t.priority",
    "assignee": "t.assignee",
    "result": "t.result",
    "action": "n.kind",
    "due": "n.due",
}
"""Columns of every ticket, whatever its book: its own, its customer's, those of its next task."""


class TicketColumns:
    """The SQL of columns that depend on books."""

    def __init__(self, books: Mapping[str, Book]) -> None:
        self.books = books
        self.parameters = dict[str, str]()

    def source(self) -> str:
        """The tickets `t`, each with its customer `c` and the task `n` that is due first.

        A task that stands beside the ticket's own one comes after it.
        """
        order = ", ".join([*self._beside("k", "u"), "k.due", "k.id"])
        task = (
            "SELECT k.id FROM task AS k JOIN ticket AS u ON u.id = k.ticket WHERE k.ticket = t.id"
            f" AND k.ended_by IS NULL ORDER BY {order} LIMIT 1"
        )
        return (
            "ticket AS t JOIN customer AS c ON c.id = t.customer"
            f" LEFT JOIN task AS n ON n.id = ({task})"
        )

    def amount(self) -> str:
        """What is owed of the ticket's items, in hundredths; NULL where its book says of none."""
        return self._by_book({name: _sum_items(book) for name, book in self.books.items()}, "NULL")

    def who(self) -> str:
        """Who does the next task: a role, or the agent; NULL where there is none."""
        kinds = {
            name: _case("n.kind", {k: self._name(one.who) for k, one in book.tasks.items()}, self)
            for name, book in self.books.items()
            if book.tasks
        }
        return f"iif(n.id IS NULL, NULL, {self._by_book(kinds, self._name(AGENT))})"

    def _beside(self, task: str, ticket: str) -> list[str]:
        """Whether a task stands beside the ticket's own; nothing where no book has such tasks."""
        cases = []
        for name, book in self.books.items():
            for kind in book.tasks.values():
                if kind.beside:
                    statuses = self._name(encode(list(kind.beside)))
                    cases.append(
                        f"({ticket}.book = {self._name(name)} AND {task}.kind = {self._name(kind.name)}"
                        f" AND {ticket}.status IN (SELECT value FROM json_each({statuses})))"
                    )
        return [" OR ".join(cases)] if cases else []

    def _by_book(self, values: Mapping[str, str | None], other: str) -> str:
        return _case("t.book", {name: sql for name, sql in values.items() if sql}, self, other)

    def _name(self, value: str) -> str:
        """A text as a parameter of the query."""
        known = {given: name for name, given in self.parameters.items()}
        name = known.get(value, f"book{len(self.parameters)}")
        self.parameters[name] = value
        return f":{name}"


def _case(
    what: str, values: Mapping[str, str], columns: TicketColumns, other: str | None = None
) -> str:
    """A CASE over texts; `other` is the agent unless it is told."""
    other = columns._name(AGENT) if other is None else other
    cases = "".join(f" WHEN {columns._name(name)} THEN {sql}" for name, sql in values.items())
    return f"CASE {what}{cases} ELSE {other} END" if cases else other


def _sum_items(book: Book) -> str | None:
    """The sum of what is owed of a ticket's items; None where the book says of none."""
    sums = []
    for kind in book.items.values():
        if kind.owed:
            amounts = [extract_expression("i.data", kind.fields[one]) for one in kind.owed]
            owed = amounts[0] if len(amounts) == 1 else f"coalesce({', '.join(amounts)})"
            open_ones = (
                ""
                if kind.settled is None
                else f" AND {extract_expression('i.data', kind.fields[kind.settled])} IS NULL"
            )
            sums.append(
                f"(SELECT coalesce(sum({owed}), 0) FROM item AS i WHERE i.ticket = t.id"
                f" AND i.kind = '{kind.name}' AND i.ended_by IS NULL{open_ones})"
            )
    return " + ".join(sums) or None


def read_lines(
    connection: Connection, columns: TicketColumns, names: Sequence[str], ids: Sequence[int]
) -> Iterator[SqlRow]:
    """These columns of some tickets, in the order of their ids given."""
    shown = ", ".join(select_column(columns, name) for name in names)
    query = (
        f"SELECT {shown} FROM json_each(:ids) AS wanted CROSS JOIN {columns.source()}"
        " WHERE t.id = wanted.value ORDER BY wanted.key"
    )
    return connection.execute(query, {**columns.parameters, "ids": encode(list(ids))})


def select_column(columns: TicketColumns, name: str) -> str:
    """A column by the name it has in JSON, as SQL."""
    if name == "amount":
        return columns.amount()
    return columns.who() if name == "who" else COLUMNS[name]


def read_books_of_tickets(connection: Connection) -> list[str]:
    """The books that tickets belong to, closed ones too, in alphabetical order."""
    rows = connection.execute("SELECT DISTINCT book FROM ticket WHERE ended_by IS NULL")
    return sorted(row[0] for row in rows)
