"""prassi list: the tickets that fit a query."""

from __future__ import annotations

import click
from prassi.core.system.language import say

from ..options import CommonOptions, add_common_options
from ..printing.output import print_text
from ..printing.rows import RowOptions, add_line_options, split_names, tell_nothing
from ..printing.ticket_lines import print_lines


@click.command("list")
@click.argument("query", nargs=-1, metavar="[QUERY]...")
@click.option("--sort", metavar="C,-C", help="By these columns; - is the greatest first.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many.")
@click.option("--save", metavar="NAME", help="Print QUERY as a line for [views] of the settings.")
@add_line_options
@add_common_options
def command(
    common: CommonOptions,
    query: tuple[str, ...],
    sort: str | None,
    limit: int | None,
    save: str | None,
    row_options: RowOptions,
) -> None:
    """List the tickets that fit a query, a line each; closed ones only if it asks for them.

    QUERY has conditions such as book:collections status:calling,new tag:"mancato*" 'due:<=today'
    'amount:>100' who:giulia customer:bolle note:~slip assignee:none proformas.paid:none. Blanks mean
    and; there are `or`, `not` and ( ). A condition has : (* is anything), :~ (a part of a text), :<,
    :<=, :> or :>=; a comma means one of several. @NAME is a query of [views] in the settings.
    all:yes looks at closed tickets too.
    """
    from prassi.core.desk.ticket_lines import FIND_COLUMNS  # late: 60 ms
    from prassi.core.desk.ticket_list import TicketList

    names = split_names("--columns", row_options.columns) or FIND_COLUMNS
    connection, settings = common.open_file(), common.load_settings()
    shelf = common.find_shelf(settings, connection)
    tickets = TicketList(connection, settings, common.at, shelf)
    if save is not None:
        print_text(tickets.write_view(save, query))
        return
    lines = tickets.read(query, names, split_names("--sort", sort), limit)
    if not print_lines(common, row_options, names, lines):
        told = (
            say("Nothing found.")
            if tickets.with_closed
            else say("Nothing found; all:yes looks at closed tickets too.")
        )
        tell_nothing(common, told)
