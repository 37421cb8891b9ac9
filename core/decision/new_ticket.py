"""A ticket that a rule opens: what is said of it, checked against its book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..book.item_actions import OPENED
from ..errors import BadInput
from .ticket_state import Customer, TicketState

if TYPE_CHECKING:
    from ..book.model import Book, Status
    from ..values.field_types import Stored


def new_head(book: Book, given: Mapping[str, Stored]) -> tuple[Status, tuple[str, str | None]]:
    """The status of a new ticket, and its priority and assignee."""
    name = str(given.get("status") or next(iter(book.statuses)))
    if name not in book.statuses:
        raise BadInput(
            f"book {book.name} has no status {name!r}; it has {', '.join(book.statuses)}."
        )
    assignee = given.get("assignee")
    head = str(given.get("priority") or "medium"), None if assignee is None else str(assignee)
    return book.statuses[name], head


def new_state(
    book: Book, number: int, ref: str, given: Mapping[str, Stored], customer: Customer
) -> TicketState:
    """A new ticket, but for the day on which it is opened."""
    status, (priority, assignee) = new_head(book, given)
    return TicketState(
        id=number,
        ref=ref,
        book=book.name,
        status=status.name,
        open=not status.closed,
        opened="",
        priority=priority,
        assignee=assignee,
        result=None,
        fields=new_fields(book, given),
        customer=customer,
        tasks=[],
        tags=[],
        items=[],
        messages=[],
    )


def new_fields(book: Book, given: Mapping[str, Stored]) -> dict[str, Stored]:
    """The fields of a new ticket as they are stored; BadInput where one is unknown or missing."""
    for name in given:
        if name not in book.fields and name not in OPENED:
            raise BadInput(f"a ticket of book {book.name} has no {name!r}.")
    fields = {
        name: field.default if given.get(name) is None else given[name]
        for name, field in book.fields.items()
    }
    for name, value in fields.items():
        if value is None and not book.fields[name].optional:
            raise BadInput(f"a new ticket of book {book.name} needs {name}.")
    return {name: value for name, value in fields.items() if value is not None}


def show_given(book: Book, given: Mapping[str, Stored]) -> dict[str, object]:
    """What is said of a new ticket, as JSON shows it."""
    known = {**OPENED, **book.fields}
    return {name: known[name].show(value) for name, value in given.items()}
