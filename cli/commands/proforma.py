"""prassi proforma: records an event `proforma` of a ticket."""

from __future__ import annotations

import click
from prassi.core.errors import BadInput

from ..events import label_option, record_event
from ..options import AMOUNT, DAY, CommonOptions, add_common_options


@click.command("proforma")
@click.argument("ticket")
@click.argument("what", metavar="add|credit|correct")
@click.argument("number")
@click.argument("amount", type=AMOUNT, required=False)
@click.option("--issued", type=DAY, help="add: the date of the proforma.")
@add_common_options
def command(
    common: CommonOptions,
    ticket: str,
    what: str,
    number: str,
    amount: str | None,
    issued: str | None,
) -> None:
    """Record a new proforma, a credit for one, or that more of it is to be paid.

    A credit without AMOUNT is for all that is left of the proforma. The AMOUNT of `correct` is what is
    open of it now.
    """
    if what not in ("add", "credit", "correct"):
        raise BadInput(f"there is no {what!r} of a proforma: write add, credit or correct.")
    if issued and what != "add":
        raise BadInput("--issued can only be used with add.")
    given = {what: number, "amount": amount, "issued": issued}
    labels = {what: "NUMBER"}
    record_event(common, ticket, "proforma", given, lambda n: labels.get(n) or label_option(n))
