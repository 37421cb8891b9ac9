"""Which events can happen to tickets of a book."""

from __future__ import annotations

from collections.abc import Mapping

from ....book.model import Book
from ....book.names import COMMON_EVENTS

NEW = "new"


def list_event_names(book: Book) -> tuple[str, ...]:
    """The events that can happen to tickets of a book: its own, and those that every book has.

    Left out is a common event that the book forbids, or hands on to one of its own, which happens
    anyway; and `new`, which brings what an import does.
    """
    common = (
        name
        for name in COMMON_EVENTS
        if name not in book.event_names and name != NEW and _stands_alone(book.common.get(name, {}))
    )
    return (*book.event_names, *common)


def _stands_alone(said: object) -> bool:
    return isinstance(said, Mapping) and "event" not in said
