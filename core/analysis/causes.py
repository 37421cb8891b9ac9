"""What differs between decisions, by cause: many that differ in one way are told once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from .effects import DUE, FIELD, NEXT, NONE, RECIPIENT, REFUSED, SAID, TEXT, WAIT, EffectChange

_BY_SUBJECT = (DUE, FIELD, RECIPIENT, WAIT)
"""Kinds of which one cause gives each ticket other values."""

_BY_RULE = ("note", "item", "opened ticket", "new customer", SAID, NEXT, REFUSED)
"""Kinds whose texts are each rule's own."""

Key = tuple[str, ...]


@dataclass
class Cause:
    """A way in which decisions of a book differ: what, of which rules how often, and the first one.

    `about` are the things of which it is told, each once: a letter in several languages.
    """

    book: str
    change: EffectChange
    example: str
    rules: Counter[str] = field(default_factory=Counter)
    about: dict[str, None] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many decisions it is."""
        return self.rules.total()

    @property
    def title(self) -> str:
        """What differs, for a heading."""
        if self.change.kind != TEXT:
            return f"{self.change.kind} {', '.join(self.about)}".rstrip()
        languages: dict[str, list[str]] = {}
        for letter in self.about:
            template, _, language = letter.removesuffix(")").partition(" (")
            languages.setdefault(template, []).append(language)
        told = (f"{name} ({', '.join(known)})" for name, known in languages.items())
        return f"{TEXT} of {', '.join(told)}"


class Causes:
    """Collects what differs, decision by decision."""

    def __init__(self) -> None:
        self._found: dict[Key, Cause] = {}

    def add(self, book: str, rule: str, change: EffectChange, example: str) -> None:
        """Take what is different about a decision of a rule; `example` says which decision it is."""
        key = (book, *_find_key(rule, change))
        cause = self._found.setdefault(key, Cause(book, change, example))
        cause.rules[rule] += 1
        cause.about[change.what] = None

    def list(self) -> list[Cause]:
        """The causes, by book, the most frequent first. Letters in which the same words differ share
        what they include, so they are one."""
        merged: dict[Key, Cause] = {}
        for own_key, cause in self._found.items():
            one, key = cause.change, own_key
            if one.kind == TEXT:
                key = (cause.book, TEXT, str(one.was), str(one.now))
            known = merged.setdefault(key, Cause(cause.book, one, cause.example))
            known.rules.update(cause.rules)
            known.about |= cause.about
        return sorted(merged.values(), key=lambda cause: (cause.book, -cause.count))


def _find_key(rule: str, one: EffectChange) -> Key:
    """What tells one cause from another."""
    if one.kind == TEXT:
        return TEXT, one.what.partition(" (")[0]
    if one.kind in _BY_SUBJECT:
        return one.kind, one.what
    if one.kind in _BY_RULE:
        return one.kind, one.what, rule
    was = "" if one.kind == NONE else _blur(one.was)
    return one.kind, one.what, was, _blur(one.now)


def _blur(value: str | None) -> str:
    """A value without its numbers: tags and dates count up."""
    return "" if value is None else re.sub(r"\d+", "#", value)
