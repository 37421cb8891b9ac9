"""prassi insistence-check: records an event `insist` of a requirement, or `file` without one."""

from __future__ import annotations

from typing import Any

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.decisions import record_event

_BOOK, _WITHOUT_TICKET = "insistence", "collection-management"


@click.command("insistence-check")
@click.argument("ticket", required=False)
@click.option(
    "--customer",
    metavar="unaware|disagrees|accepts",
    help="What the customer says about the answer.  [default: unaware]",
)
@click.option(
    "--on-behalf", is_flag=True, help="File for a customer who could do it in the virtual branch."
)
@click.option("--file-follow-up", metavar="SUBJECT", help="File a follow-up with this subject.")
@click.option(
    "--channel",
    metavar="phone|email|social|in-person",
    help="How the customer reached us.  [default: phone]",
)
@click.option("--name", help="The customer's name, if the file does not have it.")
@click.option("--phone", help="The customer's telephone, if the file does not have it.")
@click.option("--email", help="The customer's e-mail, if the file does not have it.")
@click.option("--description", metavar="TEXT", help="What the customer reports.")
@click.option("--for", metavar="REF", help="The customer, where there is no TICKET.")
@add_common_options
def command(common: CommonOptions, ticket: str | None, **given: Any) -> None:
    """Check a requirement on which the customer insists, or file a follow-up to it.

    SUBJECT is late-response, disagreement, solution-not-executed, service-enabling-delay,
    supply-reconnection-delay or collection-management; the last one works without a TICKET.
    """
    if ticket is not None:
        record_event(common, ticket, "insist", given)
    elif given.pop("file_follow_up") == _WITHOUT_TICKET:
        record_event(common, _BOOK, "file", given)
    else:
        raise BadInput(
            f"TICKET is missing: only --file-follow-up {_WITHOUT_TICKET} works without one."
        )
