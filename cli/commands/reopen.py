"""prassi reopen: opens a closed ticket again."""

from __future__ import annotations

import click

from ..events import record_event
from ..options import CommonOptions, add_common_options


@click.command("reopen")
@click.argument("ticket")
@add_common_options
def command(common: CommonOptions, ticket: str) -> None:
    """Open a closed ticket again, in the first status of its book."""
    record_event(common, ticket, "reopen", {})
