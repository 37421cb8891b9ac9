"""prassi replay: decides every event of the log again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from prassi.core.system.language import say, say_count

from ..options import CommonOptions, add_common_options
from ..printing.causes import print_causes, shorten_pair
from ..printing.output import print_json, print_text

if TYPE_CHECKING:
    from prassi.core.analysis.replay import ReplayedDecision, ReplaySummary


@click.command("replay")
@click.option(
    "--book", "books", multiple=True, metavar="BOOK", help="Only this book; can be repeated."
)
@click.option("--list", "listed", is_flag=True, help="Print each decision that changes.")
@click.option("--fail-on-change", is_flag=True, help="Exit with 1 if a decision changes.")
@add_common_options
def command(
    common: CommonOptions, books: tuple[str, ...], listed: bool, fail_on_change: bool
) -> None:
    """Decide every event of the log again, from its facts, by the books as they are now.

    It prints what changes: other rules, and by the same rules other dates, tags, values and texts.
    """
    from prassi.core.analysis.replay import ReplaySummary, replay_decisions  # late: 51 ms
    from prassi.core.analysis.trial_json import replayed_as_json
    from prassi.core.desk.office import Office

    office = Office(
        common.open_file(), common.load_settings()._replace(spoken=None), common.at, None
    )
    for book in books:
        office.shelf.book(book)
    summary = ReplaySummary()
    for again in replay_decisions(office, frozenset(books)):
        if not summary.count(again):
            continue
        if common.json:
            print_json(replayed_as_json(again))
        elif listed:
            _print_changes(again)
    if not common.json and not common.quiet:
        if not listed:
            print_causes(
                summary.causes.list(),
                lambda count: say_count("{count} decision", "{count} decisions", count),
            )
        _print_figures(summary)
    if fail_on_change and summary.same < summary.decisions:
        sys.exit(1)


def _print_changes(again: ReplayedDecision) -> None:
    """A decision that changes, with a line for each difference."""
    where = f"{again.event_id:>6}  {again.at}  {again.ticket or again.book}"
    for one in again.changes:
        was, now = shorten_pair(one.was, one.now)
        if one.kind in ("rule", "no rule"):
            none = say("no rule: ") if one.kind == "no rule" else ""
            print_text(f"{where}  {again.rule} → {none}{now}", lines=False)
        else:
            print_text(f"{where}  {again.rule}, {one.title}: {was} → {now}", lines=False)


def _print_figures(summary: ReplaySummary) -> None:
    """How many decisions come out the same, and how many could not be compared."""
    told = say_count(
        "{same} of {count} decisions come out the same.",
        "{same} of {count} decisions come out the same.",
        summary.decisions,
    )
    print_text(told.format(same=summary.same, count=summary.decisions))
    if count := summary.forgotten:
        told = say_count(
            "{count} more is about customers who were forgotten: it can't be compared.",
            "{count} more are about customers who were forgotten: they can't be compared.",
            count,
        )
        print_text(told.format(count=count))
