"""What a book can declare of itself: what never happens, what always holds, how long a way takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..tables.decision_table import CellRow

EACH = "*"
"""In place of a template, or of a rule of an event: each one in its turn."""

WAITING, LEFT, BOUNCED = "waiting", "left", "bounced"
MESSAGE_STATES = (WAITING, LEFT, BOUNCED)
"""What a row can ask of a ticket's messages: one waits (or is held, or could not be sent), has left, or
has come back."""

_MESSAGE = "message "


def name_message(template: str) -> str:
    """The name under which a row has its test of a template's messages."""
    return _MESSAGE + template


def find_template(name: str) -> str | None:
    """The template whose messages a row tests under a name; None where that is a fact or a field."""
    return name[len(_MESSAGE) :] if name.startswith(_MESSAGE) else None


class Happening(NamedTuple):
    """A step of a ticket's life: `named` has the words that can stand for each part of it.

    `data` are the values that fields of an item that is added can have, `facts` rows of tests of facts
    and inputs as the rule saw them, of which one has to hold where there are some. With `to_nobody`
    messages count that have no recipient, too; steps of the events `other_than` do not count. With
    `changes` only steps count that change the ticket; `dated` is the input that says on which day it
    happened, where that is not the day of the step.
    """

    named: Mapping[str, tuple[str, ...]]
    data: Mapping[str, tuple[object, ...]]
    facts: tuple[CellRow, ...] = ()
    to_nobody: bool = False
    other_than: tuple[str, ...] = ()
    changes: bool = False
    dated: str = ""

    def is_about_each(self, part: str) -> bool:
        """Whether it is about each template, or each rule of its event."""
        return self.named.get(part) == (EACH,)

    def of(self, part: str, word: str) -> Happening:
        """The same of one template or rule, where it is about each."""
        if not self.is_about_each(part):
            return self
        return self._replace(named={**self.named, part: (word,)})


class Property(NamedTuple):
    """Something a book declares: its kind is one of KINDS, `line` is where it stands.

    `happens` and `other` are the happenings it speaks of, `number` is how many, or how many days,
    `rows` are tests, `status` the status it is about; `same_day` narrows it to one day, `at_once` to
    steps with none between them; with `since` it begins anew.
    """

    id: str
    line: str
    says: str
    kind: str
    happens: Happening | None = None
    other: Happening | None = None
    number: int = 0
    rows: tuple[CellRow, ...] = ()
    status: str = ""
    same_day: bool = False
    at_once: bool = False
    since: Happening | None = None

    @property
    def happenings(self) -> Sequence[Happening]:
        """All happenings it speaks of."""
        return [one for one in (self.happens, self.other, self.since) if one is not None]

    @property
    def tests(self) -> Sequence[CellRow]:
        """All rows of tests in it."""
        return (*self.rows, *(row for one in self.happenings for row in one.facts))

    def one_by_one(
        self, templates: Sequence[str], rules: Mapping[str, Sequence[str]]
    ) -> list[Property]:
        """It for each template or rule, where it is about each, and for each row that asks for messages.

        `rules` are those of each event that change something: of others there is nothing to say.
        """
        if self.kind == "never" and any(find_template(name) for row in self.rows for name in row):
            return [self._replace(rows=(row,)) for row in self.rows]
        each_rule = [one for one in self.happenings if one.is_about_each("rule")]
        if each_rule:
            events = dict.fromkeys(name for one in each_rule for name in one.named["event"])
            return [self._of("rule", rule) for name in events for rule in rules[name]]
        if any(one.is_about_each("message") for one in self.happenings):
            return [self._of("message", name) for name in templates]
        return [self]

    def _of(self, part: str, word: str) -> Property:
        """It for one template or rule."""
        return self._replace(
            happens=self.happens and self.happens.of(part, word),
            other=self.other and self.other.of(part, word),
            since=self.since and self.since.of(part, word),
        )


class Way(NamedTuple):
    """A status to which the shortest and the longest way are told.

    `given` has the events that people cause on the way, each with the values that some inputs then
    have.
    """

    id: str
    to: str
    says: str
    given: Mapping[str, Mapping[str, tuple[object, ...]]]
