"""prassi backup: copies the ticket file and checks the copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from prassi.core.system.language import say

from ..kinds import say_kind
from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text

if TYPE_CHECKING:
    from ..printing.json_rows import BackupJson


@click.command("backup")
@click.argument("destination", type=FILE_NAME, metavar="DEST")
@add_common_options
def command(common: CommonOptions, destination: str) -> None:
    """Copy the whole file to DEST and check the copy, while others work.

    DEST must not exist yet.
    """
    from prassi.core.ticketfile.backup import back_up  # late: 48 ms

    made = back_up(common.file, destination, common.dry_run)
    if common.json:
        row: BackupJson = {
            "file": common.file,
            "backup": destination,
            "events": made.events,
            "head": made.head,
            "applied": not common.dry_run,
        }
        print_json(row)
    elif not common.quiet:
        told = (
            say("{destination} would be a backup of {file}: {events}, head {head}.")
            if common.dry_run
            else say("{destination} is a backup of {file}: {events}, head {head}.")
        )
        counts = {"events": say_kind("events", made.events), "head": made.head}
        print_text(told.format(destination=destination, file=common.file, **counts))
