"""prassi undo: takes back a step, or all steps of a run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prassi.core.ticketfile.find_steps import RecordedStep
    from prassi.core.ticketfile.sqlite import Connection

    from ..printing.json_rows import UndoneJson


@click.command("undo")
@click.argument("step", metavar="[EVENT | TICKET]", required=False)
@click.option("--ticket", metavar="TICKET", help="Take back the newest step of a ticket.")
@click.option("--run", type=int, metavar="RUN", help="Take back all steps of a run.")
@click.option(
    "--skip-touched",
    is_flag=True,
    help="With --run: leave tickets that something happened to since.",
)
@click.option("--yes", is_flag=True, help="Take back somebody else's step too, without asking.")
@add_common_options
def command(
    common: CommonOptions,
    step: str | None,
    ticket: str | None,
    run: int | None,
    skip_touched: bool,
    yes: bool,
) -> None:
    """Take back your newest step, an event, the newest step of a ticket, or a whole run.

    Nights, imports and whatever sends messages are taken back as a run.
    """
    from prassi.core.library.library import Shelf  # late: 62 ms
    from prassi.core.ticketfile import state_catalogue, undo
    from prassi.core.ticketfile.connect import transaction

    if sum(given is not None for given in (step, ticket, run)) > 1:
        raise BadInput("EVENT, TICKET and --run can't be used together: give one.")
    if skip_touched and run is None:
        raise BadInput("--skip-touched needs --run.")
    connection = common.open_file_to_act()
    # What is asked for is looked up again under the lock, so that nothing comes between.
    _confirm(common, _find(connection, common, step, ticket, run, skip_touched), run, yes)
    with transaction(connection, keep=not common.dry_run):
        steps = _find(connection, common, step, ticket, run, skip_touched)
        numbers = [one.event_id for one in steps]
        undone = undo.undo_events(connection, common.start_events(connection), numbers)
        state_catalogue.check_open_tickets(
            connection, lambda: Shelf(common.load_settings(), connection), numbers
        )
    for one, by in zip(steps, undone, strict=True):
        _print_undone(common, one, by)
    if not steps and not (common.json or common.quiet):
        told = say("Nothing of run {run} is undone: what it touched was touched again since.")
        print_text(told.format(run=run))


def _find(
    connection: Connection,
    common: CommonOptions,
    step: str | None,
    ticket: str | None,
    run: int | None,
    skip_touched: bool,
) -> Sequence[RecordedStep]:
    from prassi.core.ticketfile import find_steps, read_tickets

    if run is not None:
        steps = find_steps.find_of_run(connection, run)
        if not skip_touched:
            return steps
        if steps[0].command == "import":
            raise BadInput("--skip-touched can't be used with an import: it is taken back whole.")
        touched = find_steps.find_touched(connection, steps)
        return [one for one in steps if one.event_id not in touched]
    if step is None and ticket is None:
        return find_steps.find_own_newest(connection, common.person)
    if ticket is None and step is not None and step.isdecimal():
        return find_steps.find_event(connection, int(step))
    ref = ticket or step or ""
    return find_steps.find_newest_of(connection, read_tickets.find_ticket(connection, ref).id, ref)


def _confirm(
    common: CommonOptions, steps: Sequence[RecordedStep], run: int | None, yes: bool
) -> None:
    """Ask before somebody else's step, or one whose message has left, is taken back."""
    if yes or common.dry_run or run is not None:
        return
    reasons = [
        say("{step} is {person}'s").format(step=_name(one), person=one.person)
        for one in steps
        if one.person not in (None, common.person)
    ]
    reasons += [
        say("a message of {step} has left already").format(step=_name(one))
        for one in steps
        if one.has_left
    ]
    if not reasons:
        return
    if not sys.stdin.isatty():
        raise BadInput(f"{reasons[0]}; give --yes to take it back all the same.")
    click.confirm(say("{reason}. Take it back?").format(reason=reasons[0]), abort=True, err=True)


def _name(step: RecordedStep) -> str:
    if step.ticket:
        return say("event {number} ({event} on {ticket})").format(
            number=step.event_id, event=step.event, ticket=step.ticket
        )
    return say("event {number} ({event})").format(number=step.event_id, event=step.event)


def _print_undone(common: CommonOptions, step: RecordedStep, by: int) -> None:
    if common.json:
        row: UndoneJson = {
            "undone": step.event_id,
            "ticket": step.ticket,
            "event": step.event,
            "applied": not common.dry_run,
            "event_id": None if common.dry_run else by,
            "by": common.person,
        }
        print_json(row)
    elif not common.quiet:
        told = (
            say("{step} would be undone.")
            if common.dry_run
            else say("{step} is undone, by event {number}.")
        ).format(step=_name(step), number=by)
        print_text(f"{told[0].upper()}{told[1:]}")
