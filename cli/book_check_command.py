"""prassi book check"""

from __future__ import annotations

import click

from .options import Common, common
from .output import say, say_json


@click.command("check")
@click.argument("books", nargs=-1, metavar="[BOOK]...")
@common
def command(common: Common, books: tuple[str, ...]) -> None:
    """Check books: all their faults at once, each with file and line."""
    from prassi.core.errors import Faults
    from prassi.core.shelf import Shelf

    shelf = Shelf(common.settings())
    found: list[str] = []
    for name in books or shelf.names():
        try:
            book = shelf.book(name)
            rules = sum(len(book.event(event).rules) for event in book.event_names)
            if not common.json and not common.quiet:
                say(f"{name}: {rules} rules in {len(book.event_names)} tables, nothing found.")
        except Faults as error:
            found += error.faults
            for fault in error.faults:
                say_json({"book": name, "fault": fault}) if common.json else say(fault)
    if found:
        raise click.exceptions.Exit(1)
