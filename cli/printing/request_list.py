"""The list of requests, the counts by type and state, and the states themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions
from ..words import say_heads
from .columns import Cell, cut_text, format_table, measure_screen
from .output import print_heading, print_text
from .requests import Request, RequestFilter, format_title, place_state, read_requests
from .rows import Row, RowOptions, RowView, print_rows, print_wrapped

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
    common: CommonOptions,
    options: RowOptions,
    book: str,
    chosen: RequestFilter,
    sort: str,
    counts: bool,
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
    rows = _count_rows(requests, states) if counts else (one._asdict() for one in requests)

    def print_requests(_: Iterable[Row], with_heads: bool) -> bool:
        title = format_title(common, chosen)
        return _print_for_people(title, requests, states, counts, with_heads)

    print_rows(common, options, COUNTS if counts else Request._fields, rows, print_requests)


COUNTS = ("state", "type", "count")


def _print_for_people(
    title: str, requests: Sequence[Request], states: Sequence[str], counts: bool, with_heads: bool
) -> bool:
    """Print requests, unless only counts are asked for, and how many there are of each type."""
    still_open = sum(request.open for request in requests)
    print_heading(
        say("{title}: {still_open} open, {requests} closed").format(
            title=title, still_open=still_open, requests=len(requests) - still_open
        )
    )
    if requests and not counts:
        print_text()
        _print_table([_make_row(request) for request in requests], say_heads(_HEADS), with_heads)
    if requests:
        print_text()
        _print_counts(requests, states, with_heads)
    return bool(requests)


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


def _print_table(
    rows: Sequence[Sequence[str | int]], heads: Sequence[str], with_heads: bool
) -> None:
    for line in format_table(rows, heads, measure_screen(), with_heads):
        print_text(line)


def _count_rows(requests: Sequence[Request], states: Sequence[str]) -> Iterator[dict[str, object]]:
    counts = Counter((request.state, request.type) for request in requests)
    for (state, kind), count in sorted(
        counts.items(), key=lambda item: (place_state(item[0][0], states), item[0])
    ):
        yield {"state": state, "type": kind, "count": count}


def _print_counts(requests: Sequence[Request], states: Sequence[str], with_heads: bool) -> None:
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
    _print_table(rows, [say("state"), *kinds, say("all")], with_heads)


def print_states(common: CommonOptions, options: RowOptions, name: str) -> None:
    """Print the states of a book in their order, with how many open requests are in each."""
    from prassi.core.book import status_catalogue  # late: 58 ms
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile import state_catalogue

    connection = common.open_file()
    used = state_catalogue.count_open_tickets(connection, name)
    states = status_catalogue.states_of(Shelf(common.load_settings(), connection).book(name))
    rows = ({**state._asdict(), "open": used.get(state.name, 0)} for state in states)
    view = RowView(say_heads(["state", "may be closed", "open"]), _make_state_cells)
    print_rows(common, options, ("name", "completed", "open"), rows, print_wrapped(view))


def _make_state_cells(row: Row) -> list[Cell]:
    return [row["name"], say("yes") if row["completed"] else "", row["open"]]
