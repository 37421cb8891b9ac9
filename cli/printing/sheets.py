"""Prints a sheet: the tickets in some statuses, a line each, as a book lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions
from ..sound_books import read_sound_books
from .columns import format_table, measure_screen
from .output import print_heading, print_text
from .rows import Row, RowOptions, print_rows

if TYPE_CHECKING:
    from prassi.core.book.model import Book
    from prassi.core.book.sheet import Sheet
    from prassi.core.desk.office import Office
    from prassi.core.library.library import Shelf


def print_sheet(
    common: CommonOptions,
    options: RowOptions,
    name: str,
    /,
    book: str | None = None,
    **wanted: str,
) -> None:
    """Print the sheet of that name of one book, or of every book that has it; nothing is written.

    `wanted` narrows it to tickets with these values.
    """
    office = common._replace(dry_run=True).open_office()
    books = [office.shelf.book(book)] if book else find_books(office.shelf, name)
    parts = [(one.sheets[name], _read_rows(office, one, name, wanted)) for one in books]
    names = [*dict.fromkeys(column.head for sheet, _ in parts for column in sheet.columns)]
    every_row = (row for _, rows in parts for row in rows)

    def print_parts(_: Iterable[Row], with_heads: bool) -> bool:
        """Print each book's sheet under its title."""
        printed = [_print_part(common, wanted, *part, with_heads) for part in parts]
        return any(printed)

    print_rows(common, options, names, every_row, print_parts)


def _read_rows(
    office: Office, book: Book, name: str, wanted: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    from prassi.core.desk.sheets import format_rows  # late: 87 ms

    sheet = book.sheets[name]
    heads = [column.head for column in sheet.columns]
    for row in format_rows(office, book, sheet, wanted):
        yield dict(zip(heads, row, strict=True))


def _print_part(
    common: CommonOptions,
    wanted: Mapping[str, str],
    sheet: Sheet,
    rows: Iterable[Row],
    with_heads: bool,
) -> bool:
    lines = [[*row.values()] for row in rows]
    title = " ".join([sheet.title, *wanted.values()])
    if not lines:
        print_text(say("{title}: empty.").format(title=title))
        return False
    print_heading(f"{title}, {common.at[:10]}: {len(lines)}")
    heads = [column.title for column in sheet.columns]
    for line in format_table(lines, heads, measure_screen(), with_heads):
        print_text(line)
    return True


def find_books(shelf: Shelf, name: str) -> list[Book]:
    """The books that have a sheet; BadInput where none has it. Faulty books are reported."""
    books, _ = read_sound_books(shelf)
    found = [book for book in books if name in book.sheets]
    if not found:
        known = ", ".join(sorted(sheet for book in books for sheet in book.sheets))
        raise BadInput(f"there is no sheet {name!r}; there are {known}.")
    return found
