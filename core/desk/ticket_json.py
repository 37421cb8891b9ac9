"""What `show` and lists print of a ticket, as JSON has it: apart from what reads it, which needs no
types of it."""

from __future__ import annotations

from typing import Any, TypedDict

from ..decision.next_step import NextStep
from ..ticketfile.read_customers import CustomerRowJson


class ContactJson(CustomerRowJson):
    """A ticket's customer, and what is open of all their tickets."""

    open_sum: str | None


class OtherTicketJson(TypedDict):
    """Another ticket of the same customer."""

    ticket: str
    book: str
    status: str
    open: bool
    amount: str | None


class TicketMessageJson(TypedDict):
    """A message of a ticket."""

    id: int
    template: str
    channel: str
    state: str
    reason: str | None
    made_on: str
    left_on: str | None
    language: str
    to: str | None
    subject: str | None
    body: str


class HistoryJson(TypedDict):
    """An event of a ticket; `changes` has the values of each changed column, before and after, and
    under `messages` those of each message, by its number."""

    event_id: int
    at: str
    by: str | None
    event: str
    rule: str | None
    changes: dict[str, list[Any] | dict[str, Any]]
    undone: bool


class ViewJson(TypedDict):
    """What `show` has of a ticket beside the import format."""

    contact: ContactJson
    open_sum: str | None
    other_tickets: list[OtherTicketJson]
    messages: list[TicketMessageJson]
    next: NextStep | None
    history: list[HistoryJson]


class LineJson(TypedDict):
    """A line about a ticket; of a customer without tickets, all that is a ticket's is null."""

    ticket: str | None
    book: str | None
    status: str | None
    customer: str
    name: str | None
    phone: str | None
    email: str | None
    amount: str | None
    action: str | None
    due: str | None
    who: str | None
    person: str | None
    assignee: str | None
