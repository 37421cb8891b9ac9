"""Statistics on the screen: the sums of a figure, and what each of them counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypedDict

from prassi.core.desk.stats import DEFINITIONS, Entry, Figures, add_up
from prassi.core.errors import BadInput
from prassi.core.system.language import say
from prassi.core.ticketfile.ticket_columns import read_books_of_tickets
from prassi.core.values.due_dates import add_months
from prassi.core.values.field_types import format_money
from prassi.core.values.typed_dates import read_typed_date

from .desk_door import DeskDoor
from .workers import Visitor

FIGURES = tuple(DEFINITIONS)
GROUPS = ("", "who", "month")

MOST = 500
"""Entries of a drill-down that are shown."""


class EntriesScreen(TypedDict):
    """What a sum counts: the first of its entries, and how many there are."""

    entries: list[Mapping[str, Any]]
    count: int


class FiguresScreen(TypedDict):
    """The sums of a figure, with the share of the largest that each one's bar has, in percent; and
    the entries of one of them, if they are wanted."""

    figure: str
    definition: str
    first: str
    last: str
    group: str
    totals: Sequence[Mapping[str, Any]]
    faulty: Mapping[str, str]
    entries: EntriesScreen | None


def read_figures(
    door: DeskDoor,
    visitor: Visitor,
    figure: str,
    first: str,
    last: str,
    group: str,
    wanted: Mapping[str, str] | None = None,
) -> FiguresScreen:
    """The sums of a figure, with what the sum counts of which `book`, `class` and `group` are wanted;
    BadInput where there is no such figure or period."""
    between = _read_period(door.at[:10], figure, first, last)
    by = group if group in GROUPS else ""
    figures, faulty = _open_figures(door, between)
    entries, gathered = figures.read(figure), None
    if wanted is not None:
        gathered = EntriesScreen(entries=[], count=0)
        entries = _gather_entries(entries, gathered, by, wanted)
    totals = [vars(one) for one in add_up(figure, entries, by or None)]
    most = max([_weigh(one) for one in totals], default=1) or 1
    return {
        "figure": figure,
        "definition": say(DEFINITIONS[figure]),
        "first": between[0],
        "last": between[1],
        "group": by,
        "totals": [{**one, "bar": round(100 * _weigh(one) / most, 1)} for one in totals],
        "faulty": faulty,
        "entries": gathered,
    }


def _weigh(total: Mapping[str, Any]) -> float:
    """What a bar is as long as: the amount, where there is one, else how many."""
    return float(total["amount"] if total["amount"] is not None else total["count"])


def _gather_entries(
    entries: Iterator[Entry], gathered: EntriesScreen, group: str, wanted: Mapping[str, str]
) -> Iterator[Entry]:
    """Hand entries on, and gather those that are wanted."""
    for entry in entries:
        if _is_wanted(entry, group, wanted):
            gathered["count"] += 1
            if gathered["count"] <= MOST:
                gathered["entries"].append(_show_entry(entry))
        yield entry


def _is_wanted(entry: Entry, group: str, wanted: Mapping[str, str]) -> bool:
    row = entry.row
    if (row.book, entry.kind) != (wanted["book"], wanted["class"]):
        return False
    if group == "who":
        return (row.who or "") == wanted["group"]
    return group != "month" or (row.day or "")[:7] == wanted["group"]


def _show_entry(entry: Entry) -> Mapping[str, Any]:
    row = entry.row._asdict()
    amount = row["amount"]
    shown = None if amount is None else format_money(amount)
    return {**row, "amount": shown, "class": entry.kind, "workdays": entry.workdays}


def _open_figures(door: DeskDoor, between: tuple[str, str]) -> tuple[Figures, Mapping[str, str]]:
    """The figures of the books that can be read, and the fault of each other one."""
    shelf = door.shelf
    books, faulty = shelf.read_sound(read_books_of_tickets(door.connection))
    known = {book.name: book for book in books}
    return Figures(door.connection, known, shelf.calendar, door.at[:10], between), faulty


def _read_period(today: str, figure: str, first: str, last: str) -> tuple[str, str]:
    """The first and last day that count: the last twelve months, unless others are given."""
    if figure not in DEFINITIONS:
        raise BadInput(f"there is no figure {figure!r}; there are {', '.join(FIGURES)}.")
    end = _read_day("last day", last, today) if last else today
    before = add_months(date.fromisoformat(end), -12) + timedelta(1)
    start = _read_day("first day", first, today) if first else before.isoformat()
    if start > end:
        raise BadInput(f"the first day, {start}, is after the last, {end}.")
    return start, end


def _read_day(which: str, given: str, today: str) -> str:
    try:
        return read_typed_date(given, today)
    except ValueError as error:
        raise BadInput(f"the {which} {error}.") from None
