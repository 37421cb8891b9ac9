"""prassi outbox: lists, shows and exports the messages that wait to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_plain_table, print_text
from ..printing.spreadsheet import add_csv_options, print_csv
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.outbox.emails import SendResult
    from prassi.core.ticketfile.outbox import OutboxMessage


@click.group("outbox")
def command() -> None:
    """List, show and export the messages that wait to be sent."""


@command.command("list")
@click.argument("ticket", required=False)
@add_csv_options
@add_common_options
def list_(common: CommonOptions, ticket: str | None) -> None:
    """List the messages, of all tickets or of one."""
    from prassi.core.ticketfile import outbox, read_tickets  # late: 26 ms

    connection = common.open_file()
    number = None if ticket is None else read_tickets.find_ticket(connection, ticket).id
    messages = outbox.read_messages(connection, number)
    if common.json:
        for message in messages:
            print_json(message._asdict())
        return
    if common.csv:
        print_csv((*_HEADS, "body"), ((*_make_row(m, ""), m.body) for m in messages), common.raw)
        return
    rows = [[str(cell) for cell in _make_row(m, "no address")] for m in messages]
    if rows:
        print_plain_table(rows, _HEADS)
    else:
        print_text("No messages wait.")


_HEADS = ("id", "at", "ticket", "channel", "lang", "template", "to", "subject")


def _make_row(m: OutboxMessage, nobody: str) -> list[str | int]:
    """A message in columns; `nobody` stands where it has no address."""
    return [
        m.id,
        m.at,
        m.ticket,
        m.channel,
        m.language,
        m.template,
        m.to or nobody,
        m.subject or "",
    ]


@command.command("show")
@click.argument("number", type=int)
@add_common_options
def show(common: CommonOptions, number: int) -> None:
    """Show one message, as it would be sent."""
    from prassi.core.ticketfile import outbox  # late: 2 ms

    message = outbox.find_message(common.open_file(), number)
    if message is None:
        raise BadInput(f"there is no message {number}; `prassi outbox list` lists all messages.")
    if common.json:
        print_json(message._asdict())
        return
    print_text(f"To: {message.to or 'no address'}", lines=False)
    if message.subject is not None:
        print_text(f"Subject: {message.subject}", lines=False)
    print_text()
    print_text(message.body)


@command.command("export")
@click.argument("folder", metavar="DIR")
@add_common_options
def export(common: CommonOptions, folder: str) -> None:
    """Put the messages into a Maildir, each of them once, for the program that sends them.

    E-mails appear in DIR/new, one file each; who has sent one moves it to DIR/cur or removes it.
    SMS appear in DIR/sms in the same way, each as a line of JSON.
    """
    from prassi.core.outbox import emails, maildir  # late: 27 ms
    from prassi.core.ticketfile import outbox

    post, connection = emails.MessageComposer(common.load_settings().company), common.open_file()
    with nullcontext() if common.dry_run else maildir.open_maildir(folder) as box:
        has = maildir.read_exported(folder).__contains__ if box is None else box.has
        put = None if box is None else box.put
        sent = emails.send_messages(outbox.read_messages_with_hashes(connection), post, has, put)
        _print_export(common, folder, sent)


_MOST_WARNINGS = 20
"""How many messages that can't be sent are named; the others are counted."""


def _print_export(common: CommonOptions, folder: str, sent: Iterable[SendResult]) -> None:
    """Print what became of the messages, each as soon as it is known."""
    counts = {"email": 0, "sms": 0}
    before = stuck = 0
    for one in sent:
        message = one.message
        if common.json:
            record = {"id": message.id, "ticket": message.ticket, "channel": message.channel}
            print_json({**record, "name": one.name, "exported": one.now, "reason": one.reason})
        if one.reason is not None:
            stuck += 1
            if stuck <= _MOST_WARNINGS:
                warn(f"Message {message.id} of {message.ticket} can't be sent: {one.reason}.")
        elif one.now:
            counts[message.channel] += 1
        else:
            before += 1
    if stuck > _MOST_WARNINGS:
        warn(f"{stuck - _MOST_WARNINGS} more can't be sent; --json names them.")
    if not common.json and not common.quiet:
        done = "would be put into" if common.dry_run else "are put into"
        some = f"{counts['email']} e-mails and {counts['sms']} SMS"
        print_text(f"{some} {done} {folder}; {before} were put there before.")
