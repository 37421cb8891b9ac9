"""The words of a book that can stand in a ticket: they are nobody's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..book.action_records import Close
from ..book.list_actions import Tag
from ..book.model import Book, Step
from ..book.placeholders import Text
from ..errors import BadInput


class BookWords(NamedTuple):
    """The words of its figures, what its rules close a ticket with, and the tags that they set."""

    figures: frozenset[str]
    results: frozenset[str]
    tags: tuple[re.Pattern[str], ...]

    def has_tag(self, tag: str) -> bool:
        """Whether a tag is one that a rule sets."""
        return any(pattern.fullmatch(tag) for pattern in self.tags)


NO_WORDS = BookWords(frozenset(), frozenset(), ())


@lru_cache(64)
def find_words(book: Book) -> BookWords:
    """The words of a book, as far as its rules can be read."""
    results = {one for status in book.statuses.values() for one in status.results}
    tags = set[str]()
    close = book.common.get("close")
    if isinstance(close, dict):
        results.update(close.get("results", ()))
    for step in _list_steps(book):
        if isinstance(step.action, Close) and not step.action.result.names:
            results.add(step.action.result.as_written)
        elif isinstance(step.action, Tag):
            tags.add(_match_number(step.action.tag))
    for name in book.event_names:
        results.update(_read_values(book, name, "result"))
    figures = {word for one in book.parameters.values() for word in _list_texts(one.value)}
    patterns = tuple(re.compile(one) for one in sorted(tags))
    return BookWords(frozenset(figures), frozenset(results), patterns)


def _list_steps(book: Book) -> Iterator[Step]:
    for name in book.event_names:
        try:
            rules = book.event(name).rules
        except BadInput:
            continue
        for rule in rules:
            yield from rule.steps


def _read_values(book: Book, event: str, name: str) -> tuple[str, ...]:
    """The words that an input can be."""
    try:
        given = book.event(event).inputs.get(name)
    except BadInput:
        return ()
    return () if given is None else given.field.values


def _match_number(text: Text) -> str:
    """A pattern for a tag: what its rule counts in it is a number."""
    return "".join(r"\d+" if n % 2 else re.escape(part) for n, part in enumerate(text.parts))


def _list_texts(value: object) -> Iterator[str]:
    """The texts in a figure, whatever it is made of."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield str(name)
            yield from _list_texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _list_texts(one)
