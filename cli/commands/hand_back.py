"""prassi hand-back"""

from __future__ import annotations

from typing import Any

import click

from ..options import Common, common
from ..printing.decisions import answer


@click.command("hand-back")
@click.argument("ticket")
@click.option("--note", metavar="TEXT", help="What the department says.")
@common
def command(common: Common, ticket: str, **given: Any) -> None:
    """Take a ticket back from another department: it starts again from zero."""
    answer(common, ticket, "return", given)
