"""What each import and sync read: names, dates and sums of files, in a table that the chain does not cover.

They serve warnings only: nothing in a ticket depends on them.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Iterable
from typing import NamedTuple

from .row_hashes import insert_rows
from .sqlite import Connection

_STANDS = (
    "EXISTS (SELECT 1 FROM event AS e WHERE e.run = s.run AND e.undoes IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id))"
)
"""Of a run that was taken back, nothing counts."""


class SourceNote(NamedTuple):
    """A file that was read: the map it was read by, its name, the day it is of, the SHA-256 of its
    bytes, and whether its last line had an end."""

    map: str | None
    name: str
    dated: str | None
    sum: str
    ended: bool


class EarlierSource(NamedTuple):
    """A file that was read before: what is known of it, the run, and that run's moment."""

    note: SourceNote
    run: int
    at: str


def write_notes(connection: Connection, run: int, notes: Iterable[SourceNote]) -> None:
    """Note what a run has read."""
    insert_rows(connection, "source", [(run, *note[:-1], int(note.ended)) for note in notes])


def find_same(connection: Connection, sums: Iterable[str]) -> EarlierSource | None:
    """The newest run that stands and read a file with one of these sums."""
    known = [one for wanted in sums if (one := _find(connection, "s.sum = ?", wanted))]
    return max(known, key=lambda one: one.run, default=None)


def find_newest(connection: Connection, map_name: str) -> EarlierSource | None:
    """What was read last by a map, by the days that the files are of."""
    return _find(connection, "s.map = ?", map_name)


def _find(connection: Connection, which: str, wanted: str) -> EarlierSource | None:
    row = connection.execute(
        "SELECT s.map, s.name, s.dated, s.sum, s.ended, s.run, r.at FROM source AS s"
        f" JOIN run AS r ON r.id = s.run WHERE {which} AND {_STANDS}"
        " ORDER BY s.dated DESC, s.id DESC LIMIT 1",
        (wanted,),
    ).fetchone()
    if row is None:
        return None
    *note, ended, run, at = row
    return EarlierSource(SourceNote._make((*note, bool(ended))), run, at)
