"""prassi outbox"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput

from .options import Common, common
from .output import say, say_json, table
from .spreadsheet import in_csv, print_csv

if TYPE_CHECKING:
    from prassi.core.ticketfile.outbox import Message


@click.group("outbox")
def command() -> None:
    """List and show the messages that wait to be sent."""


@command.command("list")
@click.argument("ticket", required=False)
@in_csv
@common
def list_(common: Common, ticket: str | None) -> None:
    """List the messages, of all tickets or of one."""
    from prassi.core.ticketfile import outbox, reading

    connection = common.open_file()
    number = None if ticket is None else reading.find_ticket(connection, ticket)[0]
    messages = outbox.messages(connection, number)
    if common.json:
        for message in messages:
            say_json(message._asdict())
        return
    if common.csv:
        print_csv((*_HEADS, "body"), ((*_row(m, ""), m.body) for m in messages), common.raw)
        return
    rows = [[str(cell) for cell in _row(m, "no address")] for m in messages]
    if rows:
        table(rows, _HEADS)
    else:
        say("No messages wait.")


_HEADS = ("id", "at", "ticket", "channel", "lang", "template", "to", "subject")


def _row(m: Message, nobody: str) -> list[str | int]:
    """A message in columns; `nobody` where there is no address."""
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
@common
def show(common: Common, number: int) -> None:
    """Show one message, as it would be sent."""
    from prassi.core.ticketfile import outbox

    message = outbox.find(common.open_file(), number)
    if message is None:
        raise BadInput(f"there is no message {number}; `prassi outbox list` shows those there are.")
    if common.json:
        say_json(message._asdict())
        return
    say(f"To: {message.to or 'no address'}", lines=False)
    if message.subject is not None:
        say(f"Subject: {message.subject}", lines=False)
    say()
    say(message.body)
