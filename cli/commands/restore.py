"""prassi restore: makes a backup the ticket file again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from prassi.core.system.language import say, say_count

from ..kinds import say_kind
from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text

if TYPE_CHECKING:
    from ..printing.json_rows import RestoreJson


@click.command("restore")
@click.argument("source", type=FILE_NAME, metavar="SOURCE")
@click.option("--replace", is_flag=True, help="Rename a ticket file that exists.")
@add_common_options
def command(common: CommonOptions, source: str, replace: bool) -> None:
    """Make a backup the ticket file again, after it was checked.

    No file is overwritten: --replace gives the ticket file that exists another name. Messages that
    wait in the backup are held, since they may have left after it was made.
    """
    from prassi.core.ticketfile.backup import restore  # late: 48 ms

    done = restore(source, common.file, common.start_events, replace, common.dry_run)
    chain, aside, held = done
    if common.json:
        row: RestoreJson = {
            "file": common.file,
            "source": source,
            "events": chain.events,
            "head": chain.head,
            "aside": aside,
            "held": held,
            "applied": not common.dry_run,
        }
        print_json(row)
    elif not common.quiet:
        told = (
            say("{file} would be {source} again: {events}, head {head}.")
            if common.dry_run
            else say("{file} is {source} again: {events}, head {head}.")
        )
        counts = {"events": say_kind("events", chain.events), "head": chain.head}
        told = told.format(file=common.file, source=source, **counts)
        if aside:
            told += say(" What was there is now {aside}.").format(aside=aside)
        if held:
            told += say_count(
                " {count} message is held, which may have left since the backup; `prassi outbox retry ID`"
                " lets it wait again.",
                " {count} messages are held, which may have left since the backup; `prassi outbox retry"
                " ID` lets one wait again.",
                held,
            ).format(count=held)
        print_text(told)
