"""prassi event: records any event of any book."""

from __future__ import annotations

import click
from prassi.core.errors import BadInput

from ..events import record_event
from ..key_values import read_key_values
from ..options import CommonOptions, add_common_options


@click.command("event")
@click.argument("ticket")
@click.argument("event")
@click.argument("keys", nargs=-1, metavar="[KEY=VALUE]...")
@add_common_options
def command(common: CommonOptions, ticket: str, event: str, keys: tuple[str, ...]) -> None:
    """Record any event of any book, your own books included.

    The named commands, such as call-outcome, do the same for one event each.
    """
    if event == "day":
        raise BadInput(f"the event day can only be asked by a night: run `prassi triage {ticket}`.")
    record_event(common, ticket, event, read_key_values(keys), str)
