"""prassi call-line: records an event `line` of the book cases, which begins without a ticket."""

from __future__ import annotations

from typing import Any

import click

from ..events import record_event
from ..options import CommonOptions, add_common_options


@click.command("call-line")
@click.option(
    "--caller", metavar="active|prospect", help="A subscriber, or somebody who wants to become one."
)
@click.option("--kind", metavar="person|company|partner|public-body", help="Who is calling.")
@click.option(
    "--situation",
    metavar="calm|conflict",
    help="conflict: the subscriber is angry, and refuses to call again.  [default: calm]",
)
@click.option("--customer", metavar="REF", help="The subscriber, if they are in the file.")
@click.option("--city", help="The company's city.")
@click.option("--contact-person", metavar="NAME", help="Whom to ask for at the company.")
@click.option("--phone", help="The telephone number of that person.")
@click.option("--organisation", metavar="NAME", help="The company's name.")
@click.option("--agent", metavar="WHO", help="Who takes the call.")
@add_common_options
def command(common: CommonOptions, **given: Any) -> None:
    """Handle a call about home internet or television that has reached the mobile desk.

    A company that wants to become a subscriber is recorded as a new case.
    """
    record_event(common, "cases", "line", given)
