"""The board: a column for each open status of a book, and what a card can be dragged to.

What dragging means is read from the book: an event with an input of type `status` moves a card to
another column at once; otherwise `move_screen` finds the events that lead there. Where a rule of that
event can't be taken back, its choices are drop zones.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from prassi.core.book.model import Book, Event, Input, Rule
from prassi.core.desk.ticket_list import TicketList
from prassi.core.errors import BadInput

from .desk_door import DeskDoor
from .move_screen import find_status_input
from .workers import Visitor

FEW = 12
"""Open statuses that a book without a catalogue may have to be shown as a board."""

CARDS = 50
"""Cards of a column that are shown."""

_COLUMNS = ("ticket", "name", "customer", "action", "due", "assignee", "amount", "opened")


class BoardMove(NamedTuple):
    """The event by which a card goes to another column: its input for the status, and what is given
    beside."""

    event: str
    input: str
    given: Mapping[str, str]


class DropZone(NamedTuple):
    """What can be made of a card: the event, and what is given; it can't be taken back."""

    event: str
    given: Mapping[str, str]
    label: str
    warning: str


class BoardColumn(NamedTuple):
    """A status with its cards; of a closed one, that it can be moved to."""

    status: str
    about: str
    tickets: int = 0
    cards: Sequence[Mapping[str, Any]] = ()


class BoardScreen(NamedTuple):
    """The board of a book: columns of open statuses, and `closed` ones to move to. `move` is the
    event that takes a status, if there is one."""

    book: str
    title: str
    columns: Sequence[BoardColumn]
    closed: Sequence[BoardColumn]
    move: BoardMove | None
    zones: Sequence[DropZone]
    boards: Sequence[str]
    query: str


def read_board(door: DeskDoor, visitor: Visitor, name: str, query: str) -> BoardScreen:
    """The board of a book, narrowed by a query; BadInput where it has none."""
    shelf = door.shelf
    boards = [one.name for one in shelf.sound() if _has_board(one)]
    if name not in boards:
        raise BadInput(f"there is no board {name!r}; there are {', '.join(boards)}.")
    book = shelf.book(name)
    query = query or door.settings.views.get(f"board-{name}", "")
    event = _find_moving_event(book)
    return BoardScreen(
        book=name,
        title=book.title,
        columns=[*_read_columns(door, book, query)],
        closed=[BoardColumn(one.name, one.about) for one in book.statuses.values() if one.closed],
        move=None if event is None else _make_move(event),
        zones=[] if event is None else [*_list_zones(event)],
        boards=boards,
        query=query,
    )


def _read_columns(door: DeskDoor, book: Book, query: str) -> Iterator[BoardColumn]:
    """The open statuses, each with the cards that fit a query, the oldest first."""
    tickets = TicketList(door.connection, door.settings, door.at, door.shelf, [book.name])
    shown = [*_COLUMNS, *(name for name in ("text", "subject") if name in book.fields)]
    words = f"book:{book.name} ({query})" if query else f"book:{book.name}"
    groups = tickets.read_groups([words], shown, "status", ["opened"], CARDS)
    for one in book.statuses.values():
        if not one.closed:
            count, lines = groups.get(one.name, (0, ()))
            yield BoardColumn(one.name, one.about, count, [dict(line) for line in lines])


def list_boards(door: DeskDoor, visitor: Visitor) -> Sequence[str]:
    """The books that have a board."""
    return [one.name for one in door.shelf.sound() if _has_board(one)]


def _has_board(book: Book) -> bool:
    return book.catalogue or sum(not one.closed for one in book.statuses.values()) <= FEW


def _find_moving_event(book: Book) -> Event | None:
    """The event by which a person says to which status a ticket goes."""
    for name in book.event_names:
        event = book.event(name)
        if not event.opens and find_status_input(event) is not None:
            return event
    return None


def _make_move(event: Event) -> BoardMove:
    spec = find_status_input(event)
    assert spec is not None
    return BoardMove(event.name, spec.field.name, _find_words(spec, event))


def _find_words(spec: Input, event: Event) -> dict[str, str]:
    """The words of other inputs with which one is asked for, where there is one such word each."""
    found = dict[str, str]()
    for name, cell in spec.when.items():
        words = [word for word in event.inputs[name].field.values if cell.holds(word)]
        if len(words) == 1:
            found[name] = words[0]
    return found


def _list_zones(event: Event) -> Iterator[DropZone]:
    """The choices of what a rule makes that can't be taken back."""
    for rule in event.rules:
        if rule.irreversible is not None:
            fixed = _read_fixed_words(rule, event)
            spec = _find_choice(event, fixed)
            if spec is not None:
                for word in spec.field.values:
                    given = {**fixed, spec.field.name: word}
                    yield DropZone(event.name, given, word, rule.irreversible)


def _read_fixed_words(rule: Rule, event: Event) -> dict[str, str]:
    """The one word that each input of choices has in all rows of a rule."""
    found = dict[str, str]()
    for name, spec in event.inputs.items():
        if spec.field.type == "word":
            words = {
                word
                for row in rule.rows
                for word in spec.field.values
                if name in row and row[name].holds(word)
            }
            if len(words) == 1 and all(name in row for row in rule.rows):
                found[name] = words.pop()
    return found


def _find_choice(event: Event, fixed: Mapping[str, str]) -> Input | None:
    """The first choice that is asked for once some words are given."""
    for name, spec in event.inputs.items():
        when = spec.when
        if (
            spec.field.type == "word"
            and name not in fixed
            and when
            and all(one in fixed and cell.holds(fixed[one]) for one, cell in when.items())
        ):
            return spec
    return None
