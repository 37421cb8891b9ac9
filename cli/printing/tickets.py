"""A ticket with its history, read from the file and printed in lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prassi.core.system.language import say, say_count

from ..options import CommonOptions
from ..streams import make_safe, warn
from ..words import say_id, say_key, say_name, say_word
from .columns import pad_text
from .output import print_heading, print_text

if TYPE_CHECKING:
    from prassi.core.desk.ticket_view import TicketView, Words

Changes = Mapping[str, Any]
"""The values of each changed column, before and after."""


def open_view(common: CommonOptions) -> TicketView:
    """What reads tickets of the file."""
    from prassi.core.desk.ticket_view import TicketView  # late: 71 ms

    connection, settings = common.open_file(), common.load_settings()
    return TicketView(connection, settings, common.find_shelf(settings, connection))


def warn_if_unreadable(view: TicketView, shown: Mapping[str, Any]) -> None:
    """Tell on stderr where a ticket's book can't be read."""
    if (fault := view.unreadable.get(shown["book"])) is not None:
        warn(f"{shown['ref']} is printed as it is stored: {fault}")


def print_ticket(shown: Mapping[str, Any], customer: str, words: Words) -> None:
    """Print a ticket in lines, without its history; ids with what its book calls them."""
    print_heading(f"{make_safe(shown['ref'])}  {make_safe(customer)}")
    for line in [*_format_columns(shown, words), *_format_items(shown, words)]:
        print_text(line, lines=False)


def print_view(shown: Mapping[str, Any], words: Words) -> None:
    """Print a ticket in lines: who it is, where it stands, what is next; then all it has, ids with
    what its book calls them."""
    own = {name: value for name, value in shown.items() if name not in _HEAD}
    contact = shown["contact"]
    print_heading(f"{make_safe(shown['ref'])}  {make_safe(contact['name'] or contact['ref'])}")
    for line in [*_format_head(shown), *_format_columns(own, words), *_format_items(own, words)]:
        print_text(line, lines=False)
    for line in [*_format_messages(shown["messages"]), *_format_history(shown)]:
        print_text(line, lines=False)


_HEAD = ("contact", "open_sum", "other_tickets", "messages", "next", "status", "customer")


def _format_head(shown: Mapping[str, Any]) -> Iterator[str]:
    contact, step = shown["contact"], shown["next"]
    for name in ("phone", "email", "language"):
        bad = contact.get(f"{name}_bad_on")
        came_back = say(" (bad since {bad}: a message came back)").format(bad=bad) if bad else ""
        yield f"{_format_label(name)}{contact[name] or '-'}{came_back}"
    all_open = (
        say(", {open_sum} open in all").format(open_sum=contact["open_sum"])
        if shown["other_tickets"]
        else ""
    )
    yield f"{_format_label('customer')}{contact['ref']}{all_open if contact['open_sum'] else ''}"
    for other in shown["other_tickets"]:
        worth = (
            say(", {amount} open").format(amount=other["amount"])
            if other["amount"] is not None
            else ""
        )
        yield f"{_format_label('other ticket')}{other['ticket']}: {other['book']}, {other['status']}{worth}"
    worth = (
        say(", {open_sum} open").format(open_sum=shown["open_sum"])
        if shown["open_sum"] is not None
        else ""
    )
    yield f"{_format_label('status')}{shown['status']}{worth}"
    if step is not None:
        late = say_count(
            ", {days} working days late", ", {days} working days late", step["late_workdays"]
        ).format(days=step["late_workdays"])
        late = late if step["late_workdays"] else ""
        who = step["person"] or step["who"]
        yield _format_label("next") + say("{action} by {due}, {who}{late}").format(
            action=step["action"], due=step["due"], who=who, late=late
        )


def _format_messages(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if messages:
        yield f"  {say_name('messages')}"
    for one in messages:
        left = say(" on {left_on}").format(left_on=one["left_on"]) if one["left_on"] else ""
        reason = f" ({one['reason']})" if one["reason"] else ""
        yield (
            f"    {one['id']:>5}  {one['made_on']}  "
            + say("{template} by {channel} to {to}").format(
                template=one["template"],
                channel=one["channel"],
                to=one["to"] or say("no address"),
            )
            + f": {one['state']}{left}{reason}"
        )


def _format_label(name: str) -> str:
    """What a line is about, in its column."""
    return f"  {pad_text(say_name(name), 20)} "


def format_changes(changes: Changes) -> str:
    """What an event changed, in words."""
    messages = (
        say("message {number}: {columns}").format(number=number, columns=_format_pairs(columns))
        for number, columns in changes.get("messages", {}).items()
    )
    own = {name: pair for name, pair in changes.items() if name not in ("open", "messages")}
    return ", ".join(filter(None, (_format_pairs(own), *messages)))


def _format_pairs(pairs: Mapping[str, Sequence[object]]) -> str:
    return ", ".join(
        f"{name} {_format_value(before)} → {_format_value(after)}"
        for name, (before, after) in pairs.items()
    )


def _format_columns(shown: Mapping[str, Any], words: Words) -> Iterator[str]:
    for name, value in shown.items():
        if isinstance(value, dict):
            yield f"  {name}"
            yield from (f"  {line}" for line in _format_columns(value, words))
        elif value not in (None, [], "") and name not in ("ref", "tags") and not _has_rows(value):
            yield f"{_format_label(name)}{_name_id(name, value, words)}"
    if shown.get("tags"):
        yield f"{_format_label('tags')}{_format_value(shown['tags'])}"


def _name_id(name: str, value: object, words: Words) -> str:
    """The value of a field, with what it is called behind it where it is an id."""
    shown = _format_value(value)
    called = say_word(shown) if name == "priority" else words.get(name, {}).get(shown)
    return shown if called in (None, shown) else say_id(shown, called)


def _format_items(shown: Mapping[str, Any], words: Words) -> Iterator[str]:
    """The lists of rows: proformas, promises, tasks, notes and the like."""
    for name, value in shown.items():
        if _has_rows(value) and name != "history":
            yield f"  {say_name(name)}"
            for row in value:
                cells = (
                    f"{say_key(key)} {_name_id(key, cell, words)}"
                    for key, cell in row.items()
                    if cell is not None
                )
                yield f"    {', '.join(cells)}"


def _has_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _format_history(shown: Mapping[str, Any]) -> Iterator[str]:
    if shown.get("history"):
        yield f"  {say_name('history')}"
    for event in shown.get("history", ()):
        undone = say(" (undone)") if event["undone"] else ""
        yield (
            f"    {event['event_id']:>5}  {event['at']}  {event['by'] or '-'}"
            f"  {event['rule'] or event['event']}{undone}"
            f"  {format_changes(event['changes'])}"
        )


def _format_value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or say("none")
    return say("none") if value is None else str(value)
