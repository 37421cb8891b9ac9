"""prassi call-line"""

from __future__ import annotations

from typing import Any

import click

from ..options import CommonOptions, add_common_options
from ..printing.decisions import record_event


@click.command("call-line")
@click.option(
    "--caller", metavar="active|prospect", help="A subscriber, or who wants to become one."
)
@click.option("--kind", metavar="person|company|partner|public-body", help="Who is calling.")
@click.option(
    "--situation",
    metavar="calm|conflict",
    help="conflict: it is sharp, and the subscriber flatly refuses to call again.  [default: calm]",
)
@click.option("--customer", metavar="REF", help="The subscriber, where they are in the file.")
@click.option("--city", help="Of a company.")
@click.option("--contact-person", metavar="NAME", help="Whom to ask for there.")
@click.option("--phone", help="And the number.")
@click.option("--organisation", metavar="NAME", help="What the company is called.")
@click.option("--agent", metavar="WHO", help="Who takes the call.")
@add_common_options
def command(common: CommonOptions, **given: Any) -> None:
    """A call about home internet or television that has reached the mobile desk.

    A company that wants to become a subscriber is recorded as a new case.
    """
    record_event(common, "cases", "line", given)
