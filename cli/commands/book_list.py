"""prassi book list: lists the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..spoken_errors import translate_error

if TYPE_CHECKING:
    from ..printing.json_book_rows import BookLineJson, FaultyBookJson


@click.command("list")
@add_common_options
def command(common: CommonOptions) -> None:
    """List all books, the shipped ones and your own.

    For a book that can't be read it prints the first fault; `prassi book check` prints all of them.
    """
    from prassi.core.library.library import Shelf  # late: 39 ms

    shelf = Shelf(common.load_settings())
    for name in shelf.names():
        try:
            book = shelf.book(name)
        except BadInput as error:
            if common.json:
                fault: FaultyBookJson = {"book": name, "fault": error.first}
                print_json(fault)
            else:
                told = say("can't be read: {fault}").format(fault=translate_error(error.first))
                print_text(f"{name:<14} {told}", lines=False)
            continue
        if common.json:
            line: BookLineJson = {
                "book": name,
                "title": book.title,
                "calendar": book.calendar,
                "digest": book.digest,
            }
            print_json(line)
        else:
            told = say("{title} (calendar {calendar}, language {language})").format(
                title=book.title, calendar=book.calendar, language=book.language
            )
            print_text(f"{name:<14} {told}")
