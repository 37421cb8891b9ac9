"""Handing messages over to a Maildir: each of them once, whatever comes in between.

A message is claimed for the folder (committed), written there, and noted as handed over (committed).
What was claimed when a run was killed is found by its name the next time: where it lies in the folder
it was handed over, and where it does not it waits again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..errors import PartlyDone, Refused
from ..messages.addresses import Unsendable
from ..outbox.emails import MessageComposer, name_message
from ..system.fast_json import JsonObject
from ..ticketfile import connect, outbox, read_messages
from ..ticketfile.message_states import (
    CLAIMED,
    FROM_BEFORE,
    HANDED_OVER,
    HELD,
    LEFT,
    UNKNOWN,
    WAITING,
)
from ..ticketfile.outbox import SENDING
from ..ticketfile.read_messages import OutboxMessage, StoredMessage
from .letters import LetterWriter
from .office import Office
from .postroom import MessageChange, Outcome, PostRoom

_BATCH = 100
"""Messages that are claimed, and noted, in one transaction."""

PutMessage = Callable[[str, bytes], None]
"""Puts a message into a folder, under a name."""


class HandOver(NamedTuple):
    """What became of a message: whether it was put into the folder now; else it lay there before, or
    `reason` says why it can't be handed over. `trouble` is why its book could not answer."""

    message: OutboxMessage
    name: str
    now: bool
    reason: str | None = None
    trouble: str | None = None


class Folder(NamedTuple):
    """A folder that messages are handed over to: its path, whether a message lies or lay there, and
    how one is put there (None: a dry run)."""

    path: str
    has: Callable[[str], bool]
    put: PutMessage | None


def hand_over_messages(office: Office, post: MessageComposer, folder: Folder) -> Iterator[HandOver]:
    """Hand over all messages that wait, oldest first; without `put` they are only tried."""
    claim = os.path.abspath(folder.path)
    yield from _find_claimed(office, folder, claim)
    last = 0
    states = (WAITING, HELD)
    while page := read_messages.read_page(office.connection, states, last, _BATCH):
        last = page[-1].message.id
        others: list[StoredMessage] = []
        yield from _note_left_before(office, folder, page, others)
        yield from _hand_over_page(office, post, folder, claim, others)


def hand_over_again(
    office: Office, post: MessageComposer, folder: Folder, numbers: Sequence[int]
) -> Iterator[HandOver]:
    """Put messages into the folder once more that have left or may have; their states stay.

    Refused for another one: it would go out here, and once more when its turn comes.
    """
    found = [read_messages.find_message(office.connection, number) for number in numbers]
    for stored in found:
        message = stored.message
        if message.state not in (*LEFT, UNKNOWN):
            raise Refused(
                f"message {message.id} is {message.state} and has not left: --again is for one that"
                " has."
            )
    for stored in found:
        mark, name = name_message(stored.message, stored.event_hash)
        try:
            content = post.content(stored.message, mark)
        except Unsendable as error:
            yield HandOver(stored.message, name, False, str(error))
            continue
        if folder.put is not None:
            folder.put(name, content)
        yield HandOver(stored.message, name, True)


def _find_claimed(office: Office, folder: Folder, claim: str) -> Iterator[HandOver]:
    """What an earlier run had claimed for the folder when it was killed."""
    for stored in [*read_messages.read_stored(office.connection, (CLAIMED,))]:
        if stored.claim != claim:
            reason = _describe_claim(stored.claim)
            yield HandOver(stored.message, "", False, reason)
            continue
        _, name = name_message(stored.message, stored.event_hash)
        if folder.put is None:
            continue
        if folder.has(name):
            yield from _note(office, [(stored, name, False)])
        else:
            with connect.transaction(office.connection):
                outbox.release_messages(office.connection, [stored.message.id])


def _describe_claim(claim: str | None) -> str:
    if claim == SENDING:
        return "it is being sent, or a run ended while it was; `outbox send` finds out"
    return f"it was on its way to {claim} when a run ended; export to that first"


