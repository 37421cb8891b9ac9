"""What becomes of a message on a stage before its book is told: the events `sent` and `undelivered`.

The outbox raises them once it has noted the message's new state; where they are played, the newest
message they can be about gets that state first. A ticket without such a message has it elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...book.names import SENT_EVENT, UNDELIVERED_EVENT
from ...ticketfile import outbox, read_messages
from ...ticketfile.message_states import (
    BOUNCED,
    CAME_BACK,
    FAILED,
    HANDED_OVER,
    HELD,
    SENT,
    UNKNOWN,
    WAITING,
)
from ...ticketfile.sqlite import Connection
from ...ticketfile.write_events import EventWriter

MAIL_EVENTS = (SENT_EVENT, UNDELIVERED_EVENT)
"""The events that the outbox raises."""

_NOT_LEFT = (WAITING, HELD, FAILED, UNKNOWN)


def find_moving(
    connection: Connection, ticket: int, event: str, given: Mapping[str, object]
) -> read_messages.StoredMessage | None:
    """The newest message of a ticket that an event of the outbox can be about; None without one."""
    before = (SENT, HANDED_OVER) if _came_back(event, given) else _NOT_LEFT
    found = [
        stored
        for stored in read_messages.read_stored(connection, before, ticket)
        if stored.message.template == given.get("template")
    ]
    return found[-1] if found else None


def _came_back(event: str, given: Mapping[str, object]) -> bool:
    return event == UNDELIVERED_EVENT and given.get("reason") == CAME_BACK


def write_outcome(
    connection: Connection, ticket: int, event: str, given: Mapping[str, object], at: str
) -> None:
    """Give a ticket's message the state that an event of the outbox tells of."""
    stored = find_moving(connection, ticket, event, given)
    if stored is None:
        return
    left_on = stored.message.left_on
    state = BOUNCED if _came_back(event, given) else FAILED
    if event == SENT_EVENT:
        state, left_on = SENT, at[:10]
    writer = EventWriter(connection, "scenario", at)
    outbox.write_state(connection, writer, stored, outbox.StateChange(state, left_on=left_on))
