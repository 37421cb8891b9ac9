"""The outbox: the messages that wait to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .sqlite import Connection


class OutboxMessage(NamedTuple):
    """A message that waits, with the event that made it; `to` is None without an address."""

    id: int
    event_id: int
    at: str
    ticket: str
    template: str
    channel: str
    language: str
    to: str | None
    subject: str | None
    body: str


_MESSAGES = """
SELECT m.id, m.made_by, e.at, t.ref, m.template, m.channel, m.language, m.recipient, m.subject, m.body
FROM message AS m JOIN ticket AS t ON t.id = m.ticket JOIN event AS e ON e.id = m.made_by
WHERE m.ended_by IS NULL
"""


def read_messages(connection: Connection, ticket: int | None = None) -> Iterator[OutboxMessage]:
    """The messages that wait, oldest first, of all tickets or of one."""
    where, values = (" AND m.ticket = ?", (ticket,)) if ticket is not None else ("", ())
    for row in connection.execute(f"{_MESSAGES}{where} ORDER BY m.id", values):
        yield OutboxMessage._make(row)


def read_messages_with_hashes(
    connection: Connection,
) -> Iterator[tuple[OutboxMessage, bytes]]:
    """The messages that wait, oldest first, each with the hash of the event that made it."""
    query = _MESSAGES.replace("m.body\n", "m.body, e.hash\n")
    for *row, event_hash in connection.execute(f"{query} ORDER BY m.id"):
        yield OutboxMessage._make(row), event_hash


def find_message(connection: Connection, number: int) -> OutboxMessage | None:
    """The message of that number, if it waits; else None."""
    row = connection.execute(f"{_MESSAGES} AND m.id = ?", (number,)).fetchone()
    return None if row is None else OutboxMessage._make(row)
