"""The figures of `prassi stats`: what is counted, how it is classed, and the sums."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypedDict

from ..book.model import Book
from ..book.stat_sources import CLOSED
from ..system.language import mark
from ..ticketfile.sqlite import Connection
from ..ticketfile.stat_rows import StatRow, StatRows
from ..ticketfile.ticket_columns import TicketColumns
from ..values.field_types import format_money
from ..values.working_days import Calendar

DEFINITIONS = {
    "ageing": mark(
        "What is owed of the items of open tickets, now, by the days since they were issued, of all that is"
        " owed. Who: to whom the ticket is assigned. Month: of the issue."
    ),
    "promises": mark(
        "Promises by what became of them, by the day that was promised. Share: kept ones, or broken ones,"
        " of the kept and broken. Who: to whom the ticket is assigned."
    ),
    "calls": mark(
        "Calls that were recorded and not undone, by how they went. Share: of all calls. Who: the person who"
        " recorded them."
    ),
    "sla": mark(
        "Tickets by whether they were done by their last day. Met: done by then; missed: done later, or not done"
        " and past; open: not done, and not past; unknown: closed before it came in. Share: of the met and missed."
        " Days: working days from the opening until it was done (or today), on average."
        " Who: to whom the ticket is assigned."
    ),
    "funnel": mark(
        "Statuses by how often tickets came into them, by events that were not undone; opened: tickets by their"
        " date of opening. Share: tickets, of those opened. Who: the person who did it, of openings the assignee."
    ),
}
"""The figures there are, each with what it counts."""

_DAYS = (30, 60, 90)

EntryJson = TypedDict(
    "EntryJson",
    {
        "ticket": str,
        "book": str,
        "customer": str,
        "name": str | None,
        "who": str | None,
        "day": str | None,
        "class": str,
        "amount": str | None,
        "workdays": int | None,
    },
)
"""What is counted, as `stats --list` prints it."""

TotalJson = TypedDict(
    "TotalJson",
    {
        "book": str,
        "group": str | None,
        "class": str,
        "count": int,
        "tickets": int,
        "amount": str | None,
        "share": str | None,
        "workdays": str | None,
    },
)
"""A sum, as `stats` prints it."""


class Entry(NamedTuple):
    """One thing that is counted, in its class; `workdays` where they are measured."""

    row: StatRow
    kind: str
    workdays: int | None = None


@dataclass(frozen=True)
class Total:
    """The sum of a class within a group of a book: how many, of how many tickets, worth how much, what
    share in percent, and working days on average; keys of JSON."""

    book: str
    group: str | None
    kind: str
    count: int
    tickets: int
    amount: str | None
    share: str | None
    workdays: str | None


class Figures:
    """Counts the entries of a figure, book by book; `between` are the first and last day."""

    def __init__(
        self,
        connection: Connection,
        books: Mapping[str, Book],
        find_calendar: Callable[[str], Calendar],
        today: str,
        between: tuple[str, str],
    ) -> None:
        self._connection, self._books, self._find_calendar = connection, books, find_calendar
        self._today, self._between = today, between
        self._columns = TicketColumns(books, {})

    def read(self, figure: str) -> Iterator[Entry]:
        """The entries of a figure, of all books that have it."""
        count = {
            "ageing": self._read_ageing,
            "promises": self._read_promises,
            "calls": self._read_calls,
            "sla": self._read_terms,
            "funnel": self._read_funnel,
        }[figure]
        for book in self._books.values():
            yield from count(book, StatRows(self._connection, self._columns, book.name))

    def _read_ageing(self, book: Book, rows: StatRows) -> Iterator[Entry]:
        if (source := book.stats.ageing) is not None:
            for row in rows.read_open_items(source.items, source.since):
                yield Entry(row, self._class_age(row.day))

    def _class_age(self, issued: str | None) -> str:
        if issued is None:
            return "no date"
        age = (date.fromisoformat(self._today) - date.fromisoformat(issued[:10])).days
        for first, last in zip((0, *(one + 1 for one in _DAYS)), _DAYS, strict=False):
            if age <= last:
                return f"{first}-{last}"
        return f"over {_DAYS[-1]}"

    def _read_promises(self, book: Book, rows: StatRows) -> Iterator[Entry]:
        if (source := book.stats.promises) is not None:
            for row in rows.read_items(source.items, source.due, source.state, self._between):
                kind = row.kind
                kind = "kept" if kind in source.kept else kind
                yield Entry(row, "broken" if kind in source.broken else kind)

    def _read_calls(self, book: Book, rows: StatRows) -> Iterator[Entry]:
        if (source := book.stats.calls) is not None:
            for row in rows.read_events(source.event, source.outcome, self._between):
                yield Entry(row, row.kind)

    def _read_terms(self, book: Book, rows: StatRows) -> Iterator[Entry]:
        source = book.stats.sla
        if source is None:
            return
        done = None if source.done == CLOSED else book.fields[source.done]
        calendar = self._find_calendar(book.calendar)
        for row, opened, done_on in rows.read_terms(book.fields[source.due], done, self._between):
            kind = self._class_term(row, done_on)
            until = (done_on or self._today)[:10]
            taken = None if kind in ("open", "unknown") else calendar.since_iso(opened[:10], until)
            yield Entry(row, kind, taken)

    def _class_term(self, row: StatRow, done: str | None) -> str:
        due = str(row.day)
        if done is not None:
            return "met" if done[:10] <= due else "missed"
        if row.kind == "closed":
            return "unknown"
        return "missed" if due < self._today else "open"

    def _read_funnel(self, book: Book, rows: StatRows) -> Iterator[Entry]:
        for row in rows.read_openings(self._between):
            yield Entry(row, "opened")
        for row in rows.read_moves(self._between):
            yield Entry(row, row.kind)


_RATED = {"promises": ("kept", "broken"), "sla": ("met", "missed")}
"""The classes of which shares are: of others, all."""


def add_up(figure: str, entries: Iterable[Entry], by: str | None) -> list[Total]:
    """The sums of a figure by book, group (`who`, `month` or None) and class, the classes in the order
    in which they first come in a book, those of ages by age."""
    found = dict[tuple[str, str | None, str], list[Entry]]()
    for entry in entries:
        group = {"who": entry.row.who, "month": (entry.row.day or "")[:7] or None}.get(by or "")
        found.setdefault((entry.row.book, group, entry.kind), []).append(entry)
    bases = dict[tuple[str, str | None], int]()
    for (book, group, kind), own in found.items():
        if kind in _RATED.get(figure, (kind,)) and (figure != "funnel" or kind == "opened"):
            bases[book, group] = bases.get((book, group), 0) + _weigh(figure, own)
    totals = [_make_total(figure, key, own, bases.get(key[:2], 0)) for key, own in found.items()]
    return sorted(totals, key=lambda one: (one.book, one.group or "", *_rank(figure, one.kind)))


def _make_total(
    figure: str, key: tuple[str, str | None, str], own: list[Entry], base: int
) -> Total:
    worth = [one.row.amount for one in own if one.row.amount is not None]
    days = [one.workdays for one in own if one.workdays is not None]
    rated = base > 0 and key[2] in _RATED.get(figure, (key[2],))
    return Total(
        *key,
        count=len(own),
        tickets=len({one.row.ticket for one in own}),
        amount=format_money(sum(worth)) if worth else None,
        share=_format_tenths(1000 * _weigh(figure, own), base) if rated else None,
        workdays=_format_tenths(10 * sum(days), len(days)) if days else None,
    )


def _weigh(figure: str, entries: list[Entry]) -> int:
    """What a share is a share of: amounts, tickets, or how many there are."""
    if figure == "ageing":
        return sum(one.row.amount or 0 for one in entries)
    return len({one.row.ticket for one in entries}) if figure == "funnel" else len(entries)


def _format_tenths(tenths: int, among: int) -> str:
    """A quotient with one decimal, rounded half up, exactly."""
    rounded = (2 * tenths + among) // (2 * among)
    return f"{rounded // 10}.{rounded % 10}"


_ORDER = ("opened", "met", "missed", "kept", "broken", "open")


def _rank(figure: str, kind: str) -> tuple[int, str]:
    known = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    return known, kind
