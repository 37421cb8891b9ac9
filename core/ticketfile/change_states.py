"""Changing the states that a ticket file keeps for a book, and the tickets that are in them.

Each change is an event without a ticket, and a renaming one more for each ticket in that state. All
of this is called under the write lock.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..book.books_by_name import Library
from ..book.status_catalogue import CatalogueChange
from ..system.fast_json import encode
from .sqlite import Connection
from .state_catalogue import STATES
from .write_events import EventRecord, EventWriter


def change_states(
    connection: Connection, writer: EventWriter, library: Library, book: str, made: CatalogueChange
) -> tuple[int, list[str]]:
    """Change a book's states; returns the event's number, and the tickets in a renamed state."""
    number = write_states(connection, writer, book, made)
    renamed = _rename_state(connection, writer, book, made.entry)
    library.forget(book)
    return number, renamed


def write_states(
    connection: Connection, writer: EventWriter, book: str, made: CatalogueChange
) -> int:
    """Put states in place of those the file keeps of a book, by one event; returns its number."""
    query = "SELECT id FROM state WHERE book = ? AND ended_by IS NULL"
    ended = [number for (number,) in connection.execute(query, (book,))]
    record = EventRecord(
        event=STATES,
        facts={"book": book, **made.entry},
        made=[
            ("state", (book, state.name, place, int(state.completed)))
            for place, state in enumerate(made.states, 1)
        ],
        ended={"state": ended} if ended else {},
    )
    return writer.write_records([record])[0]


def _rename_state(
    connection: Connection, writer: EventWriter, book: str, said: Mapping[str, object]
) -> list[str]:
    """Each ticket in a renamed state gets the new name, by an event of its own."""
    if said.get("to") in (None, said.get("state")):
        return []
    tickets = connection.execute(
        "SELECT id, ref FROM ticket WHERE book = ? AND status = ? AND open = 1"
        " AND ended_by IS NULL ORDER BY id",
        (book, said["state"]),
    ).fetchall()
    facts, changes = {"book": book, **said}, {"status": [said["state"], said["to"]]}
    writer.write_records(
        EventRecord(event=STATES, ticket=number, facts=facts, changes=changes)
        for number, _ in tickets
    )
    connection.execute(
        "UPDATE ticket SET status = ? WHERE id IN (SELECT value FROM json_each(?))",
        (said["to"], encode([number for number, _ in tickets])),
    )
    return [ref for _, ref in tickets]
