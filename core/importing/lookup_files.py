"""Reading the second file of a map: a CSV text or a sheet, by the words in one of its columns."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import BadInput
from . import csv_rows, sources, workbooks
from .export_map_values import Row, read_words
from .foreign_tables import ForeignTable, Frame
from .sources import Source


def load_lookup(
    path: str, key: str, delimiter: str | None, encoding: str | None
) -> Mapping[str, Row]:
    """The rows of a file by the words in its key column; of several with one key the first counts."""
    source, rows = Source(0, path), dict[str, Row]()

    def fail(line: int, sentence: str) -> None:
        raise BadInput(f"{path}:{line}: {sentence}")

    with sources.open_bytes(source) as file:
        if sources.begins_with(file, workbooks.BEGINNING):
            table = ForeignTable(workbooks.read_records(path, file, None), [key], Frame())
            _fill(rows, table, path, key)
            return rows
        with sources.decode(source, file, encoding) as (_, lines):
            records = csv_rows.read_records(lines, fail, delimiter, [key])
            _fill(rows, ForeignTable(records, [key], Frame()), path, key)
    return rows


def _fill(rows: dict[str, Row], table: ForeignTable, path: str, key: str) -> None:
    if key not in table.header:
        known = ", ".join(name for name in table.header if name)
        raise BadInput(f"{path} has no {key!r}, by which the map looks up; it has {known}.")
    for row in table.rows():
        for word in read_words(row.cells, key):
            if word:
                rows.setdefault(word, row.cells)
