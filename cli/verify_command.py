"""prassi verify"""

from __future__ import annotations

import click

from .options import Common, common
from .output import say, say_json


@click.command("verify")
@common
def command(common: Common) -> None:
    """Check the file: SQLite's own checks, the chain of events, rows against events."""
    from prassi.core.ticketfile.verify import verify

    found = verify(common.open_file())
    if common.json:
        say_json(found._asdict())
    elif not common.quiet:
        for fault in found.faults:
            say(fault)
        if not found.faults:
            say(f"{common.file} is sound: {found.events} events, head {found.head}.")
    if found.faults:
        raise click.exceptions.Exit(1)
