"""prassi package-expiry"""

from __future__ import annotations

from typing import Any

import click
from prassi.core.errors import BadInput

from ..options import MOMENT, CommonOptions, add_common_options
from ..printing.decisions import record_event


@click.command("package-expiry")
@click.argument("ticket", required=False)
@click.option("--call", metavar="answers|no-answer", help="How a call about visits left went.")
@click.option("--visit", type=MOMENT, multiple=True, help="A date for a visit; may be repeated.")
@click.option("--note", metavar="TEXT", help="What was said.")
@add_common_options
def command(common: CommonOptions, ticket: str | None, **given: Any) -> None:
    """What an expired package asks for; without TICKET, all expired packages.

    The list has for each the days since it expired, the visits left, the last usable day and the
    next step.
    """
    from ..printing.sheets import print_sheet

    if ticket is not None:
        record_event(common, ticket, "expiry", given)
    elif any(given.values()):
        raise BadInput("TICKET is missing: --call, --visit and --note are about one package.")
    else:
        print_sheet(common, "expiry", "packages")
