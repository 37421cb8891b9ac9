"""What the books at hand declare of themselves, read from their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ...book.model import Rule
from ...book.properties import Property, Way
from ...book.read_book import read_book
from ...book.read_properties import PropertyReader
from ...library.library import Shelf
from ...tables.decision_table import CellRow


class BookProperties(NamedTuple):
    """What a book declares of itself, the templates that it sends, the rules of each event that change
    something, and the rows that it calls impossible: of facts, and for each event of its inputs, too."""

    properties: list[Property]
    ways: list[Way]
    templates: list[str]
    rules: Mapping[str, list[str]]
    impossible: list[CellRow]
    impossible_given: Mapping[str, list[CellRow]]

    def split(self, declared: Property) -> list[Property]:
        """A property for each template, rule or row that it is about by itself."""
        return declared.one_by_one(self.templates, self.rules)


def read_properties(shelf: Shelf, name: str) -> BookProperties:
    """What a checked book declares of itself; BadInput where there is none, Faults with its faults."""
    book = shelf.book(name)
    read = read_book(shelf.files(name).document(), {})
    reader = PropertyReader(read)
    return BookProperties(
        reader.properties(),
        reader.ways(),
        reader.sent_templates(),
        {event: _list_changing(book.event(event).rules) for event in book.event_names},
        read.events.impossible_of_facts(),
        {name: read.events.impossible_with_inputs(book.event(name)) for name in book.event_names},
    )


def _list_changing(rules: Iterable[Rule]) -> list[str]:
    """The rules that change a ticket, or hand on to another event."""
    return [
        rule.id
        for rule in rules
        if rule.instead is not None or any(step.action.changes for step in rule.steps)
    ]
