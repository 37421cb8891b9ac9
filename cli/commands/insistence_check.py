"""prassi insistence-check"""

from __future__ import annotations

from typing import Any

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.decisions import record_event

_BOOK, _ALONE = "insistence", "collection-management"


@click.command("insistence-check")
@click.argument("ticket", required=False)
@click.option(
    "--customer",
    metavar="unaware|disagrees|accepts",
    help="What the customer says of the answer.  [default: unaware]",
)
@click.option(
    "--on-behalf", is_flag=True, help="File for a customer who could do it in the virtual branch."
)
@click.option("--file-follow-up", metavar="SUBJECT", help="File a follow-up of this subject.")
@click.option(
    "--channel",
    metavar="phone|email|social|in-person",
    help="How the customer reached us.  [default: phone]",
)
@click.option("--name", help="The customer's name, where the file does not know it.")
@click.option("--phone", help="Their telephone, likewise.")
@click.option("--email", help="Their e-mail, likewise.")
@click.option("--description", metavar="TEXT", help="What the customer reports.")
@click.option("--for", metavar="REF", help="Without a ticket: the customer, if the file has them.")
@add_common_options
def command(common: CommonOptions, ticket: str | None, **given: Any) -> None:
    """Check a requirement on which the customer insists, or file a follow-up to it.

    SUBJECT is late-response, disagreement, solution-not-executed, service-enabling-delay,
    supply-reconnection-delay or collection-management; the last can do without a TICKET.
    """
    if ticket is not None:
        record_event(common, ticket, "insist", given)
    elif given.pop("file_follow_up") == _ALONE:
        record_event(common, _BOOK, "file", given)
    else:
        raise BadInput(f"TICKET is missing: only --file-follow-up {_ALONE} can do without.")
