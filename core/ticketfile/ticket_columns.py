"""What a line about a ticket has, as SQL: its columns, its book's fields, its open sum, its next task."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from ..book.model import Book
from ..system.fast_json import encode
from ..system.records import NamedTuple
from ..values.field_types import Field
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


URGENCY = ("low", "medium", "high", "blocking")
"""Priorities, the least urgent first."""

RoleHolders = Mapping[str, Mapping[str, Sequence[str]]]
"""Who has each role, by book."""


class TicketColumns:
    """The SQL of columns that depend on books, and what it is given by name.

    `holders` are the people of the roles of each book.
    """

    def __init__(self, books: Mapping[str, Book], holders: RoleHolders) -> None:
        self.books, self.holders = books, holders
        self.parameters = dict[str, str | int]()
        self._names = dict[str | int, str]()

    def bind(self, value: str | int) -> str:
        """A value as a parameter of the query."""
        name = self._names.setdefault(value, f"given{len(self._names)}")
        self.parameters[name] = value
        return f":{name}"

    def source(self, used_by: str) -> str:
        """The tickets `t`, each with its customer `c` and the task `n` that is due first, where they
        are used.

        A task that stands beside the ticket's own one comes after it.
        """
        customer = (
            " JOIN customer AS c ON c.id = t.customer" if re.search(r"\bc\.", used_by) else ""
        )
        if not re.search(r"\bn\.", used_by):
            return f"ticket AS t{customer}"
        order = ", ".join([*self._beside("k", "u"), "k.due", "k.id"])
        task = (
            "SELECT k.id FROM task AS k JOIN ticket AS u ON u.id = k.ticket WHERE k.ticket = t.id"
            f" AND k.ended_by IS NULL ORDER BY {order} LIMIT 1"
        )
        return f"ticket AS t{customer} LEFT JOIN task AS n ON n.id = ({task})"

    def select(self, name: str) -> str:
        """A column by the name it has in JSON."""
        made = {"amount": self._amount, "who": self.who, "person": self._person, "tags": _tags}
        if name in made:
            return made[name]()
        if name in COLUMNS:
            return COLUMNS[name]
        kind, _, field = name.partition(".")
        return self._list_items(kind, field) if field else self._field(name)

    def who(self) -> str:
        """Who does the next task: a role, or the agent; NULL where there is none."""
        kinds = {
            name: self.choose(
                "n.kind", {k: self.bind(one.who) for k, one in book.tasks.items()}, self.bind(AGENT)
            )
            for name, book in self.books.items()
            if book.tasks
        }
        return f"iif(n.id IS NULL, NULL, {self.by_book(kinds, self.bind(AGENT))})"

    def holder(self) -> str:
        """Whose the next task is: the assignee's, a person or a role, else that of `who`."""
        return f"iif(n.id IS NULL, NULL, coalesce(t.assignee, {self.who()}))"

    def by_book(self, values: Mapping[str, str], other: str) -> str:
        """What each book has; `other` where it has nothing."""
        return self.choose("t.book", values, other)

    def choose(self, what: str, values: Mapping[str, str], other: str) -> str:
        """A CASE over texts."""
        cases = "".join(f" WHEN {self.bind(name)} THEN {sql}" for name, sql in values.items())
        return f"CASE {what}{cases} ELSE {other} END" if cases else other

    def extract(self, column: str, field: Field) -> str:
        """A field's value in a column of JSON, else its default."""
        value = f"{column} ->> {self.bind(f'$.{field.name}')}"
        if field.default is None or isinstance(field.default, list):
            return value
        return f"coalesce({value}, {self.bind(field.default)})"

    def _amount(self) -> str:
        """What is owed of the ticket's items, in hundredths; NULL where its book says of none."""
        sums = {name: self._sum_items(book) for name, book in self.books.items()}
        return self.by_book({name: sql for name, sql in sums.items() if sql}, "NULL")

    def _person(self) -> str:
        """Who has the next task: the assignee, else the one person of its role."""
        holder, of_books = self.holder(), {}
        for name, book in self.books.items():
            people = {
                role: self.holders.get(name, {}).get(role, ()) for role in (*book.roles, AGENT)
            }
            alone = {
                role: self.bind(held[0]) if len(held) == 1 else "NULL"
                for role, held in people.items()
            }
            of_books[name] = self.choose(holder, alone, holder)
        return self.by_book(of_books, f"nullif({holder}, {self.bind(AGENT)})")

    def _field(self, name: str) -> str:
        """A field of those books that have it."""
        return self.by_book(
            {
                book.name: self.extract("t.fields", book.fields[name])
                for book in self.books.values()
                if name in book.fields
            },
            "NULL",
        )

    def _list_items(self, kind: str, name: str) -> str:
        """What all items of a kind have in a field, as JSON."""
        of_books = {
            book.name: (
                f"(SELECT json_group_array({self.extract('i.data', book.items[kind].fields[name])})"
                f" FROM item AS i WHERE i.ticket = t.id AND i.kind = {self.bind(kind)}"
                " AND i.ended_by IS NULL)"
            )
            for book in self.books.values()
            if kind in book.items and name in book.items[kind].fields
        }
        return self.by_book(of_books, "NULL")

    def _beside(self, task: str, ticket: str) -> list[str]:
        """Whether a task stands beside the ticket's own; nothing where no book has such tasks."""
        cases = []
        for name, book in self.books.items():
            for kind in book.tasks.values():
                if kind.beside:
                    statuses = self.bind(encode(list(kind.beside)))
                    cases.append(
                        f"({ticket}.book = {self.bind(name)} AND {task}.kind = {self.bind(kind.name)}"
                        f" AND {ticket}.status IN (SELECT value FROM json_each({statuses})))"
                    )
        return [" OR ".join(cases)] if cases else []

    def _sum_items(self, book: Book) -> str | None:
        """The sum of what is owed of a ticket's items; None where the book says of none."""
        sums = []
        for kind in book.items.values():
            if kind.owed:
                amounts = [self.extract("i.data", kind.fields[one]) for one in kind.owed]
                owed = amounts[0] if len(amounts) == 1 else f"coalesce({', '.join(amounts)})"
                open_ones = (
                    ""
                    if kind.settled is None
                    else f" AND {self.extract('i.data', kind.fields[kind.settled])} IS NULL"
                )
                sums.append(
                    f"(SELECT coalesce(sum({owed}), 0) FROM item AS i WHERE i.ticket = t.id"
                    f" AND i.kind = {self.bind(kind.name)} AND i.ended_by IS NULL{open_ones})"
                )
        return " + ".join(sums) or None


