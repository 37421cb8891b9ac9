"""prassi export: prints the whole ticket file in the import format."""

from __future__ import annotations

from contextlib import closing

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_json_pieces


@click.command("export")
@add_common_options
def command(common: CommonOptions) -> None:
    """Print the whole file in the import format; --json prints a row a line."""
    from prassi.core.library.library import Shelf  # late: 68 ms
    from prassi.core.ticketfile import export

    shelf, connection = Shelf(common.load_settings()), common.open_file()
    if common.json:
        with closing(export.read_rows(connection, shelf)) as rows:
            for row in rows:
                print_json(row)
    else:
        with closing(export.format_document(connection, shelf)) as pieces:
            print_json_pieces(pieces)
