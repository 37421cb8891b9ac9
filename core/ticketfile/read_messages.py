"""Reading the messages of a ticket file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..errors import BadInput
from ..system.fast_json import encode
from ..system.records import NamedTuple
from .first_since import find_first_event, find_first_row
from .message_states import HANDED_OVER, HELD, LEFT_BEFORE, NO_SENDER, SENT, WITHDRAWN
from .sqlite import Connection


class OutboxMessage(NamedTuple):
    """A message, with the event that made it; `to` is None without an address."""

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
    state: str
    reason: str | None
    made_on: str
    left_on: str | None


class StoredMessage(NamedTuple):
    """A message with what its change needs: the hash of the event that made it, its ticket and that
    ticket's customer by number, and whether anything is still done on the ticket for it.

    `role` is whom it is for, where that is not the customer; `tries` how often it was not taken, and
    `try_at` when it is tried again; `is_decided` says that a book's rule wrote it.
    """

    message: OutboxMessage
    event_hash: bytes
    ticket_id: int
    customer_id: int
    book: str
    role: str | None
    claim: str | None
    tries: int
    try_at: str | None
    is_decided: bool
    is_live: bool


_MESSAGES = f"""
SELECT m.id, m.made_by, e.at, t.ref, m.template, m.channel, l.language, l.recipient, l.subject, l.body,
    iif(m.ended_by IS NULL, m.state, '{WITHDRAWN}'), m.reason, m.made_on, m.left_on,
    e.hash, t.id, t.customer, t.book, m.role, m.claim, m.tries, m.try_at, e.rule IS NOT NULL,
    t.open AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)
