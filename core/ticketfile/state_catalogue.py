"""The catalogue: the states that a ticket file keeps for a book, where the book lets it.

The open statuses of such a book (`catalogue = true`) are only those a ticket file begins with. With
the first change the file has rows of its own, in `state`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..book.books_by_name import Library
from ..book.status_catalogue import CatalogueState, state_names, states_of
from ..errors import Refused
from ..system.fast_json import encode
from .sqlite import Connection

STATES = "states"
"""The name of the catalogue's events."""


def read_states(connection: Connection, book: str) -> list[CatalogueState]:
    """The states that the file keeps of a book, in their order; none before the first change."""
    rows = connection.execute(
        "SELECT name, completed FROM state WHERE book = ? AND ended_by IS NULL ORDER BY place",
        (book,),
    )
    return [CatalogueState(name, bool(completed)) for name, completed in rows]


def read_all_states(connection: Connection) -> dict[str, list[CatalogueState]]:
    """The states that the file keeps, by book, in the order in which the books came to have some."""
    books = connection.execute("SELECT book FROM state GROUP BY book ORDER BY min(id)").fetchall()
    kept = {book: read_states(connection, book) for (book,) in books}
    return {book: states for book, states in kept.items() if states}


def count_open_tickets(connection: Connection, book: str) -> dict[str, int]:
    """How many open tickets of a book stand in each state."""
    return dict(
        connection.execute(
            "SELECT status, count(*) FROM ticket WHERE book = ? AND open = 1 AND ended_by IS NULL"
            " GROUP BY status",
            (book,),
        ).fetchall()
    )


def _is_touched(connection: Connection, book: str, events: Sequence[int]) -> bool:
    """Whether one of these events is about a ticket of a book, or about its states."""
    found = connection.execute(
        "SELECT 1 FROM event AS e LEFT JOIN ticket AS t ON t.id = e.ticket"
        " WHERE e.id IN (SELECT value FROM json_each(:events))"
        " AND (t.book = :book OR e.event = :states AND e.facts ->> '$.book' = :book) LIMIT 1",
        {"events": encode(list(events)), "book": book, "states": STATES},
    )
    return found.fetchone() is not None


def check_open_tickets(
    connection: Connection, library: Callable[[], Library], events: Sequence[int]
) -> None:
    """Refused where an open ticket is in a state that neither the file nor its book has, so that the
    undo of these events leaves no ticket in a state that the catalogue does not know.

    The book is only read where the file has none of its states any more, and an event is of it.
    """
    for (book,) in connection.execute("SELECT DISTINCT book FROM state").fetchall():
        states = read_states(connection, book)
        if not states and not _is_touched(connection, book, events):
            continue
        known = encode(state_names(states or states_of(library().book(book))))
        astray = connection.execute(
            "SELECT ref, status FROM ticket WHERE book = ? AND open = 1 AND ended_by IS NULL"
            " AND status NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT 1",
            (book, known),
        ).fetchone()
        if astray is not None:
            ref, status = astray
            run = connection.execute(
                "SELECT run FROM event WHERE event = ? AND facts ->> '$.book' = ?"
                " ORDER BY id DESC LIMIT 1",
                (STATES, book),
            ).fetchone()[0]
            raise Refused(
                f"{ref} would be left in the state {status!r}, which would not exist any more: run"
                f" {run} changed the states; take all of it back first, with"
                f" `prassi undo --run {run}`."
            )
