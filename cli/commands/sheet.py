"""prassi sheet: prints a sheet of any book, or lists all sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from prassi.core.system.language import say

from ..key_values import read_key_values
from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.sheets import print_sheet
from ..printing.spreadsheet import add_csv_options, print_csv
from ..sound_books import read_sound_books
from ..streams import make_safe

if TYPE_CHECKING:
    from prassi.core.book.model import Book


@click.command("sheet")
@click.argument("name", required=False)
@click.argument("keys", nargs=-1, metavar="[KEY=VALUE]...")
@add_csv_options
@add_common_options
def command(common: CommonOptions, name: str | None, keys: tuple[str, ...]) -> None:
    """Print a sheet of any book, your own books included; without NAME, list all sheets.

    KEY=VALUE narrows it to the tickets that have that value, if the sheet allows that KEY.
    """
    if name is None:
        from prassi.core.library.library import Shelf  # late: 42 ms

        _print_sheet_names(common, read_sound_books(Shelf(common.load_settings()))[0])
        return
    wanted = {key: str(value) for key, value in read_key_values(keys).items()}
    print_sheet(common, name, **wanted)


def _print_sheet_names(common: CommonOptions, books: Sequence[Book]) -> None:
    """List all sheets."""
    sheets = [(sheet, book.name) for book in books for sheet in book.sheets.values()]
    if common.csv:
        rows = [(one.name, book, one.title, ", ".join(one.by)) for one, book in sheets]
        print_csv(("sheet", "book", "title", "by"), rows, common.raw)
        return
    for sheet, book in sheets:
        if common.json:
            print_json({"sheet": sheet.name, "book": book, "title": sheet.title, "by": sheet.by})
        else:
            by = say(" (by {names})").format(names=", ".join(sheet.by)) if sheet.by else ""
            print_text(
                f"{make_safe(sheet.name):<16} {make_safe(book):<16} {make_safe(sheet.title)}{by}"
            )
