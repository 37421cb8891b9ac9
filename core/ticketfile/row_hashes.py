"""Hashes of the rows that no event made: what imports read, and the holidays that nights counted by.

The chain does not cover them, and nothing in a ticket depends on them; each has a hash of its own, which
tells damage. They are numbered as they come, and none goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from ..system.fast_json import encode
from .sqlite import Connection, SqlRow

HASHED = {
    "source": ("run", "map", "name", "dated", "sum", "ended"),
    "calendar": ("country", "year", "release", "kept_on", "days"),
}
"""The columns that a row's hash covers, by table."""


def insert_rows(connection: Connection, table: str, rows: Iterable[SqlRow]) -> None:
    """Insert rows with their hashes; one that is there already stays as it is."""
    columns = HASHED[table]
    listed, marks = ", ".join(columns), "?, " * len(columns)
    connection.executemany(
        f"INSERT INTO {table} ({listed}, hash) VALUES ({marks}?) ON CONFLICT DO NOTHING",
        ((*row, _hash_row(row)) for row in rows),
    )


def hash_again(connection: Connection, table: str) -> None:
    """Give every row the hash of what is in it now."""
    rows = connection.execute(f"SELECT id, {', '.join(HASHED[table])} FROM {table}").fetchall()
    connection.executemany(
        f"UPDATE {table} SET hash = ? WHERE id = ?",
        [(_hash_row(row), number) for number, *row in rows],
    )


def find_misfits(connection: Connection) -> Iterator[str]:
    """A sentence for each row that does not fit its hash, and for numbers that are missing."""
    for table, columns in HASHED.items():
        if _has_hashes(connection, table):
            yield from _find_misfits_of(connection, table, columns)


def _find_misfits_of(connection: Connection, table: str, columns: Iterable[str]) -> Iterator[str]:
    query = f"SELECT id, hash, {', '.join(columns)} FROM {table} NOT INDEXED ORDER BY id"
    newest = 0
    for number, digest, *row in connection.execute(query):
        if number != newest + 1:
            yield f"row {newest + 1} of {table} is missing."
        elif not _fits(row, digest):
            yield f"row {number} of {table} does not fit its hash: it was changed."
        newest = number


def _has_hashes(connection: Connection, table: str) -> bool:
    """Whether the file's schema has the table, with hashes."""
    query = "SELECT 1 FROM pragma_table_info(?) WHERE name = 'hash'"
    return connection.execute(query, (table,)).fetchone() is not None


def _fits(row: SqlRow, digest: object) -> bool:
    try:
        return digest == _hash_row(row)
    except TypeError:  # bytes, where there were characters
        return False


def _hash_row(row: Iterable[object]) -> bytes:
    return sha256(encode([*row]).encode("utf-8", "surrogatepass")).digest()
