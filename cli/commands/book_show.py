"""prassi book show"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..options import Common, common
from ..printing.output import head, say, say_json

if TYPE_CHECKING:
    from prassi.core.book.model import Book


@click.command("show")
@click.argument("name", metavar="BOOK")
@click.option(
    "--trace", is_flag=True, help="Which rules carry each statement, and which scenarios show them."
)
@click.option(
    "--html", metavar="FILE", default=None, help="With --trace: write it as a page to FILE."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common
def command(common: Common, name: str, trace: bool, html: str | None, force: bool) -> None:
    """Print a book as a procedure: parameters, tables, statements with their rules, remarks."""
    from prassi.core.errors import BadInput
    from prassi.core.library.library import Shelf

    if html is not None and not trace:
        raise BadInput("--html goes with --trace: it is what the page shows.")
    book = Shelf(common.settings()).book(name)
    if trace:
        _trace(common, book, html, force)
        return
    from ..printing import procedure

    if common.json:
        say_json(procedure.as_json(book))
        return
    head(f"{book.title} ({book.name})")
    for line in procedure.lines(book):
        say(line)


def _trace(common: Common, book: Book, html: str | None, force: bool) -> None:
    """Print the trace, or write it as a page and say so."""
    from prassi.core.analysis.scenarios.scenario_files import files_in, read_files
    from prassi.core.analysis.traceability import as_json, trace

    from ..newfile import check_free, write_whole
    from ..printing.tracepage import lines, page

    traced = trace(book, read_files(files_in(book.folder), book.name))
    if html is not None:
        check_free(html, "--html", force)
        if not common.dry_run:
            write_whole(html, page(traced).encode("utf-8", "replace"))
    if common.json:
        for row in as_json(traced):
            say_json(row)
    elif html is None:
        head(f"{book.title} ({book.name})")
        for line in lines(traced):
            say(line)
    elif not common.quiet:
        say(f"{html} {'would have' if common.dry_run else 'has'} the trace. {traced.figures()}")
