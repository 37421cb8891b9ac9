"""Prints a sheet: the tickets in some statuses, a line each, as a book lays it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions
from ..sound_books import read_sound_books
from .columns import format_table, measure_screen
from .output import print_heading, print_json, print_text
from .spreadsheet import print_csv

if TYPE_CHECKING:
    from prassi.core.book.model import Book
    from prassi.core.library.library import Shelf


def print_sheet(
    common: CommonOptions, name: str, /, book: str | None = None, **wanted: str
) -> None:
    """Print the sheet of that name of one book, or of every book that has it; nothing is written.

    `wanted` narrows it to tickets with these values.
    """
    from prassi.core.desk.sheets import format_rows  # late: 87 ms

    office = common._replace(dry_run=True).open_office()
    books = [office.shelf.book(book)] if book else find_books(office.shelf, name)
    for one in books:
        sheet = one.sheets[name]
        heads = [column for column, _ in sheet.columns]
        found = format_rows(office, one, sheet, wanted)
        if common.json:
            for row in found:
                print_json(dict(zip(heads, row, strict=True)))
        elif common.csv:
            print_csv(heads, found, common.raw, first=one is books[0])
        elif lines := list(found):
            print_heading(f"{_format_title(sheet.title, wanted)}, {common.at[:10]}: {len(lines)}")
            for line in format_table(lines, heads, measure_screen()):
                print_text(line)
        else:
            print_text(say("{title}: empty.").format(title=_format_title(sheet.title, wanted)))


def _format_title(title: str, wanted: dict[str, str]) -> str:
    return " ".join([title, *wanted.values()])


def find_books(shelf: Shelf, name: str) -> list[Book]:
    """The books that have a sheet; BadInput where none has it. Faulty books are reported."""
    books, _ = read_sound_books(shelf)
    found = [book for book in books if name in book.sheets]
    if not found:
        known = ", ".join(sorted(sheet for book in books for sheet in book.sheets))
        raise BadInput(f"there is no sheet {name!r}; there are {known}.")
    return found
