"""prassi promise: records an event `promise` of a ticket, or lists its promises."""

from __future__ import annotations

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..events import record_event
from ..options import AMOUNT, DAY, CommonOptions, add_common_options
from ..printing.rows import (
    RowOptions,
    RowView,
    add_row_options,
    find_row_option,
    print_plain,
    print_rows,
    show_cell,
    tell_nothing,
)
from ..streams import make_safe

_OPTIONS = {"new": "--agreed-on", "extend": "--extend", "reschedule": "--reschedule"}

_PROMISE = ("ticket", "pay_on", "kind", "amount", "state", "cycle")
"""What the promises of the shipped books have."""


@click.command("promise")
@click.argument("ticket")
@click.option("--agreed-on", type=DAY, help="The day the customer will pay, for a new promise.")
@click.option(
    "--partial",
    type=AMOUNT,
    help="The part that will be paid.  [default: all of it, or as the missed one]",
)
@click.option("--extend", type=DAY, help="The new day of a promise, announced before it is due.")
@click.option("--reschedule", type=DAY, help="The new day after a missed promise.")
@click.option("--full", is_flag=True, help="All that is due, where a part was missed before.")
@click.option("--channel", metavar="call|email|ticket", help="How the customer said so.")
@click.option("--note", metavar="TEXT", help="What was said; why it was not paid.")
@add_row_options(lambda: _PROMISE)
@add_common_options
def command(
    common: CommonOptions,
    ticket: str,
    agreed_on: str | None,
    partial: str | None,
    extend: str | None,
    reschedule: str | None,
    full: bool,
    channel: str | None,
    note: str | None,
    row_options: RowOptions,
) -> None:
    """Record a promise to pay, move one, or list them.

    Without options it lists the promises of the ticket.
    """
    days = {"new": agreed_on, "extend": extend, "reschedule": reschedule}
    named = {what: day for what, day in days.items() if day is not None}
    if len(named) > 1:
        options = [_OPTIONS[what] for what in named]
        raise BadInput(f"{options[0]} can't be used with {' or '.join(options[1:])}: give one.")
    if not named:
        if partial or full or channel or note:
            raise BadInput(
                "--agreed-on, --extend or --reschedule is missing: give the day of the promise."
            )
        _print_promises(common, row_options, ticket)
        return
    if option := find_row_option(common, row_options):
        raise BadInput(f"{option} can only be used where promises are listed: give no day.")
    (what, day), *_ = named.items()
    if partial and what == "extend":
        raise BadInput("--partial can only be used with --agreed-on or --reschedule.")
    if full and (partial or what == "extend"):
        raise BadInput(
            "--full can only be used with --agreed-on or --reschedule, and without --partial."
        )
    given = {"what": what, "agreed_on": day, "partial": partial, "full": full}
    given |= {"channel": channel, "note": note}
    record_event(common, ticket, "promise", given, lambda name: _label_promise(name, what))


def _label_promise(name: str, what: str) -> str:
    return {"agreed_on": _OPTIONS[what], "what": _OPTIONS[what]}.get(name, f"--{name}")


def _print_promises(common: CommonOptions, options: RowOptions, ticket: str) -> None:
    from prassi.core.library.library import Shelf  # late: 57 ms
    from prassi.core.ticketfile import read_tickets

    connection = common.open_file()
    number, book, _ = read_tickets.find_ticket(connection, ticket)
    kind = Shelf(common.load_settings()).book(book).items.get("promises")
    if kind is None:
        raise BadInput(f"{ticket} is of book {book}, which has no promises.")
    items = read_tickets.read_states(connection, [number])[number].items
    rows = (
        {
            "ticket": ticket,
            **{name: field.show(data.get(name)) for name, field in kind.fields.items()},
        }
        for _, of, data in items
        if of == kind.name
    )
    shown = RowView([*kind.fields], lambda row: [show_cell(row[name]) for name in kind.fields])
    if not print_rows(common, options, ("ticket", *kind.fields), rows, print_plain(shown)):
        tell_nothing(common, say("{ticket} has no promises.").format(ticket=make_safe(ticket)))
