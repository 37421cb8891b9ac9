"""prassi triage"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from prassi.core.errors import NightFault

from ..options import CommonOptions, add_common_options

if TYPE_CHECKING:
    from prassi.core.desk.office import Decision


@click.command("triage")
@click.argument("tickets", nargs=-1, metavar="[TICKET]...")
@click.option(
    "--book", "books", multiple=True, metavar="BOOK", help="Only this book; may be repeated."
)
@click.option("--assignee", metavar="WHO", help="Only tickets assigned to WHO.")
@click.option("--all", "everything", is_flag=True, help="Waiting tickets too.")
@click.option("--fail-on-late", is_flag=True, help="Exit with 1 where a next step is late.")
@click.option("--limit", type=click.IntRange(min=1), help="Show at most this many things to do.")
@add_common_options
def command(
    common: CommonOptions,
    tickets: tuple[str, ...],
    books: tuple[str, ...],
    assignee: str | None,
    everything: bool,
    fail_on_late: bool,
    limit: int | None,
) -> None:
    """What today asks of every open ticket; does what can be done without a person.

    Naming tickets narrows it. Waiting tickets are shown with --all only.
    """
    from prassi.core.desk.triage import Triage, only_waits

    from ..printing.decisions import print_decision, read_decisions
    from ..printing.worklist import Worklist

    printing = not common.quiet and not common.json
    worklist = Worklist() if printing else None
    if worklist is not None:
        click.get_current_context().call_on_close(worklist.close)
    silent = common.quiet and not common.json and not fail_on_late
    shows = (lambda rule: False) if silent else (lambda rule: everything or not only_waits(rule))
    late = fault = False
    shown = 0
    try:
        triage = Triage(common.open_office(), books, tickets, assignee, shows, not silent)
        for decision in read_decisions(triage):
            if fail_on_late and not late:
                late = _is_late(decision)
            if worklist is not None:
                worklist.add(decision)
            elif common.json and (limit is None or shown < limit):
                print_decision(common, decision)
                shown += 1
    except NightFault as error:
        fault = True
        raised = error
    if worklist is not None:
        worklist.print(common.at, limit, common.dry_run)
    if fault:
        raise raised
    if fail_on_late and late:
        sys.exit(1)


def _is_late(decision: Decision) -> bool:
    step = decision.plan.next
    return step is not None and bool(step["late_workdays"])
