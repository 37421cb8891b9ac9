"""What a ticket file says of its last night, and which files beside it are backups of it."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import NamedTuple

from ..errors import FileUnusable
from . import schema
from .connect import check_file, open_as_is, translate_errors
from .sqlite import Connection
from .write_events import read_last_event

_APPLICATION = slice(68, 72)
"""Where the header of a database says whose it is."""


class Backup(NamedTuple):
    """A backup of a ticket file: how many of its newest events it lacks, and since when."""

    path: str
    missing: int
    since: str | None


def read_newest_night(connection: Connection) -> str | None:
    """The moment that the newest triage was as of; None where none has written anything."""
    row = connection.execute("SELECT at FROM run WHERE command = 'triage' ORDER BY id DESC LIMIT 1")
    found = row.fetchone()
    return None if found is None else str(found[0])


def find_newest_backup(connection: Connection, path: str, folder: str) -> Backup | None:
    """The backup in a folder that lacks the fewest events of a ticket file.

    A file is a backup if its newest event is one of the ticket file's, whatever it is called.
    """
    newest = read_last_event(connection)[0]
    known = list[tuple[int, str]]()
    for copy in _list_ticket_files(folder, path):
        with suppress(FileUnusable), closing(open_as_is(copy)) as kept, translate_errors(copy):
            number, mark = read_last_event(kept)
            ours = connection.execute("SELECT hash FROM event WHERE id = ?", (number,)).fetchone()
            if ours is not None and ours[0] == mark:
                known.append((number, copy))
    if not known:
        return None
    number, copy = max(known, key=lambda one: (one[0], one[1]))
    since = connection.execute("SELECT at FROM event WHERE id = ?", (number + 1,)).fetchone()
    return Backup(copy, newest - number, since and since[0])


def _list_ticket_files(folder: str, path: str) -> Iterator[str]:
    """The other ticket files in a folder, by their headers, in alphabetical order."""
    for name in sorted(os.listdir(folder)):
        found = os.path.join(folder, name)
        if name.endswith(".partial") or not os.path.isfile(found) or os.path.samefile(found, path):
            continue
        with suppress(FileUnusable):
            if int.from_bytes(check_file(found)[_APPLICATION], "big") == schema.APPLICATION_ID:
                yield found
