"""Books on the screen: as procedures to read, and as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypedDict

from prassi.core.book.model import Book
from prassi.core.errors import BadInput

from ..printing.procedure import book_as_json
from .desk_door import DeskDoor
from .workers import Visitor


class BookLine(TypedDict):
    """A book in a list; `fault` where it can't be read."""

    name: str
    title: str
    fault: str | None


class BookScreen(TypedDict):
    """A book as a procedure to read."""

    book: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    parameters: Sequence[tuple[str, Any, str, str]]
    pictures: Sequence[str]


def list_books(door: DeskDoor, visitor: Visitor) -> Sequence[BookLine]:
    """All books."""
    sound, faulty = door.shelf.read_sound(door.shelf.names())
    lines: list[BookLine] = [{"name": one.name, "title": one.title, "fault": None} for one in sound]
    lines += [{"name": name, "title": name, "fault": fault} for name, fault in faulty.items()]
    return sorted(lines, key=lambda one: one["name"])


def read_book_screen(door: DeskDoor, visitor: Visitor, name: str) -> BookScreen:
    """A book; BadInput where there is none of that name, or it is faulty."""
    book = door.shelf.book(name)
    shown = book_as_json(book)
    return {
        "book": shown,
        "events": [_show_event(book, shown, one) for one in book.event_names],
        "parameters": [
            (one.name, one.value, one.unit, one.about) for one in book.parameters.values()
        ],
        "pictures": ["states", *book.event_names],
    }


def _show_event(book: Book, shown: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An event with what is asked, and its rules."""
    event = book.event(name)
    return {
        "name": name,
        "title": event.title,
        "inputs": [(one, spec.field.about) for one, spec in event.inputs.items()],
        "rules": [rule for rule in shown["rules"] if rule["event"] == name],
    }


class MatrixScreen(TypedDict):
    """Which rule can answer which event in which status, by status."""

    book: str
    title: str
    statuses: Sequence[tuple[str | None, Sequence[Mapping[str, Any]]]]


def read_matrix(door: DeskDoor, visitor: Visitor, name: str) -> MatrixScreen:
    """The matrix of a book; BadInput where there is none of that name."""
    groups = groupby(door.read_matrix(name), lambda row: row.status)
    statuses = [(status, [row._asdict() for row in own]) for status, own in groups]
    return {"book": name, "title": door.shelf.book(name).title, "statuses": statuses}


def draw_picture(door: DeskDoor, visitor: Visitor, name: str, picture: str) -> str:
    """A picture of a book as SVG; BadInput where there is none, or Graphviz is missing."""
    from prassi.core.publish.pictures.draw import draw_book  # late: 60 ms, and few ask
    from prassi.core.publish.pictures.svg import write_svg

    door.shelf.book(name)
    drawn = [*draw_book(door.shelf, name, (picture,))]
    if not drawn:
        raise BadInput(f"book {name} has no picture {picture!r}.")
    return write_svg(drawn)
