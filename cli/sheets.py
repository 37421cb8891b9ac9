"""Printing a sheet: the tickets in some statuses, a line each, as a book lays it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .options import Common
from .output import head, say, say_json, table

if TYPE_CHECKING:
    from prassi.core.desk import Office


def print_sheet(common: Common, name: str) -> None:
    """The sheet of that name of every book that has one; nothing is changed."""
    from prassi.core.desk import sheet_rows

    office = common._replace(dry_run=True).office()
    for book in _books_with(office, name):
        sheet = book.sheets[name]
        heads = [column for column, _ in sheet.columns]
        rows = list(sheet_rows(office, book, sheet))
        if common.json:
            for row in rows:
                say_json(dict(zip(heads, row, strict=True)))
        elif rows:
            head(f"{sheet.title}, {common.at[:10]}: {len(rows)}")
            table(rows, heads)
        else:
            say(f"{sheet.title}: empty.")


def _books_with(office: Office, name: str) -> list[Any]:
    books = [office.shelf.book(book) for book in office.shelf.names()]
    return [book for book in books if name in book.sheets]
