"""prassi answer: records an event `answer` of a requirement."""

from __future__ import annotations

from typing import Any

import click

from ..events import record_event
from ..options import CommonOptions, add_common_options


@click.command("answer")
@click.argument("ticket")
@click.option("--text", metavar="TEXT", help="The answer.")
@add_common_options
def command(common: CommonOptions, ticket: str, **given: Any) -> None:
    """Record the answer to a requirement or to a follow-up."""
    record_event(common, ticket, "answer", given)
