"""prassi show"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.output import print_heading, print_json, print_text
from ..streams import make_safe

if TYPE_CHECKING:
    from prassi.core.values.field_types import Field


@click.command("show")
@click.argument("ticket")
@add_common_options
def command(common: CommonOptions, ticket: str) -> None:
    """Show a ticket with its history."""
    shown, customer = read(common, ticket)
    if common.json:
        print_json(shown)
    else:
        print_ticket(shown, customer)


def read(
    common: CommonOptions, ticket: str, of_book: str | None = None
) -> tuple[dict[str, Any], str]:
    """A ticket in the import format with its history, and its customer's name.

    BadInput where there is no such ticket, or none of the book `of_book`.
    """
    import json

    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile import export, read_tickets

    connection, shelf = common.open_file(), Shelf(common.load_settings())
    number, book, _ = read_tickets.find_ticket(connection, ticket)
    if of_book not in (None, book):
        raise BadInput(f"{ticket} is of book {book}, not of {of_book}: `prassi show` shows it.")
    shown = export.read_ticket(connection, shelf, number)
    fields = shelf.book(book).fields
    shown["history"] = [
        {
            "event_id": entry.id,
            "at": entry.at,
            "event": entry.event,
            "rule": entry.rule,
            "changes": _changes(json.loads(entry.changes), fields),
            "undone": entry.undone_by is not None,
        }
        for entry in read_tickets.read_history(connection, number)
    ]
    customer = read_tickets.read_states(connection, [number])[number].customer
    return shown, customer.name or customer.ref


def print_ticket(shown: dict[str, Any], customer: str) -> None:
    """A ticket in lines, with its history where it has been asked for."""
    print_heading(f"{make_safe(shown['ref'])}  {make_safe(customer)}")
    for line in [*_columns(shown), *_lists(shown), *_history(shown)]:
        print_text(line, lines=False)


def _changes(changes: dict[str, list[Any]], fields: Mapping[str, Field]) -> dict[str, list[Any]]:
    """Each changed value before and after, money with its point."""
    return {
        name: [fields[name].show(value) for value in pair] if name in fields else pair
        for name, pair in changes.items()
    }


def _columns(shown: dict[str, Any]) -> Iterator[str]:
    for name, value in shown.items():
        if isinstance(value, dict):
            yield f"  {name}"
            yield from (f"  {line}" for line in _columns(value))
        elif value not in (None, [], "") and name not in ("ref", "tags") and not _is_rows(value):
            yield f"  {name.replace('_', ' '):<20} {_word(value)}"
    if shown.get("tags"):
        yield f"  {'tags':<20} {_word(shown['tags'])}"


def _lists(shown: dict[str, Any]) -> Iterator[str]:
    for name, value in shown.items():
        if _is_rows(value) and name != "history":
            yield f"  {name}"
            for row in value:
                told = (f"{key} {cell}" for key, cell in row.items() if cell is not None)
                yield f"    {', '.join(told)}"


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _history(shown: dict[str, Any]) -> Iterator[str]:
    if shown.get("history"):
        yield "  history"
    for event in shown.get("history", ()):
        undone = " (undone)" if event["undone"] else ""
        yield (
            f"    {event['event_id']:>5}  {event['at']}  {event['rule'] or event['event']}{undone}"
            f"  {changed(event['changes'])}"
        )


def changed(changes: Mapping[str, list[Any]]) -> str:
    """What an event changed, in words."""
    return ", ".join(
        f"{name} {_word(before)} → {_word(after)}"
        for name, (before, after) in changes.items()
        if name != "open"
    )


def _word(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
