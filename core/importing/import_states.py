"""Taking the states of an import into the catalogue of the ticket file."""

from __future__ import annotations

from collections.abc import Sequence

from ..book.status_catalogue import (
    CatalogueChange,
    CatalogueState,
    find_alike,
    join_names,
    name_fault,
    state_names,
)
from ..ticketfile.change_states import write_states
from ..ticketfile.sqlite import Connection
from ..ticketfile.state_catalogue import count_open_tickets, read_states
from ..ticketfile.write_events import EventWriter
from .check_rows import StateRow
from .row_forms import Forms


def take_in(
    connection: Connection, writer: EventWriter, forms: Forms, rows: Sequence[StateRow]
) -> None:
    """Give the file the states that an import has, in the order of its rows, book by book.

    Where the file has states of its own, they have to be the same.
    """
    for name in dict.fromkeys(row.book.name for row in rows):
        of_book = [row for row in rows if row.book.name == name]
        states = [row.state for row in of_book]
        if _are_good(of_book) and _fit(connection, of_book[0], states):
            write_states(connection, writer, name, CatalogueChange({"change": "import"}, states))
            forms.renew(name)


def _are_good(rows: Sequence[StateRow]) -> bool:
    """Whether the rows make a catalogue: what is wrong is told."""
    for place, row in enumerate(rows):
        name = row.state.name
        if not row.book.catalogue:
            row.fault("book", f"is {row.book.name!r}, whose states are not a ticket file's to say")
        elif (wrong := name_fault(name, row.book)) is not None:
            row.fault("state", wrong)
        elif (other := find_alike(name, (one.state.name for one in rows[:place]))) == name:
            row.fault("state", f"is {name!r}, which is here twice; give each state once")
        elif other is not None:
            told = f"is {name!r}, and {other!r} is here too, which differs only by case or blanks"
            row.fault("state", f"{told}; give each state once")
    return not any(row.fault.any for row in rows)


def _fit(connection: Connection, first: StateRow, states: Sequence[CatalogueState]) -> bool:
    """Whether the file can be given these states; not where it has them, or others, already."""
    book = first.book.name
    if kept := read_states(connection, book):
        if kept != list(states):
            first.fault("", f"the ticket file has other states of book {book}: {join_names(kept)}")
        return False
    missing = [
        status
        for status in count_open_tickets(connection, book)
        if status not in state_names(states)
    ]
    if missing:
        first.fault("", f"open tickets of book {book} stand in {missing[0]!r}; name that state too")
    return not missing
