"""The log: the events of a ticket file, or of one ticket, as they were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..system.fast_json import JsonObject, decode
from .first_since import find_first_event
from .sqlite import Connection

_EVENTS = """
SELECT e.id, e.run, e.at, r.recorded_at, r.person, t.ref, c.ref, e.event, e.rule, b.name, b.digest, e.facts, u.id
FROM event AS e JOIN run AS r ON r.id = e.run
LEFT JOIN ticket AS t ON t.id = e.ticket LEFT JOIN customer AS c ON c.id = e.customer
LEFT JOIN book AS b ON b.id = e.book
LEFT JOIN event AS u ON u.undoes = e.id
"""

_OF = "(e.ticket = :ticket OR e.ticket IS NOT NULL AND e.id = (SELECT made_by FROM ticket WHERE id = :ticket))"
"""The events of a ticket, and the one on another ticket that opened it."""


class LogEntry(NamedTuple):
    """One event as the log prints it."""

    event_id: int
    run: int
    at: str
    recorded_at: str
    by: str | None
    ticket: str | None
    customer: str | None
    event: str
    rule: str | None
    book: str | None
    book_digest: str | None
    facts: JsonObject
    undone: bool


def read_entries(
    connection: Connection,
    ticket: int | None = None,
    since: str | None = None,
    most: int | None = None,
) -> Iterator[LogEntry]:
    """The events of the file, or of one ticket, oldest first; those `since` a day, and the newest of
    them, at most so many."""
    conditions = [] if ticket is None else [_OF]
    values: dict[str, object] = {"ticket": ticket, "since": since, "most": most}
    if since is not None:
        values["first"] = find_first_event(connection, since)
        conditions.append("e.id >= :first AND e.at >= :since")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    if most is not None:
        newest = f"SELECT e.id FROM event AS e{where} ORDER BY e.id DESC LIMIT :most"
        where = f" WHERE e.id IN ({newest})"
    for row in connection.execute(f"{_EVENTS}{where} ORDER BY e.id", values):
        *columns, facts, undone_by = row
        yield LogEntry._make((*columns, decode(facts), undone_by is not None))


class NightCount(NamedTuple):
    """How often a rule of a book answered by itself."""

    book: str
    rule: str
    times: int


_OF_NIGHTS = """
SELECT b.name, e.rule, count(*) FROM event AS e JOIN book AS b ON b.id = e.book
WHERE e.run IN (SELECT id FROM run WHERE command = 'triage' AND substr(at, 1, 10) = ?)
AND e.rule IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)
GROUP BY b.name, e.rule ORDER BY b.name, count(*) DESC, e.rule
"""


def count_nights(connection: Connection, day: str) -> list[NightCount]:
    """What the nights as of a day did and nobody took back, by book and rule, the most frequent first."""
    return [NightCount._make(row) for row in connection.execute(_OF_NIGHTS, (day,))]
