"""What the books at hand declare of themselves, read from their files."""

from __future__ import annotations

from typing import NamedTuple

from ...book.properties import Property, PropertyReader, Way
from ...book.read_book import read_book
from ...library.library import Shelf
from ...tables.decision_table import CellRow


class BookProperties(NamedTuple):
    """What a book declares of itself, the templates that it sends, and the rows of facts that it calls
    impossible."""

    properties: list[Property]
    ways: list[Way]
    templates: list[str]
    impossible: list[CellRow]


def read_properties(shelf: Shelf, name: str) -> BookProperties:
    """What a checked book declares of itself; BadInput where there is none, Faults with its faults."""
    shelf.book(name)
    read = read_book(shelf.files(name).document(), {})
    reader = PropertyReader(read)
    return BookProperties(
        reader.properties(),
        reader.ways(),
        reader.sent_templates(),
        read.events.impossible_of_facts(),
    )
