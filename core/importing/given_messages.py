"""Messages that come in with a ticket: what another program has sent, or meant to send.

One that has left counts as one of ours does: a notice from the day on which it left. One that has not
left waits for the outbox, with the words that it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..book.message_actions import CHANNELS
from ..book.model import Book, Items
from ..book.names import SENT_EVENT, UNDELIVERED_EVENT
from ..ticketfile.event_hash import MadeRow
from ..ticketfile.message_states import (
    BOUNCED,
    BY_HAND,
    CAME_BACK,
    FAILED,
    HANDED_OVER,
    HELD,
    LEFT,
    SENT,
    STOPPABLE,
    TRIED,
    UNKNOWN,
    WAITING,
)
from ..values.field_types import Field, Stored

MESSAGES = "messages"

_STATES = (WAITING, HELD, SENT, HANDED_OVER, FAILED, UNKNOWN, BOUNCED)
_REASONS = {HELD: BY_HAND, FAILED: TRIED}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""What is not seen, and steers whatever shows or sends it."""

FindAddresses = Callable[[], Mapping[str, Stored]]
"""Looks up the addresses of a ticket's customer, by their fields."""


class MessageFault(NamedTuple):
    """What is wrong with a message: its field, and why."""

    field: str
    reason: str


def make_message_kind(today: str) -> Items:
    """What a message's row can say, in the tickets of every book."""
    fields = (
        Field("template", "text"),
        Field("channel", "word", CHANNELS),
        Field("state", "word", _STATES),
        Field("made_on", "date", default=today[:10]),
        Field("left_on", "date", optional=True),
        Field("language", "text", optional=True),
        Field("to", "text", optional=True),
        Field("subject", "text", optional=True),
        Field("body", "text", optional=True),
    )
    by_name = {field.name: field for field in fields}
    return Items(MESSAGES, "what was written to somebody", None, by_name)


def complete_messages(
    book: Book, messages: Iterable[dict[str, Stored]], find: FindAddresses
) -> None:
    """Fill in what messages leave out: one that has left did so on the day it was made; the others go
    to the customer's own address."""
    for one in messages:
        if one.get("language") is None:
            one["language"] = book.language
        if one.get("state") in LEFT and one.get("left_on") is None:
            one["left_on"] = one.get("made_on")
        if one.get("state") in STOPPABLE and one.get("to") is None:
            one["to"] = find().get("email" if one.get("channel") == "email" else "phone")


def find_faults(
    message: Mapping[str, Stored], templates: Iterable[str], is_closed: bool
) -> Iterator[MessageFault]:
    """What can't be true of a message, or could not be sent; `templates` are those of the book."""
    template, state = message.get("template"), message.get("state")
    if template not in (known := [*templates]):
        told = f"is {template!r}: it must be one of {', '.join(known)}"
        yield MessageFault("template", told)
    for name in ("language", "to", "subject"):
        if CONTROL.search(str(message.get(name) or "")):
            yield MessageFault(name, f"is {message[name]!r}: it holds control characters")
    left, made = message.get("left_on"), message.get("made_on")
    if state not in LEFT and left is not None:
        yield MessageFault("left_on", f"can't be given with the state {state}: it has not left")
    elif left is not None and str(left) < str(made):
        yield MessageFault("left_on", f"is {left}, before made_on, which is {made}")
    if state in STOPPABLE:
        if not message.get("body"):
            yield MessageFault("body", f"is missing, and a message that is {state} needs it")
        if is_closed:
            yield MessageFault("state", f"is {state}, and nothing waits on a closed ticket")


def list_outcomes(
    book: Book, message: Mapping[str, Stored]
) -> Iterator[tuple[str, dict[str, Stored]]]:
    """The events by which a book is told what became of a message that has left, with what they are
    given."""
    if message.get("state") not in LEFT:
        return
    what = {"template": message.get("template"), "channel": message.get("channel")}
    if SENT_EVENT in book.event_names:
        yield SENT_EVENT, {**what, "on": message.get("left_on")}
    if message["state"] == BOUNCED and UNDELIVERED_EVENT in book.event_names:
        yield UNDELIVERED_EVENT, {**what, "reason": CAME_BACK}


def make_message_row(ticket: int, message: Mapping[str, Stored]) -> MadeRow:
    """A message's row as the ticket file has it."""
    return "message", (
        ticket,
        message["template"],
        message["channel"],
        None,
        message["state"],
        _REASONS.get(str(message["state"])),
        message["made_on"],
        message.get("left_on"),
        message.get("language"),
        message.get("to"),
        message.get("subject"),
        message.get("body") or "",
    )
