"""Reading rows from CSV: the delimiter is found from the header, the kind of rows from its names.

A file holds one kind of rows, with the names of the import format in its first line:

    ref, name, email, phone, language      customers
    ref, book, customer, ...               tickets; several tags in one cell stand with ; between
    ticket, number, amount, ...            what hangs on tickets: one kind of items of a book,
    ticket, kind, due                      tasks,
    ticket, at, text                       or notes
    book, state, completed                 states that a ticket file has of its own

An empty cell is a value that is not given. Blanks around a value do not count.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Protocol

from ..values.field_types import Field
from .row_forms import CUSTOMER, STATE, Form, Forms
from .rows_and_faults import CUSTOMERS, STATES, TICKETS, Broken, Raw, Tell

DELIMITERS = (",", ";", "\t", "|")

SPLIT = ";"
"""Stands between the values of a cell that holds several."""

_HEAD = 50
"""Lines in which the header must end."""

_SEP = re.compile(r'"?sep=(.)"?\s*')


_AS_TEXT = re.compile('="((?:[^"]|"")*)"')


class CsvReader(Protocol):
    """What csv.reader gives, which has no name of its own."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> CsvReader: ...

    def __next__(self) -> list[str]: ...


Record = tuple[int, list[str]]
"""The line on which a row starts, and its cells."""


