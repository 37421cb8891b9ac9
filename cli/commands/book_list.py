"""prassi book list: lists the books."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions, add_common_options
from ..printing.output import print_text
from ..printing.rows import Row, RowOptions, add_row_options, print_rows
from ..spoken_errors import translate_error

if TYPE_CHECKING:
    from prassi.core.library.library import Shelf

    from ..printing.json_book_rows import BookLineJson, FaultyBookJson

_NAMES = ("book", "title", "calendar", "digest", "fault")


@click.command("list")
@add_row_options(lambda: _NAMES)
@add_common_options
def command(common: CommonOptions, row_options: RowOptions) -> None:
    """List all books, the shipped ones and your own.

    For a book that can't be read it prints the first fault; `prassi book check` prints all of them.
    """
    from prassi.core.library.library import Shelf  # late: 39 ms

    shelf = Shelf(common.load_settings())
    rows = (_describe_book(shelf, name) for name in shelf.names())
    print_rows(common, row_options, _NAMES, rows, partial(_print_books, shelf))


def _describe_book(shelf: Shelf, name: str) -> Row:
    try:
        book = shelf.book(name)
    except BadInput as error:
        fault: FaultyBookJson = {"book": name, "fault": error.first}
        return fault
    line: BookLineJson = {
        "book": name,
        "title": book.title,
        "calendar": book.calendar,
        "digest": book.digest,
    }
    return line


def _print_books(shelf: Shelf, rows: Iterable[Row], with_heads: bool) -> bool:
    """Print each book in a line, which has no heads."""
    any_rows = False
    for row in rows:
        any_rows = True
        if "fault" in row:
            told = say("can't be read: {fault}").format(fault=translate_error(row["fault"]))
        else:
            told = say("{title} (calendar {calendar}, language {language})").format(
                title=row["title"],
                calendar=row["calendar"],
                language=shelf.book(row["book"]).language,
            )
        print_text(f"{row['book']:<14} {told}", lines=False)
    return any_rows
