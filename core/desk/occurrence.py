"""An event on a ticket, once the ticket is found and what the caller gave is good."""

from __future__ import annotations

from collections.abc import Mapping

from ..book.model import Book, Event
from ..decision.inputs import Label, read_inputs
from ..decision.standing import add_standing
from ..decision.ticket_state import Customer, TicketState
from ..errors import BadInput, Refused
from ..library.library import Shelf
from ..system.records import NamedTuple
from ..ticketfile import read_tickets
from ..ticketfile.sqlite import Connection
from ..values.field_types import Stored

_NOBODY = Customer(ref="", name=None, email=None, phone=None, language=None)


class Occurrence(NamedTuple):
    """An event of a book, the ticket it is about (with id 0 where the event opens one), the inputs."""

    book: Book
    event: Event
    ticket: TicketState
    inputs: Mapping[str, Stored]


def read_occurrence(
    connection: Connection,
    shelf: Shelf,
    at: str,
    ref: str,
    event_name: str,
    given: Mapping[str, object],
    label: Label,
) -> Occurrence:
    """Find the ticket, and read what the caller gave.

    `ref` is the ticket's, or the name of the book whose event begins without one. BadInput where
    something is wrong or missing, Refused where the ticket is closed.
    """
    ticket = _find_ticket(connection, shelf, at, ref, event_name)
    book = shelf.book(ticket.book)
    event = book.event(event_name)
    if event.opens and ticket.id:
        raise BadInput(
            f"event {event_name} opens a ticket of its own: give {book.name} instead of {ref}."
        )
    here = shelf.calendar(book.calendar).local(at)
    inputs = read_inputs(event, given, here[:10], label)
    if any(spec.standing for spec in event.inputs.values()):
        inputs = add_standing(book, event, ticket, inputs)
    ticket = _add_customer(connection, event, inputs, ticket, label)
    if not ticket.open and not event.of_closed:
        raise Refused(
            f"{ref} is {ticket.status} ({ticket.result or 'no result noted'}), so nothing more is"
            " recorded; `prassi undo` takes back the newest step."
        )
    _check_items(event, inputs, ticket, label)
    return Occurrence(book, event, ticket, inputs)


def _find_ticket(
    connection: Connection, shelf: Shelf, at: str, ref: str, event: str
) -> TicketState:
    """The ticket of that ref; an empty one for a book whose event opens its ticket."""
    number = read_tickets.find_ticket_id(connection, ref)
    if number is not None:
        return read_tickets.read_states(connection, [number])[number]
    if ref in shelf.names() and shelf.book(ref).event(event).opens:
        return TicketState(
            id=0,
            ref="",
            book=ref,
            status="",
            open=True,
            opened=at,
            priority="medium",
            assignee=None,
            result=None,
            fields={},
            customer=_NOBODY,
            tasks=[],
            tags=[],
            items=[],
            messages=[],
        )
    number = read_tickets.find_ticket(connection, ref).id
    return read_tickets.read_states(connection, [number])[number]


def _add_customer(
    connection: Connection,
    event: Event,
    inputs: Mapping[str, Stored],
    ticket: TicketState,
    label: Label,
) -> TicketState:
    """The ticket with the customer that an input names; each such input must name one."""
    for name, spec in event.inputs.items():
        if spec.field.type == "customer" and inputs[name] is not None:
            found = read_tickets.find_customer(connection, str(inputs[name]))
            if found is None:
                raise BadInput(f"{label(name)} {inputs[name]}: there is no such customer.")
            if not ticket.id:
                _, customer = found
                ticket = ticket._replace(customer=customer)
    return ticket


def _check_items(
    event: Event, inputs: Mapping[str, Stored], ticket: TicketState, label: Label
) -> None:
    """Inputs that name items of the ticket must name some that it has."""
    for name, spec in event.inputs.items():
        given = inputs[name]
        if spec.among is None or given is None:
            continue
        kind, field, where = spec.among
        known = [
            str(data.get(field))
            for _, of, data in ticket.items
            if of == kind and all(data.get(n) == value for n, value in where.items())
        ]
        for one in given if isinstance(given, list) else [given]:
            if one not in known:
                have = ", ".join(known) or "none"
                raise BadInput(f"{label(name)} {one} is not open on {ticket.ref}; open are {have}.")
