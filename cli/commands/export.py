"""prassi export: prints the whole ticket file in the import format, or writes it in parts."""

from __future__ import annotations

from contextlib import closing

import click
from prassi.core.system.language import say

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_json_pieces
from ..streams import warn


@click.command("export")
@click.option(
    "--parts",
    type=click.IntRange(1, 99_999),
    metavar="N",
    help="Write N ticket files that decide alone into DIR.",
)
@click.argument("folder", required=False, type=FILE_NAME, metavar="[DIR]")
@add_common_options
def command(common: CommonOptions, parts: int | None, folder: str | None) -> None:
    """Print the whole file in the import format; --json prints a row a line.

    With --parts, DIR gets ticket files instead, for work on many machines: tickets that the reach of
    their books joins stay together. A book with the reach "all" is refused.

    Without, it needs no sound book. Where nothing of a book can be read, its tickets have their values under
    `stored` as the ticket file has them, and the exit code is 1.
    """
    from prassi.core.library.library import Shelf  # late: 68 ms
    from prassi.core.library.readable_books import ReadableBooks
    from prassi.core.ticketfile import export

    if (parts is None) != (folder is None):
        raise click.UsageError("--parts N and DIR can only be used together.")
    shelf, connection = Shelf(common.load_settings()), common.open_file()
    if parts is not None and folder is not None:
        from prassi.core.library.take_apart import take_apart  # late: 2 ms

        from ..printing.parts import print_parts

        found = take_apart(connection, shelf, parts, folder, common.dry_run)
        print_parts(found, common.json, common.dry_run)
        return
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
