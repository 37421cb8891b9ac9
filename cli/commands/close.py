"""prassi close: closes a ticket by hand."""

from __future__ import annotations

import click

from ..events import record_event
from ..options import CommonOptions, add_common_options


@click.command("close")
@click.argument("ticket")
@click.argument("result")
@click.option("--note", metavar="TEXT", help="What there is to say about it.")
@add_common_options
def command(common: CommonOptions, ticket: str, result: str, note: str | None) -> None:
    """Close a ticket with a result, where no other command does.

    The procedure says which results there are, and whether it wants a note.
    """
    record_event(common, ticket, "close", {"result": result, "note": note})
