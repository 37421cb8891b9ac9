"""How a ticket stands, for the events that every book has: inputs that no caller gives."""

from __future__ import annotations

from collections.abc import Mapping

from ..book.model import Book, Event
from ..book.task_kinds import stands_beside
from ..values.field_types import Stored
from .ticket_state import TicketState


def add_standing(
    book: Book, event: Event, ticket: TicketState, inputs: Mapping[str, Stored]
) -> dict[str, Stored]:
    """The inputs of an event, with what of its ticket it asks for, in the event's order."""
    values: dict[str, Stored] = {}
    for name, spec in event.inputs.items():
        known = spec.standing
        values[name] = inputs[name] if known is None else _look_at(book, ticket, known, inputs)
    return values


def _look_at(book: Book, ticket: TicketState, what: str, inputs: Mapping[str, Stored]) -> Stored:
    if what == "status":
        return ticket.status
    if what == "closed":
        return not ticket.open
    if what == "assignee":
        return ticket.assignee
    return _find_task(book, ticket, what, inputs)


def _find_task(
    book: Book, ticket: TicketState, what: str, inputs: Mapping[str, Stored]
) -> str | None:
    """The kind of the open task that is meant: the one named, else the ticket's own that is due
    first; where it has none of its own and any will do, the one that is due first."""
    tasks = sorted(ticket.tasks, key=lambda task: task[2])
    named = inputs.get("task")
    if what == "task" and named is not None:
        return next((kind for _, kind, _ in tasks if kind == named), None)
    own = [kind for _, kind, _ in tasks if not stands_beside(book.tasks, kind, ticket.status)]
    if what == "task":
        own += [kind for _, kind, _ in tasks]
    return own[0] if own else None
