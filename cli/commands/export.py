"""prassi export: prints the whole ticket file in the import format."""

from __future__ import annotations

from contextlib import closing

import click
from prassi.core.system.language import say

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_json_pieces
from ..streams import warn


@click.command("export")
@add_common_options
def command(common: CommonOptions) -> None:
    """Print the whole file in the import format; --json prints a row a line.

    It needs no sound book. Where nothing of a book can be read, its tickets have their values under
    `stored` as the ticket file has them, and the exit code is 1.
    """
    from prassi.core.library.library import Shelf  # late: 68 ms
    from prassi.core.library.readable_books import ReadableBooks
    from prassi.core.ticketfile import export

    shelf, connection = Shelf(common.load_settings()), common.open_file()
    books = ReadableBooks(shelf, connection)
    if common.json:
        with closing(export.read_rows(connection, books)) as rows:
            for row in rows:
                print_json(row)
    else:
        with closing(export.format_document(connection, books)) as pieces:
            print_json_pieces(pieces)
    for name, fault in books.unreadable.items():
        warn(
            f"the tickets of book {name} are printed as they are stored: {fault}",
            label=say("Error: "),
        )
    if books.unreadable:
        raise click.exceptions.Exit(1)
