"""prassi postpone: moves the open task of a ticket to another day."""

from __future__ import annotations

import click

from ..events import record_event
from ..options import DAY, CommonOptions, add_common_options


@click.command("postpone")
@click.argument("ticket")
@click.argument("date", type=DAY)
@add_common_options
def command(common: CommonOptions, ticket: str, date: str) -> None:
    """Move the open task of a ticket to another day."""
    record_event(common, ticket, "postpone", {"to": date}, _label)


def _label(name: str) -> str:
    return "DATE" if name == "to" else name
