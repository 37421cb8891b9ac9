"""Screens about many tickets: lists, boards, the outbox, figures and books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, TypedDict

from prassi.core.desk.postroom import PostRoom
from prassi.core.desk.ticket_lines import FIND_COLUMNS, TicketLines
from prassi.core.desk.ticket_list import TicketList
from prassi.core.errors import BadInput
from prassi.core.library.readable_books import ReadableBooks
from prassi.core.ticketfile import read_messages
from prassi.core.ticketfile.message_states import NEEDS_SOMEBODY, STATES

from .desk_door import DeskDoor
from .workers import Visitor

PAGE = 50
"""Lines of a list on a page."""


class ListScreen(TypedDict):
    """A page of a list."""

    lines: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    more: bool
    with_closed: bool
    views: Mapping[str, str]
    fault: str | None


def list_tickets(
    door: DeskDoor, visitor: Visitor, query: str, sort: str, page: int, plain: bool
) -> ListScreen:
    """The tickets that fit a query, or, where it is `plain` words, that have all of them."""
    names = [*FIND_COLUMNS]
    screen: ListScreen = {
        "lines": [],
        "columns": names,
        "more": False,
        "with_closed": False,
        "views": door.settings.views,
        "fault": None,
    }
    first, last = page * PAGE, (page + 1) * PAGE + 1
    try:
        if plain:
            books = ReadableBooks(door.shelf, door.connection)
            lines = TicketLines(door.connection, door.settings, books)
            found = [*islice(lines.find(query.split(), last), first, last)]
        else:
            tickets = TicketList(door.connection, door.settings, door.at, door.shelf)
            order = [sort] if sort else []
            read = tickets.read([query] if query else [], names, order, last)
            found = [*islice(read, first, last)]
            screen["with_closed"] = tickets.with_closed
    except BadInput as error:
        return {**screen, "fault": str(error)}
    return {**screen, "lines": [dict(one) for one in found[:PAGE]], "more": len(found) > PAGE}


# --- the outbox -----------------------------------------------------------------------------------


class OutboxScreen(TypedDict):
    """A page of the outbox."""

    messages: Sequence[Mapping[str, Any]]
    states: Sequence[str]
    chosen: Sequence[str]
    next: int | None


def list_messages(
    door: DeskDoor, visitor: Visitor, chosen: Sequence[str], after: int
) -> OutboxScreen:
    """Messages in some states, without any: those that wait or need somebody."""
    states = [one for one in chosen if one in STATES] or [*NEEDS_SOMEBODY]
    found = read_messages.read_page(door.connection, states, after, PAGE + 1)
    shown = [stored.message._asdict() for stored in found[:PAGE]]
    return {
        "messages": shown,
        "states": STATES,
        "chosen": states,
        "next": shown[-1]["id"] if len(found) > PAGE else None,
    }


def change_message(
    door: DeskDoor, visitor: Visitor, number: int, state: str, again: bool
) -> Mapping[str, Any]:
    """Give a message another state; Refused where its life does not have that."""
    reason = "hand" if state in ("held", "withdrawn") else None
    room = PostRoom(door.open_office(visitor.name, writes=True))
    (change,) = room.change_all([number], state, reason, again)
    message = change.stored.message
    return {
        "id": number,
        "ticket": message.ticket,
        "before": message.state,
        "state": change.state,
        "rule": change.answer,
        "trouble": change.trouble,
    }
