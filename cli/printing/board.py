"""Requests on a board and in a list: read straight from the ticket file, nothing is changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions
from .columns import GAP, cut_text, format_table, join_columns, measure_screen, pad_text, wrap_text
from .output import print_heading, print_json, print_text

if TYPE_CHECKING:
    from prassi.core.book.model import Book
    from prassi.core.decision.ticket_state import State

_CARD, _WIDEST = 18, 36
"""How narrow and how wide a column of the board may be."""

_TEXT = 120
"""Columns of a request's text that the list shows; --json has all of it."""

_LONG = 40
"""Lines of a board after which its heads stand below it too."""

NOBODY = "none"
"""What --owner calls nobody."""


class Request(NamedTuple):
    """A request, or a ticket made from one, as the views show it; `age` counts days."""

    number: str
    customer: str
    name: str
    type: str
    state: str
    open: bool
    owner: str | None
    opened: str
    age: int
    text: str
    result: str | None

    def row(self) -> dict[str, Any]:
        """It as JSON shows it."""
        told = self._asdict()
        return {"ticket": told.pop("number"), **told}


class Filter(NamedTuple):
    """Which requests to show; None is any."""

    owner: str | None = None
    type: str | None = None
    customer: str | None = None
    age: int | None = None
    text: str | None = None
    tickets: bool = False

    def check(self, book: Book) -> None:
        """BadInput where it asks for a type there is not."""
        if self.type is not None:
            try:
                book.fields["type"].read(self.type)
            except ValueError as error:
                raise BadInput(f"--type {error}.") from None

    def holds(self, request: Request) -> bool:
        """Whether the request is one to show."""
        owner = NOBODY if request.owner is None else request.owner
        return (
            (self.owner is None or _same(self.owner, owner))
            and self.type in (None, request.type)
            and (self.customer is None or _names(self.customer, request))
            and (self.age is None or request.age >= self.age)
            and (self.text is None or self.text.casefold() in request.text.casefold())
        )


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _names(customer: str, request: Request) -> bool:
    return customer == request.customer or customer.casefold() in request.name.casefold()


_FILTERS = (
    click.option(
        "--owner", metavar="WHO", help=f"Only those of WHO; `{NOBODY}` for those without an owner."
    ),
    click.option("--type", metavar="TYPE", help="Only those of this type."),
    click.option(
        "--customer", metavar="WHOM", help="Only this customer's: the ref, or a part of the name."
    ),
    click.option(
        "--age",
        type=click.IntRange(min=0),
        metavar="DAYS",
        help="Only those at least so many days old.",
    ),
    click.option("--text", metavar="TEXT", help="Only those whose text has these words."),
    click.option(
        "--tickets", is_flag=True, help="The tickets made from requests, in place of those."
    ),
)


def filters(function: Callable[..., None]) -> Callable[..., None]:
    """Give a view the options that narrow it."""
    for option in reversed(_FILTERS):
        function = option(function)
    return function


# --- reading --------------------------------------------------------------------------------------


def _read(
    common: CommonOptions, name: str, chosen: Filter, closed: bool
) -> tuple[list[str], list[Request]]:
    """The states of a book, and those of its requests that are to be shown, by their number."""
    from prassi.core.book import status_catalogue
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile import read_tickets

    connection = common.open_file()
    book = Shelf(common.load_settings(), connection).book(name)
    chosen.check(book)
    kind, today = "ticket" if chosen.tickets else "request", date.fromisoformat(common.at[:10])
    found = read_tickets.list_tickets(connection, book, (), closed, {"kind": kind}, "ref")
    requests = [request for state in found if chosen.holds(request := _request(book, state, today))]
    states = [state.name for state in status_catalogue.states_of(book)]
    return states, sorted(requests, key=lambda request: _natural(request.number))


def _request(book: Book, state: State, today: date) -> Request:
    fields = {name: state.fields.get(name, field.default) for name, field in book.fields.items()}
    customer, opened = state.customer, date.fromisoformat(state.opened[:10])
    return Request(
        state.ref,
        customer.ref,
        customer.name or customer.ref,
        str(fields["type"]),
        state.status,
        state.open,
        fields["owner"],
        state.opened,
        (today - opened).days,
        fields["text"] or "",
        state.result,
    )


def _natural(text: str) -> list[tuple[int, str]]:
    """So that Q-10 comes after Q-9."""
    parts = re.split(r"([0-9]+)", text)
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


# --- the board ------------------------------------------------------------------------------------


def print_board(common: CommonOptions, book: str, chosen: Filter, limit: int | None) -> None:
    """The open requests, a column a state, the oldest first."""
    states, requests = _read(common, book, chosen, closed=False)
    requests.sort(key=lambda request: -request.age)
    if common.json:
        for request in requests:
            print_json(request.row())
        return
    what = "Tickets from requests" if chosen.tickets else "Requests"
    print_heading(f"{what}, {common.at[:10]}: {len(requests) or 'none'} open")
    states += [state for state in dict.fromkeys(r.state for r in requests) if state not in states]
    room = max(_CARD, measure_screen())
    for band in _bands(states, room):
        print_text()
        for line in _band([(s, [r for r in requests if r.state == s]) for s in band], room, limit):
            print_text(line)


