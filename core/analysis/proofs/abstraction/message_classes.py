"""The messages of a class of tickets: of which templates there are some, and what can have become of them.

A message waits until the event `sent` says that it has left, and can come back once it has left, as
`undelivered` says. Of a book without these events, and of closed tickets, it is open when that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ....book.model import Book, Event
from ....book.names import SENT_EVENT, UNDELIVERED_EVENT
from ....book.properties import BOUNCED, LEFT, WAITING, name_message
from ....ticketfile import message_states
from ...scenarios.mail_outcome import MAIL_EVENTS
from ..abstract_values import AbstractValue, FactTest, OneOf, Unknown, Values
from ..search.abstraction import NO, YES, Answer, Needs
from .abstract_ticket import AbstractList, AbstractTicket, Content
from .kept_parts import MESSAGE, KeptParts

GONE = "gone"
"""A message that was withdrawn: it is not seen any more."""

SEVERAL = "several"
"""In place of WAITING: more than one waits. With WAITING itself it is one."""

FILE_STATES = {
    WAITING: message_states.STOPPABLE,
    LEFT: (message_states.SENT, message_states.HANDED_OVER),
    BOUNCED: (message_states.BOUNCED,),
    GONE: (),
}
"""The states that a message of a class can have in the ticket file."""

MAIL_INPUTS = frozenset({"template", "reason"})
"""What of the events that the outbox raises says which message it is, and what became of it."""

_NOTHING = frozenset[str]()


class Moved(NamedTuple):
    """A class once a message of its tickets has left or come back, and what is not known for that."""

    ticket: AbstractTicket | None
    guessed: frozenset[str] = _NOTHING


def queue(book: Book, contents: frozenset[Content], template: str) -> frozenset[Content]:
    """Messages, with one that has just been made."""
    if SENT_EVENT not in book.event_names:
        return contents | {(template, OneOf(sorted((WAITING, LEFT, BOUNCED))))}
    one, several = (template, WAITING), (template, SEVERAL)
    if several in contents:
        return contents
    return (contents - {one}) | {several} if one in contents else contents | {one}


def withdraw_one(content: Content) -> Content | None:
    """What is left of a message that is withdrawn if it waits; None where nothing is."""
    template, state = content
    states = list_states(state)
    if WAITING not in states:
        return content
    left = [one for one in states if one != WAITING]
    return (template, OneOf(sorted({*left, GONE}))) if left else None


def release(contents: Iterable[Content]) -> Iterator[Content]:
    """Messages of a ticket that is closed: what becomes of them is not told any more."""
    for template, state in contents:
        states = list_states(state)
        later = (LEFT, BOUNCED) if WAITING in states else (BOUNCED,) if LEFT in states else ()
        found = sorted({*states, *later})
        yield template, OneOf(found) if len(found) > 1 else found[0]


def keep_told(kept: KeptParts, contents: Iterable[Content]) -> frozenset[Content]:
    """Messages as far as they are kept: of some templates only those that wait."""
    found = set[Content]()
    for template, state in contents:
        states = list_states(state)
        if not kept.keeps_waiting_only(str(template)):
            found.add((template, state))
        elif WAITING in states:
            found.add((template, OneOf((GONE, WAITING)) if len(states) > 1 else state))
    return frozenset(found)


def list_states(state: AbstractValue) -> list[str]:
    """The states that a message can have."""
    states = state.values if isinstance(state, OneOf) else (state,)
    return [WAITING if one == SEVERAL else str(one) for one in states]


def holds_for_messages(
    kept: KeptParts, ticket: AbstractTicket, template: str, test: FactTest
) -> Answer:
    """Whether the tickets of a class have a message of a template in a state that a test wants."""
    unknown = Needs(frozenset({name_message(template)}))
    contents = _find_contents(kept, ticket)
    if contents is None or template not in kept.templates:
        return unknown
    answer: Answer = NO
    for name, state in contents:
        fits = [test.holds(one) for one in list_states(state)] if name == template else [False]
        if all(fits):
            return YES
        if any(fits):
            answer = unknown
    if kept.keeps_waiting_only(template) and any(map(test.holds, (LEFT, BOUNCED))):
        return unknown
    return answer


def _find_contents(kept: KeptParts, ticket: AbstractTicket) -> frozenset[Content] | None:
    if MESSAGE not in kept.kinds:
        return None
    rows = ticket.lists[kept.kinds.index(MESSAGE)]
    return rows.older if isinstance(rows, AbstractList) else None


# --- the outbox ----------------------------------------------------------------------------------------


def move_message(
    kept: KeptParts, event: Event, ticket: AbstractTicket | None, given: Values
) -> Iterator[Moved]:
    """A class once that has become of a message which an event of the outbox tells of.

    There has to be such a message, where messages are kept. Of several some can stay behind.
    """
    template = given.get("template")
    if event.name not in MAIL_EVENTS or ticket is None or not isinstance(template, str):
        yield Moved(ticket)
        return
    contents = _find_contents(kept, ticket)
    if contents is None or template not in kept.templates:
        yield Moved(ticket, frozenset({name_message(template)}))
        return
    before, after = _find_states(kept.book, event, given)
    if before == LEFT and kept.keeps_waiting_only(template):
        yield Moved(ticket, frozenset({name_message(template)}))
        return
    for content in sorted(contents, key=repr):
        states = list_states(content[1])
        if content[0] == template and before in states:
            unsure = frozenset({name_message(template)}) if len(states) > 1 else _NOTHING
            if before == after:
                yield Moved(ticket, unsure)
                continue
            for staying in _list_staying(content):
                rest = (contents - {content}) | staying | {(template, after)}
                yield Moved(_put_messages(kept, ticket, rest), unsure)


def _list_staying(content: Content) -> list[frozenset[Content]]:
    """What can be left of the messages of a kind once one of them has another state."""
    template, state = content
    if state == WAITING:
        return [_NONE]
    return [frozenset({content}), frozenset({(template, WAITING)}) if state == SEVERAL else _NONE]


_NONE = frozenset[Content]()


def _find_states(book: Book, event: Event, given: Values) -> tuple[str, AbstractValue]:
    """The state that a message had, and the one it has from then on."""
    if event.name == SENT_EVENT:
        told = UNDELIVERED_EVENT in book.event_names
        return WAITING, LEFT if told else OneOf(sorted((LEFT, BOUNCED)))
    if given.get("reason") == message_states.CAME_BACK:
        return LEFT, BOUNCED
    return WAITING, WAITING


def _put_messages(
    kept: KeptParts, ticket: AbstractTicket, contents: frozenset[Content]
) -> AbstractTicket:
    contents = keep_told(kept, contents)
    lists: list[AbstractList | Unknown] = list(ticket.lists)
    lists[kept.kinds.index(MESSAGE)] = AbstractList(contents, (), mixed=bool(contents))
    return ticket._replace(lists=tuple(lists))
