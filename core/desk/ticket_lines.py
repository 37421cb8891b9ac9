"""A line about a ticket, for lists: what it is, whose, what is owed, and what is next by its tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..book.model import Book
from ..library.library import Shelf
from ..library.readable_books import ReadableBooks
from ..library.settings import Settings
from ..system.fast_json import decode
from ..ticketfile.read_customers import read_customers_by_id
from ..ticketfile.sqlite import Connection
from ..ticketfile.ticket_columns import TicketColumns, read_books_of_tickets, read_lines
from ..values.field_types import Field, Stored, format_money

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
"""What `find` prints, which is all of a LineJson."""
_PAGE = 1000


class TicketLines:
    """Reads lines about tickets of one file."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        books: ReadableBooks | None = None,
        names: Collection[str] | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        """`names` are the books of the tickets that will be read; None is all."""
        self._connection = connection
        books = books or ReadableBooks(shelf or Shelf(settings, connection), connection)
        if names is None:
            names = read_books_of_tickets(connection, books.names())
        names = sorted(names)
        found = {name: books.book(name) for name in names}
        self.books = {name: book for name, book in found.items() if book is not None}
        holders = {name: settings.roles_in(name) for name in self.books}
        self.columns = TicketColumns(self.books, holders)

    def read(self, names: Sequence[str], ids: Sequence[int]) -> Iterator[Line]:
        """These columns of some tickets, in their order."""
        asked = [*dict.fromkeys([*names, "book"])]
        for start in range(0, len(ids), _PAGE):
            page = ids[start : start + _PAGE]
            for row in read_lines(self._connection, self.columns, asked, page):
                values = dict(zip(asked, row, strict=True))
                book = self.books.get(values["book"])
                yield {name: _show_value(book, name, values[name]) for name in names}

    def find(self, words: Sequence[str], most: int | None) -> Iterator[Line]:
        """A line for each ticket that fits all words, then for each customer without tickets."""
        from ..ticketfile.find_words import find_words  # late: 1 ms, and `show` looks for none

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


def _show_value(book: Book | None, name: str, stored: Any) -> Any:
    """A column's value as JSON has it."""
    if name == "amount":
        return None if stored is None else format_money(stored)
    if name == "tags":
        return decode(stored)
    if name == "open":
        return bool(stored)
    if book is None or stored is None:
        return stored
    kind, _, part = name.partition(".")
    if part:
        field = book.items[kind].fields[part] if kind in book.items else None
        return None if field is None else [_show_field(field, one) for one in decode(stored)]
    return _show_field(book.fields[name], stored) if name in book.fields else stored


def _show_field(field: Field, stored: Stored) -> Any:
    """What SQL reads of a field: there a list is still JSON, and yes and no are numbers."""
    if field.many and isinstance(stored, str):
        stored = decode(stored)
    if field.type == "boolean" and stored is not None:
        return bool(stored)
    return field.show(stored)
