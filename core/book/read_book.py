"""Reading a book: its readers put together, each of which notes faults in the same document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..system.cache import KeptAs
from ..system.toml_document import Document
from ..system.toml_reader import TomlReader
from .model import Book, Event, Remark, Statement
from .names import read_named
from .placeholders import LabelInput, label_option
from .read_declarations import DeclarationReader, Declarations
from .read_statements import StatementReader

if TYPE_CHECKING:
    from .read_events import EventReader
    from .sheet import Sheet
    from .stat_sources import StatSources
    from .sync_answers import Sync


class BookReader:
    """Makes a book's records from a document, whose faults `toml` notes.

    What it declares is read at once; statements, sheets and each event when they are asked for.
    Where the book has been checked before, nothing is looked for, and the tables of its events can
    be kept between runs: `kept` tells them from those of any other book.
    """

    def __init__(
        self, toml: TomlReader, declarations: Declarations, kept: KeptAs | None = None
    ) -> None:
        self.toml, self.declarations, self._kept = toml, declarations, kept
        self._sources = StatementReader(toml, declarations.figures)
        self._common: dict[str, EventReader] = {}

    @cached_property
    def events(self) -> EventReader:
        """What reads events; a command that only shows tickets asks for none."""
        from .read_events import EventReader  # late: 4 ms, with all kinds of actions

        return EventReader(self.toml, self.declarations, self._sources, self._kept)

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
        from .read_sheets import SheetReader  # late: 0.3 ms

        sheets = SheetReader(self.toml, self.declarations, self.events.context({}))
        return read_named(self.toml, "sheets", sheets.sheet)

    @cached_property
    def sync(self) -> Sync:
        """What the book does with differences between the file and another program's ledger."""
        from .read_sync import SyncReader  # late: 0.5 ms, and one command asks

        return SyncReader(self.toml, self.declarations, self._list_inputs).read()

    @cached_property
    def stats(self) -> StatSources:
        """Where the book's figures of `stats` come from."""
        from .read_stats import StatsReader  # late: 0.5 ms, and one command asks

        return StatsReader(self.toml, self.declarations, self._list_inputs).read()

    def _list_inputs(self, event: str) -> Sequence[str]:
        """The inputs of an event, as they are written."""
        written = self.toml.section("events").get(event)
        inputs = written.get("inputs") if isinstance(written, dict) else None
        return [*inputs] if isinstance(inputs, dict) else []

    def event(self, name: str) -> Event:
        """One event."""
        return self.events.event(name)

    def common_event(self, name: str, book: Book) -> Event:
        """A common event, as the book would have it."""
        from .common_events import make_common_event  # late: 0.5 ms
        from .read_events import EventReader

        made = make_common_event(name, book, self.toml.section("fields"))
        data = {**self.toml.document.data, "events": {name: made}}
        toml = TomlReader(Document(f"common event {name}", data), self.toml.what, False)
        self._common[name] = EventReader(toml, self.declarations, self._sources)
        return self._common[name].event(name)

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
        reach = heading.get("reach")
        parts = {
            **heading,
            "folder": folder,
            "facts_sql": facts_sql,
            "digest": digest,
            "kept": kept,
            "prefix": heading.get("prefix"),
            "reach": frozenset(reach) if isinstance(reach, list) else None,
            "catalogue": known.catalogue,
            "forbidden": known.forbidden,
            "parameters": known.parameters,
            "roles": known.roles,
            "statuses": known.statuses,
            "common": known.common,
            "tasks": known.tasks,
            "fields": known.fields,
            "items": known.items,
            "facts": known.facts,
            "event_names": known.event_names,
            "input_names": known.input_names,
            "words": self.toml.section("words"),
        }
        return Book(parts, self)


def read_book(
    document: Document,
    overrides: Mapping[str, object],
    checking: bool = False,
    label_input: LabelInput = label_option,
    kept: KeptAs | None = None,
) -> BookReader:
    """A reader of a book; `overrides` are the parameters that the settings change, and its texts
    speak of inputs as `label_input` writes them.

    The tables of a book that was checked before are kept: `kept` tells it from any other.
    """
    toml = TomlReader(document, "the book", checking)
    return BookReader(toml, DeclarationReader(toml, overrides, label_input).read(), kept)
