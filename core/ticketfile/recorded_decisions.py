"""The decisions that a ticket file has recorded, and the versions of books that made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import BadInput
from ..system.fast_json import decode
from ..system.records import NamedTuple
from .sqlite import Connection, SqlRow

_DECISIONS = """
SELECT e.id, e.ticket, t.ref, e.at, b.name, e.event, e.rule, e.facts, b.digest
FROM event AS e JOIN book AS b ON b.id = e.book LEFT JOIN ticket AS t ON t.id = e.ticket
WHERE e.rule IS NOT NULL AND e.id > ? ORDER BY e.id LIMIT 1000
"""
_BY_PEOPLE = """
FROM event AS e JOIN run AS r ON r.id = e.run JOIN book AS b ON b.id = e.book
LEFT JOIN ticket AS t ON t.id = e.ticket
WHERE e.rule IS NOT NULL AND e.event NOT IN ('day', 'sent', 'undelivered')
AND r.command NOT IN ('triage', 'sync', 'import')
AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)
"""
"""Decisions on what people did, as far as they stand: no nights, syncs and imports, and not what
became of messages."""

_DECISION = """
SELECT t.ref, e.at, e.event, e.facts, b.digest, c.name,
    (SELECT o.ref FROM ticket AS o WHERE o.made_by = e.id) FROM event AS e
LEFT JOIN book AS b ON b.id = e.book LEFT JOIN ticket AS t ON t.id = e.ticket
LEFT JOIN customer AS c ON c.id = t.customer WHERE e.id = ?
"""


class RecordedDecision(NamedTuple):
    """An event that a book decided: its rule, the facts it was decided on (as the log writes them)
    and the digest of the book's version. `ticket` is None where it was about no ticket."""

    event_id: int
    ticket_id: int | None
    ticket: str | None
    at: str
    book: str
    event: str
    rule: str
    facts: Mapping[str, Any]
    digest: str


class RecordedFacts(NamedTuple):
    """What one event was decided on, and the names that its rule's texts may speak of: `opened` is the
    ticket that it opened."""

    ticket: str | None
    at: str
    event: str
    facts: Mapping[str, Any]
    digest: str
    customer: str | None
    opened: str | None


def read_decisions(connection: Connection) -> Iterator[list[RecordedDecision]]:
    """All decisions of the file, oldest first, in pages."""
    last = 0
    while rows := connection.execute(_DECISIONS, (last,)).fetchall():
        last = rows[-1][0]
        yield [_read_row(row) for row in rows]


class PeopleDecisions(NamedTuple):
    """Decisions on what people did, oldest first, and how many older ones there are."""

    newest: list[RecordedDecision]
    older: int


def read_people_decisions(
    connection: Connection, since: str, newest: int | None
) -> PeopleDecisions:
    """The newest decisions on what people did since a day; without `newest`, all of them."""
    columns = "SELECT e.id, e.ticket, t.ref, e.at, b.name, e.event, e.rule, e.facts, b.digest"
    rows = connection.execute(
        f"{columns} {_BY_PEOPLE} AND e.at >= ? ORDER BY e.id DESC LIMIT ?",
        (since, -1 if newest is None else newest),
    ).fetchall()
    count: int = connection.execute(f"SELECT count(*) {_BY_PEOPLE}").fetchone()[0]
    return PeopleDecisions([_read_row(row) for row in reversed(rows)], count - len(rows))


def _read_row(row: SqlRow) -> RecordedDecision:
    number, ticket, ref, at, book, event, rule, facts, digest = row
    return RecordedDecision(
        event_id=number,
        ticket_id=ticket,
        ticket=ref,
        at=at,
        book=book,
        event=event,
        rule=rule,
        facts=decode(facts),
        digest=digest,
    )


def read_decision(connection: Connection, number: int) -> RecordedFacts:
    """The decision that an event was; BadInput where there is none of that number, or none decided
    it."""
    row = connection.execute(_DECISION, (number,)).fetchone()
    if row is None:
        raise BadInput(f"there is no event {number}; `prassi log` lists the events there are.")
    ref, at, event, facts, digest, customer, opened = row
    if digest is None:
        raise BadInput(
            f"event {number} ({event}) is not a decision of a book; `prassi log` shows the rules of"
            " those that are."
        )
    return RecordedFacts(
        ticket=ref,
        at=at,
        event=event,
        facts=decode(facts),
        digest=digest,
        customer=customer,
        opened=opened,
    )


def read_book_text(connection: Connection, digest: str) -> str:
    """A version of a book as the file keeps it."""
    row = connection.execute("SELECT kept FROM book WHERE digest = ?", (digest,)).fetchone()
    text: str = row[0]
    return text


def find_newest_book(connection: Connection, name: str) -> tuple[str, str] | None:
    """The version of a book that the file kept last, as JSON, and its digest; None without any."""
    found = connection.execute(
        "SELECT digest FROM book WHERE name = ? ORDER BY id DESC LIMIT 1", (name,)
    ).fetchone()
    return None if found is None else (read_book_text(connection, found[0]), found[0])


def read_kept_names(connection: Connection) -> list[str]:
    """The names of the books of which the file has kept a version."""
    return [name for (name,) in connection.execute("SELECT DISTINCT name FROM book")]
