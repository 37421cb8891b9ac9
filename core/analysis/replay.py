"""Decisions made again: from the facts the log recorded, by the book as it was or as it is now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..book.model import Book, Event
from ..decision.explain import Explanation, explain
from ..decision.facts import read_fact
from ..errors import BadInput, EngineFault, Undecided
from ..library.library import Shelf, as_kept
from ..ticketfile.recorded_decisions import (
    RecordedDecision,
    read_book_text,
    read_decision,
    read_decisions,
)
from ..ticketfile.sqlite import Connection


class ReplayedDecision(NamedTuple):
    """A decision of the log, made again.

    `rule` is the one that was carried out; `now` the one that the present book gives for the same
    facts, None where it gives none, and then `why` says why.
    """

    event_id: int
    ticket: str | None
    at: str
    book: str
    event: str
    rule: str
    now: str | None
    why: str | None

    @property
    def same(self) -> bool:
        """Whether the present book decides as it was decided."""
        return self.now == self.rule


class BookArchive:
    """The versions of books that a ticket file keeps, each read when it is first asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._books = connection, dict[str, Book]()

    def book(self, digest: str) -> Book:
        """The version of a book with that digest."""
        if digest not in self._books:
            self._books[digest] = as_kept(read_book_text(self._connection, digest), digest)
        return self._books[digest]


def replay_decisions(
    connection: Connection, shelf: Shelf, books: Collection[str]
) -> Iterator[ReplayedDecision]:
    """Every decision of the log, oldest first, made again by the books as they are now.

    `books` narrows it to some; none named is all.
    """
    archive = BookArchive(connection)
    for recorded in read_decisions(connection):
        if not books or recorded.book in books:
            now, why = _decide_again(shelf, archive, recorded)
            yield ReplayedDecision(
                event_id=recorded.event_id,
                ticket=recorded.ticket,
                at=recorded.at,
                book=recorded.book,
                event=recorded.event,
                rule=recorded.rule,
                now=now,
                why=why,
            )


def _decide_again(
    shelf: Shelf, archive: BookArchive, recorded: RecordedDecision
) -> tuple[str | None, str | None]:
    """The rule that answers now, or else why there is none."""
    try:
        book = shelf.book(recorded.book)
        event = book.event(recorded.event)
    except BadInput as error:
        return None, error.first
    old = event
    if book.digest != recorded.digest:
        old = archive.book(recorded.digest).event(recorded.event)
    known = {*old.facts, *recorded.facts}
    unknown = [name for name in event.facts if name not in known]
    if unknown and _is_tested(event, unknown):
        return None, f"the log does not have {', '.join(unknown)}, which it asks about now."
    try:
        return event.rules[event.decide(_read_values(event, recorded.facts))].id, None
    except (Undecided, EngineFault) as error:  # an older book's facts can be of other types
        return None, str(error)


def _read_values(event: Event, facts: Mapping[str, Any]) -> tuple[Any, ...]:
    """The facts of an event, in its order, from what the log says of them."""
    return tuple(read_fact(event, name, facts.get(name)) for name in event.facts)


def _is_tested(event: Event, names: Sequence[str]) -> bool:
    """Whether a rule tests one of these facts; those that only stand in texts decide nothing."""
    tested = {name for rule in event.rules for row in rule.rows for name in row}
    return not tested.isdisjoint(names)


def explain_recorded(connection: Connection, number: int) -> tuple[str, str, Explanation]:
    """An old decision explained from its recorded facts, by the book that made it.

    Returns the ticket's ref (empty where there was none), the moment, and the explanation.
    BadInput where there is no such event or it was no decision.
    """
    recorded = read_decision(connection, number)
    book = BookArchive(connection).book(recorded.digest)
    event = book.event(recorded.event)
    values = dict(zip(event.facts, _read_values(event, recorded.facts), strict=True))
    ref, at = recorded.ticket or "", recorded.at
    names = {"ref": ref, "customer": recorded.customer, "today": at[:10]}
    names["opened"] = recorded.opened
    return ref, at, explain(book, event, values, {**names, **values})
