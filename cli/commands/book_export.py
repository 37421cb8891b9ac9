"""prassi book export"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..options import Common, common
from ..printing.output import say, say_json

if TYPE_CHECKING:
    from prassi.core.publish.dmn import Export

NAMED = 8
"""How many names of a part are told on a line; --json tells all."""


@click.command("export")
@click.argument("name", metavar="BOOK")
@click.option("--dmn", "path", metavar="FILE", required=True, help="Write it as DMN 1.3 to FILE.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common
def command(common: Common, name: str, path: str, force: bool) -> None:
    """Write a book's decision tables as DMN, which modelers and other engines read.

    Printed is what of the book DMN has no words for, and the file leaves out.
    """
    from prassi.core.library.library import Shelf
    from prassi.core.publish.dmn import export

    from ..newfile import check_free, write_whole

    made = export(Shelf(common.settings()).book(name))
    check_free(path, "--dmn", force)
    if not common.dry_run:
        write_whole(path, made.xml)
    if common.json:
        _tell_json(name, path, made, common.dry_run)
    elif not common.quiet:
        _tell(path, made, common.dry_run)


def _tell(path: str, made: Export, dry_run: bool) -> None:
    done = "would have" if dry_run else "has"
    say(f"{path} {done} {made.tables} decision tables with {made.rules} rules.")
    if made.omitted:
        say("What DMN can't say, and is left out:")
    for part in made.omitted:
        names = ", ".join(part.names[:NAMED]) + (", ..." if len(part.names) > NAMED else "")
        say(f"  {part.part} ({part.times}){': ' if names else ''}{names}", lines=False)


def _tell_json(book: str, path: str, made: Export, dry_run: bool) -> None:
    say_json(
        {
            "book": book,
            "dmn": path,
            "tables": made.tables,
            "rules": made.rules,
            "applied": not dry_run,
        }
    )
    for part in made.omitted:
        say_json({"left_out": part.part, "count": part.times, "names": part.names})
