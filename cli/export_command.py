"""prassi export"""

from __future__ import annotations

from contextlib import closing

import click

from .options import Common, common
from .output import say_json, say_raw


@click.command("export")
@common
def command(common: Common) -> None:
    """Print the whole file in the import format; --json prints a row a line."""
    from prassi.core.shelf import Shelf
    from prassi.core.ticketfile import exporting

    shelf, connection = Shelf(common.settings()), common.open_file()
    if common.json:
        with closing(exporting.rows(connection, shelf)) as rows:
            for row in rows:
                say_json(row)
    else:
        with closing(exporting.document(connection, shelf)) as pieces:
            say_raw(pieces)
