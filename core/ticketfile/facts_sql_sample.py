"""A book's facts.sql asked of tickets that stand in no file: made up, and gone again.

What facts.sql names is a table here, with a column for each thing that a ticket knows, and no view of
the file's tables; so SQLite can be asked, too, what a fact looks at.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ..book.model import Book
from . import schema
from .facts_sql import TICKET, parameter_names
from .sqlite import Connection, SqlParameters, SqlRow, open_scratch

_HANGING = {
    **{table: schema.ROWS[table][1:] for table in ("task", "tag", "note")},
    "message": ("template", "channel", "state", "made_on", "left_on"),
    "event": ("at", "event", "rule", "facts", "changes"),
}
"""What hangs on a ticket in every book, with its columns."""

SampleRow = tuple[str, Sequence[str], Sequence[object]]
"""A row to put in: its table, columns, values."""

_MATERIALIZED = re.compile(r"\bAS MATERIALIZED\b")
"""What bids SQLite to work out what a column may not look at: an advice that changes no answer."""

_INTERVAL = 10_000
"""Steps of a query after which it is looked at."""


class Operation(NamedTuple):
    """An operation of SQLite's program for a query, with its operands P1, P2 and P4."""

    code: str
    p1: int
    p2: int
    p4: str


class SampleFile:
    """Tables for made-up tickets of a book, empty but for the states that the book names.

    `tables` are their names by the number that SQLite's programs have for them, `columns` those of each.
    """

    def __init__(self, book: Book) -> None:
        self._book, self._connection = book, create_tables(book)
        self._sql = _MATERIALIZED.sub("AS NOT MATERIALIZED", book.facts_sql)
        self._looks = self._left = 0
        listed = self._connection.execute(
            "SELECT rootpage, name FROM sqlite_schema WHERE rootpage > 0"
        )
        self.tables: Mapping[int, str] = dict(listed.fetchall())
        self.columns = {
            table: [row[1] for row in self._connection.execute(f"PRAGMA table_info('{table}')")]
            for table in self.tables.values()
        }

    def close(self) -> None:
        """Close the tables in memory."""
        self._connection.close()

    def program(self, column: str) -> Iterator[Operation]:
        """What SQLite does to find a column of facts.sql, step by step."""
        given = dict.fromkeys(parameter_names(self._book))
        for row in self._connection.execute(f"EXPLAIN {self._query([column])}", given):
            yield Operation(row[1], row[2], row[3], "" if row[5] is None else str(row[5]))

    def limit(self, looks: int, longest: int) -> None:
        """Stop queries after so many times _LOOK steps, and at texts that are longer."""
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
        self._looks = looks
        self._connection.set_progress_handler(self._stops, _INTERVAL)

    def _stops(self) -> int:
        self._left -= 1
        return int(self._left < 0)

    def ask(
        self, rows: Iterable[SampleRow], columns: Sequence[str], given: SqlParameters
    ) -> SqlRow | None:
        """Columns of facts.sql for the first ticket among these rows, which are gone afterwards.

        None where it says nothing of it, or can't.
        """
        connection, self._left = self._connection, self._looks
        connection.execute("BEGIN")
        try:
            for table, heads, row in rows:
                named, marks = ", ".join(f'"{head}"' for head in heads), ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({named}) VALUES ({marks})", row)
            found: SqlRow | None = connection.execute(self._query(columns), given).fetchone()
            return found
        except sqlite3.Error:
            return None
        finally:
            connection.execute("ROLLBACK")

    def _query(self, columns: Sequence[str]) -> str:
        listed = ", ".join(f'asked."{name}"' for name in columns)
        return f"SELECT {listed} FROM (\n{self._sql}\n) AS asked"


def create_tables(book: Book, types: Mapping[str, str] = MappingProxyType({})) -> Connection:
    """An empty file in memory, with a column for each thing that facts.sql can name; `types` are the
    types of some columns, by name."""
    connection = open_scratch()
    connection.execute("PRAGMA automatic_index = OFF")  # an index would be read in a table's place
    made = {
        "ticket": (*TICKET, *book.fields),
        "tickets": (*TICKET, "open", *book.fields),
        "customer": ("ref", "name", "email", "phone", "language"),
        **{kind: ("ticket", *items.fields) for kind, items in book.items.items()},
        **{kind: ("ticket", *columns) for kind, columns in _HANGING.items()},
    }
    for table, columns in made.items():
        named = "".join(f', "{column}" {types.get(column, "")}' for column in columns)
        connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY{named})")
    connection.execute(f"CREATE TABLE link (ticket {types.get('ticket', '')}, field, target)")
    connection.execute("CREATE TABLE state (name, place, completed)")
    standing = [s for s in book.statuses.values() if not s.closed]
    connection.executemany(
        "INSERT INTO state VALUES (?, ?, ?)",
        [(status.name, place, status.completed) for place, status in enumerate(standing, 1)],
    )
    return connection
