"""The requests that the views show: read straight from the ticket file, narrowed by options."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions

if TYPE_CHECKING:
    from prassi.core.book.model import Book
    from prassi.core.decision.ticket_state import TicketState

NOBODY = "none"
"""The value of --owner that stands for no owner."""


class Request(NamedTuple):
    """A request, or a ticket made from one, as the views and their --json have it; `age` are the days
    since it was opened."""

    ticket: str
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


class RequestFilter(NamedTuple):
    """Which requests to show; None stands for any."""

    owner: str | None = None
    type: str | None = None
    customer: str | None = None
    age: int | None = None
    text: str | None = None
    tickets: bool = False

    def check(self, book: Book) -> None:
        """BadInput where the type is not one of the book's."""
        if self.type is not None:
            try:
                book.fields["type"].read(self.type)
            except ValueError as error:
                raise BadInput(f"--type {error}.") from None

    def holds(self, request: Request) -> bool:
        """Whether the request is one to show."""
        owner = NOBODY if request.owner is None else request.owner
        return (
            (self.owner is None or self.owner.casefold() == owner.casefold())
            and self.type in (None, request.type)
            and (self.customer is None or _is_customer(self.customer, request))
            and (self.age is None or request.age >= self.age)
            and (self.text is None or self.text.casefold() in request.text.casefold())
        )


def _is_customer(customer: str, request: Request) -> bool:
    return customer == request.customer or customer.casefold() in request.name.casefold()


_OPTIONS = (
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
        help="Only those at least this many days old.",
    ),
    click.option("--text", metavar="TEXT", help="Only those whose text has these words."),
    click.option(
        "--tickets", is_flag=True, help="The tickets made from requests, not the requests."
    ),
)


def add_filter_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a view the options of a `RequestFilter`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def read_requests(
    common: CommonOptions, name: str, chosen: RequestFilter, closed: bool
) -> tuple[list[str], list[Request]]:
    """The states of a book, and those of its requests that are to be shown, by their number."""
    from prassi.core.book import status_catalogue  # late: 56 ms
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile import read_tickets

    connection = common.open_file()
    book = Shelf(common.load_settings(), connection).book(name)
    chosen.check(book)
    kind, today = "ticket" if chosen.tickets else "request", date.fromisoformat(common.at[:10])
    found = read_tickets.list_tickets(connection, book, (), closed, {"kind": kind}, "ref")
    requests = [_make_request(book, state, today) for state in found]
    states = [state.name for state in status_catalogue.states_of(book)]
    shown = [request for request in requests if chosen.holds(request)]
    return states, sorted(shown, key=lambda request: _split_number(request.ticket))


def _make_request(book: Book, state: TicketState, today: date) -> Request:
    fields: dict[str, Any] = {
        name: state.fields.get(name, field.default) for name, field in book.fields.items()
    }
    customer, opened = state.customer, date.fromisoformat(state.opened[:10])
    return Request(
        ticket=state.ref,
        customer=customer.ref,
        name=customer.name or customer.ref,
        type=str(fields["type"]),
        state=state.status,
        open=bool(state.open),
        owner=fields["owner"],
        opened=state.opened,
        age=(today - opened).days,
        text=fields["text"] or "",
        result=state.result,
    )


def _split_number(text: str) -> list[tuple[int, str]]:
    """A key to sort by, in which Q-10 comes after Q-9."""
    parts = re.split(r"([0-9]+)", text)
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


def place_state(state: str, states: Sequence[str]) -> int:
    """The place of a state in their order; one that was removed comes last."""
    return states.index(state) if state in states else len(states)


def format_title(common: CommonOptions, chosen: RequestFilter) -> str:
    """What the view shows, and of which day."""
    what = say("Tickets from requests") if chosen.tickets else say("Requests")
    return f"{what}, {common.at[:10]}"
