"""prassi show: prints a ticket with its history."""

from __future__ import annotations

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json
from ..printing.tickets import print_ticket, read_ticket


@click.command("show")
@click.argument("ticket")
@add_common_options
def command(common: CommonOptions, ticket: str) -> None:
    """Show a ticket with its history."""
    shown, customer = read_ticket(common, ticket)
    if common.json:
        print_json(shown)
    else:
        print_ticket(shown, customer)
