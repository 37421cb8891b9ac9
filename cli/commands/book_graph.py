"""prassi book graph: draws the statuses and tables of books."""

from __future__ import annotations

import click

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..sound_books import read_sound_books


@click.command("graph")
@click.argument("book", type=FILE_NAME, metavar="[BOOK]", required=False)
@click.argument("pictures", metavar="[PICTURE]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "svg"]),
    default="mermaid",
    show_default=True,
    help="Mermaid, Graphviz's dot, or SVG by Graphviz.",
)
@add_common_options
def command(common: CommonOptions, book: str | None, pictures: tuple[str, ...], form: str) -> None:
    """Draw the statuses of a book, and each of its tables as a tree of questions.

    PICTURE is `states`, or the name of an event for the table that answers it. Without PICTURE all
    pictures of the book are drawn, and without BOOK those of all books.
    """
    from prassi.core.library.library import Shelf  # late: 74 ms
    from prassi.core.publish.pictures import formats
    from prassi.core.publish.pictures.draw import draw_book

    shelf = Shelf(common.load_settings())
    names, all_sound = [book or ""], True
    if book is None:
        books, all_sound = read_sound_books(shelf)
        names = [one.name for one in books]
    made = [one for name in names for one in draw_book(shelf, name, pictures)]
    if common.json:
        for one in made:
            print_json(one.as_json())
    elif form == "svg":
        from prassi.core.publish.pictures.svg import write_svg  # late: 8 ms

        print_text(write_svg(made).rstrip("\n"))
    else:
        write = formats.write_dot if form == "dot" else formats.write_mermaid
        print_text(write(made).rstrip("\n"))
    if not all_sound:
        raise click.exceptions.Exit(1)
