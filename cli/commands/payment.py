"""prassi payment: records an event `payment` of a ticket."""

from __future__ import annotations

from typing import Any

import click
from prassi.core.errors import BadInput

from ..events import record_event
from ..options import AMOUNT, DAY, CommonOptions, add_common_options


@click.command("payment")
@click.argument("ticket")
@click.option(
    "--proforma", multiple=True, metavar="NUMBER", help="A paid proforma; can be repeated."
)
@click.option("--all", is_flag=True, help="Every open proforma was paid.")
@click.option("--on", type=DAY, help="The day of the payment.  [default: today]")
@click.option("--amount", type=AMOUNT, help="What came in.  [default: what the proformas come to]")
@click.option("--part", is_flag=True, help="Less was paid: what is left of the last stays open.")
@click.option("--over", is_flag=True, help="More was paid: the rest is noted as a credit.")
@add_common_options
def command(common: CommonOptions, ticket: str, **given: Any) -> None:
    """Record which proformas were paid, how much came in, and when.

    --amount alone pays the oldest ones first, the last of them in part. A package is paid as a whole.
    """
    if given["proforma"] and given["all"]:
        raise BadInput("--proforma can't be used with --all: give one.")
    if given["part"] and given["over"]:
        raise BadInput("--part can't be used with --over: give one.")
    record_event(common, ticket, "payment", {**given, "proforma": list(given["proforma"]) or None})
