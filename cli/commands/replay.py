"""prassi replay: decides every event of the log again."""

from __future__ import annotations

import sys

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text


@click.command("replay")
@click.option(
    "--book", "books", multiple=True, metavar="BOOK", help="Only this book; can be repeated."
)
@click.option("--fail-on-change", is_flag=True, help="Exit with 1 if a decision changes.")
@add_common_options
def command(common: CommonOptions, books: tuple[str, ...], fail_on_change: bool) -> None:
    """Decide every event of the log again, from its facts, by the books as they are now.

    It prints the decisions that change, with both rules.
    """
    from prassi.core.analysis.replay import replay_decisions  # late: 51 ms
    from prassi.core.library.library import Shelf

    connection = common.open_file()
    shelf = Shelf(common.load_settings(), connection)
    for book in books:
        shelf.book(book)
    count = same = 0
    for again in replay_decisions(connection, shelf, frozenset(books)):
        count += 1
        same += again.same
        if again.same:
            continue
        if common.json:
            print_json({k: v for k, v in again._asdict().items() if v is not None or k == "now"})
        elif not common.quiet:
            now = again.now or f"no rule: {again.why}"
            where = f"{again.event_id:>6}  {again.at}  {again.ticket or again.book}"
            print_text(f"{where}  {again.rule} → {now}", lines=False)
    if not common.json and not common.quiet:
        print_text(f"{same} of {count} decisions come out the same.")
    if fail_on_change and same < count:
        sys.exit(1)
