"""prassi package-cancel: records an event `cancel` of a package."""

from __future__ import annotations

from typing import Any

import click

from ..events import record_event
from ..options import CommonOptions, add_common_options


@click.command("package-cancel")
@click.argument("ticket")
@click.option("--note", metavar="TEXT", help="What was said.")
@add_common_options
def command(common: CommonOptions, ticket: str, **given: Any) -> None:
    """Cancel a package, with what is paid back.

    Before the payment this is free; after it there is a fee and a refund.
    It prints the visits that remain, what they are worth, the fee and what is paid back.
    """
    record_event(common, ticket, "cancel", given)
