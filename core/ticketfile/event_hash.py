"""The chain of events: the hash of one covers the hash before it, the event, its run, the digest
of its book, and every row it made; so a changed byte in any of them breaks the chain.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Sequence
from typing import NamedTuple

from ..system.fast_json import decode, encode
from . import schema
from .sqlite import SqlRow

START = bytes(32)
"""What the first event is chained to."""

INSERTED = {
    "customer": ("id", *schema.CUSTOMER),
    "ticket": ("id", *schema.TICKET),
    **schema.ROWS,
    "state": schema.STATE,
}
"""The columns of the rows that events make, by table; hashes take the tables in this order."""

_ORDER = {table: place for place, table in enumerate(INSERTED)}

_MADE = ("customer", "ticket")
"""What an event makes that hangs on no ticket; it comes first in _ORDER."""

MadeRow = tuple[str, SqlRow]
"""A row that an event makes, after the name of its table."""

EventColumns = tuple[str, str | None, str, str, str, int | None]
"""What an event says: its columns event, rule, facts, changes, ended and undoes, JSON as text.

A plain tuple, since a night makes one for each ticket.
"""


class Run(NamedTuple):
    """One invocation that writes: its row in the file, as the chain takes it."""

    id: int
    command: str
    at: str
    recorded_at: str
    version: str


def format_common_lines(run: Run, digest: str) -> str:
    """What the hashes of a run's events under one book have in common."""
    return "\n".join(map(str, (*run, digest)))


def format_hashed_text(
    number: int, common: str, ticket: int | None, columns: EventColumns, rows: str
) -> bytes:
    """What an event's hash covers after the hash before it.

    `common` are its run's format_common_lines, `rows` the JSON of its arrange_hashed_rows.
    """
    event, rule, facts, changes, ended, undoes = columns
    # One line a part: JSON and the names of events, rules and moments hold no line break.
    lines = f"{number}\n{common}\n{ticket}\n{event}\n{rule}\n{facts}\n{changes}\n{ended}\n{undoes}\n{rows}"
    return lines.encode("utf-8", "surrogatepass")


def arrange_hashed_rows(made: Sequence[MadeRow]) -> list[MadeRow]:
    """The rows of an event, as they are stored, in the order and the form that its hash covers."""
    rows = sorted(made, key=_table_place) if len(made) > 1 else list(made)
    if rows and rows[0][0] in _MADE:
        rows = [
            (table, _normalize_ticket(row) if table == "ticket" else row) for table, row in rows
        ]
    return rows


def _table_place(made: MadeRow) -> int:
    table, _ = made
    return _ORDER[table]


def _normalize_ticket(row: SqlRow) -> SqlRow:
    """A ticket's row as the chain takes it: its fields sorted, without those that have no value."""
    *columns, fields = row
    known = {name: value for name, value in decode(fields).items() if value is not None}
    return (*columns, encode(dict(sorted(known.items()))))
