"""prassi book export"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from .options import Common, common
from .output import say, say_json

if TYPE_CHECKING:
    from prassi.core.dmn import Export

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
    from prassi.core.dmn import export
    from prassi.core.shelf import Shelf

    made = export(Shelf(common.settings()).book(name))
    _check(path, force)
    if not common.dry_run:
        _write(path, made.xml)
    if common.json:
        _tell_json(name, path, made, common.dry_run)
    elif not common.quiet:
        _tell(path, made, common.dry_run)


def _check(path: str, force: bool) -> None:
    """A file that is there is left alone, unless it is to be written over."""
    from prassi.core.errors import BadInput

    if not path:
        raise BadInput("give the name of a file to write: --dmn FILE.")
    if os.path.lexists(path) and not (force and os.path.isfile(path)):
        what = "is no file" if force else "is there already: name another file, or use --force"
        raise BadInput(f"{path} {what}.")


def _write(path: str, data: bytes) -> None:
    """Write a file whole, or not at all."""
    from contextlib import suppress

    from prassi.core.errors import BadInput

    draft = f"{path}.{os.getpid()}"
    try:
        try:
            with open(draft, "xb") as file:
                file.write(data)
            os.replace(draft, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft)
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{path} can't be written: {reason}.") from None


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
            "book": book, "dmn": path, "tables": made.tables, "rules": made.rules,
            "applied": not dry_run,
        }
    )  # fmt: skip
    for part in made.omitted:
        say_json({"left_out": part.part, "count": part.times, "names": part.names})
