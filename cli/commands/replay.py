"""prassi replay: decides every event of the log again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json
from ..printing.replay import print_causes, print_decision_changes, print_figures

if TYPE_CHECKING:
    from prassi.core.analysis.replay import ReplayedDecision


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
    from prassi.core.analysis.replay import replay_decisions  # late: 51 ms
    from prassi.core.analysis.replay_causes import Causes
    from prassi.core.desk.office import Office

    office = Office(common.open_file(), common.load_settings(), common.at, None)
    for book in books:
        office.shelf.book(book)
    causes = Causes()
    for again in replay_decisions(office, frozenset(books)):
        if not causes.count(again):
            continue
        if common.json:
            print_json(_replayed_as_json(again))
        elif listed:
            print_decision_changes(again)
    if not common.json and not common.quiet:
        if not listed:
            print_causes(causes.list())
        print_figures(causes)
    if fail_on_change and causes.same < causes.decisions:
        sys.exit(1)


def _replayed_as_json(again: ReplayedDecision) -> dict[str, Any]:
    """A decision that changes; the rule it has now is null where there is none."""
    told = again._asdict()
    del told["forgotten"]
    told["differences"] = [one._asdict() for one in again.differences]
    return {name: value for name, value in told.items() if value is not None or name == "now"}
