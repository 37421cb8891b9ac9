"""prassi sheet"""

from __future__ import annotations

import click

from .keys import read_keys
from .options import Common, common
from .output import safe, say, say_json


@click.command("sheet")
@click.argument("name", required=False)
@click.argument("keys", nargs=-1, metavar="[KEY=VALUE]...")
@common
def command(common: Common, name: str | None, keys: tuple[str, ...]) -> None:
    """Print a sheet of any book, also of your own; without NAME, say which there are.

    KEY=VALUE narrows it to the tickets that have that value, where the sheet lets it.
    """
    from prassi.core.errors import BadInput
    from prassi.core.shelf import Shelf

    from .sheets import print_sheet

    shelf = Shelf(common.settings())
    books = [shelf.book(book) for book in shelf.names()]
    if name is None:
        for book in books:
            for sheet in book.sheets.values():
                told = {
                    "sheet": sheet.name,
                    "book": book.name,
                    "title": sheet.title,
                    "by": sheet.by,
                }
                if common.json:
                    say_json(told)
                else:
                    by = f" (by {', '.join(sheet.by)})" if sheet.by else ""
                    say(f"{safe(sheet.name):<16} {safe(book.name):<16} {safe(sheet.title)}{by}")
        return
    if not any(name in book.sheets for book in books):
        known = ", ".join(sorted(sheet for book in books for sheet in book.sheets))
        raise BadInput(f"there is no sheet {name!r}; there are {known}.")
    wanted = {key: str(value) for key, value in read_keys(keys).items()}
    print_sheet(common, name, **wanted)
