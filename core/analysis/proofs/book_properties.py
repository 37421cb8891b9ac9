"""What the books at hand declare of themselves, read from their files."""

from __future__ import annotations

from typing import NamedTuple

from ...book.properties import Property, PropertyReader, Way
from ...book.read_book import read_book
from ...library.library import Shelf


class BookProperties(NamedTuple):
    """What a book declares of itself, and the templates that it sends."""

    properties: list[Property]
    ways: list[Way]
    templates: list[str]


def read_properties(shelf: Shelf, name: str) -> BookProperties:
    """What a checked book declares of itself; BadInput where there is none, Faults with its faults."""
    shelf.book(name)
    reader = PropertyReader(read_book(shelf.files(name).document(), {}))
    return BookProperties(reader.properties(), reader.ways(), reader.sent_templates())
