"""prassi triage: decides what every open ticket needs today, and does what needs no person."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click
from prassi.core.errors import NightFault

from ..events import read_decisions
from ..options import CommonOptions, add_common_options
from ..printing.decisions import print_decision

if TYPE_CHECKING:
    from prassi.core.desk.news import News
    from prassi.core.desk.office import Office, PlanResult


@click.command("triage")
@click.argument("tickets", nargs=-1, metavar="[TICKET]...")
@click.option(
    "--book", "books", multiple=True, metavar="BOOK", help="Only this book; can be repeated."
)
@click.option("--assignee", metavar="WHO", help="Only what WHO has to do.")
@click.option("--all", "everything", is_flag=True, help="Show tickets that wait, too.")
@click.option(
    "--news",
    is_flag=True,
    help="Of what people have to do, only what the night before did not ask.",
)
@click.option("--fail-on-late", is_flag=True, help="Exit with 1 if a next step is late.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Show at most this many things to do."
)
@add_common_options
def command(
    common: CommonOptions,
    tickets: tuple[str, ...],
    books: tuple[str, ...],
    assignee: str | None,
    everything: bool,
    news: bool,
    fail_on_late: bool,
    limit: int | None,
) -> None:
    """Decide what every open ticket needs today, and do what needs no person.

    TICKET, --book and --assignee narrow it. Tickets that wait are shown with --all only. --news counts
    from the newest day before on which a night wrote something.
    """
    from prassi.core.desk.triage import Triage, only_waits  # late: 79 ms

    silent = common.quiet and not common.json and not fail_on_late
    shows = (lambda rule: False) if silent else (lambda rule: everything or not only_waits(rule))
    late: list[str] = []
    office = common.open_office()
    triage = Triage(office, books, tickets, assignee, shows, not silent)
    found = _read_news(office, books, tickets) if news else None
    decisions = read_decisions(triage)
    if fail_on_late:
        decisions = _note_late(decisions, late)
    if common.json:
        _print_json(common, decisions if found is None else _keep_news(decisions, found), limit)
    elif common.quiet:
        for _ in decisions:
            pass
    else:
        _print_worklist(common, decisions, limit, found)
    if late:
        sys.exit(1)


def _note_late(decisions: Iterable[PlanResult], late: list[str]) -> Iterator[PlanResult]:
    """Pass decisions on; `late` gets the ref of the first ticket whose next step is late."""
    for decision in decisions:
        step = None if late else decision.plan.next
        if step is not None and step["late_workdays"]:
            late.append(decision.plan.state.ref)
        yield decision


def _read_news(office: Office, books: Sequence[str], tickets: Sequence[str]) -> News:
    from prassi.core.desk.news import News  # late: 1 ms

    return News(office, books, tickets)


def _keep_news(decisions: Iterable[PlanResult], news: News) -> Iterator[PlanResult]:
    """The decisions that change something, or ask for something new."""
    from prassi.core.desk.duties import list_duties  # late: 0.5 ms

    for decision in decisions:
        duties = list_duties(decision.plan)
        if decision.plan.changes or any(one.is_due and news.is_new(one) for one in duties):
            yield decision


def _print_json(common: CommonOptions, decisions: Iterable[PlanResult], limit: int | None) -> None:
    """Print decisions as they come; the night goes on where they can't be printed any more."""
    fault: OSError | None = None
    for place, decision in enumerate(decisions):
        if fault is None and (limit is None or place < limit):
            try:
                print_decision(common, decision)
            except OSError as error:
                fault = error
    if fault is not None:
        raise fault


def _print_worklist(
    common: CommonOptions,
    decisions: Iterable[PlanResult],
    limit: int | None,
    news: News | None,
) -> None:
    """Print what people have to do, also where some tickets had to be left as they are."""
    from ..printing.worklist import Worklist  # late: 7 ms

    worklist = Worklist(news)
    click.get_current_context().call_on_close(worklist.close)
    fault: NightFault | None = None
    try:
        for decision in decisions:
            worklist.add(decision)
    except NightFault as error:
        fault = error
    worklist.print(common.at, limit, common.dry_run)
    if fault is not None:
        raise fault
