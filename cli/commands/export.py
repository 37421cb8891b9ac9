"""prassi export"""

from __future__ import annotations

from contextlib import closing

import click

from ..options import Common, common
from ..printing.output import say_json, say_raw


@click.command("export")
@common
def command(common: Common) -> None:
    """Print the whole file in the import format; --json prints a row a line."""
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile import export

    shelf, connection = Shelf(common.settings()), common.open_file()
    if common.json:
        with closing(export.read_rows(connection, shelf)) as rows:
            for row in rows:
                say_json(row)
    else:
        with closing(export.format_document(connection, shelf)) as pieces:
            say_raw(pieces)
