"""A ticket and its customer as the ticket file has them when a plan is made."""

from __future__ import annotations

from ..book.ticket_parts import MessageRow, TaskRow
from ..system.records import NamedTuple
from ..values.field_types import Stored


class Customer(NamedTuple):
    """Whom a ticket is about; what is unknown is None."""

    ref: str
    name: str | None
    email: str | None
    phone: str | None
    language: str | None


class TicketState(NamedTuple):
    """What the ticket file holds of one ticket now; rows come with their ids."""

    id: int
    ref: str
    book: str
    status: str
    open: bool
    opened: str
    priority: str
    assignee: str | None
    result: str | None
    fields: dict[str, Stored]
    customer: Customer
    tasks: list[TaskRow]
    tags: list[tuple[int, str]]
    items: list[tuple[int, str, dict[str, Stored]]]
    messages: list[MessageRow]
    """Those that can still be withdrawn."""
