"""What a check finds in a book: a kind, a place in it, and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...system.toml_document import Path
from ...tables.cells import Value

KINDS = {
    "fault": "the book can't be read: a key, a name or a test is wrong",
    "overlap": "two rules answer the same facts",
    "gap": "facts that can occur, and that no rule answers",
    "name": "an unknown name in a free text: a role that is told something, a tag that is taken away,"
    " a command that is a view",
    "never": "a rule, a row of it or an action that can never apply; an event that no rule answers",
    "idle": "a test, a row or a condition without which the book would decide the same",
    "unused": "something the book declares and nothing uses",
    "language": "a message that reads like another language than its file's name says",
    "date": "a date or a figure in a message that no rule and no parameter knows",
    "figure": "a figure written out in a message that a parameter has: a warning",
    "reach": "facts.sql looks at tickets that the book's reach leaves out",
    "wide": "a book's reach is wider than its facts.sql needs, or is not said: a warning",
    "template": "a message that is missing in a language, or uses an unknown name",
    "text": "a text in another language that names other things in braces than the book's, or that the book"
    " does not have",
    "untranslated": "a text that is missing in a language the book has texts in: a warning",
    "status": "a status that no rule leaves, or that nothing enters",
    "anywhere": "an event that never asks the status, or a rule that leaves a status that waits without"
    " asking for it",
    "awaited": "an item that is open where nobody awaits it, or is not where it is awaited",
}
"""The kinds of findings, each with its meaning."""


WARNINGS = frozenset({"figure", "untranslated", "wide"})
"""The kinds that are told, and are not failures."""

ObservationKey = tuple[str, Path | str, str | None, str]
"""What distinguishes an observation from the others of a book, whatever its parameters are."""


class Observation(NamedTuple):
    """A finding where it is made: `at` is a path in book.toml, or the place in another file.

    `about` names the part of that place that the finding is about, whatever the parameters are.
    """

    kind: str
    at: Path | str
    sentence: str
    rule: str | None = None
    example: Mapping[str, Value] = {}
    about: str = ""

    @property
    def key(self) -> ObservationKey:
        """What distinguishes it from the others of the book, whatever its parameters are."""
        return self.kind, self.at, self.rule, self.about


class Finding(NamedTuple):
    """A finding in a book: `place` is file and line, `example` facts by name where there are any."""

    book: str
    kind: str
    place: str
    sentence: str
    rule: str | None
    example: Mapping[str, Value]

    @property
    def is_warning(self) -> bool:
        """Whether it is told, and is not a failure."""
        return self.kind in WARNINGS

    @property
    def line(self) -> str:
        """The finding as it is printed."""
        return f"{self.place}: {'warning: ' if self.is_warning else ''}{self.sentence}"

    def as_json(self) -> dict[str, object]:
        """The finding as --json prints it; `example` and `rule` only where there is one."""
        row: dict[str, object] = {"book": self.book, "fault": self.line, "kind": self.kind}
        if self.rule is not None:
            row["rule"] = self.rule
        return {**row, "example": dict(self.example)} if self.example else row


def join_words(words: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
