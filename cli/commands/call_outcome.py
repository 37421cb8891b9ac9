"""prassi call-outcome: records an event `call` of a ticket."""

from __future__ import annotations

from typing import Any

import click

from ..events import record_event
from ..options import AMOUNT, DAY, MOMENT, CommonOptions, add_common_options


@click.command("call-outcome")
@click.argument("ticket")
@click.argument("outcome")
@click.option("--channel", metavar="call|email|ticket", help="How the customer was reached.")
@click.option("--paid-on", type=DAY, help="The day the customer says they paid.")
@click.option("--agreed-on", type=DAY, help="The day the customer will pay.")
@click.option("--partial", type=AMOUNT, help="The part that will be paid.")
@click.option("--full", is_flag=True, help="All that is due, where a part was missed before.")
@click.option(
    "--reason",
    metavar="problem|refuses-contact|must-verify|refuses",
    help="Why nothing was agreed.",
)
@click.option(
    "--wants",
    metavar="accountant|administration|manager",
    help="Whom the customer wants to talk to.",
)
@click.option(
    "--problem", metavar="balance|accounting|technical", help="What has to be solved first."
)
@click.option("--appointment", type=MOMENT, help="When the customer will be called.")
@click.option("--method", metavar="online|cash", help="How the customer will pay.")
@click.option("--address", metavar="TEXT", help="cash: where the money is collected.")
@click.option("--collect-at", type=MOMENT, help="cash: when it is collected.")
@click.option("--visit", type=MOMENT, multiple=True, help="A planned visit.")
@click.option("--note", metavar="TEXT", help="What was said.")
@add_common_options
def command(common: CommonOptions, ticket: str, **given: Any) -> None:
    """Record how a call went, and get the next step.

    OUTCOME is no-answer, already-paid, agreement or no-agreement; on a package it is no-answer,
    pays, refuses or answers.
    """
    record_event(common, ticket, "call", given)
