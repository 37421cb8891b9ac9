"""What a ticket file says of its last nights, and which files beside it are backups of it."""

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


class RecordedNight(NamedTuple):
    """A night that wrote something: the moment it was as of, and its last event."""

    at: str
    last_event: int


def find_night_before(connection: Connection, today: str) -> RecordedNight | None:
    """The first triage of the newest day before `today` on which one wrote something; None where none
    did. Those that came later on its day were about some tickets only."""
    row = connection.execute(
        "SELECT r.at, (SELECT max(id) FROM event WHERE run = r.id) FROM run AS r"
        " WHERE r.command = 'triage' AND r.at < ? ORDER BY substr(r.at, 1, 10) DESC, r.id LIMIT 1",
        (today,),
    ).fetchone()
    return None if row is None or row[1] is None else RecordedNight(str(row[0]), int(row[1]))


def find_changed_since(connection: Connection, event: int) -> set[str]:
    """The refs of the tickets that were made or changed after an event; notes, and what became of
    messages, are no changes."""
    rows = connection.execute(
        "SELECT ref FROM ticket WHERE ended_by IS NULL AND (made_by > :event OR id IN"
        " (SELECT ticket FROM event WHERE id > :event AND event <> 'message'"
        " AND rule IS NOT 'common.note'))",
        {"event": event},
    )
    return {row[0] for row in rows}


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