def read_records(
    lines: Iterable[str], tell: Tell, delimiter: str | None, known: Collection[str] = ()
) -> Iterator[Record]:
    """The rows of a CSV text that are not blank, the header too.

    `known` are names that a header is likely to have, by which the delimiter is found.
    """
    source = iter(lines)
    head, before = list(islice(source, _HEAD)), 0
    if match := _SEP.fullmatch(head[0]):
        before, delimiter = 1, delimiter or match[1]
    lines = chain(head[before:], source)
    reader = _reader(lines, delimiter or _delimiter(head[before:], known))
    while True:
        line = before + reader.line_num + 1
        try:
            cells = [_cell(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            tell(line, f"this is not valid CSV: {error}; is a quotation mark missing?")
            continue
        if any(cells):
            yield line, cells


def _cell(written: str) -> str:
    """A cell as it is meant: `="0002"` is how spreadsheets keep 0002 a text."""
    cell = written.strip()
    if cell.startswith('="') and (match := _AS_TEXT.fullmatch(cell)):
        return match[1].replace('""', '"').strip()
    return cell


class CsvTable:
    """A CSV text: its header with its line, and its rows, read one by one.

    Raises Broken where there is no header.
    """

    def __init__(
        self, lines: Iterable[str], tell: Tell, delimiter: str | None, known: Collection[str] = ()
    ) -> None:
        self._tell = tell
        self._records = read_records(lines, tell, delimiter, known)
        first = next(self._records, None)
        if first is None:
            told = "this is not CSV; write the names of the columns into the first line"
            raise Broken(1, told)
        self.line, self.header = first

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row's line and its cells by their columns; empty ones are left out."""
        width = len(self.header)
        for line, cells in self._records:
            if len(cells) < width or any(cells[width:]):
                self._tell(line, describe_width(len(cells), width))
                continue
            yield line, {n: cell for n, cell in zip(self.header, cells, strict=False) if cell}


def describe_width(cells: int, header: int) -> str:
    """What is wrong with a row that has another number of cells than the header."""
    return f"the row has {_cells(cells)}, the header {_cells(header)}."


def _reader(lines: Iterable[str], delimiter: str) -> CsvReader:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _delimiter(head: Sequence[str], known: Collection[str]) -> str:
    """The delimiter that finds the most known names in a line, or else the most names in the first."""

    def count_known(delimiter: str) -> tuple[int, int]:
        best, first = 0, 0
        try:
            for cells in _reader(head, delimiter):
                first = first or (len(cells) if any(map(str.strip, cells)) else 0)
                best = max(best, sum(_normal(cell) in known for cell in cells))
        except csv.Error:
            pass
        return best, first

    return max(DELIMITERS, key=count_known)


def _normal(name: str) -> str:
    return " ".join(name.split())


# --- the import format ---------------------------------------------------------------------------


def rows(lines: Iterable[str], forms: Forms, tell: Tell) -> Iterator[Raw]:
    """The rows of a source in the import format."""
    books = forms.all()
    hanging = _fields_by_list(books)
    tickets = {name: field for form in books for name, field in form.single.items()}
    known = {"ticket", *CUSTOMER, *STATE, *tickets, *(n for kind in hanging.values() for n in kind)}
    table = CsvTable(lines, tell, None, known)
    _check_twice(table)
    if "ticket" in table.header:
        yield from _hanging_rows(table, hanging, tell)
    elif {"book", "state"} <= {*table.header} and "ref" not in table.header:
        _check_header(table, STATE, "a state", tell)
        for line, row in table.rows():
            yield Raw(line, STATES, _only(row, STATE, line, tell))
    elif "book" in table.header:
        _check_header(table, tickets, "a ticket", tell)
        yield from _ticket_rows(table, forms, tickets, tell)
    elif "ref" in table.header and any(name in CUSTOMER for name in table.header if name != "ref"):
        _check_header(table, CUSTOMER, "a customer", tell)
        for line, row in table.rows():
            yield Raw(line, CUSTOMERS, _only(row, CUSTOMER, line, tell), repeats=True)
    else:
        raise Broken(table.line, _NO_KIND.format(", ".join(table.header)))


_NO_KIND = (
    "the columns {0} are neither those of customers (ref, name, email, phone, language) nor of"
    " tickets (ref, book, customer, ...) nor of what hangs on one (ticket, ...); for another"
    " program's export write a map, and give it with --map"
)


def _check_twice(table: CsvTable) -> None:
    seen = set()
    for name in table.header:
        if name and name in seen:
            raise Broken(table.line, f"there are two columns {name!r}; leave one of them")
        seen.add(name)


def _check_header(table: CsvTable, known: Collection[str], what: str, tell: Tell) -> None:
    for name in table.header:
        if name and name not in known:
            tell(table.line, f"{what} has no {name!r}; it has {', '.join(known)}.")


def _only(row: dict[str, str], known: Collection[str], line: int, tell: Tell) -> dict[str, str]:
    """A row without the columns that the header has no name for, or a name that was told."""
    if "" in row:
        tell(line, f"{row['']!r} stands in a column without a name; name it or leave it out.")
    return {name: cell for name, cell in row.items() if name in known}


def _ticket_rows(
    table: CsvTable, forms: Forms, known: Collection[str], tell: Tell
) -> Iterator[Raw]:
    for line, row in table.rows():
        form = forms.get(row.get("book"))
        cells = _only(row, known, line, tell)
        yield Raw(line, TICKETS, _split(cells, form.single) if form else cells)


def _split(row: Mapping[str, str], fields: Mapping[str, Field]) -> dict[str, object]:
    """Cells that hold several values become lists."""
    return {
        name: _parts(cell) if name in fields and fields[name].many else cell
        for name, cell in row.items()
    }


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(SPLIT) if part.strip()]


def _fields_by_list(books: Sequence[Form]) -> dict[str, dict[str, Field]]:
    """The fields of everything that can hang on a ticket, by the name of its list."""
    found: dict[str, dict[str, Field]] = {}
    for form in books:
        for name, items in form.lists.items():
            found.setdefault(name, {}).update(items.fields)
    return found


def _hanging_rows(
    table: CsvTable, hanging: Mapping[str, Mapping[str, Field]], tell: Tell
) -> Iterator[Raw]:
    kind = _kind_of(table, hanging)
    for line, row in table.rows():
        cells = _only(row, {"ticket", *hanging[kind]}, line, tell)
        yield Raw(line, kind, _split(cells, hanging[kind]))


def _kind_of(table: CsvTable, hanging: Mapping[str, Mapping[str, Field]]) -> str:
    """The one list whose rows these columns can be."""
    names = {name for name in table.header if name} - {"ticket"}
    fitting = [kind for kind, fields in hanging.items() if _fits(names, fields)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        either = " or ".join(fitting)
        raise Broken(
            table.line, f"these columns can be {either}; add one that only one of them has"
        )
    known = "; ".join(f"{kind}: {', '.join(fields)}" for kind, fields in hanging.items())
    raise Broken(table.line, f"the columns beside 'ticket' belong to none of {known}")


def _fits(names: Collection[str], fields: Mapping[str, Field]) -> bool:
    needed = {n for n, f in fields.items() if not f.optional and f.default is None}
    return needed <= set(names) <= set(fields)
