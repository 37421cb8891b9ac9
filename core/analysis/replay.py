"""Decisions made again: from the facts the log recorded, by the book as it was or as it is now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..book.model import Book, Event
from ..decision.explain import Explanation, explain
from ..decision.facts import stored
from ..errors import BadInput, EngineFault, Undecided
from ..library.library import Shelf, as_kept
from ..ticketfile.sqlite import Connection


class Again(NamedTuple):
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


_DECISIONS = """
SELECT e.id, t.ref, e.at, b.name, e.event, e.rule, e.facts, b.digest
FROM event AS e JOIN book AS b ON b.id = e.book LEFT JOIN ticket AS t ON t.id = e.ticket
WHERE e.rule IS NOT NULL AND e.id > ? ORDER BY e.id LIMIT 1000
"""


class Archive:
    """The versions of books that a ticket file keeps, each read when it is first asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._books = connection, dict[str, Book]()

    def book(self, digest: str) -> Book:
        """The version of a book with that digest."""
        if digest not in self._books:
            row = self._connection.execute("SELECT kept FROM book WHERE digest = ?", (digest,))
            self._books[digest] = as_kept(row.fetchone()[0], digest)
        return self._books[digest]


def replay(connection: Connection, shelf: Shelf, books: frozenset[str]) -> Iterator[Again]:
    """Every decision of the log, oldest first, made again by the books as they are now.

    `books` narrows it to some; none named is all.
    """
    archive, last = Archive(connection), 0
    while rows := connection.execute(_DECISIONS, (last,)).fetchall():
        last = rows[-1][0]
        for number, ref, at, book, event, rule, facts, digest in rows:
            if not books or book in books:
                now, why = _decided(shelf, archive, (book, event, digest), json.loads(facts))
                yield Again(number, ref, at, book, event, rule, now, why)


def _decided(
    shelf: Shelf, archive: Archive, asked: tuple[str, str, str], facts: dict[str, Any]
) -> tuple[str | None, str | None]:
    """The rule that answers now, or why there is none; `asked` are book, event and old digest."""
    name, event_name, digest = asked
    try:
        book = shelf.book(name)
        event = book.event(event_name)
    except BadInput as error:
        return None, str(error)
    old = event if book.digest == digest else archive.book(digest).event(event_name)
    unknown = [name for name in event.facts if name not in old.facts and name not in facts]
    if unknown and _matters(event, unknown):
        return None, f"the log does not have {', '.join(unknown)}, which it asks about now."
    try:
        return event.rules[event.decide(_values(event, facts))].id, None
    except (Undecided, EngineFault) as error:  # an older book's facts can be of other types
        return None, str(error)


def _values(event: Event, facts: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(stored(event, name, facts.get(name)) for name in event.facts)


def _matters(event: Event, names: list[str]) -> bool:
    """Whether a rule tests one of these facts; those that only stand in texts decide nothing."""
    tested = {name for rule in event.rules for row in rule.rows for name in row}
    return not tested.isdisjoint(names)


def recorded(connection: Connection, number: int) -> tuple[str, str, Explanation]:
    """An old decision explained from its recorded facts, by the book that made it.

    Returns the ticket's ref (empty where there was none), the moment, and the explanation.
    BadInput where there is no such event or it was no decision.
    """
    row = connection.execute(
        "SELECT t.ref, e.at, e.event, e.facts, b.digest, c.name FROM event AS e"
        " LEFT JOIN book AS b ON b.id = e.book LEFT JOIN ticket AS t ON t.id = e.ticket"
        " LEFT JOIN customer AS c ON c.id = t.customer WHERE e.id = ?",
        (number,),
    ).fetchone()
    if row is None:
        raise BadInput(f"there is no event {number}; `prassi log` shows those there are.")
    ref, at, event_name, facts, digest, customer = row
    if digest is None:
        raise BadInput(f"event {number} is an {event_name}, and no book decided it.")
    book = Archive(connection).book(digest)
    event = book.event(event_name)
    values = dict(zip(event.facts, _values(event, json.loads(facts)), strict=True))
    names = {"ref": ref or "", "customer": customer, "today": at[:10], "opened": None}
    return ref or "", at, explain(book, event, values, {**names, **values})
