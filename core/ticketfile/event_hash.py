"""The chain of events: the hash of one covers the hash before it, the event, its run, the digest
of its book, and every row it made; so a changed byte in any of them breaks the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, NamedTuple

from ..system.fast_json import decode, encode
from . import schema

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

MadeRow = tuple[str, tuple[Any, ...]]
"""A row that an event makes, after the name of its table."""

Sha256 = Callable[[bytes], Any]


class Run(NamedTuple):
    """One invocation that writes: its row in the file, as the chain takes it."""

    id: int
    command: str
    at: str
    recorded_at: str
    version: str


def load_sha256(many: bool) -> Sha256:
    """SHA-256: for a few hashes the interpreter's own, as `random` takes it; for many hashlib's.

    hashlib's is three times as fast, but loads OpenSSL, and that takes longer than all the rest
    that a short command does.
    """
    for name in ("hashlib",) if many else ("_sha2", "_sha256", "hashlib"):
        with suppress(ImportError):
            found: Sha256 = import_module(name).sha256
            return found
    raise ImportError("this Python has no SHA-256")


def format_common_lines(run: Run, digest: str) -> str:
    """What the hashes of a run's events under one book have in common."""
    return "\n".join(map(str, (*run, digest)))


def format_hashed_text(
    number: int, common: str, ticket: int | None, said: tuple[Any, ...], rows: str
) -> bytes:
    """What an event's hash covers after the hash before it.

    `common` are its common_lines, `said` its columns from event to undoes, `rows` the JSON of its
    hashed_rows.
    """
    event, rule, facts, changes, ended, undoes = said
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


def _table_place(row: MadeRow) -> int:
    return _ORDER[row[0]]


def _normalize_ticket(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A ticket's row as the chain takes it: its fields sorted, without those that have no value."""
    fields = {name: value for name, value in decode(row[-1]).items() if value is not None}
    return (*row[:-1], encode(dict(sorted(fields.items()))))
