"""All that is shown of a ticket: who it is, where it stands, what is next, and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import BadInput
from ..library.library import Shelf
from ..library.readable_books import ReadableBooks
from ..library.settings import Settings
from ..system.fast_json import JsonObject, decode
from ..system.near_words import find_near
from ..ticketfile import export, read_tickets
from ..ticketfile.read_customers import find_customer_row, find_tickets_of
from ..ticketfile.read_messages import OutboxMessage, read_messages
from ..ticketfile.ref_search import find_any_case, find_near_refs
from ..ticketfile.sqlite import Connection
from ..values.field_types import Field, format_money, read_money
from .ticket_lines import TicketLines

Changes = Mapping[str, Any]
"""The values of each changed column, before and after."""

Words = Mapping[str, Mapping[str, str]]
"""What the values of fields are called, by the field."""

_OTHER = ("ticket", "book", "status", "open", "amount")
_NEXT = ("amount", "action", "due", "who", "person")


class TicketView:
    """Reads tickets of one file as `show` has them; `unreadable` has the fault of a book that can't
    be read, whose tickets are shown as they are stored."""

    def __init__(
        self, connection: Connection, settings: Settings, shelf: Shelf | None = None
    ) -> None:
        self._connection, self._settings = connection, settings
        self._shelf = shelf or Shelf(settings, connection)
        self._books = ReadableBooks(self._shelf, connection)
        self.unreadable = self._books.unreadable

    def find_refs(self, ref: str) -> list[str]:
        """The ticket of that ref, else the tickets of the customer of that ref; BadInput where it is
        neither, or a customer without tickets."""
        if read_tickets.find_ticket_id(self._connection, ref) is not None:
            return [ref]
        customer = find_customer_row(self._connection, ref)
        if customer is None:
            return self._find_like(ref)
        tickets = find_tickets_of(self._connection, customer.id)
        if not tickets:
            raise BadInput(f"customer {ref} has no tickets; `prassi customer show {ref}` shows it.")
        return [one.ref for one in sorted(tickets, key=lambda one: not one.open)]

    def _find_like(self, ref: str) -> list[str]:
        """The same for a ref in another case; BadInput with the nearest one where there is none."""
        for table in ("ticket", "customer"):
            known = find_any_case(self._connection, table, ref)
            if known is not None:
                return self.find_refs(known)
        near = find_near(ref, find_near_refs(self._connection, "ticket", ref))
        looks = "`prassi find` looks for names, phone numbers and words."
        then = looks if near is None else f"did you mean {near!r}? {looks}"
        raise BadInput(f"there is no ticket {ref!r} and no such customer; {then}")

    def read_ticket(self, ref: str, of_book: str | None = None) -> JsonObject:
        """A ticket in the import format with its history; BadInput where there is no such ticket, or
        where it is not of the book `of_book`."""
        number, book, _ = read_tickets.find_ticket(self._connection, ref)
        if of_book not in (None, book):
            raise BadInput(f"{ref} is of book {book}, not of {of_book}: `prassi show` shows it.")
        shown = export.read_ticket(self._connection, self._books, number)
        declared = self._books.book(book)
        fields = {} if declared is None else declared.fields
        shown["history"] = [
            {
                "event_id": one.id,
                "at": one.at,
                "by": one.by,
                "event": one.event,
                "rule": one.rule,
                "changes": _format_changes(decode(one.changes), fields),
                "undone": one.undone_by is not None,
            }
            for one in read_tickets.read_history(self._connection, number)
        ]
        return shown

    def find_words(self, book: str) -> Words:
        """What a book calls values in the language that is spoken, by the names of its fields."""
        declared = self._books.book(book)
        return {} if declared is None else declared.words

    def read_customer_name(self, ref: str) -> str:
        """A ticket's customer by name, else by ref."""
        number = read_tickets.find_ticket(self._connection, ref).id
        customer = read_tickets.read_states(self._connection, [number])[number].customer
        return customer.name or customer.ref

    def read(self, ref: str, at: str) -> JsonObject:
        """A ticket with its customer, that one's other tickets, its messages and what is next."""
        shown = self.read_ticket(ref)
        history = shown.pop("history")
        number = read_tickets.find_ticket(self._connection, ref).id
        customer = find_customer_row(self._connection, str(shown["customer"]))
        assert customer is not None
        others = [one for one in find_tickets_of(self._connection, customer.id) if one.ref != ref]
        lines = TicketLines(
            self._connection,
            self._settings,
            self._books,
            {shown["book"], *(one.book for one in others)},
        )
        (own,) = lines.read(_NEXT, [number])
        others_shown = [dict(line) for line in lines.read(_OTHER, [one.id for one in others])]
        return {
            **shown,
            "contact": {
                **customer.values,
                "open_sum": _add_up([own, *(one for one in others_shown if one["open"])]),
            },
            "open_sum": own["amount"],
            "other_tickets": others_shown,
            "messages": [_format_message(one) for one in read_messages(self._connection, number)],
            "next": self._format_next(shown, own, at),
            "history": history,
        }

    def _format_next(self, shown: JsonObject, own: Mapping[str, Any], at: str) -> JsonObject | None:
        """The open task that is due first, as JSON has what is next."""
        if own["action"] is None:
            return None
        book, late = self._books.book(shown["book"]), 0
        if book is not None:
            calendar = self._shelf.calendar(book.calendar)
            late = max(0, calendar.since_iso(own["due"], calendar.local(at)))
        return {
            "action": own["action"],
            "who": own["who"],
            "person": own["person"],
            "due": own["due"],
            "late_workdays": late,
        }


def _format_changes(changes: Changes, fields: Mapping[str, Field]) -> Changes:
    """Changed values as people read them: amounts with their point."""
    return {
        name: [fields[name].show(value) for value in pair] if name in fields else pair
        for name, pair in changes.items()
    }


def _add_up(lines: Sequence[Mapping[str, Any]]) -> str | None:
    """What is owed of all tickets together; None where no book says what is."""
    amounts = [read_money(one["amount"]) for one in lines if one["amount"] is not None]
    return format_money(sum(amounts)) if amounts else None


def _format_message(message: OutboxMessage) -> JsonObject:
    names = ("id", "template", "channel", "state", "reason", "made_on", "left_on", "language", "to")
    return {name: getattr(message, name) for name in (*names, "subject", "body")}
