"""Taking a ticket file apart by the reach of its books."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import BadInput, Refused
from ..ticketfile.connect import describe_os_error
from ..ticketfile.parts import assign_parts, copy_to_split, write_part
from ..ticketfile.read_tickets import read_all_books
from ..ticketfile.sqlite import Connection
from .library import Shelf


class FilePart(NamedTuple):
    """A part of a ticket file: its file, and how many tickets and customers it has; on a dry run the
    customers are not counted."""

    file: str
    tickets: int
    customers: int | None


class TakenApart(NamedTuple):
    """The parts of a file; how many tickets the largest group has that stays together, and the ref of
    the first of them."""

    parts: Sequence[FilePart]
    largest: int
    example: str | None


def take_apart(
    connection: Connection, shelf: Shelf, count: int, folder: str, dry_run: bool = False
) -> TakenApart:
    """Write a ticket file in at most `count` parts that decide alone, into a new or empty folder.

    Refused where a book has the reach "all"; BadInput where there is something in the folder.
    """
    reaches = _read_reaches(connection, shelf)
    made = _prepare_folder(folder)
    try:
        with copy_to_split(connection, folder) as copy:
            found = assign_parts(copy, reaches, count)
            parts = []
            for place, tickets in enumerate(found.tickets):
                path = os.path.join(folder, f"part-{place + 1:05}.db")
                customers = None if dry_run else write_part(copy, path, place)
                parts.append(FilePart(path, tickets, customers))
    finally:
        if made and dry_run:
            os.rmdir(folder)
    return TakenApart(parts, found.largest, found.example)


def _read_reaches(connection: Connection, shelf: Shelf) -> dict[str, frozenset[str]]:
    """The reach of each book that tickets of the file have."""
    found, everything = {}, []
    for name in read_all_books(connection):
        reach = shelf.book(name).reach
        if reach is None:
            everything.append(name)
        else:
            found[name] = reach
    if everything:
        raise Refused(
            f'book {everything[0]} has the reach "all": its facts.sql may look at any ticket, so its'
            " tickets can't be taken apart. `prassi book check` tells the smallest reach that fits."
        )
    return found


def _prepare_folder(folder: str) -> bool:
    """Make the folder of the parts; returns whether there was none."""
    try:
        made = not os.path.isdir(folder)
        if made:
            os.mkdir(folder, 0o700)
        elif os.listdir(folder):
            raise BadInput(f"{folder} is not empty: name a new folder for the parts.")
    except OSError as error:
        raise BadInput(f"{folder} can't be used for parts: {describe_os_error(error)}.") from None
    return made
