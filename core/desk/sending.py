"""Sending messages: each is claimed (committed), handed over, and its outcome written (committed).

One run sends at a time. What it finds claimed belonged to a run that was killed between the two
commits: nobody knows whether it left, so it is `unknown` from then on, and never sent by itself again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from ..errors import BadInput, FileUnusable, PartlyDone, Refused
from ..messages.addresses import Unsendable, parse_mail_address, parse_phone_number
from ..outbox.delivery import LATER, REFUSED, SENT, UNKNOWN, Delivery, SendingStopped
from ..outbox.emails import MessageComposer, name_message
from ..system.file_lock import try_lock
from ..ticketfile import message_states, outbox, read_messages
from ..ticketfile.message_states import CLAIMED, HELD, LEFT, WAITING
from ..ticketfile.outbox import SENDING
from ..ticketfile.read_messages import OutboxMessage, StoredMessage
from .letters import LetterWriter
from .office import Office
from .postroom import MessageChange, Outcome, PostRoom
from .sending_hours import SendingHours
from .transports import Transport, list_transports

_PAGE = 100

_MOST_REFUSED = 5
"""So many refused recipients one after the other, and none taken, stop a transport."""

WOULD_GO, WAITS, UNSENDABLE, STOPPED = "would go", "waits", "unsendable", "stopped"
LEFT_BEFORE = "left before"
"""What became of a message beside the states that it can have; `stopped` is told of a transport's first
message that it took nothing of, `left before` of one that is not sent since an equal one had left."""

_CHANGED = "it was changed just now"

_HELD = {
    message_states.NO_SENDER: "written without the company's name; `outbox retry` once the settings have it",
    message_states.BY_HAND: "by hand",
    message_states.RESTORED: "the file was restored, and it may have left since the backup",
    message_states.IMPORTED: "it belongs to an event of an imported log, and may have left long ago",
    message_states.FROM_BEFORE: "it is from before the file had schema 3, and may have left",
}


@contextmanager
def lock_sending(path: str) -> Iterator[None]:
    """Keep other runs from sending the messages of a ticket file; PartlyDone where one does already."""
    beside = f"{os.path.realpath(path)}.sending"
    try:
        with try_lock(beside, os.stat(path).st_mode & 0o666) as held:
            if not held:
                raise PartlyDone(f"another run is sending the messages of {path}; it goes on.")
            yield
    except OSError as error:
        if error.filename != beside:
            raise
        reason = (error.strerror or str(error)).lower()
        raise FileUnusable(f"{beside}, by which one run sends at a time: {reason}.") from None


class SendResult(NamedTuple):
    """What became of a message: its state now, or WOULD_GO, WAITS, UNSENDABLE or STOPPED; and why.

    `is_fault` says that somebody has to look at it. `change` is its event, where there is one.
    """

    message: OutboxMessage
    outcome: str
    reason: str | None = None
    is_fault: bool = False
    change: MessageChange | None = None


class _ReadyMessage(NamedTuple):
    """A message that can leave: its words that changed, its content, its recipient and its mark."""

    words: dict[str, object]
    content: bytes
    to: str
    mark: str


class SendingRun:
    """One run over an office's messages; without the office's writer nothing is sent."""

    def __init__(self, office: Office, limit: int | None = None) -> None:
        settings = office.settings
        self._office, self._left = office, limit
        self._transports = list_transports(settings)
        if not self._transports:
            raise BadInput(
                "the settings have neither [mail] nor [sms], so nothing can be sent; `prassi outbox"
                " export` hands messages over to another program."
            )
        sender = settings.mail.sender if settings.mail is not None else ""
        self._composer = MessageComposer(settings.company, sender, zone=settings.time_zone)
        self._room, self._letters = PostRoom(office), LetterWriter(office)
        self._hours = SendingHours(office)
        self._stopped = set[str]()
        self._refused = Counter[str]()

    def send_waiting(self) -> Iterator[SendResult]:
        """Send all that wait, oldest first; tells of what is held, too."""
        yield from self._note_killed()
        last = 0
        while page := read_messages.read_page(
            self._office.connection, (WAITING, HELD), last, _PAGE
        ):
            last = page[-1].message.id
            for stored in page:
                yield from self._handle(stored)
                if self._left == 0 or self._stopped >= {*self._transports}:
                    return

    def send_named(self, numbers: Sequence[int]) -> Iterator[SendResult]:
        """Send these; Refused for one that does not wait, before anything is sent."""
        yield from self._note_killed()
        found = [read_messages.find_message(self._office.connection, one) for one in numbers]
        for stored in found:
            if stored.message.state != WAITING:
                raise Refused(_describe_refusal(stored.message))
        for stored in found:
            yield from self._handle(stored)

    def send_again(self, numbers: Sequence[int]) -> Iterator[SendResult]:
        """Send these once more, which have left or may have; their states stay but for those unknown."""
        found = [read_messages.find_message(self._office.connection, one) for one in numbers]
        for stored in found:
            if stored.message.state not in (*LEFT, message_states.UNKNOWN):
                raise Refused(
                    f"message {stored.message.id} is {stored.message.state} and has not left: --again"
                    " is for one that has."
                )
        for stored in found:
            yield from self._handle_again(stored)

    def close(self) -> None:
        """Let the servers go."""
        for transport in self._transports.values():
            transport.close()

    def _note_killed(self) -> Iterator[SendResult]:
        """What an earlier run had claimed when it was killed."""
        for stored in [*read_messages.read_stored(self._office.connection, (CLAIMED,))]:
            if stored.claim != SENDING:
                continue
            reason = "a run ended while it was being sent"
            change = None
            if self._office.writer is not None:
                outcome = Outcome(stored.message.id, message_states.UNKNOWN)
                (change,) = self._room.note_all([outcome])
            yield SendResult(stored.message, message_states.UNKNOWN, reason, True, change)

    # --- one message ------------------------------------------------------------------------------

    def _handle(self, stored: StoredMessage) -> Iterator[SendResult]:
        message = stored.message
        if message.state == HELD:
            fault = message.reason == message_states.NO_SENDER
            yield SendResult(message, HELD, _HELD.get(message.reason or "", message.reason), fault)
            return
        left = read_messages.find_left_before(self._office.connection, stored)
        if left is not None:
            yield self._note_left(stored, left)
            return
        transport = self._transports.get(message.channel)
        if message.channel in self._stopped:
            return
        try:
            wait = self._find_wait(stored, transport)
            if wait is not None:
                yield SendResult(message, WAITS, wait)
                return
            ready = self._make_ready(stored)
        except (Unsendable, BadInput) as error:
            reason = error.first if isinstance(error, BadInput) else str(error)
            yield SendResult(message, UNSENDABLE, reason.rstrip("."), True)
            return
        self._left = None if self._left is None else self._left - 1
        if self._office.writer is None:
            self._hours.plan(stored)
            yield SendResult(message, WOULD_GO)
        elif transport is not None:
            yield from self._send(stored, ready, transport)

    def _note_left(self, stored: StoredMessage, left: OutboxMessage) -> SendResult:
        """Note of a message that it left already, with a step that was undone and done again."""
        reason = f"it left on {left.left_on} as message {left.id}, of a step that was undone"
        change = None
        if self._office.writer is not None:
            change = self._room.note_left_before(stored, left)
            if change is None:
                return SendResult(stored.message, WAITS, _CHANGED)
        return SendResult(stored.message, LEFT_BEFORE, reason, False, change)

    def _find_wait(self, stored: StoredMessage, transport: Transport | None) -> str | None:
        if transport is None:
            section = "mail" if stored.message.channel == "email" else "sms"
            return f"the settings have no [{section}]"
        return self._hours.find_wait(stored, transport.times)

    def _make_ready(self, stored: StoredMessage) -> _ReadyMessage:
        """Write a message anew where another day has come, and make it ready; Unsendable where it
        can't go."""
        words = self._letters.find_changed_words(stored)
        message = stored.message._replace(**words)
        mark, _ = name_message(message, stored.event_hash)
        if message.channel == "sms":
            to = parse_phone_number(message.to)
            return _ReadyMessage(words, message.body.encode(), to, f"prassi-{mark}")
        to = parse_mail_address(message.to)
        content = self._composer.content(message, mark, self._office.at)
        return _ReadyMessage(words, content, to, f"prassi-{mark}")

    def _send(
        self, stored: StoredMessage, ready: _ReadyMessage, transport: Transport
    ) -> Iterator[SendResult]:
        if not self._claim(stored, ready):
            yield SendResult(stored.message, WAITS, _CHANGED)
            return
        number = stored.message.id
        try:
            delivery = transport.sender.deliver(ready.content, ready.to, ready.mark)
        except SendingStopped as error:
            yield self._stop(stored, str(error))
            return
        (change,) = self._room.note_all([self._judge(stored, delivery)])
        fault = change.state in (message_states.FAILED, message_states.UNKNOWN)
        message = read_messages.find_message(self._office.connection, number).message
        yield SendResult(message, change.state, delivery.answer, fault, change)
        yield from self._count_refusals(message, delivery)

    def _count_refusals(self, message: OutboxMessage, delivery: Delivery) -> Iterator[SendResult]:
        """Stop where recipient after recipient is refused: then it is hardly the addresses' fault."""
        channel = message.channel
        self._refused[channel] = self._refused[channel] + 1 if delivery.outcome == REFUSED else 0
        if self._refused[channel] == _MOST_REFUSED:
            self._stopped.add(channel)
            reason = (
                f"{_MOST_REFUSED} in a row were refused; look at the answers before sending more"
            )
            yield SendResult(message, STOPPED, reason, True)

    def _claim(self, stored: StoredMessage, ready: _ReadyMessage) -> bool:
        """Claim a message, with the words in which it leaves; False where it has changed since it was
        read."""
        office, number = self._office, stored.message.id
        assert office.writer is not None
        with office.writer.transaction() as events:
            now = read_messages.find_message(office.connection, number)
            if now != stored:
                return False
            if ready.words:
                outbox.write_words(office.connection, events, stored, ready.words, office.today)
            return number in outbox.claim_messages(office.connection, [number], SENDING)

    def _stop(self, stored: StoredMessage, reason: str) -> SendResult:
        """Let a message wait again that nobody could be given."""
        self._stopped.add(stored.message.channel)
        self._room.release(stored)
        return SendResult(stored.message, STOPPED, reason, True)

    def _judge(self, stored: StoredMessage, delivery: Delivery) -> Outcome:
        """What an answer makes of a message."""
        number = stored.message.id
        details: dict[str, object] = {"answer": delivery.answer}
        if delivery.id is not None:
            details["id"] = delivery.id
        if delivery.outcome == SENT:
            return Outcome(number, message_states.SENT, None, details)
        if delivery.outcome == UNKNOWN:
            return Outcome(number, message_states.UNKNOWN, None, details)
        if delivery.outcome == REFUSED:
            return Outcome(number, message_states.FAILED, message_states.BAD_ADDRESS, details)
        assert delivery.outcome == LATER
        try_at = self._hours.find_next_try(stored.tries)
        if try_at is None:
            return Outcome(number, message_states.FAILED, message_states.TRIED, details)
        return Outcome(number, WAITING, None, {**details, "try_at": try_at}, try_at)

    def _handle_again(self, stored: StoredMessage) -> Iterator[SendResult]:
        """Send a message once more as it is; one that was unknown is sent from then on."""
        message = stored.message
        transport = self._transports.get(message.channel)
        try:
            if transport is None:
                raise Unsendable(self._find_wait(stored, transport) or "")
            ready = self._make_ready(stored._replace(is_decided=False))
        except Unsendable as error:
            yield SendResult(message, UNSENDABLE, str(error), True)
            return
        if self._office.writer is None:
            yield SendResult(message, WOULD_GO)
            return
        try:
            delivery = transport.sender.deliver(ready.content, ready.to, ready.mark)
        except SendingStopped as error:
            yield SendResult(message, STOPPED, str(error), True)
            return
        if delivery.outcome != SENT:
            yield SendResult(message, message.state, delivery.answer, True)
        elif message.state == message_states.UNKNOWN:
            (change,) = self._room.note_all([self._judge(stored, delivery)])
            yield SendResult(message, change.state, delivery.answer, False, change)
        else:
            change = self._room.note_sent_again(stored, {"answer": delivery.answer})
            yield SendResult(message, message_states.SENT, delivery.answer, False, change)


def _describe_refusal(message: OutboxMessage) -> str:
    """Why a message that was named is not sent, and what to do instead."""
    state, number = message.state, message.id
    advice = {
        HELD: f"`outbox retry {number}` lets it wait again",
        message_states.FAILED: f"`outbox retry {number}` lets it wait again",
        message_states.WITHDRAWN: "it was taken back",
        CLAIMED: "`outbox export` had begun to hand it over",
    }.get(state, f"`outbox send {number} --again` sends it once more")
    return f"message {number} is {state} and does not wait: {advice}."
