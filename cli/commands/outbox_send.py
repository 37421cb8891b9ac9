"""prassi outbox send: sends the messages that wait, by mail server, program or SMS gateway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput, PartlyDone
from prassi.core.system.language import mark, say, say_count

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..spoken_errors import translate_error
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.desk.sending import SendingRun, SendResult

    from ..printing.json_rows import SentJson


@click.command("send")
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@click.option("--limit", type=click.IntRange(min=1), help="Try at most so many.")
@click.option("--again", is_flag=True, help="Once more what has left, or may have.")
@add_common_options
def command(
    common: CommonOptions, numbers: tuple[int, ...], limit: int | None, again: bool
) -> None:
    """Send messages that wait: all of them, or those with an ID.

    How is said by [mail] and [sms] of the settings. With --dry-run nobody is connected to: a line a
    message says what would become of it.
    """
    if again and not numbers:
        raise BadInput("--again needs ID: name the messages to send once more.")
    if limit is not None and numbers:
        raise BadInput("--limit can't be used with ID: all that are named are tried.")
    from prassi.core.desk.sending import SendingRun, lock_sending  # late: 90 ms

    run = SendingRun(common.open_office(), limit)
    with nullcontext() if common.dry_run else lock_sending(common.file):
        try:
            _print_results(common, _start(run, [*dict.fromkeys(numbers)], again))
        finally:
            run.close()


def _start(run: SendingRun, numbers: list[int], again: bool) -> Iterable[SendResult]:
    if again:
        return run.send_again(numbers)
    return run.send_named(numbers) if numbers else run.send_waiting()


_MOST_WARNINGS = 20
"""How many faults are named; the others are counted."""


def _print_results(common: CommonOptions, results: Iterable[SendResult]) -> None:
    """Print what became of each message, as soon as it is known; PartlyDone where somebody has to look
    at some of them."""
    counts, faults = Counter[str](), 0
    for one in results:
        counts[one.outcome] += 1
        if one.change is not None and one.change.trouble is not None:
            message = one.message
            told = f"Message {message.id} of {message.ticket}: its book can't answer: "
            warn(told + one.change.trouble)
        if common.json:
            print_json(_as_json(common, one))
        elif common.dry_run and not common.quiet:
            print_text(_describe(one))
        if one.is_fault:
            faults += 1
            if faults <= _MOST_WARNINGS and not common.dry_run:
                warn(f"{_describe(one).rstrip('.')}.")
    if faults > _MOST_WARNINGS and not common.dry_run:
        warn(say("{count} more; --json names them.").format(count=faults - _MOST_WARNINGS))
    if not common.json and not common.quiet:
        counted = ", ".join(
            f"{count} {say(_COUNTED.get(what, what))}" for what, count in counts.items()
        )
        print_text(
            say("Messages: {counted}.").format(counted=counted)
            if counted
            else say("No messages wait.")
        )
    _raise_faults(counts, faults)


def _raise_faults(counts: Counter[str], faults: int) -> None:
    if counts["stopped"]:
        raise PartlyDone("sending stopped; what was not sent waits.")
    if faults:
        told = say_count(
            "{count} message needs somebody; `prassi outbox list` shows them.",
            "{count} messages need somebody; `prassi outbox list` shows them.",
            faults,
        )
        raise PartlyDone(told.format(count=faults))


_TOLD = {
    "waiting": mark("tried again later"),
    "waits": mark("waits"),
    "stopped": mark("stopped"),
    "unsendable": mark("unsendable"),
    "would go": mark("would go"),
    "left before": mark("left before"),
}
"""Outcomes as they are told of one message; the others are states."""

_COUNTED = {
    **_TOLD,
    "waits": mark("waiting"),
    "stopped": mark("not taken, so sending stopped"),
}
"""Outcomes as they are counted."""


def _describe(one: SendResult) -> str:
    """What became of a message, on a line."""
    message = one.message
    head = say("{id} {ticket} {template} {channel} to {to}").format(
        id=message.id,
        ticket=message.ticket,
        template=message.template,
        channel=message.channel,
        to=message.to or say("no address"),
    )
    told = f"{head} | {say(_TOLD.get(one.outcome, one.outcome))}"
    return f"{told}: {translate_error(one.reason)}" if one.reason else told


def _as_json(common: CommonOptions, one: SendResult) -> SentJson:
    message, change = one.message, one.change
    return {
        "id": message.id,
        "ticket": message.ticket,
        "template": message.template,
        "channel": message.channel,
        "to": message.to,
        "outcome": one.outcome,
        "reason": one.reason,
        "state": message.state if change is None else change.state,
        "rule": None if change is None else change.answer,
        "applied": change is not None,
        "event_id": None if change is None else change.event_id,
        "by": common.person,
    }
