"""Taking events back: what an event made is ended, and what it changed or ended comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..errors import BadInput, Refused
from ..system.fast_json import JsonObject, decode, encode
from . import schema
from .changed_rows import ChangedRows
from .event_hash import EDITION
from .find_steps import IN_NO_WAY, ONLY_MARKS, STANDING
from .forgotten import FORGET
from .sqlite import Connection
from .write_events import EventRecord, EventWriter


class _Event(NamedTuple):
    id: int
    ticket: int | None
    customer: int | None
    event: str
    changes: JsonObject
    ended: dict[str, list[int]]
    undone_by: int | None
    ref: str | None


_ONE = """
SELECT e.id, e.ticket, e.customer, e.event, e.changes, e.ended, u.id, t.ref FROM event AS e
LEFT JOIN event AS u ON u.undoes = e.id LEFT JOIN ticket AS t ON t.id = e.ticket
"""

_STAYS = {
    "undo": "is an undo itself: take the step again instead.",
    EDITION: "can't be undone: the chain goes on from it.",
    FORGET: "can't be undone: what was forgotten is gone.",
    "message": "can't be undone: it says what became of a message; see `prassi outbox`.",
}
"""Events that are never taken back, and why."""


def undo_events(connection: Connection, writer: EventWriter, numbers: Sequence[int]) -> list[int]:
    """Take events back, newest first, each by a new event; returns the numbers of those.

    Refused where an event has been undone already, is an undo itself, or where something later
    happened to its ticket or its customer. A message that has left stays as it is.
    """
    return [_undo_event(connection, writer, _read_event(connection, number)) for number in numbers]


def _read_event(connection: Connection, number: int) -> _Event:
    row = connection.execute(f"{_ONE} WHERE e.id = ?", (number,)).fetchone()
    if row is None:
        raise BadInput(f"there is no event {number}; `prassi log` lists the events there are.")
    number, ticket, customer, name, changes, ended, undone_by, ref = row
    return _Event(
        id=number,
        ticket=ticket,
        customer=customer,
        event=name,
        changes=decode(changes),
        ended=decode(ended),
        undone_by=undone_by,
        ref=ref,
    )


def _undo_event(connection: Connection, writer: EventWriter, event: _Event) -> int:
    if event.undone_by is not None:
        raise Refused(f"event {event.id} has already been undone, by event {event.undone_by}.")
    if event.event in _STAYS:
        raise Refused(f"event {event.id} {_STAYS[event.event]}")
    if (stays := _read_irreversible(connection, event.id)) is not None:
        raise Refused(f"event {event.id} can't be undone: {stays}")
    ends = _read_made_rows(connection, event)
    tickets = [row for table, row in ends if table == "ticket"]
    _check_newest(connection, event, ends)
    _check_links(connection, event, tickets)
    _check_customers(connection, event, ends)
    _check_states(connection, event)
    ended: dict[str, list[int]] = {}
    for table, row in ends:
        ended.setdefault(table, []).append(row)
    changed = ChangedRows(connection, event.ticket, event.customer)
    changes = changed.take_back(event.changes)
    record = EventRecord(
        event="undo",
        ticket=event.ticket,
        customer=event.customer,
        facts={"event": event.id},
        changes=changes,
        ended=ended,
        undoes=event.id,
    )
    number = writer.write_records([record])[0]
    _restore_ended(connection, event)
    changed.write(changes)
    return number


def _check_newest(connection: Connection, event: _Event, ends: Sequence[tuple[str, int]]) -> None:
    """Only the newest standing event of a ticket, or of a customer, can be taken back."""
    of_tickets = [row for table, row in ends if table == "ticket"]
    of_customers = [row for table, row in ends if table == "customer"]
    if event.ticket is not None:
        of_tickets.append(event.ticket)
    elif event.customer is not None:
        of_customers.append(event.customer)
    for query, concerned in ((_LATER_ON_TICKETS, of_tickets), (_LATER_ON_CUSTOMERS, of_customers)):
        later = connection.execute(query, (encode(concerned), event.id)).fetchone()
        if later is not None:
            raise Refused(
                f"event {event.id} can't be undone before what came after it on {later[2]}:"
                f" undo event {later[0]} ({later[1]}) first."
            )


_LATER_ON_TICKETS = (
    "SELECT e.id, e.event, t.ref FROM event AS e JOIN ticket AS t ON t.id = e.ticket"
    " WHERE e.ticket IN (SELECT value FROM json_each(?)) AND e.id > ?"
    f" AND {STANDING} AND NOT ({IN_NO_WAY}) ORDER BY e.id LIMIT 1"
)
_LATER_ON_CUSTOMERS = (
    "SELECT e.id, e.event, c.ref FROM event AS e INDEXED BY event_of_customer"
    " JOIN customer AS c ON c.id = e.customer"
    " WHERE e.customer IN (SELECT value FROM json_each(?)) AND e.ticket IS NULL AND e.id > ?"
    f" AND {STANDING} AND NOT ({ONLY_MARKS}) ORDER BY e.id LIMIT 1"
)


def _read_made_rows(connection: Connection, event: _Event) -> list[tuple[str, int]]:
    """The rows an event made that are still valid."""
    given = {"event": event.id, "own": "[]", "customer": event.customer}
    made = "SELECT id FROM {} WHERE made_by = :event AND ended_by IS NULL".format
    opened = [row[0] for row in connection.execute(made("ticket"), given)]
    given["own"] = encode([*opened, event.ticket])
    rows = [("ticket", number) for number in opened]
    if event.ticket is None:
        rows += [("state", row[0]) for row in connection.execute(made("state"), given)]
    if opened or event.ticket is None:
        # An event about one customer made no other one; an import may have made many.
        one = " AND id = :customer" if event.ticket is None and event.customer is not None else ""
        found = connection.execute(f"{made('customer')}{one}", given)
        rows += [("customer", row[0]) for row in found]
    for table in schema.ROWS:
        stays = _NOT_LEFT if table == "message" else ""
        found = connection.execute(f"{made(table)}{_OF_OWN}{stays}", given)
        rows += [(table, row[0]) for row in found]
    return rows


_OF_OWN = " AND ticket IN (SELECT value FROM json_each(:own))"
"""What hangs on a ticket is found by the tickets of the event: its own, and those it opened."""


_NOT_LEFT = " AND state NOT IN ('claimed', 'sent', 'handed-over', 'unknown', 'bounced')"
"""A message that left stays visible as left, whatever is taken back."""


_RULE = "SELECT e.rule, b.kept FROM event AS e JOIN book AS b ON b.id = e.book WHERE e.id = ?"


def _read_irreversible(connection: Connection, event: int) -> str | None:
    """Why an event can't be undone, as the book says by which it was decided."""
    row = connection.execute(_RULE, (event,)).fetchone()
    if row is None or '"irreversible"' not in row[1]:
        return None
    rules = [rule for one in decode(row[1])["book"]["events"].values() for rule in one["rule"]]
    return next((rule.get("irreversible") for rule in rules if rule["id"] == row[0]), None)


