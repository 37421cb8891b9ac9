"""Which events can happen to tickets of a book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ....book.message_actions import QueueMessage
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


def list_templates(book: Book, events: Iterable[str]) -> list[str]:
    """The templates of which rules of some events make messages."""
    rules = [rule for name in events for rule in book.event(name).rules]
    actions = [step.action for rule in rules for step in rule.steps]
    return sorted({one.template for one in actions if isinstance(one, QueueMessage)})
