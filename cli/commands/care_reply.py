"""prassi care-reply"""

from __future__ import annotations

from typing import Any

import click

from ..options import DAY, Common, common
from ..printing.decisions import answer


@click.command("care-reply")
@click.argument("ticket")
@click.argument("kind", metavar="update|solved")
@click.option("--note", metavar="TEXT", help="What Customer Care said.")
@click.option("--until", type=DAY, help="The new day of the open task.")
@common
def command(common: Common, ticket: str, **given: Any) -> None:
    """Record what Customer Care answered: news, or the problem solved."""
    answer(common, ticket, "care", given)
