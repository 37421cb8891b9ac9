"""prassi export"""

from __future__ import annotations

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
        for row in exporting.rows(connection, shelf):
            say_json(row)
    else:
        say_raw(exporting.document(connection, shelf))
