"""A ticket with its history, read from the file and printed in lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..options import CommonOptions
from ..streams import make_safe, warn
from .output import print_heading, print_text

if TYPE_CHECKING:
    from prassi.core.desk.ticket_view import TicketView

Changes = Mapping[str, Any]
"""The values of each changed column, before and after."""


def read_ticket(
    common: CommonOptions, ticket: str, of_book: str | None = None
) -> tuple[dict[str, Any], str]:
    """A ticket in the import format with its history, and its customer's name.

    BadInput where there is no such ticket, or where it is not of the book `of_book`.
    """
    view = open_view(common)
    shown = view.read_ticket(ticket, of_book)
    warn_if_unreadable(view, shown)
    return shown, view.read_customer_name(ticket)


def open_view(common: CommonOptions) -> TicketView:
    """What reads tickets of the file."""
    from prassi.core.desk.ticket_view import TicketView  # late: 71 ms

    return TicketView(common.open_file(), common.load_settings())


def warn_if_unreadable(view: TicketView, shown: Mapping[str, Any]) -> None:
    """Tell on stderr where a ticket's book can't be read."""
    if (fault := view.unreadable.get(shown["book"])) is not None:
        warn(f"{shown['ref']} is printed as it is stored: {fault}")


def print_ticket(shown: Mapping[str, Any], customer: str) -> None:
    """Print a ticket in lines, with its history where it has one."""
    print_heading(f"{make_safe(shown['ref'])}  {make_safe(customer)}")
    for line in [*_format_columns(shown), *_format_items(shown), *_format_history(shown)]:
        print_text(line, lines=False)


def print_view(shown: Mapping[str, Any]) -> None:
    """Print a ticket in lines: who it is, where it stands, what is next; then all it has."""
    own = {name: value for name, value in shown.items() if name not in _HEAD}
    contact = shown["contact"]
    print_heading(f"{make_safe(shown['ref'])}  {make_safe(contact['name'] or contact['ref'])}")
    for line in [*_format_head(shown), *_format_columns(own), *_format_items(own)]:
        print_text(line, lines=False)
    for line in [*_format_messages(shown["messages"]), *_format_history(shown)]:
        print_text(line, lines=False)


_HEAD = ("contact", "open_sum", "other_tickets", "messages", "next", "status", "customer")


def _format_head(shown: Mapping[str, Any]) -> Iterator[str]:
    contact, step = shown["contact"], shown["next"]
    for name in ("phone", "email", "language"):
        bad = contact.get(f"{name}_bad_on")
        came_back = f" (bad since {bad}: a message came back)" if bad else ""
        yield f"  {name:<20} {contact[name] or '-'}{came_back}"
    all_open = f", {contact['open_sum']} open in all" if shown["other_tickets"] else ""
    yield f"  {'customer':<20} {contact['ref']}{all_open if contact['open_sum'] else ''}"
    for other in shown["other_tickets"]:
        worth = f", {other['amount']} open" if other["amount"] is not None else ""
        yield f"  {'other ticket':<20} {other['ticket']}: {other['book']}, {other['status']}{worth}"
    worth = f", {shown['open_sum']} open" if shown["open_sum"] is not None else ""
    yield f"  {'status':<20} {shown['status']}{worth}"
    if step is not None:
        late = f", {step['late_workdays']} working days late" if step["late_workdays"] else ""
        who = step["person"] or step["who"]
        yield f"  {'next':<20} {step['action']} by {step['due']}, {who}{late}"


def _format_messages(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if messages:
        yield "  messages"
    for one in messages:
        left = f" on {one['left_on']}" if one["left_on"] else ""
        reason = f" ({one['reason']})" if one["reason"] else ""
        yield (
            f"    {one['id']:>5}  {one['made_on']}  {one['template']} by {one['channel']} to"
            f" {one['to'] or 'no address'}: {one['state']}{left}{reason}"
        )


def format_changes(changes: Changes) -> str:
    """What an event changed, in words."""
    messages = (
        f"message {number}: {_format_pairs(columns)}"
        for number, columns in changes.get("messages", {}).items()
    )
    own = {name: pair for name, pair in changes.items() if name not in ("open", "messages")}
    return ", ".join(filter(None, (_format_pairs(own), *messages)))


def _format_pairs(pairs: Mapping[str, Sequence[object]]) -> str:
    return ", ".join(
        f"{name} {_format_value(before)} → {_format_value(after)}"
        for name, (before, after) in pairs.items()
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
            f"    {event['event_id']:>5}  {event['at']}  {event['by'] or '-'}"
            f"  {event['rule'] or event['event']}{undone}"
            f"  {format_changes(event['changes'])}"
        )


def _format_value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
