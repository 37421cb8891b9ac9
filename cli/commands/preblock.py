"""prassi preblock: the sheet `preblock`, one of its tickets, and what happens to notice and block."""

from __future__ import annotations

import click
from prassi.core.errors import BadInput

from ..events import read_decisions, record_event
from ..options import DAY, CommonOptions, add_common_options
from ..printing.decisions import print_decision
from ..printing.rows import RowOptions, add_sheet_options, find_row_option
from ..printing.sheets import print_sheet


@click.command("preblock")
@click.argument("ticket", required=False)
@click.option("--sent-on", type=DAY, help="The notice left by post on that day.")
@click.option("--blocked", is_flag=True, help="The customer was blocked.")
@click.option("--unblocked", is_flag=True, help="The block was lifted.")
@click.option("--on", type=DAY, help="With --blocked, --unblocked: the day.  [default: today]")
@add_sheet_options
@add_common_options
def command(
    common: CommonOptions,
    ticket: str | None,
    sent_on: str | None,
    blocked: bool,
    unblocked: bool,
    on: str | None,
    row_options: RowOptions,
) -> None:
    """Print the pre-block sheet, or where one ticket stands on it and which step is due.

    With --sent-on, --blocked or --unblocked it records what happened.
    """
    event = _read_event(sent_on, blocked, unblocked, on)
    if ticket is None:
        if event is not None:
            raise BadInput("TICKET is missing: name the ticket that it happened to.")
        print_sheet(common, row_options, "preblock")
        return
    if option := find_row_option(common, row_options):
        raise BadInput(f"{option} can only be used for the whole sheet: leave TICKET out.")
    if event is not None:
        name, given = event
        record_event(common, ticket, name, given, lambda n: "--sent-on" if sent_on else f"--{n}")
    else:
        _print_step(common, ticket)


def _read_event(
    sent_on: str | None, blocked: bool, unblocked: bool, on: str | None
) -> tuple[str, dict[str, object]] | None:
    """The event that the options record, and what is given with it."""
    named = {"--sent-on": sent_on, "--blocked": blocked, "--unblocked": unblocked}
    given = [option for option, value in named.items() if value]
    if len(given) > 1:
        raise BadInput(f"{given[0]} can't be used with {' or '.join(given[1:])}: give one.")
    if on and not (blocked or unblocked):
        raise BadInput("--on can only be used with --blocked or --unblocked.")
    if sent_on:
        return "notice", {"on": sent_on}
    return ("block", {"what": "done" if blocked else "lifted", "on": on}) if given else None


def _print_step(common: CommonOptions, ticket: str) -> None:
    from prassi.core.desk.triage import Triage  # late: 84 ms

    for decision in read_decisions(Triage(common.open_office(), tickets=(ticket,))):
        print_decision(common, decision)
