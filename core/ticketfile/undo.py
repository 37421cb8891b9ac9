"""Taking events back: what an event made is ended, and what it changed or ended comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import BadInput, Refused
from ..system.fast_json import JsonObject, decode, encode
from . import schema
from .sqlite import Connection
from .write_events import EventRecord, EventWriter


class _Event(NamedTuple):
    id: int
    ticket: int | None
    event: str
    changes: JsonObject
    ended: dict[str, list[int]]
    undone_by: int | None
    ref: str | None


_ONE = """
SELECT e.id, e.ticket, e.event, e.changes, e.ended, u.id, t.ref FROM event AS e
LEFT JOIN event AS u ON u.undoes = e.id LEFT JOIN ticket AS t ON t.id = e.ticket
"""


def find_newest(connection: Connection) -> int:
    """The newest event that can be undone; BadInput where there is none."""
    row = connection.execute(
        "SELECT max(id) FROM event AS e WHERE e.undoes IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)"
    ).fetchone()
    if row[0] is None:
        raise BadInput("there is nothing to undo: every event has been undone.")
    return int(row[0])


def find_events_of_run(connection: Connection, run: int) -> list[int]:
    """The events of a run that are not undone, newest first; BadInput where there is none."""
    rows = connection.execute(
        "SELECT e.id FROM event AS e WHERE e.run = ? AND e.undoes IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id) ORDER BY e.id DESC",
        (run,),
    ).fetchall()
    if not rows:
        raise BadInput(f"run {run} has no event that could be undone; `prassi log` shows the runs.")
    return [row[0] for row in rows]


def undo_events(connection: Connection, writer: EventWriter, numbers: Sequence[int]) -> list[int]:
    """Take events back, newest first, each by a new event; returns the numbers of those.

    Refused where an event has been undone already, is an undo itself, or where something later
    happened to its ticket.
    """
    return [_undo_event(connection, writer, _read_event(connection, number)) for number in numbers]


def _read_event(connection: Connection, number: int) -> _Event:
    row = connection.execute(f"{_ONE} WHERE e.id = ?", (number,)).fetchone()
    if row is None:
        raise BadInput(f"there is no event {number}; `prassi log` lists the events there are.")
    number, ticket, name, changes, ended, undone_by, ref = row
    return _Event(
        id=number,
        ticket=ticket,
        event=name,
        changes=decode(changes),
        ended=decode(ended),
        undone_by=undone_by,
        ref=ref,
    )


def _undo_event(connection: Connection, writer: EventWriter, event: _Event) -> int:
    if event.undone_by is not None:
        raise Refused(f"event {event.id} has already been undone, by event {event.undone_by}.")
    if event.event == "undo":
        raise Refused(f"event {event.id} is an undo itself: take the step again instead.")
    if (stays := _read_irreversible(connection, event.id)) is not None:
        raise Refused(f"event {event.id} can't be undone: {stays}")
    ends = _read_made_rows(connection, event)
    tickets = [row for table, row in ends if table == "ticket"]
    _check_newest(connection, event, tickets)
    _check_links(connection, event, tickets)
    _check_states(connection, event)
    ended: dict[str, list[int]] = {}
    for table, row in ends:
        ended.setdefault(table, []).append(row)
    changes = {name: pair[::-1] for name, pair in event.changes.items()}
    record = EventRecord(
        event="undo",
        ticket=event.ticket,
        facts={"event": event.id},
        changes=changes,
        ended=ended,
        undoes=event.id,
    )
    number = writer.write_records([record])[0]
    _restore(connection, event)
    return number


def _check_newest(connection: Connection, event: _Event, tickets: Sequence[int]) -> None:
    """Only the newest standing event of a ticket can be taken back."""
    concerned = json.dumps([*tickets, *([] if event.ticket is None else [event.ticket])])
    later = connection.execute(
        "SELECT e.id, e.event, t.ref FROM event AS e JOIN ticket AS t ON t.id = e.ticket"
        " WHERE e.ticket IN (SELECT value FROM json_each(?)) AND e.id > ? AND e.undoes IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id) ORDER BY e.id LIMIT 1",
        (concerned, event.id),
    ).fetchone()
    if later is not None:
        raise Refused(
            f"event {event.id} can't be undone before what came after it on {later[2]}:"
            f" undo event {later[0]} ({later[1]}) first."
        )


def _read_made_rows(connection: Connection, event: _Event) -> list[tuple[str, int]]:
    """The rows an event made that are still valid."""
    made = "SELECT id FROM {} WHERE made_by = ?1 AND ended_by IS NULL".format
    opened = [row[0] for row in connection.execute(made("ticket"), (event.id,))]
    own = json.dumps([*opened, event.ticket])
    # What hangs on a ticket is found by its ticket; an import's tickets are too many for that.
    narrow = "" if event.ticket is None else " AND ticket IN (SELECT value FROM json_each(?2))"
    rows = [("ticket", number) for number in opened]
    if event.ticket is None:
        rows += [("state", row[0]) for row in connection.execute(made("state"), (event.id,))]
    if opened or event.ticket is None:
        rows += [("customer", row[0]) for row in connection.execute(made("customer"), (event.id,))]
    for table in schema.ROWS:
        values = (event.id, own)[: 2 if narrow else 1]
        rows += [(table, row[0]) for row in connection.execute(made(table) + narrow, values)]
    return rows


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
        " WHERE l.ended_by IS NULL AND to_.id IN (SELECT value FROM json_each(?1))"
        " AND l.ticket NOT IN (SELECT value FROM json_each(?1)) LIMIT 1",
        (json.dumps(tickets),),
    ).fetchone()
    if pointing is not None:
        raise Refused(
            f"event {event.id} can't be undone: {pointing[0]} points at {pointing[1]}, which it made."
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


def _restore(connection: Connection, event: _Event) -> None:
    """Put back what the event ended, and the columns it changed."""
    for table, rows in event.ended.items():
        connection.executemany(
            f"UPDATE {table} SET ended_by = NULL WHERE id = ?",
            [(row,) for row in rows],
        )
    if event.ticket is None or not event.changes:
        return
    before = {name: pair[0] for name, pair in event.changes.items()}
    row = connection.execute("SELECT fields FROM ticket WHERE id = ?", (event.ticket,)).fetchone()
    columns = {name: before.pop(name) for name in list(before) if name in schema.TICKET}
    fields = {**decode(row[0]), **before}
    assigned = "".join(f", {name} = ?" for name in columns)
    connection.execute(
        f"UPDATE ticket SET fields = ?{assigned} WHERE id = ?",
        (encode(fields), *columns.values(), event.ticket),
    )