def _bands(states: Sequence[str], room: int) -> Iterator[Sequence[str]]:
    """The states that stand beside each other: as many as fit, about as many in each band."""
    most = max(1, (room + GAP) // (_CARD + GAP))
    size = -(-len(states) // -(-len(states) // most))
    yield from (states[first : first + size] for first in range(0, len(states), size))


def _band(
    columns: Sequence[tuple[str, Sequence[Request]]], room: int, limit: int | None
) -> Iterator[str]:
    """The lines of some columns of the board, under their heads."""
    width = min(_WIDEST, (room - GAP * (len(columns) - 1)) // len(columns))
    widths = [width] * len(columns)
    heads = list(join_columns([wrap_text(f"{s} ({len(of)})", width) for s, of in columns], widths))
    body = list(join_columns([list(_column(of, width, limit)) for _, of in columns], widths))
    rule = next(join_columns([["-" * width]] * len(columns), widths))
    yield from (*heads, rule, *body)
    if len(body) > _LONG:
        yield from (rule, *heads)


def _column(requests: Sequence[Request], width: int, limit: int | None) -> Iterator[str]:
    shown = requests[:limit]
    for place, request in enumerate(shown):
        yield from [""] if place else []
        yield from _card(request, width)
    if len(shown) < len(requests):
        yield from ("", f"... and {len(requests) - len(shown)} more")


def _card(request: Request, width: int) -> Iterator[str]:
    """Number and age, the customer, and what it is and whose."""
    age = f" {request.age} d"
    first, *rest = wrap_text(request.number, width - len(age))
    yield pad_text(first, width - len(age)) + age
    yield from rest
    yield from wrap_text(request.name, width)
    yield from wrap_text(f"{request.type}, {request.owner or 'no owner'}", width)


# --- the list -------------------------------------------------------------------------------------


_SORTS: dict[str, Callable[[Request, Sequence[str]], Any]] = {
    "number": lambda request, states: 0,  # as they are read
    "customer": lambda request, states: request.name.casefold(),
    "type": lambda request, states: request.type,
    "state": lambda request, states: _place(request.state, states),
    "owner": lambda request, states: (request.owner is None, (request.owner or "").casefold()),
    "opened": lambda request, states: request.opened,
    "age": lambda request, states: request.age,
}


def _place(state: str, states: Sequence[str]) -> int:
    return states.index(state) if state in states else len(states)


def print_list(common: CommonOptions, book: str, chosen: Filter, sort: str, counts: bool) -> None:
    """All requests, or only how many there are of each type in each state."""
    column = sort.removeprefix("-")
    if column not in _SORTS:
        raise BadInput(f"--sort is {sort!r}: it must be one of {', '.join(_SORTS)}, or - and one.")
    states, requests = _read(common, book, chosen, closed=True)
    requests.sort(key=lambda request: _SORTS[column](request, states))
    if sort != column:
        requests.reverse()
    if common.json:
        for row in _counted(requests, states) if counts else (r.row() for r in requests):
            print_json(row)
        return
    still_open = sum(request.open for request in requests)
    what = "Tickets from requests" if chosen.tickets else "Requests"
    print_heading(
        f"{what}, {common.at[:10]}: {still_open} open, {len(requests) - still_open} closed"
    )
    if requests and not counts:
        print_text()
        for line in format_table([_line(r) for r in requests], _HEADS, measure_screen()):
            print_text(line)
    if requests:
        print_text()
        for line in _count_table(requests, states):
            print_text(line)


_HEADS = ("number", "customer", "type", "state", "owner", "age", "text")


def _line(request: Request) -> list[str | int]:
    ended = "" if request.open or request.result is None else f", {request.result}"
    return [
        request.number,
        request.name,
        request.type,
        f"{request.state}{ended}",
        request.owner or "",
        request.age,
        cut_text(request.text, _TEXT),
    ]


def _counted(requests: Sequence[Request], states: Sequence[str]) -> Iterator[dict[str, Any]]:
    many = Counter((request.state, request.type) for request in requests)
    for (state, kind), count in sorted(
        many.items(), key=lambda item: (_place(item[0][0], states), item[0])
    ):
        yield {"state": state, "type": kind, "count": count}


def _count_table(requests: Sequence[Request], states: Sequence[str]) -> Iterator[str]:
    """How many there are of each type, in each state."""
    many = Counter((request.state, request.type) for request in requests)
    kinds = sorted({kind for _, kind in many})
    standing = sorted({state for state, _ in many}, key=lambda state: _place(state, states))
    rows: list[list[str | int]] = [
        [state, *(many[state, kind] for kind in kinds), sum(many[state, kind] for kind in kinds)]
        for state in standing
    ]
    rows.append(["all", *(sum(many[s, kind] for s in standing) for kind in kinds), len(requests)])
    yield from format_table(rows, ["state", *kinds, "all"], measure_screen())


# --- the states -----------------------------------------------------------------------------------


def print_states(common: CommonOptions, name: str) -> None:
    """The states of a book in their order."""
    from prassi.core.book import status_catalogue
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile import state_catalogue

    connection = common.open_file()
    used = state_catalogue.count_open_tickets(connection, name)
    states = status_catalogue.states_of(Shelf(common.load_settings(), connection).book(name))
    if common.json:
        for state in states:
            print_json({**state._asdict(), "open": used.get(state.name, 0)})
        return
    rows = [[s.name, "yes" if s.completed else "", used.get(s.name, 0)] for s in states]
    for line in format_table(rows, ["state", "may be closed", "open"], measure_screen()):
        print_text(line)
