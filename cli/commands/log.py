"""prassi log: prints the events of the file or of a ticket."""

from __future__ import annotations

import click
from prassi.core.system.language import say

from ..options import DAY, CommonOptions, add_common_options
from ..printing.output import print_json, print_text


@click.command("log")
@click.argument("ticket", required=False)
@click.option("--since", type=DAY, help="Only those of that day or later.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the newest N.")
@add_common_options
def command(
    common: CommonOptions, ticket: str | None, since: str | None, limit: int | None
) -> None:
    """Show the events of the file, or of a ticket, oldest first."""
    from prassi.core.ticketfile import log, read_tickets  # late: 25 ms

    connection = common.open_file()
    run = say("run {number}")
    number = None if ticket is None else read_tickets.find_ticket(connection, ticket).id
    for entry in log.read_entries(connection, number, since, limit):
        if common.json:
            print_json(entry._asdict())
        else:
            undone = f" {say(' (undone)')}" if entry.undone else ""
            what = entry.rule or entry.event
            print_text(
                f"{entry.event_id:>6}  {run.format(number=entry.run)}  {entry.at}  {entry.by or '-'}"
                f"  {entry.ticket or entry.customer or '-'}  {what}{undone}",
                lines=False,
            )
