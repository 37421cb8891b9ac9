"""prassi restore"""

from __future__ import annotations

import click

from ..options import Common, common
from ..printing.output import say, say_json


@click.command("restore")
@click.argument("source", metavar="SOURCE")
@click.option(
    "--replace", is_flag=True, help="Put the file that is there aside, under another name."
)
@common
def command(common: Common, source: str, replace: bool) -> None:
    """Make a backup the ticket file again, once it is found sound.

    Nothing is written over: where there is a file, --replace gives it another name.
    """
    from prassi.core.ticketfile.backup import restore

    chain, aside = restore(source, common.file, replace, common.dry_run)
    if common.json:
        say_json(
            {
                "file": common.file,
                "source": source,
                "events": chain.events,
                "head": chain.head,
                "aside": aside,
                "applied": not common.dry_run,
            }
        )
    elif not common.quiet:
        done = "would be" if common.dry_run else "is"
        kept = f" What was there is now {aside}." if aside else ""
        say(f"{common.file} {done} {source} again: {chain.events} events, head {chain.head}.{kept}")
