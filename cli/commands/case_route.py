"""prassi case-route: records what is done with a case, and shows where cases are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..events import label_option, record_event
from ..options import CommonOptions, add_common_options
from ..printing.columns import Cell
from ..printing.output import print_heading, print_json
from ..printing.rows import (
    Row,
    RowOptions,
    RowView,
    add_sheet_options,
    find_row_option,
    print_rows,
    print_wrapped,
    tell_nothing,
)
from ..printing.sheets import print_sheet
from ..printing.tickets import format_changes, open_view, print_ticket, warn_if_unreadable
from ..streams import is_attended
from ..words import say_term

if TYPE_CHECKING:
    from prassi.core.desk.ticket_view import TicketView

_BOOK = "cases"
_STEPS = ("save", "dispatch", "accept", "forward", "return", "recreate", "close")
"""What is done with a case: the event `route`."""
_EVENTS = ("repeat", "returned", "discount", "say")
"""What a caller asks about a case: an event each."""
_EVENT_KEYS = ("ticket", "event_id", "at", "by", "event", "rule", "changes", "undone", "who")


@click.command("case-route")
@click.argument("case", metavar="CASE|VIEW")
@click.argument("action", metavar="[ACTION|NAME|CASE]", required=False)
@click.option("--queue", help="dispatch, forward: the queue the case goes to.")
@click.option("--agent", metavar="WHO", help="Who does it; accept needs it.")
@click.option("--reason", metavar="TEXT", help="return: what was wrong with the case.")
@click.option("--category", help="save, dispatch, recreate: the category of the case.")
@click.option("--subject", metavar="TEXT", help="save, dispatch, recreate: its subject.")
@click.option("--description", metavar="TEXT", help="save, dispatch, recreate: its description.")
@click.option("--resolution", metavar="TEXT", help="close: how it was solved.")
@click.option("--disagrees", is_flag=True, help="repeat: the customer disagrees with the solution.")
@click.option("--insists", is_flag=True, help="repeat: the customer wants it solved now.")
@click.option("--topic", metavar="TEXT", help="discount: its topic.  [default: that of the case]")
@click.option("--text", help="say: the words; returned: the way chosen instead of the courier.")
@click.option("--creator", metavar="WHO", help="folder: whose folder.")
@add_sheet_options
@add_common_options
def command(
    common: CommonOptions, case: str, action: str | None, row_options: RowOptions, **given: Any
) -> None:
    """Send a case to the unit that solves it, or see where cases are.

    ACTION is save, dispatch, accept, forward, return, recreate, close, repeat, returned, discount
    or say. VIEW is `folder --creator WHO`, `queue NAME`, `find CASE` or `history CASE`.
    """
    if case in _VIEWS:
        options = {n: v for n, v in given.items() if v not in (None, False)}
        _VIEWS[case](common, row_options, action, options)
        return
    _refuse_row_options(common, row_options)
    if action is not None and is_attended():
        from ..short_forms import find_whole  # 1 ms, and scripts are not short

        action = find_whole(action, (*_STEPS, *_EVENTS), {}) or action
    if action not in (*_STEPS, *_EVENTS):
        found = "is missing" if action is None else f"is {action!r}"
        raise BadInput(f"ACTION {found}: it must be one of {', '.join((*_STEPS, *_EVENTS))}.")
    if action in _STEPS:
        record_event(common, case, "route", {"action": action, **given})
    else:
        record_event(common, case, action, given)


# --- where cases are ------------------------------------------------------------------------------


def _print_folder(
    common: CommonOptions, options: RowOptions, name: str | None, given: dict[str, Any]
) -> None:
    _check_options("folder", {**given, "action": name}, "creator")
    creator = given.get("creator")
    if creator is None:
        raise BadInput("--creator is missing: say whose folder it is.")
    print_sheet(common, options, "folder", _BOOK, creator=creator)


def _print_queue(
    common: CommonOptions, options: RowOptions, name: str | None, given: dict[str, Any]
) -> None:
    _check_options("queue", given)
    print_sheet(common, options, "queue", _BOOK, queue=_name_queue(name))


def _print_case(
    common: CommonOptions, options: RowOptions, name: str | None, given: dict[str, Any]
) -> None:
    _check_options("find", given)
    _refuse_row_options(common, options)
    view, case = open_view(common), _name_case(name)
    shown = _read_case(view, case)
    del shown["history"]
    if common.json:
        print_json(shown)
    else:
        print_ticket(shown, view.read_customer_name(case), view.find_words(_BOOK))


def _read_case(view: TicketView, case: str) -> dict[str, Any]:
    """A case with its history; BadInput where there is none of that name."""
    shown = view.read_ticket(case, _BOOK)
    warn_if_unreadable(view, shown)
    return shown


def _print_history(
    common: CommonOptions, options: RowOptions, name: str | None, given: dict[str, Any]
) -> None:
    from prassi.core.ticketfile import log, read_tickets  # late: 26 ms

    _check_options("history", given)
    view, case = open_view(common), _name_case(name)
    shown, customer = _read_case(view, case), view.read_customer_name(case)
    connection = common.open_file()
    entries = log.read_entries(connection, read_tickets.find_ticket(connection, case).id)
    who = {
        entry.event_id: entry.facts.get("agent") or entry.facts.get("creator") for entry in entries
    }
    events = [{**event, "who": who[event["event_id"]]} for event in shown["history"]]
    rows = ({"ticket": case, **event} for event in events)
    title = say("History of {case}, {customer}: {events}")
    title = title.format(case=case, customer=customer, events=len(events))
    if not print_rows(common, options, _EVENT_KEYS, rows, partial(_print_events, title)):
        told = say("History of {case}: empty, nothing was done with it since it was brought in.")
        tell_nothing(common, told.format(case=case))


def _print_events(title: str, rows: Iterable[Row], with_heads: bool) -> bool:
    if table := [*rows]:
        print_heading(title)
        heads = [say_term(head) for head in ("at", "who", "what", "changed")]
        print_wrapped(RowView(heads, _make_cells))(table, with_heads)
    return bool(table)


def _make_cells(event: Row) -> list[Cell]:
    undone = say(" (undone)").strip(" ()")
    changed = undone if event["undone"] else format_changes(event["changes"])
    return [event["at"], event["who"] or "", event["rule"] or event["event"], changed]


_VIEWS: dict[str, Callable[[CommonOptions, RowOptions, str | None, dict[str, Any]], None]] = {
    "folder": _print_folder,
    "queue": _print_queue,
    "find": _print_case,
    "history": _print_history,
}


def _check_options(view: str, given: dict[str, Any], *known: str) -> None:
    """BadInput where an option is given that the view does not take."""
    for name, value in given.items():
        if name not in known and value is not None:
            raise BadInput(f"{label_option(name)} can't be used with {view}.")


def _refuse_row_options(common: CommonOptions, options: RowOptions) -> None:
    """BadInput where an option of lists is given and nothing is listed."""
    if option := find_row_option(common, options):
        raise BadInput(f"{option} can only be used with folder, queue or history.")


def _name_queue(name: str | None) -> str:
    if name is None:
        raise BadInput("NAME is missing: give the queue's name.")
    return name


def _name_case(case: str | None) -> str:
    if case is None:
        raise BadInput("CASE is missing: give the case's number.")
    return case