FROM message AS m JOIN letter AS l ON l.message = m.id JOIN ticket AS t ON t.id = m.ticket
JOIN event AS e ON e.id = m.made_by
"""


_OWN = len(OutboxMessage._fields)


def _make_message(row: tuple[object, ...]) -> StoredMessage:
    *more, is_decided, is_live = row[_OWN:]
    own = OutboxMessage._make(row[:_OWN])
    return StoredMessage._make((own, *more, bool(is_decided), bool(is_live)))


def read_messages(
    connection: Connection,
    ticket: int | None = None,
    states: Collection[str] | None = None,
    since: str | None = None,
    most: int | None = None,
) -> Iterator[OutboxMessage]:
    """The messages in some states (None: in any), oldest first, of all tickets or of one; those made
    `since` a day, and the newest of them, at most so many."""
    for stored in read_stored(connection, states, ticket, since, most):
        yield stored.message


_OF_TICKET = (
    "m.id IN (SELECT id FROM message WHERE ticket = :ticket AND ended_by IS NULL UNION ALL"
    " SELECT id FROM message WHERE ticket = :ticket AND ended_by IS NOT NULL)"
)
"""By two indexes: one has the messages that stand, the other those that were withdrawn."""


def read_stored(
    connection: Connection,
    states: Collection[str] | None,
    ticket: int | None = None,
    since: str | None = None,
    most: int | None = None,
) -> Iterator[StoredMessage]:
    """As read_messages, with what a change of them needs."""
    conditions = []
    given: dict[str, object] = {"ticket": ticket, "since": since, "most": most}
    if ticket is not None:
        conditions.append(_OF_TICKET)
    if since is not None:
        first = find_first_event(connection, since)
        if first is None:
            return
        conditions.append("m.id >= :first AND m.made_on >= :since")
        given["first"] = find_first_row(connection, "message", first)
    if states is not None:
        kept = [state for state in states if state != WITHDRAWN]
        ended = " OR m.ended_by IS NOT NULL" if WITHDRAWN in states else ""
        listed = "m.state IN (SELECT value FROM json_each(:states)) AND m.ended_by IS NULL"
        conditions.append(f"({listed}{ended})")
        given["states"] = encode(kept)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    if most is not None:
        newest = f"SELECT m.id FROM message AS m{where} ORDER BY m.id DESC LIMIT :most"
        where = f" WHERE m.id IN ({newest})"
    for row in connection.execute(f"{_MESSAGES}{where} ORDER BY m.id", given):
        yield _make_message(row)


_OF_STATE = (
    "SELECT * FROM (SELECT id FROM message WHERE state = ? AND ended_by IS NULL AND id > ?"
    " ORDER BY id LIMIT ?)"
)
"""Numbers of messages as the index has them: no page has to sort what comes after it."""


def read_page(
    connection: Connection, states: Sequence[str], after: int, most: int
) -> list[StoredMessage]:
    """The next messages in some states, by number after `after`, at most so many."""
    numbers = " UNION ALL ".join([_OF_STATE] * len(states))
    given = [value for state in states for value in (state, after, most)]
    query = (
        f"{_MESSAGES} WHERE m.id IN (SELECT id FROM ({numbers}) ORDER BY id LIMIT ?) ORDER BY m.id"
    )
    return [_make_message(row) for row in connection.execute(query, (*given, most))]


def count_messages(connection: Connection) -> dict[str, int]:
    """How many messages are in each state in which there are some."""
    found = connection.execute(
        "SELECT state, count(*) FROM message WHERE ended_by IS NULL GROUP BY state ORDER BY state"
    )
    return dict(found.fetchall())


def find_message(connection: Connection, number: int) -> StoredMessage:
    """The message of that number; BadInput where there is none."""
    row = connection.execute(f"{_MESSAGES} WHERE m.id = ?", (number,)).fetchone()
    if row is None:
        raise BadInput(
            f"there is no message {number}; `prassi outbox list --all` lists all messages."
        )
    return _make_message(row)


def is_taken_back(connection: Connection, stored: StoredMessage) -> bool:
    """Whether a message that was on its way out would have been withdrawn meanwhile: its step was
    undone, or a later event closed the ticket."""
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM event WHERE undoes = :made_by)"
        " OR (NOT t.open AND EXISTS (SELECT 1 FROM event AS e WHERE e.ticket = t.id"
        " AND e.id > :made_by AND json_extract(e.changes, '$.open[1]') = 0))"
        " FROM ticket AS t WHERE t.id = :ticket",
        {"made_by": stored.message.event_id, "ticket": stored.ticket_id},
    )
    return bool(found.fetchone()[0])


_EQUAL = f"""
SELECT m.id FROM message AS m JOIN letter AS l ON l.message = m.id JOIN event AS e ON e.id = m.made_by
JOIN event AS u ON u.undoes = e.id JOIN event AS again ON again.id = :made_by
WHERE m.ticket = :ticket AND m.template = :template AND m.state IN ('{SENT}', '{HANDED_OVER}')
AND m.ended_by IS NULL AND m.channel = :channel AND m.role IS :role AND l.recipient IS :to
AND coalesce(m.reason, '') NOT GLOB '{LEFT_BEFORE}*' AND u.id < again.id AND e.event = again.event
AND NOT EXISTS (SELECT 1 FROM message AS a WHERE a.ticket = m.ticket AND a.template = m.template
    AND a.state = m.state AND a.ended_by IS NULL AND a.reason = '{LEFT_BEFORE}' || m.id
    AND NOT EXISTS (SELECT 1 FROM event AS o WHERE o.undoes = a.made_by))
ORDER BY m.id LIMIT 1
"""


def find_left_before(connection: Connection, stored: StoredMessage) -> OutboxMessage | None:
    """The message, equal to one that waits, that left with a step which was undone and then done again:
    the same template for the same recipient. Each stands for one step only."""
    message = stored.message
    given = {
        "ticket": stored.ticket_id,
        "template": message.template,
        "channel": message.channel,
        "role": stored.role,
        "to": message.to,
        "made_by": message.event_id,
    }
    row = connection.execute(_EQUAL, given).fetchone()
    return None if row is None else find_message(connection, row[0]).message


def count_left(connection: Connection, customer: int, day: str) -> int:
    """How many messages to a customer left on a day."""
    found = connection.execute(
        "SELECT count(*) FROM ticket AS t JOIN message AS m ON m.ticket = t.id"
        " WHERE t.customer = ? AND m.role IS NULL AND m.left_on = ? AND m.ended_by IS NULL"
        f" AND coalesce(m.reason, '') NOT GLOB '{LEFT_BEFORE}*'",
        (customer, day),
    )
    return int(found.fetchone()[0])


def has_new_held(connection: Connection, after: int) -> bool:
    """Whether an event with a number above `after` made a message that is held for want of a sender."""
    found = connection.execute(
        f"SELECT 1 FROM message WHERE state = '{HELD}' AND reason = '{NO_SENDER}'"
        " AND made_by > ? AND ended_by IS NULL LIMIT 1",
        (after,),
    )
    return found.fetchone() is not None
