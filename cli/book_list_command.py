"""prassi book list"""

from __future__ import annotations

import click

from .options import Common, common
from .output import say, say_json


@click.command("list")
@common
def command(common: Common) -> None:
    """List the books there are, the shipped ones and your own."""
    from prassi.core.shelf import Shelf

    shelf = Shelf(common.settings())
    for name in shelf.names():
        book = shelf.book(name)
        if common.json:
            say_json(
                {
                    "book": name,
                    "title": book.title,
                    "calendar": book.calendar,
                    "digest": book.digest,
                }
            )
        else:
            say(f"{name:<14} {book.title} (calendar {book.calendar}, language {book.language})")
