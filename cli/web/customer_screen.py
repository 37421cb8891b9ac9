"""A customer on the screen: who it is, their tickets, and what happened to the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from prassi.core.desk.ticket_lines import FIND_COLUMNS, TicketLines
from prassi.core.importing.change_customers import set_customer
from prassi.core.library.readable_books import ReadableBooks
from prassi.core.ticketfile import read_customers

from .desk_door import DeskDoor
from .workers import Visitor

FIELDS = ("name", "phone", "email", "language")
"""What of a customer can be changed."""


class CustomerScreen(TypedDict):
    """What the page of a customer has."""

    customer: Mapping[str, str | None]
    tickets: Sequence[Mapping[str, Any]]
    history: Sequence[Mapping[str, Any]]
    fields: Sequence[str]


def read_customer(door: DeskDoor, visitor: Visitor, ref: str) -> CustomerScreen:
    """A customer with tickets, open ones first; BadInput where there is none of that ref."""
    connection, shelf = door.connection, door.shelf
    customer = read_customers.find_stored(connection, ref)
    own = read_customers.find_tickets_of(connection, customer.id)
    own = sorted(own, key=lambda one: not one.open)
    books = ReadableBooks(shelf, connection)
    lines = TicketLines(connection, door.settings, books, {one.book for one in own})
    names = (*FIND_COLUMNS, "open", "opened")
    return {
        "customer": {**customer.values},
        "tickets": [dict(line) for line in lines.read(names, [one.id for one in own])],
        "history": [*read_customers.read_history(connection, customer.id)],
        "fields": FIELDS,
    }


def change_customer(
    door: DeskDoor, visitor: Visitor, ref: str, given: Mapping[str, str]
) -> Sequence[str]:
    """Change what of a customer is another one now; returns the names of what was changed."""
    office = door.open_office(visitor.name, writes=True)
    assert office.writer is not None
    with office.writer.transaction() as events:
        known = read_customers.find_stored(office.connection, ref).values
        changed = {
            name: value
            for name, value in given.items()
            if name in FIELDS and value != (known[name] or "")
        }
        if not changed:
            return []
        return [*set_customer(office.connection, events, ref, changed).changes]
