"""prassi find: tickets and customers by words."""

from __future__ import annotations

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions, add_common_options
from ..printing.rows import RowOptions, add_line_options, choose_columns, tell_nothing
from ..printing.ticket_lines import print_lines


@click.command("find")
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many.")
@add_line_options
@add_common_options
def command(
    common: CommonOptions, words: tuple[str, ...], limit: int | None, row_options: RowOptions
) -> None:
    """Find tickets and customers by name, phone, e-mail, ref, number of an item or words of a note.

    A line must have all WORDS, each as the beginning of a word, whatever its case and accents; a phone
    number can be written in any way.
    """
    from prassi.core.desk.ticket_lines import FIND_COLUMNS, TicketLines  # late: 60 ms

    wanted = [word for given in words for word in given.split()]
    if not wanted:
        raise BadInput("WORDS is empty: give a name, a phone number, a ref or another word.")
    connection, settings = common.open_file(), common.load_settings()
    shelf = common.find_shelf(settings, connection)
    lines = TicketLines(connection, settings, shelf=shelf)
    names = choose_columns(row_options.columns, FIND_COLUMNS)
    if not print_lines(common, row_options, names, lines.find(wanted, limit)):
        tell_nothing(common, say("Nothing found."))
