"""prassi restore: makes a backup the ticket file again."""

from __future__ import annotations

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text


@click.command("restore")
@click.argument("source", metavar="SOURCE")
@click.option("--replace", is_flag=True, help="Rename a ticket file that exists.")
@add_common_options
def command(common: CommonOptions, source: str, replace: bool) -> None:
    """Make a backup the ticket file again, after it was checked.

    No file is overwritten: --replace gives the ticket file that exists another name.
    """
    from prassi.core.ticketfile.backup import restore  # late: 48 ms

    chain, aside = restore(source, common.file, replace, common.dry_run)
    if common.json:
        print_json(
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
        print_text(
            f"{common.file} {done} {source} again: {chain.events} events, head {chain.head}.{kept}"
        )
