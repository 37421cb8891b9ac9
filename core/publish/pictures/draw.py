"""Drawing a book: its statuses, and each of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...analysis.checks.status_moves import find_moves
from ...analysis.checks.table_regions import build_table_regions
from ...errors import BadInput
from ...library.library import Shelf
from . import states, tree
from .drawing import Drawing

STATES = "states"
"""The picture of a book's statuses, among those of its events."""


def draw_book(shelf: Shelf, book: str, wanted: Sequence[str] = ()) -> Iterator[Drawing]:
    """Draw a book: the pictures wanted (`states`, or an event), or all. Raises Faults if it is faulty."""
    shelf.book(book)
    files = shelf.files(book)
    reader = files.reader()
    known = reader.declarations
    for one in wanted:
        if one != STATES and one not in known.event_names:
            names = ", ".join((STATES, *known.event_names))
            raise BadInput(f"book {files.name} has no picture {one!r}; write one of {names}.")
    tables = {name: build_table_regions(reader, reader.event(name)) for name in known.event_names}
    if not wanted or STATES in wanted:
        moves = [
            move for one in tables.values() for move in find_moves(one, known.statuses, files.name)
        ]
        title = str(reader.toml.document.data["book"]["title"])
        yield states.draw_statuses(files.name, title, known.statuses, moves)
    abouts = {name: fact.about for name, fact in known.facts.items()}
    for name, of_event in tables.items():
        if not wanted or name in wanted:
            inputs = {n: given.field.about for n, given in of_event.event.inputs.items()}
            yield tree.draw_table(of_event, files.name, {**abouts, **inputs})
