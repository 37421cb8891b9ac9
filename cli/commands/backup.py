"""prassi backup"""

from __future__ import annotations

import click

from ..options import Common, common
from ..printing.output import say, say_json


@click.command("backup")
@click.argument("destination", metavar="DEST")
@common
def command(common: Common, destination: str) -> None:
    """Copy the file to DEST, whole and checked, while others work.

    DEST must not be there yet.
    """
    from prassi.core.ticketfile.backup import back_up

    made = back_up(common.file, destination, common.dry_run)
    if common.json:
        say_json(
            {
                "file": common.file,
                "backup": destination,
                "events": made.events,
                "head": made.head,
                "applied": not common.dry_run,
            }
        )
    elif not common.quiet:
        done = "would be" if common.dry_run else "is"
        say(
            f"{destination} {done} a backup of {common.file}: {made.events} events, head {made.head}."
        )
