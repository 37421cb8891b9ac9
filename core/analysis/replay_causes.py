"""What a replay found, by cause: many decisions that differ in one way are told once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .effects import DUE, FIELD, NEXT, NONE, RECIPIENT, REFUSED, RULE, SAID, TEXT, EffectChange
from .replay import ReplayedDecision

_BY_SUBJECT = (DUE, FIELD, TEXT, RECIPIENT)
"""Kinds of which one cause gives each ticket other values."""

_BY_RULE = ("note", "item", "opened ticket", "new customer", SAID, NEXT, REFUSED)
"""Kinds whose texts are each rule's own."""

Key = tuple[str, ...]


@dataclass
class Cause:
    """A way in which decisions of a book differ: what, how many, of which rules, and the first one."""

    book: str
    difference: EffectChange
    first: ReplayedDecision
    rules: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many decisions it is."""
        return self.rules.total()


class Causes:
    """Collects the causes of a replay, and its figures."""

    def __init__(self) -> None:
        self.decisions = self.same = self.forgotten = 0
        self._found: dict[Key, Cause] = {}

    def count(self, again: ReplayedDecision) -> bool:
        """Count a decision; returns whether anything about it differs."""
        if again.forgotten:
            self.forgotten += 1
            return False
        self.decisions += 1
        self.same += again.same
        for one in list_differences(again):
            key = (again.book, *_find_key(again, one))
            cause = self._found.setdefault(key, Cause(again.book, one, again))
            cause.rules[again.rule] += 1
        return not again.same

    def list(self) -> list[Cause]:
        """The causes, by book, the most frequent first. Letters in which the same words differ share
        what they include, so they are one."""
        merged: dict[Key, Cause] = {}
        for key, cause in self._found.items():
            one = cause.difference
            if one.kind == TEXT:
                key = (cause.book, TEXT, str(one.was), str(one.now))
            if (known := merged.get(key)) is not None:
                known.rules.update(cause.rules)
                what = f"{known.difference.what}, {one.what.removeprefix('of ')}"
                known.difference = known.difference._replace(what=what)
            else:
                merged[key] = Cause(cause.book, one, cause.first, Counter(cause.rules))
        return sorted(merged.values(), key=lambda cause: (cause.book, -cause.count))


def list_differences(again: ReplayedDecision) -> Iterator[EffectChange]:
    """What differs, another rule or none included: what follows from that is not told beside it."""
    if again.now is None:
        yield EffectChange(NONE, "", again.rule, again.why)
    elif again.now != again.rule:
        yield EffectChange(RULE, "", again.rule, again.now)
    elif again.why is not None:
        yield EffectChange(REFUSED, "", again.rule, again.why)
    else:
        yield from again.differences


def _find_key(again: ReplayedDecision, one: EffectChange) -> Key:
    """What tells one cause from another."""
    if one.kind in _BY_SUBJECT:
        return one.kind, one.what
    if one.kind in _BY_RULE:
        return one.kind, one.what, again.rule
    was = "" if one.kind == NONE else one.was
    return one.kind, one.what, _blur(was), _blur(one.now)


def _blur(value: str | None) -> str:
    """A value without its numbers: tags and dates count up."""
    return "" if value is None else re.sub(r"\d+", "#", value)
