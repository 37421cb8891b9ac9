"""prassi request: records what happens to requests, and shows them on a board or in a list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import mark, say

from ..events import label_option, record_event
from ..lazy_group import ShortGroup
from ..options import MOMENT, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.requests import Request, RequestFilter, add_filter_options
from ..printing.rows import RowOptions, add_row_options
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.book.model import Book
    from prassi.core.book.status_catalogue import CatalogueChange

_BOOK, _EVENT = "requests", "request"

_IRREVERSIBLE = mark("A document can't be taken back once it is made.")
_ADVICE = mark("Closing the request is recommended where further work happens in the document.")

_NEEDS_OWNER = "request.needs-owner"
"""The rule that refuses a step without an owner; at a terminal the owner is asked for first."""

_READABLE = 7
"""How many columns of a board are easy to read; the procedure advises few."""

_owner = click.option("--owner", metavar="WHO", help="Who is responsible for it from now on.")


@click.group("request", cls=ShortGroup)
def command() -> None:
    """Take in what customers ask for, and work on it until it becomes a ticket."""


@command.command("new")
@click.option("--customer", metavar="REF", help="The customer who asks.")
@click.option(
    "--type",
    metavar="commercial|support|reminder|meeting|other",
    help="What kind of thing is asked for.  [default: other]",
)
@click.option("--owner", metavar="WHO", help="Who is responsible for it.")
@click.option("--text", metavar="TEXT", help="What the customer asks for.")
@add_common_options
def new(common: CommonOptions, **given: Any) -> None:
    """Take in what a customer asks for; only --customer is needed, the rest can follow."""
    record_event(common, _BOOK, "new", given)


@command.command("describe")
@click.argument("request")
@click.option(
    "--type",
    metavar="commercial|support|reminder|meeting|other",
    help="What kind of thing is asked for.",
)
@click.option("--text", metavar="TEXT", help="What the customer asks for.")
@add_common_options
def describe(common: CommonOptions, request: str, **given: Any) -> None:
    """Say what is asked for, or of what kind it is, once more is known; no owner is needed yet."""
    record_event(common, request, "describe", given)


@command.command("move")
@click.argument("request")
@click.argument("state")
@_owner
@add_common_options
def move(common: CommonOptions, request: str, **given: Any) -> None:
    """Move a request to another state; a request without an owner needs --owner."""
    _record_step(common, request, {"what": "move", **given})


@command.command("generate")
@click.argument("request")
@click.argument("document", metavar="ticket|quote|meeting")
@_owner
@click.option("--when", type=MOMENT, help="Day and time of the meeting.")
@click.option("--again", is_flag=True, help="Make another document of this kind.")
@click.option("--close/--no-close", default=None, help="Whether to close the request too.")
@add_common_options
def generate(
    common: CommonOptions, request: str, when: str | None, close: bool | None, **given: Any
) -> None:
    """Make a ticket, a quote or a meeting from a request; this can't be undone.

    Close the request with it if the work goes on in the document. At a terminal the command asks;
    elsewhere --close or --no-close is needed.
    """
    if when is not None and "T" not in when:
        raise BadInput(f"--when is {when}: a meeting needs a time too, such as {when}T10:30.")
    if close is None and not sys.stdin.isatty():
        raise BadInput(
            f"--close or --no-close is missing: say whether to close {request} with the document."
            " Closing it is recommended where further work happens in the document, and a document"
            " can't be taken back once it is made."
        )
    step = {"what": "generate", "when": when, "close": "yes" if close else "no", **given}
    step = _add_owner(common, request, step)
    if close is None and _confirm_close(common, request, step):
        step["close"] = "yes"
    record_event(common, request, _EVENT, step)


def _confirm_close(common: CommonOptions, request: str, step: dict[str, Any]) -> bool:
    """Ask whether to close the request with its document, unless the step is refused anyway."""
    trial = common._replace(dry_run=True, json=False, quiet=True)
    record_event(trial, request, _EVENT, step)
    return click.confirm(
        say("{irreversible}\n{advice}\nClose the request with it?").format(
            irreversible=say(_IRREVERSIBLE), advice=say(_ADVICE)
        ),
        err=True,
    )


@command.command("close")
@click.argument("request")
@_owner
@add_common_options
def close(common: CommonOptions, request: str, **given: Any) -> None:
    """Close a request; a request without an owner needs --owner."""
    _record_step(common, request, {"what": "close", **given})


def _record_step(common: CommonOptions, request: str, step: dict[str, Any]) -> None:
    record_event(common, request, _EVENT, _add_owner(common, request, step))


def _add_owner(common: CommonOptions, request: str, step: dict[str, Any]) -> dict[str, Any]:
    """The step; where the request has no owner, with the one that somebody at a terminal names."""
    if step["owner"] is not None or not sys.stdin.isatty():
        return step
    given = {name: value for name, value in step.items() if value not in (None, False)}
    office = common._replace(dry_run=True).open_office()
    trial = office.handle(request, _EVENT, given, label_option)
    if trial.plan.rule.id != _NEEDS_OWNER:
        return step
    return {
        **step,
        "owner": click.prompt(
            say("Who is responsible for {request} from now on?").format(request=request), err=True
        ),
    }


@command.command("board")
@add_filter_options
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="At most this many cards a column, the oldest.",
)
@add_common_options
def board_(common: CommonOptions, limit: int | None, **given: Any) -> None:
    """Print the open requests as a board, with a column for each state."""
    from ..printing.board import print_board  # late: 3 ms

    print_board(common, _BOOK, RequestFilter(**given), limit)


def _list_names() -> Sequence[str]:
    from ..printing.request_list import COUNTS  # late: 4 ms

    return [*dict.fromkeys((*Request._fields, *COUNTS))]


@command.command("list")
@add_filter_options
@click.option(
    "--sort",
    metavar="COLUMN",
    default="number",
    show_default=True,
    help="number, customer, type, state, owner, opened or age; -COLUMN turns it round.",
)
@click.option("--counts", is_flag=True, help="Only the counts by type and state.")
@add_row_options(_list_names)
@add_common_options
def list_(
    common: CommonOptions, sort: str, counts: bool, row_options: RowOptions, **given: Any
) -> None:
    """List all requests, closed ones too, with counts by type and state."""
    from ..printing.request_list import print_list  # late: 4 ms

    print_list(common, row_options, _BOOK, RequestFilter(**given), sort, counts)


# --- states ---------------------------------------------------------------------------------------


@command.group("states", cls=ShortGroup)
def states() -> None:
    """List and change the states of requests and of the tickets made from them."""


@states.command("list")
@add_row_options(lambda: ("name", "completed", "open"))
@add_common_options
def states_list(common: CommonOptions, row_options: RowOptions) -> None:
    """List the states in their order, with the number of open requests and tickets in each."""
    from ..printing.request_list import print_states  # late: 4 ms

    print_states(common, row_options, _BOOK)


@states.command("add")
@click.argument("state")
@click.option("--completed", is_flag=True, help="Allow to close requests in this state.")
@add_common_options
def states_add(common: CommonOptions, state: str, completed: bool) -> None:
    """Add a state, as the last one."""
    from prassi.core.book import status_catalogue  # late: 14 ms

    names = _change_states(
        common, lambda book, _: status_catalogue.add_state(book, state, completed)
    )
    if len(names) > _READABLE:
        warn(
            f"{len(names)} states are {len(names)} columns on the board; fewer are easier to read."
        )


@states.command("rename")
@click.argument("state")
@click.argument("to")
@click.option(
    "--completed/--not-completed",
    default=None,
    help="Whether requests in it can be closed.  [default: as before]",
)
@add_common_options
def states_rename(common: CommonOptions, state: str, to: str, completed: bool | None) -> None:
    """Give a state another name; requests and tickets in it keep it."""
    from prassi.core.book import status_catalogue  # late: 14 ms

    _change_states(
        common, lambda book, _: status_catalogue.rename_state(book, state, to, completed)
    )


@states.command("reorder")
@click.argument("ordered", nargs=-1, required=True, metavar="STATE...")
@add_common_options
def states_reorder(common: CommonOptions, ordered: tuple[str, ...]) -> None:
    """Put states first, in this order; the others follow as before. New requests begin in the first."""
    from prassi.core.book import status_catalogue  # late: 15 ms

    _change_states(common, lambda book, _: status_catalogue.reorder_states(book, ordered))


@states.command("remove")
@click.argument("state")
@add_common_options
def states_remove(common: CommonOptions, state: str) -> None:
    """Remove a state that no open request or ticket is in."""
    from prassi.core.book import status_catalogue  # late: 15 ms

    _change_states(
        common, lambda book, used: status_catalogue.remove_state(book, state, used.get(state, 0))
    )


def _change_states(
    common: CommonOptions, make: Callable[[Book, dict[str, int]], CatalogueChange]
) -> list[str]:
    """Change the states, print them, and return their names."""
    from prassi.core.library.library import Shelf  # late: 63 ms
    from prassi.core.ticketfile import change_states, state_catalogue
    from prassi.core.ticketfile.connect import transaction

    connection = common.open_file_to_act()
    shelf = Shelf(common.load_settings(), connection)
    with transaction(connection, keep=not common.dry_run):
        writer = common.start_events(connection)
        made = make(shelf.book(_BOOK), state_catalogue.count_open_tickets(connection, _BOOK))
        event, renamed = change_states.change_states(connection, writer, shelf, _BOOK, made)
    names = [state.name for state in made.states]
    if common.json:
        written = {"applied": not common.dry_run, "event_id": None if common.dry_run else event}
        print_json({"book": _BOOK, **made.entry, "states": names, "tickets": renamed, **written})
    elif not common.quiet:
        told = (
            say("The states would be now: {states}.")
            if common.dry_run
            else say("The states are now: {states}.")
        )
        print_text(told.format(states=", ".join(names)))
        if renamed:
            print_text(
                say("{renamed} in the renamed state went along.").format(renamed=len(renamed))
            )
        if not common.dry_run:
            print_text(
                say("Written as event {number}.").format(
                    number=f"{event}{_format_last(event, renamed)}"
                )
            )
    return names


def _format_last(event: int, renamed: list[str]) -> str:
    return say(" to {last}").format(last=event + len(renamed)) if renamed else ""
