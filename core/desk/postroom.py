"""The post room: what becomes of messages, and what their books say to that.

A message that leaves, or that can't be delivered, is an event `message`; the book's own event `sent`
or `undelivered` follows in the same transaction where the book has one, the ticket is open and the
step that made the message was not taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..book.names import SENT_EVENT, UNDELIVERED_EVENT
from ..errors import PrassiError, Refused
from ..messages.addresses import Unsendable
from ..system.fast_json import JsonObject
from ..ticketfile import outbox, read_messages
from ..ticketfile.message_states import (
    BAD_ADDRESS,
    BOUNCED,
    CAME_BACK,
    CLAIMED,
    FAILED,
    HANDED_OVER,
    LEFT_BEFORE,
    NO_SENDER,
    SENT,
    UNKNOWN,
    WAITING,
    WITHDRAWN,
    check_change,
)
from ..ticketfile.outbox import SENDING, StateChange
from ..ticketfile.packed_plans import pack_plans
from ..ticketfile.read_messages import OutboxMessage, StoredMessage
from ..ticketfile.write_events import EventWriter
from .letters import LetterWriter
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


class Outcome(NamedTuple):
    """What became of a claimed message, and what its event says beside; one that waits again is tried
    at `try_at`."""

    number: int
    state: str
    reason: str | None = None
    details: JsonObject = {}
    try_at: str | None = None


class PostRoom:
    """Changes the states of an office's messages."""

    def __init__(self, office: Office) -> None:
        self._office, self._letters = office, LetterWriter(office)

    def change_all(
        self, numbers: Sequence[int], state: str, reason: str | None = None, again: bool = False
    ) -> list[MessageChange]:
        """Give messages another state, all or none; Refused where the life of one does not have that
        change.

        What may have left waits again only with `again`; what was held for want of a sender is
        written anew.
        """
        office, numbers = self._office, [*dict.fromkeys(numbers)]
        if office.writer is None:
            checked = [self._check(number, state, again) for number in numbers]
            return [MessageChange(stored, state, None) for stored in checked]
        with office.writer.transaction() as events:
            return [
                self._change(events, self._check(number, state, again), state, reason)
                for number in numbers
            ]

    def note_all(self, outcomes: Sequence[Outcome]) -> list[MessageChange]:
        """Note in one transaction what became of messages that were claimed."""
        office = self._office
        assert office.writer is not None
        with office.writer.transaction() as events:
            return [
                self._note(events, read_messages.find_message(office.connection, one.number), one)
                for one in outcomes
            ]

    def release(self, stored: StoredMessage) -> None:
        """Let a claimed message wait again that was not handed over, without an event; it is withdrawn
        where that would have happened meanwhile."""
        office = self._office
        assert office.writer is not None
        with office.writer.transaction() as events:
            outbox.release_messages(office.connection, [stored.message.id])
            if read_messages.is_taken_back(office.connection, stored):
                self._write(events, stored, StateChange(WITHDRAWN))

    def note_left_before(self, stored: StoredMessage, left: OutboxMessage) -> MessageChange | None:
        """Note of a message that waits that it left already, as an equal one of a step that was undone;
        None where it has changed since it was read."""
        office = self._office
        assert office.writer is not None
        with office.writer.transaction() as events:
            if read_messages.find_message(office.connection, stored.message.id) != stored:
                return None
            change = StateChange(left.state, f"{LEFT_BEFORE}{left.id}", left.left_on)
            return self._write(events, stored, change)

    def note_sent_again(self, stored: StoredMessage, details: JsonObject) -> MessageChange:
        """Note of a message that had left that it was sent once more; its state stays."""
        office, message = self._office, stored.message
        assert office.writer is not None
        same = StateChange(
            message.state, message.reason, message.left_on, details={"again": True, **details}
        )
        with office.writer.transaction() as events:
            number = outbox.write_state(office.connection, events, stored, same)
        return MessageChange(stored, message.state, number)

    def _check(self, number: int, state: str, again: bool) -> StoredMessage:
        stored = read_messages.find_message(self._office.connection, number)
        before = stored.message.state
        if before == CLAIMED:
            to = "`outbox send`" if stored.claim == SENDING else f"`outbox export {stored.claim}`"
            raise Refused(
                f"message {number} is on its way out, or a run ended while it was: {to} finds out."
            )
        check_change(number, before, state)
        if (before, state) == (UNKNOWN, WAITING) and not again:
            raise Refused(
                f"message {number} may have left: say `outbox mark {number} sent`, or give --again"
                " to send it once more."
            )
        if state == WAITING and stored.message.reason == NO_SENDER:
            self._check_sender(number)
        return stored

    def _check_sender(self, number: int) -> None:
        if not self._office.settings.company["name"]:
            raise Refused(
                f"message {number} is held because it was written without the company's name: put"
                ' name = "..." under [company] in the settings, then retry it.'
            )

    def _change(
        self, events: EventWriter, stored: StoredMessage, state: str, reason: str | None
    ) -> MessageChange:
        words: JsonObject = {}
        if state == WAITING and stored.message.reason == NO_SENDER:
            try:
                words = self._letters.write_anew(stored)
            except Unsendable as error:
                raise Refused(
                    f"message {stored.message.id} can't be written anew: {error}; `outbox cancel`"
                    " withdraws it."
                ) from None
        left_on = stored.message.left_on if state == BOUNCED else None
        return self._write(events, stored, StateChange(state, reason, left_on, words))

    def _note(self, events: EventWriter, stored: StoredMessage, one: Outcome) -> MessageChange:
        change = StateChange(one.state, one.reason, None, {}, one.details, one.try_at)
        noted = self._write(events, stored, change)
        if one.state == WAITING and read_messages.is_taken_back(self._office.connection, stored):
            again = read_messages.find_message(self._office.connection, one.number)
            return self._write(events, again, StateChange(WITHDRAWN))
        return noted

    def _write(
        self, events: EventWriter, stored: StoredMessage, change: StateChange
    ) -> MessageChange:
        office, today = self._office, self._office.today
        state, reason = change.state, change.reason
        if state in (SENT, HANDED_OVER) and change.left_on is None:
            change = change._replace(left_on=today)
        number = outbox.write_state(office.connection, events, stored, change)
        if state == BOUNCED or (state, reason) == (FAILED, BAD_ADDRESS):
            outbox.write_bad_address(office.connection, events, stored, today)
        answer, trouble = self._raise_event(events, stored, change)
        return MessageChange(stored, state, number, answer, trouble)

    def _raise_event(
        self, events: EventWriter, stored: StoredMessage, change: StateChange
    ) -> tuple[str | None, str | None]:
        """Tell the ticket's book what became of a message; returns the rule that answered, or why
        none did."""
        message, office = stored.message, self._office
        name, more = _event_for(change)
        if name is None or not stored.is_live:
            return None, None
        try:
            book = office.shelf.book(stored.book)
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


def _event_for(change: StateChange) -> tuple[str | None, dict[str, object]]:
    """The event that a book is told of a message's new state, with what is given beside the message."""
    if change.state in (SENT, HANDED_OVER):
        return SENT_EVENT, {"on": change.left_on}
    if change.state == BOUNCED:
        return UNDELIVERED_EVENT, {"reason": CAME_BACK}
    if change.state == FAILED:
        return UNDELIVERED_EVENT, {"reason": change.reason}
    return None, {}
