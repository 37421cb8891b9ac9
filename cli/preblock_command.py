"""prassi preblock"""

from __future__ import annotations

import click

from .options import Common, common


@click.command("preblock")
@click.argument("ticket", required=False)
@common
def command(common: Common, ticket: str | None) -> None:
    """The pre-block sheet; or where one ticket stands, and the step that is due."""
    from .decisions import print_decision
    from .nightly import decisions
    from .sheets import print_sheet

    if ticket is None:
        print_sheet(common, "preblock")
        return
    for decision in decisions(common.office(), (), (ticket,), None, lambda rule: True):
        print_decision(common, decision)
