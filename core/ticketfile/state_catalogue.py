"""The catalogue: the states that a ticket file keeps for a book, where the book lets it.

The open statuses of such a book (`catalogue = true`) are only those a ticket file begins with. With
the first change the file has rows of its own, in `state`; each change is an event without a ticket,
and a renaming one more for each ticket in that state. Commands call what changes something under
the write lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import BadInput, Refused
from ..system.fast_json import encode

if TYPE_CHECKING:
    from ..book.model import Book
    from ..importing.check_rows import RowFaults
    from ..importing.row_forms import Forms
    from ..library.library import Shelf
    from .write_events import Writer

STATES = "states"
"""What events of the catalogue are called."""


class State(NamedTuple):
    """A state that open tickets can be in; `completed` says that they may be closed."""

    name: str
    completed: bool


class Change(NamedTuple):
    """A change of the catalogue: what the log keeps of it, and the states after it."""

    said: Mapping[str, Any]
    states: list[State]


# --- reading --------------------------------------------------------------------------------------


def own(connection: sqlite3.Connection, book: str) -> list[State]:
    """The states that the file keeps of a book, in their order; none before the first change."""
    rows = connection.execute(
        "SELECT name, completed FROM state WHERE book = ? AND ended_by IS NULL ORDER BY place",
        (book,),
    )
    return [State(name, bool(completed)) for name, completed in rows]


def all_own(connection: sqlite3.Connection) -> dict[str, list[State]]:
    """The states that the file keeps, by book, in the order in which the books came to have some."""
    books = connection.execute("SELECT book FROM state GROUP BY book ORDER BY min(id)").fetchall()
    kept = {book: own(connection, book) for (book,) in books}
    return {book: states for book, states in kept.items() if states}


def adopted(data: dict[str, Any], states: Sequence[State]) -> dict[str, Any]:
    """A book's data with these open statuses in place of its own; without any, as it is."""
    if not states:
        return data
    known: dict[str, dict[str, Any]] = data["statuses"]
    open_ones = {
        s.name: {"about": "", **known.get(s.name, {}), "completed": s.completed} for s in states
    }
    closed = {name: raw for name, raw in known.items() if raw.get("closed")}
    return {**data, "statuses": {**open_ones, **closed}}


def of(book: Book) -> list[State]:
    """The states of a book that was read for a ticket file; BadInput where it has no catalogue."""
    if not book.catalogue:
        raise BadInput(f"the states of book {book.name} are its own: no ticket file has others.")
    return [State(s.name, s.completed) for s in book.statuses.values() if not s.closed]


def used(connection: sqlite3.Connection, book: str) -> dict[str, int]:
    """How many open tickets of a book stand in each state."""
    return dict(
        connection.execute(
            "SELECT status, count(*) FROM ticket WHERE book = ? AND open = 1 AND ended_by IS NULL"
            " GROUP BY status",
            (book,),
        ).fetchall()
    )


# --- what a catalogue would be --------------------------------------------------------------------


def added(book: Book, name: str, completed: bool) -> Change:
    """With one more state, the last."""
    states = of(book)
    _check_name(name, book)
    if name in _names(states):
        raise BadInput(f"there is a state {name!r} already; there are {_told(states)}.")
    said = {"change": "add", "state": name, "completed": completed}
    return Change(said, [*states, State(name, completed)])


def renamed(book: Book, name: str, to: str, completed: bool | None) -> Change:
    """With another name for a state, or another word on whether its tickets may be closed."""
    states = of(book)
    place = _place(states, name)
    after = State(to, states[place].completed if completed is None else completed)
    if after == states[place]:
        raise BadInput(f"{name!r} is called so already, and nothing else of it would change.")
    _check_name(to, book)
    if to != name and to in _names(states):
        raise BadInput(f"there is a state {to!r} already; there are {_told(states)}.")
    said = {"change": "rename", "state": name, "to": to, "completed": after.completed}
    return Change(said, [*states[:place], after, *states[place + 1 :]])


def reordered(book: Book, names: Sequence[str]) -> Change:
    """In another order: those named come first, the others after them as they stood."""
    states = of(book)
    named = [states[_place(states, name)] for name in names]
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"{twice!r} is named twice; name each state once.")
    after = [*named, *(state for state in states if state not in named)]
    if after == states:
        raise BadInput(f"the states stand in this order already: {_told(states)}.")
    return Change({"change": "reorder", "order": _names(after)}, after)


def removed(book: Book, name: str, tickets: int) -> Change:
    """Without a state; Refused where open tickets stand in it, or where it is the last one."""
    states = of(book)
    place = _place(states, name)
    if tickets:
        many = "1 open ticket" if tickets == 1 else f"{tickets} open tickets"
        raise Refused(
            f"{name!r} is the state of {many}: move or close what is in it first, or give the state"
            " another name."
        )
    if len(states) == 1:
        raise Refused(f"{name!r} is the only state, and open tickets need one: add another first.")
    return Change({"change": "remove", "state": name}, [*states[:place], *states[place + 1 :]])


def _check_name(name: str, book: Book) -> None:
    if (wrong := _wrong_name(name, book)) is not None:
        raise BadInput(f"the name of a state {wrong}.")


def _wrong_name(name: str, book: Book) -> str | None:
    """Why a state can't be called so: it is typed at a shell and heads a column."""
    if not name or not name.isprintable() or name != name.strip() or name.startswith("-"):
        return f"is {name!r}: it must have some letters, no line breaks, no blanks or - in front"
    if name in book.statuses and book.statuses[name].closed:
        return f"is {name!r}: that is what closed tickets are; call the state something else"
    return None


