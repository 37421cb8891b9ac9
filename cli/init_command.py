"""prassi init"""

from __future__ import annotations

import click

from .options import Common, common
from .output import say


@click.command("init")
@common
def command(common: Common) -> None:
    """Make an empty ticket file."""
    from prassi.core.ticketfile.connect import create

    create(common.file).close()
    if not common.quiet:
        say(f"{common.file} is made; fill it with `prassi import`.")