def _note_left_before(
    office: Office, folder: Folder, page: Sequence[StoredMessage], others: list[StoredMessage]
) -> Iterator[HandOver]:
    """Note those as left of which an equal one left with a step that was undone; the others are added to
    `others`."""
    for stored in page:
        _, name = name_message(stored.message, stored.event_hash)
        left = None
        if stored.message.state == WAITING and not folder.has(name):
            left = read_messages.find_left_before(office.connection, stored)
        if left is None:
            others.append(stored)
            continue
        change = PostRoom(office).note_left_before(stored, left) if folder.put else None
        yield HandOver(stored.message, name, False, None, change.trouble if change else None)


def _hand_over_page(
    office: Office,
    post: MessageComposer,
    folder: Folder,
    claim: str,
    page: Sequence[StoredMessage],
) -> Iterator[HandOver]:
    letters, changed = LetterWriter(office), dict[int, JsonObject]()
    ready: list[tuple[StoredMessage, str, bytes | None]] = []
    for stored in page:
        message = stored.message
        mark, name = name_message(message, stored.event_hash)
        if folder.has(name):
            ready.append((stored, name, None))
        elif message.state == WAITING:
            try:
                changed[message.id] = words = letters.find_changed_words(stored)
                at = office.at if words else message.at
                ready.append((stored, name, post.content(message._replace(**words), mark, at)))
            except Unsendable as error:
                yield HandOver(message, name, False, str(error))
    if folder.put is None:
        yield from (
            HandOver(stored.message, name, bool(content)) for stored, name, content in ready
        )
        return
    numbers = [stored.message.id for stored, _, _ in ready]
    claimed = _claim_all(office, [stored for stored, _, _ in ready], changed, claim)
    ready = [one for one in ready if one[0].message.state == HELD or one[0].message.id in claimed]
    done, stop = _put_all(folder.put, ready)
    yield from _note(office, done)
    if stop is not None:
        with connect.transaction(office.connection):
            outbox.release_messages(office.connection, numbers)
        reason = (stop.strerror or str(stop)).lower()
        raise PartlyDone(
            f"{stop.filename or folder.path} can't be written: {reason}; what is not there yet waits."
        )


def _claim_all(
    office: Office,
    ready: Sequence[StoredMessage],
    changed: Mapping[int, JsonObject],
    claim: str,
) -> set[int]:
    """Claim messages for a folder, with the words in which they leave; returns those that still wait."""
    assert office.writer is not None
    with office.writer.transaction() as events:
        numbers = [stored.message.id for stored in ready]
        claimed = outbox.claim_messages(office.connection, numbers, claim)
        for stored in ready:
            words = changed.get(stored.message.id)
            if words and stored.message.id in claimed:
                outbox.write_words(office.connection, events, stored, words, office.today)
        outbox.claim_messages(office.connection, [*claimed], claim)
    return claimed


def _put_all(
    put: PutMessage, ready: Sequence[tuple[StoredMessage, str, bytes | None]]
) -> tuple[list[tuple[StoredMessage, str, bool]], OSError | None]:
    """Put messages into a folder, up to the first that can't be; returns those that lie there, and
    the error."""
    done: list[tuple[StoredMessage, str, bool]] = []
    for stored, name, content in ready:
        try:
            if content is not None:
                put(name, content)
        except OSError as error:
            return done, error
        done.append((stored, name, content is not None))
    return done, None


def _note(office: Office, done: Sequence[tuple[StoredMessage, str, bool]]) -> Iterator[HandOver]:
    """Note messages as handed over; those of before that lie in the folder, too."""
    known = [stored for stored, _, _ in done if _may_be_handed_over(stored)]
    states = [Outcome(stored.message.id, HANDED_OVER) for stored in known]
    changes = {one.stored.message.id: one for one in PostRoom(office).note_all(states)}
    for stored, name, now in done:
        change: MessageChange | None = changes.get(stored.message.id)
        yield HandOver(stored.message, name, now, None, change.trouble if change else None)


def _may_be_handed_over(stored: StoredMessage) -> bool:
    """Whether a message that lies in the folder can be noted so: one held by hand stays held."""
    message = stored.message
    return message.state != HELD or message.reason == FROM_BEFORE