def _names(states: Sequence[State]) -> list[str]:
    return [state.name for state in states]


def _told(states: Sequence[State]) -> str:
    return ", ".join(_names(states))


def _place(states: Sequence[State], name: str) -> int:
    if name not in _names(states):
        raise BadInput(f"there is no state {name!r}; there are {_told(states)}.")
    return _names(states).index(name)


# --- writing --------------------------------------------------------------------------------------


def change(
    connection: sqlite3.Connection, writer: Writer, shelf: Shelf, book: str, made: Change
) -> tuple[int, list[str]]:
    """Change a book's states; returns the event's number, and the tickets in a renamed state."""
    number = write(connection, writer, book, made)
    renamed = _rename(connection, writer, book, made.said)
    shelf.forget(book)
    return number, renamed


def write(connection: sqlite3.Connection, writer: Writer, book: str, made: Change) -> int:
    """Put states in place of those the file keeps of a book, by one event; returns its number."""
    ends = connection.execute("SELECT id FROM state WHERE book = ? AND ended_by IS NULL", (book,))
    ended = {"state": [row[0] for row in ends]}
    rows = [
        ("state", (book, state.name, place, int(state.completed)))
        for place, state in enumerate(made.states, 1)
    ]
    said = {"book": book, **made.said}
    ended = ended if ended["state"] else {}
    from .write_events import Record

    return writer.write([Record(None, "", STATES, None, said, {}, ended, None, rows)])[0]


def _rename(
    connection: sqlite3.Connection, writer: Writer, book: str, said: Mapping[str, Any]
) -> list[str]:
    """Each ticket in a renamed state gets the new name, by an event of its own."""
    if said.get("to") in (None, said.get("state")):
        return []
    tickets = connection.execute(
        "SELECT id, ref FROM ticket WHERE book = ? AND status = ? AND open = 1"
        " AND ended_by IS NULL ORDER BY id",
        (book, said["state"]),
    ).fetchall()
    from .write_events import Record

    facts, pair = {"book": book, **said}, [said["state"], said["to"]]
    writer.write(
        Record(number, "", STATES, None, facts, {"status": pair}, {}, None, ())
        for number, _ in tickets
    )
    connection.execute(
        "UPDATE ticket SET status = ? WHERE id IN (SELECT value FROM json_each(?))",
        (said["to"], encode([number for number, _ in tickets])),
    )
    return [ref for _, ref in tickets]


# --- taking in ------------------------------------------------------------------------------------


class StateRow(NamedTuple):
    """A state that is to be imported, and who tells what is wrong with it."""

    book: Book
    state: State
    fault: RowFaults


def take_in(
    connection: sqlite3.Connection, writer: Writer, forms: Forms, rows: Sequence[StateRow]
) -> None:
    """Give the file the states that an import has, in the order of its rows, book by book.

    Where the file has states of its own, they have to be the same.
    """
    for name in dict.fromkeys(row.book.name for row in rows):
        of_book = [row for row in rows if row.book.name == name]
        states = [row.state for row in of_book]
        if _are_good(of_book) and _fit(connection, of_book[0], states):
            write(connection, writer, name, Change({"change": "import"}, states))
            forms.renew(name)


def _are_good(rows: Sequence[StateRow]) -> bool:
    """Whether the rows make a catalogue: what is wrong is told."""
    for place, row in enumerate(rows):
        name = row.state.name
        if not row.book.catalogue:
            row.fault("book", f"is {row.book.name!r}, whose states are not a ticket file's to say")
        elif (wrong := _wrong_name(name, row.book)) is not None:
            row.fault("state", wrong)
        elif any(earlier.state.name == name for earlier in rows[:place]):
            row.fault("state", f"is {name!r}, which stands here twice; give each state once")
    return not any(row.fault.any for row in rows)


def _fit(connection: sqlite3.Connection, first: StateRow, states: Sequence[State]) -> bool:
    """Whether the file can be given these states; not where it has them, or others, already."""
    book = first.book.name
    if kept := own(connection, book):
        if kept != list(states):
            first.fault("", f"the ticket file has other states of book {book}: {_told(kept)}")
        return False
    missing = [status for status in used(connection, book) if status not in _names(states)]
    if missing:
        first.fault("", f"open tickets of book {book} stand in {missing[0]!r}; name that state too")
    return not missing


# --- taking back ----------------------------------------------------------------------------------


def check(connection: sqlite3.Connection, shelf: Callable[[], Shelf]) -> None:
    """Refused where an open ticket stands in no state that the file or its book has.

    So that what is undone leaves none that the catalogue does not know.
    """
    for (book,) in connection.execute("SELECT DISTINCT book FROM state").fetchall():
        known = encode(_names(of(shelf().book(book))))
        astray = connection.execute(
            "SELECT ref, status FROM ticket WHERE book = ? AND open = 1 AND ended_by IS NULL"
            " AND status NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT 1",
            (book, known),
        ).fetchone()
        if astray is not None:
            run = connection.execute(
                "SELECT run FROM event WHERE event = ? AND facts ->> '$.book' = ?"
                " ORDER BY id DESC LIMIT 1",
                (STATES, book),
            ).fetchone()[0]
            raise Refused(
                f"{astray[0]} would stand in {astray[1]!r}, which would be no state any more: the"
                f" states were changed by run {run}; take all of that back first, with"
                f" `prassi undo --run {run}`."
            )
