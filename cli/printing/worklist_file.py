"""The scratch file of a worklist: a database without a name, which SQLite moves to disk as it grows.

So a million lines never stand in memory, and SQLite puts them in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prassi.core.ticketfile.sqlite import open_scratch

from .columns import measure_width

_PAGE = 200


class WorklistFile:
    """Tables of lines to print, by name; `tables` has the columns of each, separated by commas.

    A `source` below is what SQL can select from: a table's name, with WHERE or as a query.
    """

    def __init__(self, tables: Mapping[str, str]) -> None:
        self._connection = open_scratch(in_memory=False)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("BEGIN")
        self._connection.create_function("width", 1, _measure_cell, deterministic=True)
        for name, columns in tables.items():
            self._connection.execute(f"CREATE TABLE {name} ({columns})")

    def close(self) -> None:
        """Forget all lines."""
        self._connection.close()

    def insert(self, table: str, row: Sequence[object]) -> None:
        """Add a line to a table."""
        marks = ", ".join("?" * len(row))
        self._connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)

    def count(self, source: str) -> int:
        """How many lines there are."""
        count: int = self._connection.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
        return count

    def measure_columns(self, columns: Iterable[str], source: str) -> list[int]:
        """How wide the widest cell of each column is; 0 where all are empty or there are none."""
        widest = ", ".join(f"max(width({column}))" for column in columns)
        row = self._connection.execute(f"SELECT {widest} FROM {source}").fetchone()
        return [width or 0 for width in row]

    def read_lines(
        self, columns: Iterable[str], source: str, order: str
    ) -> Iterator[Sequence[object]]:
        """The lines in their order, a cell for each column."""
        rows = self._connection.execute(
            f"SELECT {', '.join(columns)} FROM {source} ORDER BY {order}"
        )
        while page := rows.fetchmany(_PAGE):
            yield from page


def _measure_cell(cell: object) -> int:
    return measure_width(str(cell))
