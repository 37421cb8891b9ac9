"""prassi preblock: prints the sheet `preblock`, or the decision about one of its tickets."""

from __future__ import annotations

import click
from prassi.core.errors import BadInput

from ..events import read_decisions
from ..options import CommonOptions, add_common_options
from ..printing.decisions import print_decision
from ..printing.sheets import print_sheet
from ..printing.spreadsheet import add_csv_options


@click.command("preblock")
@click.argument("ticket", required=False)
@add_csv_options
@add_common_options
def command(common: CommonOptions, ticket: str | None) -> None:
    """Print the pre-block sheet, or where one ticket stands on it and which step is due."""
    from prassi.core.desk.triage import Triage  # late: 84 ms

    if ticket is None:
        print_sheet(common, "preblock")
        return
    if common.csv:
        raise BadInput("--csv can only be used for the whole sheet: leave TICKET out.")
    for decision in read_decisions(Triage(common.open_office(), tickets=(ticket,))):
        print_decision(common, decision)
