"""Where in a file a day begins: its first event, and the first row that came with it or later.

Runs, events and the rows that events make are numbered in the order in which they were written.
"""

from __future__ import annotations

from .sqlite import Connection

_FIRST_RUN = "SELECT min(id) FROM run WHERE at >= ?"
_FIRST_EVENT = "SELECT id FROM event WHERE run >= ? ORDER BY run, id LIMIT 1"


def find_first_event(connection: Connection, day: str) -> int | None:
    """The first event of the first run as of a day or later: none before it is of such a day, since no
    event is of a later moment than its run. None where there is no such run."""
    (run,) = connection.execute(_FIRST_RUN, (day,)).fetchone()
    row = None if run is None else connection.execute(_FIRST_EVENT, (run,)).fetchone()
    return None if row is None else int(row[0])


def find_first_row(connection: Connection, table: str, event: int) -> int:
    """The first row of a table that this event or a later one made; beyond the last where none did."""
    low = 1
    high = int(connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])
    next_row = f"SELECT id, made_by FROM {table} WHERE id >= ? ORDER BY id LIMIT 1"
    while low < high:
        middle = (low + high) // 2
        number, made_by = connection.execute(next_row, (middle,)).fetchone()
        if made_by < event:
            low = number + 1
        else:
            high = middle
    return low
