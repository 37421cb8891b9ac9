"""The list of requests, the counts by type and state, and the states themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions
from ..words import say_heads
from .columns import cut_text, format_table, measure_screen
from .output import print_heading, print_json, print_text
from .requests import Request, RequestFilter, format_title, place_state, read_requests

_TEXT = 120
"""Columns of a request's text that the list shows; --json has all of it."""

_SORT_KEYS: dict[str, Callable[[Request, Sequence[str]], Any]] = {
    "number": lambda request, states: 0,  # as they are read
    "customer": lambda request, states: request.name.casefold(),
    "type": lambda request, states: request.type,
    "state": lambda request, states: place_state(request.state, states),
    "owner": lambda request, states: (request.owner is None, (request.owner or "").casefold()),
    "opened": lambda request, states: request.opened,
    "age": lambda request, states: request.age,
}


def print_list(
    common: CommonOptions, book: str, chosen: RequestFilter, sort: str, counts: bool
) -> None:
    """Print all requests, or only how many there are of each type in each state."""
    column = sort.removeprefix("-")
    if column not in _SORT_KEYS:
        known = ", ".join(_SORT_KEYS)
        raise BadInput(f"--sort is {sort!r}: it must be one of {known}, or - and one.")
    states, requests = read_requests(common, book, chosen, closed=True)
    requests.sort(key=lambda request: _SORT_KEYS[column](request, states))
    if sort != column:
        requests.reverse()
    if common.json:
        for row in _count_rows(requests, states) if counts else (r._asdict() for r in requests):
            print_json(row)
        return
    still_open = sum(request.open for request in requests)
    title = format_title(common, chosen)
    print_heading(
        say("{title}: {still_open} open, {requests} closed").format(
            title=title, still_open=still_open, requests=len(requests) - still_open
        )
    )
    if requests and not counts:
        print_text()
        _print_table([_make_row(request) for request in requests], say_heads(_HEADS))
    if requests:
        print_text()
        _print_counts(requests, states)


_HEADS = ("number", "customer", "type", "state", "owner", "age", "text")


def _make_row(request: Request) -> list[str | int]:
    ended = "" if request.open or request.result is None else f", {request.result}"
    return [
        request.ticket,
        request.name,
        request.type,
        f"{request.state}{ended}",
        request.owner or "",
        request.age,
        cut_text(request.text, _TEXT),
    ]


def _print_table(rows: Sequence[Sequence[str | int]], heads: Sequence[str]) -> None:
    for line in format_table(rows, heads, measure_screen()):
        print_text(line)


def _count_rows(requests: Sequence[Request], states: Sequence[str]) -> Iterator[dict[str, object]]:
    counts = Counter((request.state, request.type) for request in requests)
    for (state, kind), count in sorted(
        counts.items(), key=lambda item: (place_state(item[0][0], states), item[0])
    ):
        yield {"state": state, "type": kind, "count": count}


def _print_counts(requests: Sequence[Request], states: Sequence[str]) -> None:
    """Print how many there are of each type, in each state."""
    counts = Counter((request.state, request.type) for request in requests)
    kinds = sorted({kind for _, kind in counts})
    used = sorted({state for state, _ in counts}, key=lambda state: place_state(state, states))
    rows: list[list[str | int]] = []
    for state in used:
        of_state = [counts[state, kind] for kind in kinds]
        rows.append([state, *of_state, sum(of_state)])
    totals = [sum(counts[state, kind] for state in used) for kind in kinds]
    rows.append([say("all"), *totals, len(requests)])
    _print_table(rows, [say("state"), *kinds, say("all")])


def print_states(common: CommonOptions, name: str) -> None:
    """Print the states of a book in their order, with how many open requests are in each."""
    from prassi.core.book import status_catalogue  # late: 58 ms
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile import state_catalogue

    connection = common.open_file()
    used = state_catalogue.count_open_tickets(connection, name)
    states = status_catalogue.states_of(Shelf(common.load_settings(), connection).book(name))
    if common.json:
        for state in states:
            print_json({**state._asdict(), "open": used.get(state.name, 0)})
        return
    rows: list[list[str | int]] = [
        [s.name, say("yes") if s.completed else "", used.get(s.name, 0)] for s in states
    ]
    _print_table(rows, say_heads(["state", "may be closed", "open"]))
