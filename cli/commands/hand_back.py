"""prassi hand-back: records an event `return` of a ticket."""

from __future__ import annotations

from typing import Any

import click

from ..events import record_event
from ..options import CommonOptions, add_common_options


@click.command("hand-back")
@click.argument("ticket")
@click.option("--note", metavar="TEXT", help="What the department says.")
@add_common_options
def command(common: CommonOptions, ticket: str, **given: Any) -> None:
    """Take a ticket back from another department: it starts again from zero."""
    record_event(common, ticket, "return", given)
