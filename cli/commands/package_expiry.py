"""prassi package-expiry: records an event `expiry` of a package, or prints the sheet of expired ones."""

from __future__ import annotations

from typing import Any

import click
from prassi.core.errors import BadInput

from ..events import record_event
from ..options import MOMENT, CommonOptions, add_common_options
from ..printing.rows import RowOptions, add_sheet_options, find_row_option
from ..printing.sheets import print_sheet


@click.command("package-expiry")
@click.argument("ticket", required=False)
@click.option(
    "--call", metavar="answers|no-answer", help="How a call about the visits that are left went."
)
@click.option("--visit", type=MOMENT, multiple=True, help="A date for a visit; can be repeated.")
@click.option("--note", metavar="TEXT", help="What was said.")
@add_sheet_options
@add_common_options
def command(
    common: CommonOptions, ticket: str | None, row_options: RowOptions, **given: Any
) -> None:
    """List expired packages, or record a call about one.

    Without TICKET it lists all of them: the days since each expired, the visits left, the last
    usable day and the next step. With TICKET it says what that package needs.
    """
    if ticket is not None:
        if option := find_row_option(common, row_options):
            raise BadInput(f"{option} can only be used for the whole sheet: leave TICKET out.")
        record_event(common, ticket, "expiry", given)
    elif any(given.values()):
        raise BadInput("TICKET is missing: --call, --visit and --note are about one package.")
    else:
        print_sheet(common, row_options, "expiry", "packages")
