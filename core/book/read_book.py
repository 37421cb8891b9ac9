"""Reading a book: its readers put together, each of which notes faults in the same document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from ..system.toml_document import Document, Path
from ..system.toml_reader import Kind, TomlReader, TomlTable
from .actions import ActionReader
from .model import Book, Event, Remark, Sheet, Statement
from .names import read_named
from .placeholders import Text
from .read_declarations import DeclarationReader, Declarations, StatementReader
from .read_events import EventReader

_SHEET: dict[str, Kind] = {
    "title": str,
    "status": list,
    "columns": list,
    "by": list,
    "order": str,
    "closed": bool,
}

_COLUMN: dict[str, Kind] = {"head": str, "value": str}

TICKET_COLUMNS = ("ref", "customer", "status", "opened", "priority", "assignee", "result", "age")
"""What a sheet can show of every ticket; age are the days since it was opened."""


class BookReader:
    """Makes a book's records from a document, whose faults `toml` notes.

    What it declares is read at once; statements, sheets and each event when they are asked for.
    Where the book has been checked before, nothing is looked for.
    """

    def __init__(self, toml: TomlReader, declarations: Declarations) -> None:
        self.toml, self.declarations = toml, declarations
        self._sources = StatementReader(toml)
        self.events = EventReader(toml, declarations, self._sources)

    @property
    def statements(self) -> Mapping[str, Statement]:
        """The statements of the written procedure, by id."""
        return self._sources.statements

    @property
    def remarks(self) -> Mapping[str, Remark]:
        """What the source leaves open, by id."""
        return self._sources.remarks

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """The sheets, by name."""
        sheets = SheetReader(self.toml, self.declarations, self.events.context({}))
        return read_named(self.toml, "sheets", sheets.sheet)

    def event(self, name: str) -> Event:
        """One event."""
        return self.events.event(name)

    def with_document(self, document: Document) -> BookReader:
        """A reader of another document that declares the same, but may have other rules."""
        toml = TomlReader(document, self.toml.what, self.toml.checking)
        return BookReader(toml, self.declarations)

    def with_figure(self, name: str, value: object) -> BookReader:
        """A reader of the same document, in which rules have another value by a name."""
        toml = TomlReader(self.toml.document, self.toml.what, self.toml.checking)
        return BookReader(toml, self.declarations.with_figure(name, value))

    def book(self, folder: str, facts_sql: str, digest: str, kept: Callable[[], str]) -> Book:
        """The book, from data in which no fault was found."""
        known = self.declarations
        heading = self.toml.section("book")
        parts = {
            **heading,
            "folder": folder,
            "facts_sql": facts_sql,
            "digest": digest,
            "kept": kept,
            "prefix": heading.get("prefix"),
            "catalogue": known.catalogue,
            "forbidden": known.forbidden,
            "parameters": known.parameters,
            "roles": known.roles,
            "statuses": known.statuses,
            "fields": known.fields,
            "items": known.items,
            "facts": known.facts,
            "event_names": known.event_names,
            "input_names": known.input_names,
        }
        return Book(parts, self)


def read_book(
    document: Document, overrides: Mapping[str, object], checking: bool = False
) -> BookReader:
    """A reader of a book; `overrides` are the parameters that the settings change."""
    toml = TomlReader(document, "the book", checking)
    return BookReader(toml, DeclarationReader(toml, overrides).read())


class SheetReader:
    """Reads sheets; `context` is what the texts of their columns can name."""

    def __init__(self, toml: TomlReader, declarations: Declarations, context: ActionReader) -> None:
        self._toml, self._declarations = toml, declarations
        self._plain = {*declarations.fields, *TICKET_COLUMNS}
        self._context = context.replace(names=context.names | {"next"} | self._plain)

    def sheet(self, name: str, raw: object, path: Path) -> Sheet:
        """One sheet."""
        good = self._toml.keys(raw, path, _SHEET, ("title", "columns"))
        columns = tuple(self._columns(name, good, path))
        by, order = good.words("by"), good.text("order", "ref")
        self._check_names(name, good, path, (*by, order.removeprefix("-")))
        named = {name for _, written in columns for name in written.names}
        closed, asks = good.is_true("closed"), not named <= self._plain
        if closed and asks:
            unknown = ", ".join(sorted(named - self._plain))
            told = f"sheet {name} has closed tickets, and no day asks for their {unknown}."
            self._toml.fault((*path, "columns"), told)
        return Sheet(
            name=name,
            title=good.text("title", name),
            statuses=good.words("status"),
            columns=columns,
            by=by,
            order=order,
            closed=closed,
            asks=asks,
        )

    def _columns(self, name: str, good: TomlTable, path: Path) -> Iterator[tuple[str, Text]]:
        for place, raw in enumerate(good.items("columns")):
            at = (*path, "columns", place)
            column = self._toml.keys(raw, at, _COLUMN, _COLUMN)
            with self._toml.note_errors(at, f"a column of {name}"):
                yield column.text("head"), self._context.text(column.text("value"))

    def _check_names(self, name: str, good: TomlTable, path: Path, columns: Iterable[str]) -> None:
        """A sheet is narrowed and ordered by what every ticket has."""
        for status in good.words("status"):
            if status not in self._declarations.statuses:
                told = f"sheet {name} asks for status {status!r}, which does not exist."
                self._toml.fault((*path, "status"), told)
        for one in columns:
            if one not in self._plain:
                told = f"sheet {name} names {one!r}, which is not a column and not a field."
                self._toml.fault(path, told)
