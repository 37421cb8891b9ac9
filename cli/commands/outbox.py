"""prassi outbox: lists and shows messages, changes their states, and hands them over.

What sends them is in outbox_send.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput, PartlyDone
from prassi.core.system.language import say, say_count
from prassi.core.ticketfile.message_states import STATES

from ..lazy_group import ShortGroup
from ..options import DAY, FILE_NAME, CommonOptions, add_common_options
from ..printing.columns import Cell
from ..printing.output import print_json, print_text
from ..printing.rows import (
    Row,
    RowOptions,
    RowView,
    add_row_options,
    print_plain,
    print_rows,
    tell_nothing,
)
from ..spoken_errors import translate_error
from ..streams import warn
from ..words import say_heads
from .outbox_send import command as send

if TYPE_CHECKING:
    from prassi.core.desk.hand_over import HandOver
    from prassi.core.desk.postroom import MessageChange

    from ..printing.json_rows import MessageChangedJson


@click.group("outbox", cls=ShortGroup)
def command() -> None:
    """List, show and send messages, and say what becomes of them."""


command.add_command(send)


def _list_names() -> Sequence[str]:
    from prassi.core.ticketfile.read_messages import OutboxMessage  # late: 26 ms

    return OutboxMessage._fields


@command.command("list")
@click.argument("ticket", required=False)
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these.")
@click.option("--all", "all_", is_flag=True, help="Those that need nobody, too.")
@click.option("--since", type=DAY, help="Only those made on that day or later.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the newest N.")
@add_row_options(_list_names)
@add_common_options
def list_(
    common: CommonOptions,
    ticket: str | None,
    states: tuple[str, ...],
    all_: bool,
    since: str | None,
    limit: int | None,
    row_options: RowOptions,
) -> None:
    """List the messages that wait or need somebody, of all tickets or of one."""
    from prassi.core.ticketfile import read_messages, read_tickets  # late: 26 ms
    from prassi.core.ticketfile.message_states import NEEDS_SOMEBODY

    connection = common.open_file()
    number = None if ticket is None else read_tickets.find_ticket(connection, ticket).id
    wanted = states or (None if all_ else NEEDS_SOMEBODY)
    messages = read_messages.read_messages(connection, number, wanted, since, limit)
    rows = (message._asdict() for message in messages)
    view = print_plain(RowView(say_heads(_HEADS), lambda row: _make_cells(row, say("no address"))))
    csv = RowView((*_HEADS, "body"), lambda row: [*_make_cells(row, ""), row["body"]])
    if not print_rows(common, row_options, _list_names(), rows, view, csv):
        tell_nothing(
            common, say("No messages.") if wanted != NEEDS_SOMEBODY else say("No messages wait.")
        )


_HEADS = ("id", "at", "ticket", "state", "channel", "lang", "template", "to", "subject")


def _make_cells(row: Row, nobody: str) -> list[Cell]:
    """A message in columns; `nobody` stands where it has no address."""
    cells = {**row, "state": _describe_state(row["state"], row["reason"]), "lang": row["language"]}
    cells |= {"to": row["to"] or nobody, "subject": row["subject"] or ""}
    return [cells[head] for head in _HEADS]


def _describe_state(state: str, reason: str | None) -> str:
    return f"{state} ({reason})" if reason else state


@command.command("show")
@click.argument("number", type=int)
@add_common_options
def show(common: CommonOptions, number: int) -> None:
    """Show one message, as it is sent."""
    from prassi.core.ticketfile import read_messages  # late: 2 ms

    message = read_messages.find_message(common.open_file(), number).message
    if common.json:
        print_json(message._asdict())
        return
    left = say(" on {left_on}").format(left_on=message.left_on) if message.left_on else ""
    print_text(
        say("State: {message}{left}").format(
            message=_describe_state(message.state, message.reason), left=left
        ),
        lines=False,
    )
    print_text(say("To: {to}").format(to=message.to or say("no address")), lines=False)
    if message.subject is not None:
        print_text(say("Subject: {subject}").format(subject=message.subject), lines=False)
    print_text()
    print_text(message.body)


# --- what becomes of one --------------------------------------------------------------------------


@command.command("retry")
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@click.option("--again", is_flag=True, help="Also one that may have left.")
@add_common_options
def retry(common: CommonOptions, numbers: tuple[int, ...], again: bool) -> None:
    """Let messages wait again that failed or were held.

    Without ID those whose tries are used up, and those that were written without the company's name,
    which are written anew once the settings have it.
    """
    if numbers:
        _change_all(common, numbers, "waiting", None, again)
        return
    tried, unsigned = _find_to_retry(common)
    signed = bool(common.load_settings().company["name"])
    if able := (*tried, *(unsigned if signed else ())):
        _change_all(common, able, "waiting", None)
    elif not unsigned and not common.quiet and not common.json:
        print_text(say("No messages to retry."))
    if unsigned and not signed:
        told = say_count(
            "{count} e-mail stays held: {why}.", "{count} e-mails stay held: {why}.", len(unsigned)
        )
        why = translate_error(common.describe_missing_company())
        raise PartlyDone(told.format(count=len(unsigned), why=why))


def _find_to_retry(common: CommonOptions) -> tuple[list[int], list[int]]:
    """The messages whose tries are used up, and those that are held for want of a sender."""
    from prassi.core.ticketfile import read_messages
    from prassi.core.ticketfile.message_states import FAILED, HELD, NO_SENDER, TRIED

    found = [*read_messages.read_messages(common.open_file(), None, (FAILED, HELD))]
    wanted = ((FAILED, TRIED), (HELD, NO_SENDER))
    tried, unsigned = (
        [message.id for message in found if (message.state, message.reason) == one]
        for one in wanted
    )
    return tried, unsigned


@command.command("hold")
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@add_common_options
def hold(common: CommonOptions, numbers: tuple[int, ...]) -> None:
    """Hold messages back until `outbox retry`."""
    _change_all(common, numbers, "held", "hand")


@command.command("cancel")
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@add_common_options
def cancel(common: CommonOptions, numbers: tuple[int, ...]) -> None:
    """Withdraw messages that have not left."""
    _change_all(common, numbers, "withdrawn", "hand")


@command.command("mark")
@click.argument("number", metavar="ID", type=int)
@click.argument("state", type=click.Choice(("sent", "bounced")))
@click.option("--reason", metavar="TEXT", help="Why it came back.")
@add_common_options
def mark(common: CommonOptions, number: int, state: str, reason: str | None) -> None:
    """Say of a message that it was sent after all, or that it came back."""
    if reason is not None and state != "bounced":
        raise BadInput("--reason can be given with bounced only.")
    _change_all(common, (number,), state, reason)


def _change_all(
    common: CommonOptions,
    numbers: tuple[int, ...],
    state: str,
    reason: str | None,
    again: bool = False,
) -> None:
    from prassi.core.desk.postroom import PostRoom  # late: 60 ms

    room = PostRoom(common.open_office())
    for change in room.change_all(numbers, state, reason, again):
        _print_change(common, change)


def _print_change(common: CommonOptions, change: MessageChange) -> None:
    message = change.stored.message
    if change.trouble is not None:
        warn(f"Message {message.id} of {message.ticket}: its book can't answer: {change.trouble}")
    if common.json:
        row: MessageChangedJson = {
            "id": message.id,
            "ticket": message.ticket,
            "from": message.state,
            "state": change.state,
            "rule": change.answer,
            "applied": change.event_id is not None,
            "event_id": change.event_id,
            "by": common.person,
        }
        print_json(row)
    elif not common.quiet:
        told = (
            say("Message {id} ({template}) of {ticket} would be {state}, after {before}{answer}.")
            if change.event_id is None
            else say("Message {id} ({template}) of {ticket} is {state}, after {before}{answer}.")
        )
        answer = say("; its book answers [{rule}]").format(rule=change.answer)
        states = {"state": change.state, "before": message.state}
        print_text(
            told.format(
                id=message.id,
                template=message.template,
                ticket=message.ticket,
                answer=answer if change.answer else "",
                **states,
            )
        )


# --- handing over ---------------------------------------------------------------------------------


@command.command("export")
@click.argument("folder", type=FILE_NAME, metavar="DIR")
@click.option("--again", type=int, multiple=True, metavar="ID", help="Put one there once more.")
@add_common_options
def export(common: CommonOptions, folder: str, again: tuple[int, ...]) -> None:
    """Hand messages over to a Maildir, each of them once.

    E-mails appear in DIR/new, one file each; who has sent one moves it to DIR/cur or removes it.
    SMS appear in DIR/sms in the same way, each as a line of JSON.
    """
    from prassi.core.desk.hand_over import Folder, hand_over_again, hand_over_messages
    from prassi.core.outbox import emails, maildir  # late: 27 ms

    settings = common.load_settings()
    post, office = emails.MessageComposer(settings.company), common.open_office(settings)
    with nullcontext() if common.dry_run else maildir.open_maildir(folder) as box:
        has = maildir.read_exported(folder).__contains__ if box is None else box.has
        to = Folder(folder, has, None if box is None else box.put)
        if again:
            _print_export(common, folder, hand_over_again(office, post, to, again))
        else:
            _print_export(common, folder, hand_over_messages(office, post, to))


_MOST_WARNINGS = 20
"""How many messages that can't be sent are named; the others are counted."""


