"""prassi book new: makes the beginning of a book."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text

if TYPE_CHECKING:
    from ..printing.json_rows import NewBookJson


@click.command("new")
@click.argument("name", type=FILE_NAME)
@click.option(
    "--like",
    type=FILE_NAME,
    metavar="BOOK",
    help="Copy this book, with its scenarios and messages.",
)
@add_common_options
def command(common: CommonOptions, name: str, like: str | None) -> None:
    """Make the beginning of a book: a small one that works, or with --like a copy of another.

    It is written into the folder of books that the settings name, else into this folder.
    """
    from prassi.core.library.library import Shelf  # late: 45 ms
    from prassi.core.library.new_book import copy_book, draft_book, write_book
    from prassi.core.messages.template_files import OURS

    settings = common.load_settings()
    shelf = Shelf(settings)
    if name in shelf.names():
        raise BadInput(f"there is a book {name!r} already: choose another name.")
    if like is None:
        files = draft_book(name)
    else:
        book = shelf.files(shelf.book(like).name)
        roots = [*settings.template_roots, OURS]
        files = copy_book(name, book, [os.path.join(root, like) for root in roots])
    folder = os.path.join(settings.books or ".", name)
    if not common.dry_run:
        write_book(folder, files)
    if common.json:
        row: NewBookJson = {
            "book": name,
            "folder": folder,
            "files": [*files],
            "applied": not common.dry_run,
        }
        print_json(row)
    elif not common.quiet:
        would = (
            say("{folder} would be made.")
            if common.dry_run
            else say("{folder} is made, with {count} files.")
        )
        print_text(would.format(folder=folder, count=len(files)))
        if settings.books is None:
            print_text(say('Name its folder in the settings: [folders] books = "."'))
