"""prassi book list"""

from __future__ import annotations

import click

from ..options import Common, common
from ..printing.output import say, say_json


@click.command("list")
@common
def command(common: Common) -> None:
    """List the books there are, the shipped ones and your own.

    Of one that can't be read the first fault is told; `prassi book check` tells all of them.
    """
    from prassi.core.errors import BadInput, Faults
    from prassi.core.library.library import Shelf

    shelf = Shelf(common.settings())
    for name in shelf.names():
        try:
            book = shelf.book(name)
        except BadInput as error:
            fault = error.faults[0] if isinstance(error, Faults) else str(error)
            if common.json:
                say_json({"book": name, "fault": fault})
            else:
                say(f"{name:<14} can't be read: {fault}", lines=False)
            continue
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