def _print_export(common: CommonOptions, folder: str, done: Iterable[HandOver]) -> None:
    """Print what became of the messages, each as soon as it is known; PartlyDone where some could
    not be handed over."""
    counts = {"email": 0, "sms": 0}
    before = stuck = 0
    for one in done:
        message = one.message
        if common.json:
            record = {"id": message.id, "ticket": message.ticket, "channel": message.channel}
            print_json({**record, "name": one.name, "exported": one.now, "reason": one.reason})
        if one.trouble is not None:
            warn(f"Message {message.id} of {message.ticket}: its book can't answer: {one.trouble}")
        if one.reason is not None:
            stuck += 1
            if stuck <= _MOST_WARNINGS:
                warn(f"Message {message.id} of {message.ticket} can't be sent: {one.reason}.")
        elif one.now:
            counts[message.channel] += 1
        else:
            before += 1
    if stuck > _MOST_WARNINGS:
        more = stuck - _MOST_WARNINGS
        told = say_count(
            "{count} more can't be sent; --json names it.",
            "{count} more can't be sent; --json names them.",
            more,
        )
        warn(told.format(count=more))
    if not common.json and not common.quiet:
        _print_counts(common, folder, counts, before)
    if stuck:
        told = say_count(
            "{count} of the messages could not be handed over; it still waits.",
            "{count} of the messages could not be handed over; they still wait.",
            stuck,
        )
        raise PartlyDone(told.format(count=stuck))


def _print_counts(
    common: CommonOptions, folder: str, counts: Mapping[str, int], before: int
) -> None:
    """Print how many messages are in the folder now."""
    told = (
        say("{e_mails} and {sms} SMS would be put into {folder}; {before} were put there before.")
        if common.dry_run
        else say("{e_mails} and {sms} SMS are put into {folder}; {before} were put there before.")
    )
    e_mails = say_count("{count} e-mail", "{count} e-mails", counts["email"])
    e_mails = e_mails.format(count=counts["email"])
    print_text(told.format(e_mails=e_mails, sms=counts["sms"], folder=folder, before=before))
