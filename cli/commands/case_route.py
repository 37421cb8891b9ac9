"""prassi case-route"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options, label_option
from ..printing.decisions import record_event
from ..printing.output import print_heading, print_json, print_text

_BOOK = "cases"
_STEPS = ("save", "dispatch", "accept", "forward", "return", "recreate", "close")
"""What is done with a case: the event `route`."""
_EVENTS = ("repeat", "returned", "discount", "say")
"""What is asked about a case: each an event of its own."""


@click.command("case-route")
@click.argument("case", metavar="CASE|VIEW")
@click.argument("action", metavar="[ACTION|NAME|CASE]", required=False)
@click.option("--queue", help="dispatch, forward: the queue it goes to.")
@click.option("--agent", metavar="WHO", help="Who does it; accept needs it.")
@click.option("--reason", metavar="TEXT", help="return: what was wrong with it.")
@click.option("--category", help="save, dispatch, recreate: the category it belongs to.")
@click.option("--subject", metavar="TEXT", help="save, dispatch, recreate: its subject.")
@click.option("--description", metavar="TEXT", help="The same: what it is about.")
@click.option("--resolution", metavar="TEXT", help="close: how it was solved.")
@click.option("--disagrees", is_flag=True, help="repeat: the customer disagrees with the solution.")
@click.option("--insists", is_flag=True, help="repeat: the customer wants it solved now.")
@click.option("--topic", metavar="TEXT", help="discount: for what; without it, the case's own.")
@click.option("--text", help="say: the words; returned: the way chosen instead of the courier.")
@click.option("--creator", metavar="WHO", help="folder: whose.")
@add_common_options
def command(common: CommonOptions, case: str, action: str | None, **given: Any) -> None:
    """Send a case to the unit that solves it, and look where cases are.

    ACTION is save, dispatch, accept, forward, return, recreate, close, repeat, returned, discount
    or say. VIEW is `folder --creator WHO`, `queue NAME`, `find CASE` or `history CASE`.
    """
    if case in _VIEWS:
        _VIEWS[case](common, action, {n: v for n, v in given.items() if v not in (None, False)})
        return
    if action not in (*_STEPS, *_EVENTS):
        told = "is missing" if action is None else f"is {action!r}"
        raise BadInput(f"ACTION {told}: it must be one of {', '.join((*_STEPS, *_EVENTS))}.")
    if action in _STEPS:
        record_event(common, case, "route", {"action": action, **given})
    else:
        record_event(common, case, action, given)


# --- where cases are ------------------------------------------------------------------------------


def _folder(common: CommonOptions, name: str | None, given: dict[str, Any]) -> None:
    from ..printing.sheets import print_sheet

    _alone("folder", {**given, "action": name}, "creator")
    creator = _needed("--creator", given.get("creator"), "whose it is")
    print_sheet(common, "folder", _BOOK, creator=creator)


def _queue(common: CommonOptions, name: str | None, given: dict[str, Any]) -> None:
    from ..printing.sheets import print_sheet

    _alone("queue", given)
    print_sheet(common, "queue", _BOOK, queue=_needed("NAME", name, "the queue's name"))


def _find(common: CommonOptions, name: str | None, given: dict[str, Any]) -> None:
    from .show import print_ticket, read

    _alone("find", given)
    shown, customer = read(common, _needed("CASE", name, "its number"), _BOOK)
    del shown["history"]
    if common.json:
        print_json(shown)
    else:
        print_ticket(shown, customer)


def _history(common: CommonOptions, name: str | None, given: dict[str, Any]) -> None:
    from prassi.core.ticketfile import log, read_tickets

    from .show import changed, read

    _alone("history", given)
    case = _needed("CASE", name, "its number")
    shown, customer = read(common, case, _BOOK)
    connection = common.open_file()
    entries = log.read_entries(connection, read_tickets.find_ticket(connection, case).id)
    who = {
        entry.event_id: entry.facts.get("agent") or entry.facts.get("creator") for entry in entries
    }
    events = [{**event, "who": who[event["event_id"]]} for event in shown["history"]]
    if common.json:
        for event in events:
            print_json({"ticket": case, **event})
    elif events:
        print_heading(f"History of {case}, {customer}: {len(events)}")
        _print_events(
            [
                [
                    event["at"],
                    event["who"] or "",
                    event["rule"] or event["event"],
                    "undone" if event["undone"] else changed(event["changes"]),
                ]
                for event in events
            ]
        )
    else:
        print_text(f"History of {case}: empty, nothing was done with it since it was brought in.")


def _print_events(rows: list[list[str]]) -> None:
    from ..printing.columns import format_table, measure_screen

    for line in format_table(rows, ("at", "who", "what", "changed"), measure_screen()):
        print_text(line)


_VIEWS: dict[str, Callable[[CommonOptions, str | None, dict[str, Any]], None]] = {
    "folder": _folder,
    "queue": _queue,
    "find": _find,
    "history": _history,
}


def _alone(view: str, given: dict[str, Any], *known: str) -> None:
    """A view takes no options but its own."""
    for name, value in given.items():
        if name not in known and value is not None:
            raise BadInput(f"{label_option(name)} has no place here: {view} doesn't take it.")


def _needed(label: str, value: str | None, about: str) -> str:
    if value is None:
        raise BadInput(f"{label} is missing: give {about}.")
    return value
