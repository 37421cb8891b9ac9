"""A line about a ticket, for lists: what it is, whose, what is owed, and what is next by its tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..book.model import Book
from ..library.library import Shelf
from ..library.readable_books import ReadableBooks
from ..library.settings import Settings
from ..ticketfile.find_words import find_words
from ..ticketfile.read_customers import read_customers_by_id
from ..ticketfile.sqlite import Connection
from ..ticketfile.ticket_columns import AGENT, TicketColumns, read_books_of_tickets, read_lines
from ..values.field_types import format_money

Line = Mapping[str, Any]
"""The values of a line by its columns, which are keys of JSON."""

FIND_COLUMNS = (
    "ticket",
    "book",
    "status",
    "customer",
    "name",
    "phone",
    "email",
    "amount",
    "action",
    "due",
    "who",
    "person",
    "assignee",
)
_PAGE = 1000


class TicketLines:
    """Reads lines about tickets of one file."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        books: ReadableBooks | None = None,
        names: Collection[str] | None = None,
    ) -> None:
        """`names` are the books of the tickets that will be read; None is all."""
        self._connection, self._settings = connection, settings
        books = books or ReadableBooks(Shelf(settings, connection), connection)
        names = read_books_of_tickets(connection) if names is None else sorted(names)
        found = {name: books.book(name) for name in names}
        self.books = {name: book for name, book in found.items() if book is not None}
        self._columns = TicketColumns(self.books)

    def read(self, names: Sequence[str], ids: Sequence[int]) -> Iterator[Line]:
        """These columns of some tickets, in their order."""
        asked = [*dict.fromkeys([*names, "book", "assignee", "who"])]
        asked = [name for name in asked if name != "person"]
        for start in range(0, len(ids), _PAGE):
            page = ids[start : start + _PAGE]
            for row in read_lines(self._connection, self._columns, asked, page):
                yield self._format_line(names, dict(zip(asked, row, strict=True)))

    def _format_line(self, names: Sequence[str], values: dict[str, Any]) -> Line:
        if values.get("amount") is not None:
            values["amount"] = format_money(values["amount"])
        values["person"] = self._find_person(values)
        return {name: values[name] for name in names}

    def _find_person(self, values: Line) -> str | None:
        """Who has the next task: the assignee, else the one person of its role."""
        if values["who"] is None:
            return None
        book = self.books.get(values["book"])
        holds, roles = values["assignee"] or values["who"], () if book is None else book.roles
        if holds not in roles and holds != AGENT:
            return str(holds)
        people = self._settings.roles_in(values["book"]).get(holds, ())
        return people[0] if len(people) == 1 else None

    def find(self, words: Sequence[str], most: int | None) -> Iterator[Line]:
        """A line for each ticket that fits all words, then for each customer without tickets."""
        found = find_words(self._connection, words, _find_keys(self.books.values()), most)
        yield from self.read(FIND_COLUMNS, found.tickets)
        left = len(found.customers) if most is None else most - len(found.tickets)
        for customer in read_customers_by_id(self._connection, found.customers[: max(left, 0)]):
            known = {**customer.values, "customer": customer.ref}
            yield {name: known.get(name) for name in FIND_COLUMNS}


def _find_keys(books: Iterable[Book]) -> dict[str, list[str]]:
    """The fields that number items, each with the kinds of items that have it."""
    keys = dict[str, list[str]]()
    for book in books:
        for kind in book.items.values():
            if kind.key is not None and kind.name not in keys.setdefault(kind.key, []):
                keys[kind.key].append(kind.name)
    return keys