def _tags() -> str:
    return "(SELECT json_group_array(g.tag) FROM tag AS g WHERE g.ticket = t.id AND g.ended_by IS NULL)"


def read_lines(
    connection: Connection, columns: TicketColumns, names: Sequence[str], ids: Sequence[int]
) -> Iterator[SqlRow]:
    """These columns of some tickets, in the order of their ids given."""
    shown = ", ".join(map(columns.select, names))
    query = (
        f"SELECT {shown} FROM json_each(:ids) AS wanted CROSS JOIN {columns.source(shown)}"
        " WHERE t.id = wanted.value ORDER BY wanted.key"
    )
    return connection.execute(query, {**columns.parameters, "ids": encode(list(ids))})


def find_tickets(
    connection: Connection,
    columns: TicketColumns,
    condition: str,
    order: Sequence[str],
    most: int | None,
) -> list[int]:
    """The ids of the tickets that fit a condition, in order of these columns (with - before it, the
    greatest first), then as they came in."""
    asked = ", ".join([*map(partial(_sort_by, columns), order), "t.id"])
    rows = connection.execute(
        f"SELECT t.id FROM {columns.source(condition + asked)} WHERE t.ended_by IS NULL AND {condition}"
        f" ORDER BY {asked} LIMIT :most",
        {**columns.parameters, "most": -1 if most is None else most},
    )
    return [row[0] for row in rows]


class TicketGroup(NamedTuple):
    """Tickets that have the same in a column: how many there are, and the first of them."""

    size: int
    first: list[int]


def group_tickets(
    connection: Connection,
    columns: TicketColumns,
    condition: str,
    group: str,
    order: Sequence[str],
    most: int,
) -> dict[str, TicketGroup]:
    """The tickets that fit a condition by what they have in a column; of each group the first so many
    in an order."""
    by = columns.select(group)
    asked = ", ".join([*map(partial(_sort_by, columns), order), "t.id"])
    rows = connection.execute(
        f"SELECT value, count, id FROM (SELECT {by} AS value, t.id AS id,"
        f" count(*) OVER (PARTITION BY {by}) AS count,"
        f" row_number() OVER (PARTITION BY {by} ORDER BY {asked}) AS place"
        f" FROM {columns.source(by + condition + asked)} WHERE t.ended_by IS NULL AND {condition})"
        " WHERE place <= :most ORDER BY value, place",
        {**columns.parameters, "most": most},
    )
    groups = dict[str, TicketGroup]()
    for value, count, number in rows:
        groups.setdefault(value, TicketGroup(count, [])).first.append(number)
    return groups


def _sort_by(columns: TicketColumns, name: str) -> str:
    """A column to sort by; tickets without a value come last."""
    plain = name.removeprefix("-")
    sql = rank_priority("t.priority") if plain == "priority" else columns.select(plain)
    return f"{sql} IS NULL, {sql} COLLATE NOCASE{' DESC' if name != plain else ''}"


def rank_priority(sql: str) -> str:
    """How urgent a priority is, as a number."""
    cases = "".join(f" WHEN '{word}' THEN {rank}" for rank, word in enumerate(URGENCY))
    return f"CASE {sql}{cases} END"


def read_books_of_tickets(
    connection: Connection, known: Collection[str] | None = None
) -> list[str]:
    """The books that tickets belong to, closed ones too, in alphabetical order.

    `known` are all that somebody wants to know of: where each of them has an open ticket, which an
    index tells, the closed tickets need not be looked at.
    """
    found = {row[0] for row in connection.execute(_BOOKS_OF_OPEN_TICKETS)} - {None}
    if known is None or not found.issuperset(known):
        # By an index SQLite would go from row to row, in six times the time.
        found |= {
            row[0]
            for row in connection.execute(
                "SELECT DISTINCT book FROM ticket NOT INDEXED WHERE open = 0 AND ended_by IS NULL"
                " AND book NOT IN (SELECT value FROM json_each(?))",
                (encode(sorted(found)),),
            )
        }
    return sorted(found)


_OPEN_ONES = "FROM ticket INDEXED BY ticket_open WHERE open = 1 AND ended_by IS NULL"
_BOOKS_OF_OPEN_TICKETS = f"""
WITH RECURSIVE found(book) AS (
    SELECT min(book) {_OPEN_ONES}
    UNION ALL
    SELECT (SELECT min(book) {_OPEN_ONES} AND book > found.book) FROM found WHERE book IS NOT NULL
)
SELECT book FROM found
"""
"""From one book to the next, by the index that has open tickets in the order of their books."""