def _check_links(connection: Connection, event: _Event, tickets: Sequence[int]) -> None:
    """No other ticket may point at one that is taken away."""
    pointing = connection.execute(
        "SELECT t.ref, to_.ref FROM link AS l JOIN ticket AS t ON t.id = l.ticket"
        " JOIN ticket AS to_ ON to_.ref = l.target AND to_.ended_by IS NULL"
        " WHERE l.ended_by IS NULL AND to_.id IN (SELECT value FROM json_each(:tickets))"
        " AND l.ticket NOT IN (SELECT value FROM json_each(:tickets)) LIMIT 1",
        {"tickets": encode(tickets)},
    ).fetchone()
    if pointing is not None:
        raise Refused(
            f"event {event.id} can't be undone: {pointing[0]} points at {pointing[1]}, which it made."
        )


def _check_customers(
    connection: Connection, event: _Event, ends: Sequence[tuple[str, int]]
) -> None:
    """A customer who is taken away has no ticket that stays; the ref of one who comes back is free."""
    of = {
        table: encode([row for of_table, row in ends if of_table == table])
        for table in ("customer", "ticket")
    }
    staying = connection.execute(
        "SELECT t.ref, c.ref FROM ticket AS t JOIN customer AS c ON c.id = t.customer"
        " WHERE t.customer IN (SELECT value FROM json_each(:customer)) AND t.ended_by IS NULL"
        " AND t.id NOT IN (SELECT value FROM json_each(:ticket)) LIMIT 1",
        of,
    ).fetchone()
    if staying is not None:
        raise Refused(
            f"event {event.id} can't be undone: {staying[0]} is a ticket of {staying[1]}, which it made."
        )
    back = {"back": encode(event.ended.get("customer", []))}
    coming = "FROM customer AS was{} WHERE was.id IN (SELECT value FROM json_each(:back))"
    gone = "AND NOT EXISTS (SELECT 1 FROM secret AS s WHERE s.customer = was.id) LIMIT 1"
    if connection.execute(f"SELECT 1 {coming.format('')} {gone}", back).fetchone() is not None:
        raise Refused(f"event {event.id} can't be undone: the customer was forgotten since.")
    same = " JOIN customer AS c ON c.ref = was.ref AND c.ended_by IS NULL"
    taken = connection.execute(f"SELECT c.ref {coming.format(same)} LIMIT 1", back).fetchone()
    if taken is not None:
        raise Refused(
            f"event {event.id} can't be undone: {taken[0]} is another customer by now; merge that one"
            " into another first."
        )


def _check_states(connection: Connection, event: _Event) -> None:
    """States that an event made can't be taken away once another one put others in their place."""
    later = connection.execute(
        "SELECT min(ended_by) FROM state WHERE made_by = ? AND ended_by IS NOT NULL", (event.id,)
    ).fetchone()[0]
    if later is not None:
        raise Refused(
            f"event {event.id} can't be undone before what came after it: undo event {later} first,"
            " which changed the states again."
        )


def _restore_ended(connection: Connection, event: _Event) -> None:
    """Put back what the event ended."""
    for table, rows in event.ended.items():
        connection.executemany(
            f"UPDATE {table} SET ended_by = NULL WHERE id = ?",
            [(row,) for row in rows],
        )
