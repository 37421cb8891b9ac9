"""Bringing in another program's export, by a map from its columns and words to ours (`--map`).

A map is a TOML file. This one turns a ledger, with one invoice a row, into a ticket a customer:

    [skip]                                # rows to leave out, by the words in a column
    Disputed = ["Yes"]
    [customer]                            # our name = its column
    ref = "customerID"
    name = "customerName"
    [ticket]
    ref = { column = "customerID", prefix = "AR-" }
    book = { const = "collections" }
    [items.proformas]
    number = "invoiceNumber"
    amount = { column = "InvoiceAmount", decimal = "," }
    issued = { column = "InvoiceDate", date = "%m/%d/%Y" }

On top, before the sections, can stand

    delimiter = ";"                       # of CSV; else it is found from the header
    encoding = "cp1252"                   # where the file is not UTF-8
    rows = "tickets"                      # of JSON: where the list stands, as in "data.tickets"

The sections are [customer], [ticket], [tasks], [notes] and [items.KIND] with the fields they have
in the import format, and [skip] and [only], which choose rows. A value is the name of a column, or
a table with `const`, a value for all rows, or `column` and any of

    default = "..."                       our value where the cell is empty
    values = { "Open" = "new" }           our words for theirs
    other = "..."                         our word for theirs that `values` does not name
    date = "%d.%m.%Y"                     how they write a day (as strptime has it)
    moment = "%Y-%m-%dT%H:%M:%SZ"         how they write a day with a time; the time is kept
    decimal = ","                         how they write amounts: 1.234,50
    split = ","                           stands between several values in one cell
    prefix = "C-"                         stands before what the cell says

Several columns, as in column = ["First name", "Last name"], are joined with a blank. In JSON,
"requester.email" is a key of a key, and "custom_fields.360001" the value of the element with that
id.

Rows with one ticket ref make one ticket with several items; all else in them must agree. Where
[ticket] names no customer, it is that of [customer]. A task, note or item whose columns are all
empty is left out. A map holds for all sources of the command.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..errors import Faults
from ..system.toml_document import Document, Path
from . import csv_rows, json_rows, sources
from .export_map_values import Recipe, words
from .rows_and_faults import CUSTOMERS, TICKETS, Broken, Raw, Tell
from .sources import Source


class Map(NamedTuple):
    """A map, checked: a recipe for each of our fields, by kind of row, and the rows to take."""

    document: Document
    delimiter: str | None
    encoding: str | None
    rows: tuple[str, ...]
    skip: Mapping[str, Collection[str]]
    only: Mapping[str, Collection[str]]
    recipes: Mapping[str, Mapping[str, Recipe]]

    def label(self, kind: str, field: str) -> str:
        """How faults call a field: by the column it comes from."""
        recipe = self.recipes.get(kind, {}).get(field)
        if recipe is None:
            return field
        return f"{recipe.names} (our {field})" if recipe.columns else f"{field} (from the map)"

    def column_places(self) -> list[tuple[Path, str]]:
        """The columns the map names, each with its place in it, in its order."""
        named: list[tuple[Path, str]] = [
            *(
                (r.path, column)
                for kind in self.recipes.values()
                for r in kind.values()
                for column in r.columns
            ),
            *((("skip", column), column) for column in self.skip),
            *((("only", column), column) for column in self.only),
        ]
        return sorted(named, key=lambda pair: self.document.line(*pair[0]))

    def takes(self, row: Mapping[str, object]) -> bool:
        """Whether a row is one of those to bring in."""
        return all(_says(row, column, wanted) for column, wanted in self.only.items()) and not any(
            _says(row, column, unwanted) for column, unwanted in self.skip.items()
        )

    def apply(self, line: int, row: Mapping[str, object], tell: Tell) -> Iterator[Raw]:
        """The rows in the import format that one of theirs makes."""
        ticket = None
        for kind, recipes in self.recipes.items():
            values, told = self._make_values(kind, recipes, line, row, tell)
            if kind == TICKETS:
                ticket = values.get("ref")
            if kind in (CUSTOMERS, TICKETS):
                yield Raw(line, kind, values, told, repeats=True)
            elif ticket is not None and (told or _says_something(recipes, values)):
                yield Raw(line, kind, {"ticket": ticket, **values}, told, repeats=True)

    def _make_values(
        self,
        kind: str,
        recipes: Mapping[str, Recipe],
        line: int,
        row: Mapping[str, object],
        tell: Tell,
    ) -> tuple[dict[str, object], list[str]]:
        values, told = {}, []
        for field, recipe in recipes.items():
            try:
                value = recipe.make(row)
            except ValueError as error:
                told.append(field)
                tell(line, f"{self.label(kind, field)} {error}.")
            else:
                if value is not None:
                    values[field] = value
        return values, told


def _says(row: Mapping[str, object], column: str, listed: Collection[str]) -> bool:
    return any(word in listed for word in words(row, column))


def _says_something(recipes: Mapping[str, Recipe], values: Mapping[str, object]) -> bool:
    from_columns = [field for field, recipe in recipes.items() if recipe.columns]
    return not from_columns or any(field in values for field in from_columns)


def rows(source: Source, by: Map, tell: Tell) -> Iterator[Raw]:
    """The rows in the import format that a source makes by a map.

    Faults of rows are told. Raises what reading without a map raises, and Faults for a column that
    the map names and the source has not.
    """
    with sources.text(source, by.encoding) as (head, lines):
        read = _from_json if sources.is_json(head) else _from_csv
        for line, row in read(source, by, lines, head, tell):
            if by.takes(row):
                yield from by.apply(line, row, tell)


def _from_csv(
    source: Source, by: Map, lines: Iterator[str], head: Sequence[str], tell: Tell
) -> Iterator[tuple[int, Mapping[str, object]]]:
    named = {column for _, column in by.column_places()}
    table = csv_rows.CsvTable(lines, tell, by.delimiter, named)
    _check_columns(source, by, table.header)
    for column in named:
        if table.header.count(column) > 1:
            raise Broken(table.line, f"there are two columns {column!r}; rename one of them")
    yield from table.rows()


def _from_json(
    source: Source, by: Map, lines: Iterator[str], head: Sequence[str], tell: Tell
) -> Iterator[tuple[int, Mapping[str, object]]]:
    """JSON leaves out keys at will: a column is unknown where no row has it."""
    seen: dict[str, None] = {}
    for line, row in json_rows.foreign(lines, head, by.rows, tell):
        seen.update(dict.fromkeys(row))
        yield line, row
    if seen:
        _check_columns(source, by, seen, nested=True)


def _check_columns(source: Source, by: Map, columns: Collection[str], nested: bool = False) -> None:
    faults = [
        f"{by.document.at(*path)}: {source.name} has no {column!r}; it has {', '.join(columns)}."
        for path, column in by.column_places()
        if column not in columns and not (nested and column.split(".")[0] in columns)
    ]
    if faults:
        raise Faults(f"{by.document.name} does not fit {source.name}:", faults)
