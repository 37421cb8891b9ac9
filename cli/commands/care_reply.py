"""prassi care-reply: records an event `care` of a ticket."""

from __future__ import annotations

from typing import Any

import click

from ..events import record_event
from ..options import DAY, CommonOptions, add_common_options


@click.command("care-reply")
@click.argument("ticket")
@click.argument("kind", metavar="update|solved")
@click.option("--note", metavar="TEXT", help="What Customer Care said.")
@click.option("--until", type=DAY, help="The new day of the open task.")
@add_common_options
def command(common: CommonOptions, ticket: str, **given: Any) -> None:
    """Record what Customer Care answered: news, or the problem solved."""
    record_event(common, ticket, "care", given)
