"""Reading the sources of an import by a map: the file, its rows, and what each of them makes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from typing import IO

from ..errors import Faults
from . import csv_rows, json_rows, sources, workbooks
from .export_map import Map, RowMaker
from .foreign_tables import ForeignTable, Record
from .rows_and_faults import Broken, Raw, Tell
from .sources import Source
from .tallies import ImportReport

Row = Mapping[str, object]
Line = tuple[int, Row, str | None]
"""The line a row starts on, its cells by column, and what is wrong with it, if anything is."""


class MappedRows:
    """Reads sources by a map; `report` counts what is left out."""

    def __init__(self, by: Map, report: ImportReport) -> None:
        self.by, self._report = by, report
        self._maker = RowMaker(by, report.count)

    def read(self, source: Source, tell: Tell) -> Iterator[tuple[Row, list[Raw]]]:
        """Each row of a source that is taken, with what it makes in the import format.

        Faults of rows are told. Raises what reading without a map raises, and Faults for a column
        that the map names and the source has not.
        """
        for line, row, told in self._read_lines(source, tell):
            if not self.by.takes(row):
                self._report.count("skipped")
            elif told is not None:
                tell(
                    line, f"{told} Lines after the last row are left out by footer = 1, or [skip]."
                )
            else:
                yield row, self._maker.make(line, row, tell)

    def _read_lines(self, source: Source, tell: Tell) -> Iterator[Line]:
        with sources.open_bytes(source) as file:
            self._report.sums[source.number] = sources.measure(file)
            if sources.begins_with(file, workbooks.BEGINNING):
                yield from self._read_sheet(source, file)
                return
            with sources.decode(source, file, self.by.encoding) as (head, lines):
                if sources.is_json(head):
                    yield from self._read_json(source, lines, head, tell)
                else:
                    yield from self._read_csv(source, lines, tell)

    def _read_sheet(self, source: Source, file: IO[bytes]) -> Iterator[Line]:
        records = workbooks.read_records(source.name, file, self.by.sheet)
        with closing(records):
            yield from self._read_table(source, self._find_table(records))

    def _read_csv(self, source: Source, lines: Iterator[str], tell: Tell) -> Iterator[Line]:
        in_rows = False

        def tell_in_rows(line: int, sentence: str) -> None:
            if in_rows:  # what stands before the header need not be CSV
                tell(line, sentence)

        named = {column for _, column in self.by.column_places()}
        records = csv_rows.read_records(lines, tell_in_rows, self.by.delimiter, named)
        table = self._find_table(records)
        in_rows = True
        yield from self._read_table(source, table)

    def _find_table(self, records: Iterator[Record]) -> ForeignTable:
        named = {column for _, column in self.by.column_places()}
        return ForeignTable(records, named, self.by.frame)

    def _read_table(self, source: Source, table: ForeignTable) -> Iterator[Line]:
        by = self.by
        check_columns(source, by, [name for name in table.header if name])
        for column in {column for _, column in by.column_places()} - by.repeated:
            if table.header.count(column) > 1:
                told = f"there are two columns {column!r}; rename one of them"
                raise Broken(table.line, told)
        self._report.count("before-header", table.before)
        yield from table.rows()
        self._report.count("repeated-header", table.repeated)
        self._report.count("after-rows", table.after)

    def _read_json(
        self, source: Source, lines: Iterator[str], head: Sequence[str], tell: Tell
    ) -> Iterator[Line]:
        """JSON leaves out keys at will: a column is unknown where no row has it."""
        seen: dict[str, None] = {}
        for line, row in json_rows.foreign(lines, head, self.by.rows, tell):
            seen.update(dict.fromkeys(row))
            yield line, row, None
        if seen:
            check_columns(source, self.by, list(seen), nested=True)


def check_columns(source: Source, by: Map, columns: Collection[str], nested: bool = False) -> None:
    """Raise Faults with the columns that the map names and a source has not."""
    faults = [
        f"{by.document.at(*path)}: {source.name} has no {column!r}; it has {', '.join(columns)}."
        for path, column in by.column_places()
        if column not in columns and not (nested and column.split(".")[0] in columns)
    ]
    if faults:
        raise Faults(f"{by.document.name} does not fit {source.name}:", [*dict.fromkeys(faults)])
