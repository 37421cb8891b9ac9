"""prassi answer"""

from __future__ import annotations

from typing import Any

import click

from ..options import Common, common
from ..printing.decisions import answer


@click.command("answer")
@click.argument("ticket")
@click.option("--text", metavar="TEXT", help="What is answered.")
@common
def command(common: Common, ticket: str, **given: Any) -> None:
    """Record the answer to a requirement or to a follow-up."""
    answer(common, ticket, "answer", given)
