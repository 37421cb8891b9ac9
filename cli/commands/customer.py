"""prassi customer: shows, lists, adds, changes and merges customers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import mark, say, say_count

from ..key_values import read_key_values
from ..lazy_group import ShortGroup
from ..options import DAY, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.rows import (
    RowOptions,
    RowView,
    add_row_options,
    print_plain,
    print_rows,
    show_cell,
    tell_nothing,
)
from ..words import say_heads, say_term

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prassi.core.importing.change_customers import CustomerChange
    from prassi.core.importing.forget_customer import ForgottenCustomer
    from prassi.core.ticketfile.sqlite import Connection
    from prassi.core.ticketfile.write_events import EventWriter

    Change = Callable[[Connection, EventWriter], CustomerChange]

    from ..printing.json_rows import CustomerChangedJson


@click.group("customer", cls=ShortGroup)
def command() -> None:
    """Show, list, add, change and merge customers."""


def _list_names() -> Sequence[str]:
    from prassi.core.ticketfile.schema import CUSTOMER  # late: 5 ms

    return CUSTOMER


@command.command("list")
@click.option("--since", type=DAY, help="Only those who came in on that day or later.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many.")
@add_row_options(_list_names)
@add_common_options
def list_(
    common: CommonOptions, since: str | None, limit: int | None, row_options: RowOptions
) -> None:
    """List the customers."""
    from prassi.core.ticketfile import read_customers  # late: 5 ms

    most = -1 if limit is None else limit
    found = read_customers.read_customers(common.open_file(), since, most)
    csv = RowView(_HEADS, lambda row: [show_cell(row[name]) for name in _HEADS])
    view = print_plain(csv._replace(heads=say_heads(_HEADS)))
    rows = (customer.values for customer in found)
    if not print_rows(common, row_options, _list_names(), rows, view, csv):
        tell_nothing(common, say("No customers."))


_HEADS = ("ref", "name", "phone", "email", "language")


@command.command("show")
@click.argument("ref")
@add_common_options
def show(common: CommonOptions, ref: str) -> None:
    """Show a customer, with tickets and what happened to the address."""
    from prassi.core.ticketfile import read_customers

    connection = common.open_file()
    customer = read_customers.find_stored(connection, ref)
    tickets = read_customers.find_tickets_of(connection, customer.id)
    history = [*read_customers.read_history(connection, customer.id)]
    if common.json:
        rows = [{"ref": t.ref, "book": t.book, "status": t.status} for t in tickets]
        print_json({**customer.values, "tickets": rows, "history": history})
        return
    print_text(f"{customer.ref}  {customer.values['name'] or say('no name')}", lines=False)
    for name in ("phone", "email", "language"):
        bad = customer.values.get(f"{name}_bad_on")
        told = say(" (bad since {bad}: a message came back)").format(bad=bad) if bad else ""
        print_text(f"  {say_term(name)}: {customer.values[name] or '-'}{told}", lines=False)
    for ticket in tickets:
        told = say("ticket {ref}: {book}, {status}")
        told = told.format(ref=ticket.ref, book=ticket.book, status=ticket.status)
        print_text(f"  {told}", lines=False)
    for event in history:
        undone = f" {say(' (undone)')}" if event["undone"] else ""
        what = ", ".join(
            f"{name} {'-' if value is None else value}"
            for name, value in event["facts"].items()
            if not isinstance(value, dict)  # what remains of somebody forgotten is for `verify`
        )
        number = say("event {number}").format(number=event["event_id"])
        told = f"{number}  {event['at']}  {event['by'] or '-'}  {what}{undone}"
        print_text(f"  {told}", lines=False)


@command.command("add")
@click.argument("values", metavar="[REF] NAME=VALUE...", nargs=-1, required=True)
@click.option("--again", is_flag=True, help="Also where another one has the phone or e-mail.")
@add_common_options
def add(common: CommonOptions, values: tuple[str, ...], again: bool) -> None:
    """Add a customer: name, phone, email, language, ref.

    Without a ref the next free one is taken. Where a customer has the phone or e-mail already, that
    one is named.
    """
    from prassi.core.importing.change_customers import add_customer  # late: 40 ms

    named = () if "=" in values[0] else (f"ref={values[0]}",)
    given = _read_values((*named, *values[len(named) :]))
    _carry_out(common, lambda file, events: add_customer(file, events, given, again), _ADDED)


@command.command("set")
@click.argument("ref")
@click.argument("values", metavar="NAME=VALUE...", nargs=-1, required=True)
@add_common_options
def set_(common: CommonOptions, ref: str, values: tuple[str, ...]) -> None:
    """Change a customer; messages that have not left follow a new address."""
    from prassi.core.importing.change_customers import set_customer

    given = _read_values(values)
    _carry_out(common, lambda file, events: set_customer(file, events, ref, given), _CHANGED)


@command.command("merge")
@click.argument("ref", metavar="A")
@click.argument("into", metavar="B")
@add_common_options
def merge(common: CommonOptions, ref: str, into: str) -> None:
    """Let the tickets of customer A be those of customer B, and A go: one step."""
    from prassi.core.importing.change_customers import merge_customers

    _carry_out(
        common, lambda file, events: merge_customers(file, events, ref, into), _MERGED, into=into
    )


@command.command("forget")
@click.argument("ref")
@click.option("--because", metavar="TEXT", required=True, help="Why; the reason is kept.")
@click.option("--yes", is_flag=True, help="Don't ask; it can't be undone.")
@add_common_options
def forget(common: CommonOptions, ref: str, because: str, yes: bool) -> None:
    """Forget a customer: every personal word of theirs goes, for good.

    Numbers, dates, amounts and statuses stay. Backups and messages that left have to be seen to by
    hand. A sync or an import leaves the customer's rows out from then on.
    """
    from prassi.core.importing.forget_customer import (  # late: 60 ms
        find_desk_people,
        forget_customer,
    )
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile.connect import transaction
    from prassi.core.ticketfile.forget_rows import drop_free_pages, erase_what_is_overwritten

    if not common.dry_run and not yes:
        if not sys.stdin.isatty():
            raise BadInput(f"forgetting {ref} can't be undone; give --yes to do it all the same.")
        click.confirm(
            say("Forget {ref}? It can't be undone.").format(ref=ref), abort=True, err=True
        )
    connection, settings = common.open_file_to_act(), common.load_settings()
    erase_what_is_overwritten(connection)
    with transaction(connection, keep=not common.dry_run):
        people = find_desk_people(connection, settings.people)
        shelf, events = Shelf(settings, connection), common.start_events(connection)
        done = forget_customer(connection, events, shelf, people, ref, because)
    _print_forgotten(common, done)
    if not common.dry_run:
        drop_free_pages(connection)


def _print_forgotten(common: CommonOptions, done: ForgottenCustomer) -> None:
    if common.json:
        row = {**done._asdict(), "applied": not common.dry_run, "by": common.person}
        print_json(row | {"event_ids": [] if common.dry_run else done.event_ids})
    elif not common.quiet:
        told = (
            say("The customer would be forgotten, and called {name} from now on.")
            if common.dry_run
            else say("The customer is forgotten, and called {name} from now on.")
        )
        print_text(told.format(name=done.ref))
        told = say("  rows blanked: {rows}; events blanked: {events}")
        print_text(told.format(rows=done.rows, events=done.events), lines=False)
        if done.unguarded:
            told = say_count(
                "  {count} of these events is from before schema 3: its hash has no secret, so whoever"
                " guesses all its words can see that they fit.",
                "  {count} of these events are from before schema 3: their hashes have no secret, so"
                " whoever guesses all their words can see that they fit.",
                done.unguarded,
            )
            print_text(told.format(count=done.unguarded))
        print_text(
            say(
                "  Backups of this file, and messages that were sent or handed over, still have the"
                " words: delete or replace them by hand."
            )
        )


def _read_values(values: tuple[str, ...]) -> Mapping[str, str]:
    given = read_key_values(values)
    for name, value in given.items():
        if not isinstance(value, str):
            raise BadInput(f"{name} is given twice: give it once.")
    return {name: str(value) for name, value in given.items()}


_ADDED = (mark("Customer {ref} is added."), mark("Customer {ref} would be added."))
_CHANGED = (mark("Customer {ref} is changed."), mark("Customer {ref} would be changed."))
_MERGED = (
    mark("Customer {ref} is merged into {into}."),
    mark("Customer {ref} would be merged into {into}."),
)
"""What is told of a change that is done, and of one that would be."""


def _carry_out(common: CommonOptions, change: Change, told: tuple[str, str], **names: str) -> None:
    from prassi.core.ticketfile.connect import transaction

    connection = common.open_file_to_act()
    with transaction(connection, keep=not common.dry_run):
        done = change(connection, common.start_events(connection))
    if common.json:
        row: CustomerChangedJson = {
            "customer": done.ref,
            "changes": done.changes,
            "messages": done.messages,
            "applied": not common.dry_run and bool(done.event_ids),
            "event_ids": [] if common.dry_run else done.event_ids,
            "by": common.person,
        }
        print_json(row)
    elif not common.quiet:
        if not done.event_ids:
            print_text(
                say("Customer {ref} is so already; nothing was written.").format(ref=done.ref)
            )
            return
        print_text(say(told[common.dry_run]).format(ref=done.ref, **names))
        for name, (old, new) in done.changes.items():
            print_text(f"  {say_term(name)}: {_show(old)} -> {_show(new)}", lines=False)
        if done.messages:
            follow = say("  Messages that go to the new address: {messages}.")
            print_text(follow.format(messages=done.messages))


def _show(value: object) -> str:
    return "-" if value is None else str(value)
