"""A ticket with its history, read from the file and printed in lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prassi.core.errors import BadInput

from ..options import CommonOptions
from ..streams import make_safe, warn
from .output import print_heading, print_text

if TYPE_CHECKING:
    from prassi.core.values.field_types import Field

Changes = Mapping[str, list[Any]]
"""The values of each changed column, before and after."""


def read_ticket(
    common: CommonOptions, ticket: str, of_book: str | None = None
) -> tuple[dict[str, Any], str]:
    """A ticket in the import format with its history, and its customer's name.

    BadInput where there is no such ticket, or where it is not of the book `of_book`.
    """
    from prassi.core.library.library import Shelf  # late: 71 ms
    from prassi.core.library.readable_books import ReadableBooks
    from prassi.core.ticketfile import export, read_tickets

    connection = common.open_file()
    books = ReadableBooks(Shelf(common.load_settings()), connection)
    number, book, _ = read_tickets.find_ticket(connection, ticket)
    if of_book not in (None, book):
        raise BadInput(f"{ticket} is of book {book}, not of {of_book}: `prassi show` shows it.")
    shown = export.read_ticket(connection, books, number)
    declared = books.book(book)
    fields = {} if declared is None else declared.fields
    shown["history"] = [
        {
            "event_id": row[0],
            "at": row[1],
            "event": row[2],
            "rule": row[3],
            "changes": _show_changes(json.loads(row[4]), fields),
            "undone": row[5] is not None,
        }
        for row in read_tickets.read_history(connection, number)
    ]
    if declared is None:
        warn(f"{ticket} is printed as it is stored: {books.unreadable[book]}")
    customer = read_tickets.read_states(connection, [number])[number].customer
    return shown, customer.name or customer.ref


def _show_changes(changes: Changes, fields: Mapping[str, Field]) -> Changes:
    """Changed values as people read them: amounts with their point."""
    return {
        name: [fields[name].show(value) for value in pair] if name in fields else pair
        for name, pair in changes.items()
    }


def print_ticket(shown: Mapping[str, Any], customer: str) -> None:
    """Print a ticket in lines, with its history where it has one."""
    print_heading(f"{make_safe(shown['ref'])}  {make_safe(customer)}")
    for line in [*_format_columns(shown), *_format_items(shown), *_format_history(shown)]:
        print_text(line, lines=False)


def format_changes(changes: Changes) -> str:
    """What an event changed, in words."""
    return ", ".join(
        f"{name} {_format_value(before)} → {_format_value(after)}"
        for name, (before, after) in changes.items()
        if name != "open"
    )


def _format_columns(shown: Mapping[str, Any]) -> Iterator[str]:
    for name, value in shown.items():
        if isinstance(value, dict):
            yield f"  {name}"
            yield from (f"  {line}" for line in _format_columns(value))
        elif value not in (None, [], "") and name not in ("ref", "tags") and not _has_rows(value):
            yield f"  {name.replace('_', ' '):<20} {_format_value(value)}"
    if shown.get("tags"):
        yield f"  {'tags':<20} {_format_value(shown['tags'])}"


def _format_items(shown: Mapping[str, Any]) -> Iterator[str]:
    """The lists of rows: proformas, promises, tasks, notes and the like."""
    for name, value in shown.items():
        if _has_rows(value) and name != "history":
            yield f"  {name}"
            for row in value:
                cells = (f"{key} {cell}" for key, cell in row.items() if cell is not None)
                yield f"    {', '.join(cells)}"


def _has_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _format_history(shown: Mapping[str, Any]) -> Iterator[str]:
    if shown.get("history"):
        yield "  history"
    for event in shown.get("history", ()):
        undone = " (undone)" if event["undone"] else ""
        yield (
            f"    {event['event_id']:>5}  {event['at']}  {event['rule'] or event['event']}{undone}"
            f"  {format_changes(event['changes'])}"
        )


def _format_value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
