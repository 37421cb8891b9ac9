"""The post room: what becomes of messages, and what their books say to that.

A message that leaves, or that can't be delivered, is an event `message`; the book's own event `sent`
or `undelivered` follows in the same transaction where the book has one, the ticket is open and the
step that made the message was not taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..errors import PrassiError, Refused
from ..ticketfile import outbox
from ..ticketfile.message_states import (
    BAD_ADDRESS,
    BOUNCED,
    CAME_BACK,
    FAILED,
    HANDED_OVER,
    SENT,
    UNKNOWN,
    WAITING,
    check_change,
)
from ..ticketfile.outbox import StoredMessage
from ..ticketfile.packed_plans import pack_plans
from ..ticketfile.write_events import EventWriter
from .office import Office


class MessageChange(NamedTuple):
    """A message's change: the message as it was, its state now, and its event (None: a dry run).

    `answer` is the rule by which the ticket's book answered, where it did; `trouble` why it could not.
    """

    stored: StoredMessage
    state: str
    event_id: int | None
    answer: str | None = None
    trouble: str | None = None


class PostRoom:
    """Changes the states of an office's messages."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def change_all(
        self, numbers: Sequence[int], state: str, reason: str | None = None, again: bool = False
    ) -> list[MessageChange]:
        """Give messages another state, all or none; Refused where the life of one does not have that
        change.

        What may have left waits again only with `again`.
        """
        office = self._office
        if office.writer is None:
            checked = [self._check(number, state, again) for number in numbers]
            return [MessageChange(stored, state, None) for stored in checked]
        with office.writer.transaction() as events:
            return [
                self._write(events, self._check(number, state, again), state, reason)
                for number in dict.fromkeys(numbers)
            ]

    def note_all(self, states: Sequence[tuple[int, str, str | None]]) -> list[MessageChange]:
        """Note in one transaction what became of messages that were claimed: number, state, reason."""
        office = self._office
        assert office.writer is not None
        with office.writer.transaction() as events:
            return [
                self._write(events, outbox.find_message(office.connection, number), state, reason)
                for number, state, reason in states
            ]

    def _check(self, number: int, state: str, again: bool) -> StoredMessage:
        stored = outbox.find_message(self._office.connection, number)
        before = stored.message.state
        check_change(number, before, state)
        if (before, state) == (UNKNOWN, WAITING) and not again:
            raise Refused(
                f"message {number} may have left: say `outbox mark {number} sent`, or give --again"
                " to send it once more."
            )
        return stored

    def _write(
        self, events: EventWriter, stored: StoredMessage, state: str, reason: str | None
    ) -> MessageChange:
        office, today = self._office, self._office.today
        left = stored.message.left_on if state == BOUNCED else None
        left_on = today if state in (SENT, HANDED_OVER) else left
        number = outbox.write_state(office.connection, events, stored, state, reason, left_on)
        if state == BOUNCED or (state, reason) == (FAILED, BAD_ADDRESS):
            outbox.write_bad_address(office.connection, events, stored, today)
        answer, trouble = self._raise_event(events, stored, state, reason)
        return MessageChange(stored, state, number, answer, trouble)

    def _raise_event(
        self, events: EventWriter, stored: StoredMessage, state: str, reason: str | None
    ) -> tuple[str | None, str | None]:
        """Tell the ticket's book what became of a message; returns the rule that answered, or why
        none did."""
        message, office = stored.message, self._office
        name, more = _event_for(state, reason, office.today)
        if name is None or not stored.is_live:
            return None, None
        try:
            book = office.shelf.book(_book_of(office, stored))
            if name not in book.event_names:
                return None, None
            given = {"template": message.template, "channel": message.channel, **more}
            known = book.event(name).inputs
            wanted = {one: value for one, value in given.items() if one in known}
            plan = office.plan(message.ticket, name, wanted, str)
            if plan.refusal is not None:
                return None, plan.refusal
        except PrassiError as error:
            return None, str(error)
        page = pack_plans([plan], office.book_to_keep(plan.context.book))
        events.write_page(page)
        return plan.rule.id, None


def _event_for(state: str, reason: str | None, today: str) -> tuple[str | None, dict[str, object]]:
    """The event that a book is told of a message's new state, with what is given beside the message."""
    if state in (SENT, HANDED_OVER):
        return "sent", {"on": today}
    if state == BOUNCED:
        return "undelivered", {"reason": CAME_BACK}
    if state == FAILED:
        return "undelivered", {"reason": reason}
    return None, {}


def _book_of(office: Office, stored: StoredMessage) -> str:
    from ..ticketfile import read_tickets

    return read_tickets.find_ticket(office.connection, stored.message.ticket).book
