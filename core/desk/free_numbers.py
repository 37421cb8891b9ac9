"""The ids and refs that new tickets and customers get."""

from __future__ import annotations

from ..book.model import Book
from ..errors import BadInput
from ..library.library import Shelf
from ..ticketfile import read_tickets
from ..ticketfile.sqlite import Connection


class FreeNumbers:
    """Gives each new ticket and customer of a plan its id and ref.

    The caller holds the write lock, or only tries a plan.
    """

    def __init__(self, connection: Connection, shelf: Shelf) -> None:
        self._connection, self._shelf = connection, shelf
        self._ids: dict[str, int] = {}
        self._refs: dict[str, int] = {}

    def ticket(self, book: str) -> tuple[Book, int, str]:
        """The book of a new ticket, its id and its ref."""
        known = self._shelf.book(book)
        if known.prefix is None:
            raise BadInput(f"book {book} has no prefix, so it can't open tickets.")
        return known, *self._next("ticket", known.prefix)

    def customer(self) -> tuple[int, str]:
        """The id and ref of a new customer."""
        return self._next("customer", "C")

    def customer_id(self, ref: str) -> int:
        """The id of an existing customer; BadInput where there is none."""
        found = read_tickets.find_customer(self._connection, ref)
        if found is None:
            raise BadInput("a new ticket needs a customer: name one that is in the ticket file.")
        number, _ = found
        return number

    def _next(self, table: str, prefix: str) -> tuple[int, str]:
        number, ref = read_tickets.find_free_numbers(self._connection, table, prefix)
        self._ids[table] = number = max(number, self._ids.get(table, 0) + 1)
        self._refs[prefix] = ref = max(ref, self._refs.get(prefix, 0) + 1)
        return number, f"{prefix}-{ref}"
