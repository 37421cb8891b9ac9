"""prassi log: prints the events of the file or of a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
from prassi.core.system.language import say

from ..options import DAY, CommonOptions, add_common_options
from ..printing.output import print_text
from ..printing.rows import Row, RowOptions, add_row_options, print_rows


def _list_names() -> Sequence[str]:
    from prassi.core.ticketfile.log import LogEntry  # late: 25 ms

    return LogEntry._fields


@click.command("log")
@click.argument("ticket", required=False)
@click.option("--since", type=DAY, help="Only those of that day or later.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the newest N.")
@add_row_options(_list_names)
@add_common_options
def command(
    common: CommonOptions,
    ticket: str | None,
    since: str | None,
    limit: int | None,
    row_options: RowOptions,
) -> None:
    """Show the events of the file, or of a ticket, oldest first."""
    from prassi.core.ticketfile import log, read_tickets  # late: 25 ms

    connection = common.open_file()
    number = None if ticket is None else read_tickets.find_ticket(connection, ticket).id
    entries = log.read_entries(connection, number, since, limit)
    rows = (entry._asdict() for entry in entries)
    print_rows(common, row_options, _list_names(), rows, _print_entries)


def _print_entries(rows: Iterable[Row], with_heads: bool) -> bool:
    """Print each event in a line, which has no heads."""
    run, any_rows = say("run {number}"), False
    for row in rows:
        any_rows = True
        undone = f" {say(' (undone)')}" if row["undone"] else ""
        print_text(
            f"{row['event_id']:>6}  {run.format(number=row['run'])}  {row['at']}  {row['by'] or '-'}"
            f"  {row['ticket'] or row['customer'] or '-'}  {row['rule'] or row['event']}{undone}",
            lines=False,
        )
    return any_rows
