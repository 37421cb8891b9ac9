"""Another program's table, CSV or a sheet: where its header stands, and which rows belong to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from .csv_rows import describe_width
from .rows_and_faults import Broken

_HEAD = 50
"""Rows among which the header is looked for."""

Record = tuple[int, Sequence[object]]


class Frame(NamedTuple):
    """Which lines of a table are none of its rows: `header` is the line of its header, where that is
    known, and `footer` the number of lines after the last row."""

    header: int | None = None
    footer: int = 0


class TableRow(NamedTuple):
    """A row by its columns; a column that is there several times has a list. `told` is a sentence
    about a row that has another number of cells than the header."""

    line: int
    cells: dict[str, object]
    told: str | None


class ForeignTable:
    """A table whose header is the first line that has all names that are `known`.

    Where no line has them all, it is the one with most of them. `before` and `after` count the lines
    around the rows that were passed over, `repeated` the headers between them. Raises Broken where there is no header.
    """

    def __init__(self, records: Iterator[Record], known: Collection[str], frame: Frame) -> None:
        self._frame, self.before, self.after, self.repeated = frame, 0, 0, 0
        head: list[Record] = []
        self.line, self._names = self._find_header(records, set(known), head)
        self.header = [" ".join(str(name or "").split()) for name in self._names]
        self._is_plain = len(set(self.header)) == len(self.header)
        self._records = chain(head, records)
        self._width = max((n for n, name in enumerate(self.header, 1) if name), default=0)

    def _find_header(
        self, records: Iterator[Record], known: set[str], head: list[Record]
    ) -> Record:
        """The header; `head` gets the rows after it that were read."""
        if self._frame.header is not None:
            return self._take_header_at(records, self._frame.header)
        found, most = -1, -1
        for line, cells in records:
            head.append((line, cells))
            count = len(known & {" ".join(str(cell or "").split()) for cell in cells})
            if count > most:
                found, most = len(head) - 1, count
            if count == len(known) or len(head) >= _HEAD:
                break
        if not head:
            raise Broken(1, "there is no header here; write the names of the columns into a line")
        header = head[found]
        self.before = header[0] - 1
        del head[: found + 1]
        return header

    def _take_header_at(self, records: Iterator[Record], wanted: int) -> Record:
        for line, cells in records:
            if line == wanted:
                self.before = line - 1
                return line, cells
            if line > wanted:
                break
        raise Broken(wanted, f"no row begins on line {wanted}, where the map has the header")

    def rows(self) -> Iterator[TableRow]:
        """The rows, without those of the footer."""
        waiting = deque[Record]()
        for record in self._records:
            if record[1] == self._names:  # as on each page of a printout
                self.repeated += 1
                continue
            waiting.append(record)
            if len(waiting) > self._frame.footer:
                yield self._read_row(*waiting.popleft())
        self.after = len(waiting)

    def _read_row(self, line: int, cells: Sequence[object]) -> TableRow:
        if self._is_plain:
            pairs = zip(self.header, cells, strict=False)
            row = {name: cell for name, cell in pairs if cell is not None and cell != ""}
        else:
            row = self._collect(cells)
        width = len(cells)
        if self._width <= width <= len(self.header):
            return TableRow(line, row, None)
        short = width < self._width
        long = any(cell not in (None, "") for cell in cells[len(self.header) :])
        told = describe_width(width, len(self.header)) if short or long else None
        return TableRow(line, row, told)

    def _collect(self, cells: Sequence[object]) -> dict[str, object]:
        """The cells by column, a list for a column that is there several times."""
        row: dict[str, object] = {}
        for name, cell in zip(self.header, cells, strict=False):
            if cell is None or cell == "":
                continue
            earlier = row.get(name)
            if earlier is None:
                row[name] = cell
            else:
                row[name] = [*(earlier if isinstance(earlier, list) else [earlier]), cell]
        return row
