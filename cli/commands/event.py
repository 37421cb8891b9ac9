"""prassi event"""

from __future__ import annotations

import click
from prassi.core.errors import BadInput

from ..keys import read_keys
from ..options import Common, common
from ..printing.decisions import answer


@click.command("event")
@click.argument("ticket")
@click.argument("event")
@click.argument("keys", nargs=-1, metavar="[KEY=VALUE]...")
@common
def command(common: Common, ticket: str, event: str, keys: tuple[str, ...]) -> None:
    """Record any event of any book, also of your own; the named commands are faces of this one."""
    if event == "day":
        raise BadInput(f"the event day is what a night asks: run `prassi triage {ticket}`.")
    answer(common, ticket, event, read_keys(keys), str)
