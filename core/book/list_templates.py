"""The messages that rules of a book make."""

from __future__ import annotations

from collections.abc import Iterable

from .message_actions import QueueMessage
from .model import Book


def list_templates(book: Book, events: Iterable[str]) -> list[str]:
    """The templates of which rules of some events make messages."""
    rules = [rule for name in events for rule in book.event(name).rules]
    actions = [step.action for rule in rules for step in rule.steps]
    return sorted({one.template for one in actions if isinstance(one, QueueMessage)})
