"""prassi sheet: prints a sheet of any book, or lists all sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click
from prassi.core.system.language import say

from ..key_values import read_key_values
from ..options import CommonOptions, add_common_options
from ..printing.output import print_text
from ..printing.rows import Row, RowOptions, add_sheet_options, print_rows
from ..printing.sheets import print_sheet
from ..sound_books import read_sound_books
from ..streams import make_safe

if TYPE_CHECKING:
    from prassi.core.book.model import Book

_NAMES = ("sheet", "book", "title", "by")


@click.command("sheet")
@click.argument("name", required=False)
@click.argument("keys", nargs=-1, metavar="[KEY=VALUE]...")
@add_sheet_options
@add_common_options
def command(
    common: CommonOptions, name: str | None, keys: tuple[str, ...], row_options: RowOptions
) -> None:
    """Print a sheet of any book, your own books included; without NAME, list all sheets.

    KEY=VALUE narrows it to the tickets that have that value, if the sheet allows that KEY.
    """
    if name is None:
        from prassi.core.library.library import Shelf  # late: 42 ms

        books, _ = read_sound_books(Shelf(common.load_settings()))
        print_rows(common, row_options, _NAMES, _list_sheets(books), _print_sheets)
        return
    wanted = {key: str(value) for key, value in read_key_values(keys).items()}
    print_sheet(common, row_options, name, **wanted)


def _list_sheets(books: Sequence[Book]) -> Iterable[Row]:
    for book in books:
        for one in book.sheets.values():
            yield {"sheet": one.name, "book": book.name, "title": one.title, "by": one.by}


def _print_sheets(rows: Iterable[Row], with_heads: bool) -> bool:
    """Print each sheet in a line, which has no heads."""
    any_rows = False
    for row in rows:
        any_rows = True
        by = say(" (by {names})").format(names=", ".join(row["by"])) if row["by"] else ""
        name, book = make_safe(row["sheet"]), make_safe(row["book"])
        print_text(f"{name:<16} {book:<16} {make_safe(row['title'])}{by}")
    return any_rows
