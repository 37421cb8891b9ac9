"""prassi package-cancel"""

from __future__ import annotations

from typing import Any

import click

from ..options import Common, common
from ..printing.decisions import answer


@click.command("package-cancel")
@click.argument("ticket")
@click.option("--note", metavar="TEXT", help="What was said.")
@common
def command(common: Common, ticket: str, **given: Any) -> None:
    """Cancel a package: free before the payment, with a fee and a refund after it.

    Shows the visits that remain, what they are worth, the fee and what is paid back.
    """
    answer(common, ticket, "cancel", given)
