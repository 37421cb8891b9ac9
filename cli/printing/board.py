"""The board of requests: a column for each state, and a card for each open request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prassi.core.system.language import say

from ..options import CommonOptions
from .columns import GAP, cut_text, join_columns, measure_screen, pad_text, wrap_text
from .output import print_heading, print_json, print_text
from .requests import Request, RequestFilter, format_title, read_requests

_NARROWEST, _WIDEST = 18, 36
"""How narrow and how wide a column of the board may be."""

_LONG = 40
"""Lines of a board after which its heads stand below it too."""


def print_board(common: CommonOptions, book: str, chosen: RequestFilter, limit: int | None) -> None:
    """Print the open requests, a column for each state, the oldest first."""
    states, requests = read_requests(common, book, chosen, closed=False)
    requests.sort(key=lambda request: -request.age)
    if common.json:
        for request in requests:
            print_json(request._asdict())
        return
    print_heading(
        say("{common}: {requests} open").format(
            common=format_title(common, chosen), requests=len(requests) or say("none")
        )
    )
    states += [state for state in dict.fromkeys(r.state for r in requests) if state not in states]
    room = max(_NARROWEST, measure_screen())
    for band in _split_states(states, room):
        columns = [(state, [r for r in requests if r.state == state]) for state in band]
        print_text()
        for line in _format_band(columns, room, limit):
            print_text(line)


def _split_states(states: Sequence[str], room: int) -> Iterator[Sequence[str]]:
    """The states in bands that fit beside each other, about as many in each band."""
    most = max(1, (room + GAP) // (_NARROWEST + GAP))
    size = -(-len(states) // -(-len(states) // most))
    yield from (states[first : first + size] for first in range(0, len(states), size))


def _format_band(
    columns: Sequence[tuple[str, Sequence[Request]]], room: int, limit: int | None
) -> Iterator[str]:
    """The lines of some columns of the board, under their heads."""
    width = min(_WIDEST, (room - GAP * (len(columns) - 1)) // len(columns))
    widths = [width] * len(columns)
    titles = [wrap_text(f"{state} ({len(requests)})", width) for state, requests in columns]
    cards = [list(_format_column(requests, width, limit)) for _, requests in columns]
    heads, body = list(join_columns(titles, widths)), list(join_columns(cards, widths))
    rule = next(join_columns([["-" * width]] * len(columns), widths))
    yield from (*heads, rule, *body)
    if len(body) > _LONG:
        yield from (rule, *heads)


def _format_column(requests: Sequence[Request], width: int, limit: int | None) -> Iterator[str]:
    shown = requests[:limit]
    for place, request in enumerate(shown):
        yield from [""] if place else []
        yield from _format_card(request, width)
    if len(shown) < len(requests):
        yield from ("", say("... and {count} more").format(count=len(requests) - len(shown)))


def _format_card(request: Request, width: int) -> Iterator[str]:
    """Number and age, the customer, the type and the owner, then the beginning of the text."""
    age = say(" {days} d").format(days=request.age)
    first, *rest = wrap_text(request.ticket, width - len(age))
    yield pad_text(first, width - len(age)) + age
    yield from rest
    yield from wrap_text(request.name, width)
    yield from wrap_text(f"{request.type}, {request.owner or say('no owner')}", width)
    if request.text:
        first, *more = wrap_text(request.text, width)
        yield first
        yield from more if len(more) < 2 else [cut_text(f"{more[0]} …", width)]
