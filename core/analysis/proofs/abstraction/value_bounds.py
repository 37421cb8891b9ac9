"""From where on a date or a number makes no difference to any test of a book.

A test cuts the whole numbers in two; beyond the last cut all are alike. The cuts of a count of days
are cuts of the date it is counted from, those of a fact are cuts of what it reads and of what is
copied into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ....book.model import Book, DateFact, DueFact, Event
from ....tables.cells import Cell
from ....tables.decision_table import CellRow
from ....values.field_types import Field
from .abstract_ticket import ANY, BLANK, SOME, TEXT, DateRange, Unknown, day, offset
from .fact_dependencies import FactDependencies

_MOST = 400
"""Days, or numbers, from which on there are too many: nothing is known of them."""


class Bound(NamedTuple):
    """Days back and ahead up to which a date is exact, and up to where a number is."""

    past: int = 0
    future: int = 0
    steps: int = 0

    def with_(self, other: Bound) -> Bound:
        """A bound as wide as both."""
        return Bound(*(max(a, b) for a, b in zip(self, other, strict=True)))


class ValueBounds:
    """The bounds of the facts, inputs and parts of a book."""

    def __init__(self, book: Book, reads: FactDependencies, rows: Iterable[CellRow]) -> None:
        """`rows` are tests beside those of the book's tables."""
        self._book, self._reads = book, reads
        self._of: dict[str, Bound] = {}
        self.words = frozenset(_words(book))
        events = [book.event(name) for name in book.event_names]
        for row in (*rows, *(row for event in events for row in _rows(event))):
            for name, cell in row.items():
                self._raise(name, self._own(name, cell))
        flows = {flow for event in events for flow in _flows(event)}
        for _ in range(12):
            before = dict(self._of)
            self._through_facts(events)
            for source, part in flows:
                self._raise(source, self.of(part))
            if self._of == before:
                break

    def of(self, name: str) -> Bound:
        """The bound of a fact, an input, or a part of the ticket file (`table.column`)."""
        return self._of.get(name, Bound())

    def _raise(self, name: str, bound: Bound) -> None:
        self._of[name] = self.of(name).with_(bound)

    def _own(self, name: str, cell: Cell) -> Bound:
        cuts = [
            c
            for s in cell.spans
            for c in (s.low, None if s.high is None else s.high + 1)
            if c is not None
        ]
        top, low = max(cuts, default=0), min(cuts, default=0)
        fact = self._book.facts.get(name)
        if not isinstance(fact, DateFact):
            return Bound(steps=max(top, -low, 0))
        if fact.unit == "past":
            return Bound(past=1)
        if fact.unit == "hours_until":
            top, low = -(-top // 24) + 1, low // 24
        if fact.unit.endswith("_until"):
            return Bound(past=max(1 - low, 0), future=max(top - 1, 0))
        return Bound(past=max(top, 0), future=max(-low, 0))

    def _through_facts(self, events: Iterable[Event]) -> None:
        """From facts to what they are worked out from."""
        for name, fact in self._book.facts.items():
            bound = self.of(name)
            if isinstance(fact, DateFact):
                self._raise(fact.base, bound._replace(steps=0))
            elif isinstance(fact, DueFact):
                for due in fact.dues:
                    if due.base is not None:
                        further = max(bound.past + due.number, 0), max(bound.future - due.number, 0)
                        self._raise(due.base, Bound(*further))
        columns = {column for event in events for column in event.columns}
        for name in columns | {n for n, f in self._book.facts.items() if isinstance(f, Field)}:
            self._raise_parts(name)

    def _raise_parts(self, fact: str) -> None:
        looked = self._reads.of(fact)
        if not looked.simple:
            return
        figure = max(self.figures(looked.given), looked.figure)
        bound = self.of(fact).with_(Bound(steps=figure))
        if "today" in looked.given or "now" in looked.given:
            days = max(self.figures(looked.given), looked.days) + 1
            bound = bound.with_(Bound(days, days))
        for part in looked.parts:
            self._raise(part, bound)
        for name in looked.given & set(self._book.input_names):
            self._raise(name, bound)

    def figures(self, names: Iterable[str]) -> int:
        """The largest whole number among some parameters."""
        known = [p.figures().values() for n, p in self._book.parameters.items() if n in names]
        return max((v for values in known for v in values if type(v) is int), default=0)

    # --- values as classes -----------------------------------------------------------------------

    def squeeze(self, name: str, field: Field, value: Any) -> Any:
        """A value as its class, for the fact, input or part `name`, whose type `field` has."""
        if value is None or isinstance(value, Unknown):
            return value
        if field.many:
            return self._squeezed_list(name, field, value)
        if self.is_wide(name) and field.type in ("date", "moment", "integer"):
            return SOME
        if field.type in ("date", "moment"):
            ends = value.ends if isinstance(value, DateRange) else (offset(value),)
            days = {self.clamped(name, one) for one in ends}
            return day(days.pop()) if len(days) == 1 else SOME
        if field.type == "money":
            return SOME
        if field.type == "integer":
            steps = self.of(name).steps
            return max(min(value, steps), -steps - 1)
        if field.type in ("word", "status", "boolean"):
            return value
        return text_class(value, self.words)

    def _squeezed_list(self, name: str, field: Field, value: Any) -> Any:
        bare = field._replace(many=False)
        squeezed = tuple(self.squeeze(name, bare, one) for one in value)
        return SOME if len(squeezed) > 4 or SOME in squeezed or ANY in squeezed else squeezed

    def is_wide(self, name: str) -> bool:
        """Whether too many values would have to be told apart."""
        return max(self.of(name)) > _MOST

    def numbers(self, name: str, field: Field) -> Sequence[Any]:
        """The numbers that are told apart; the first and the last stand for all beyond."""
        if self.is_wide(name):
            return [SOME]
        steps = self.of(name).steps
        low = -steps - 1 if field.low is None else field.low
        return range(low, max(steps, low) + 1)

    def days(self, name: str) -> Sequence[Any]:
        """The days that are told apart, as dates; the first and the last stand for all beyond."""
        if self.is_wide(name):
            return [SOME]
        bound = self.of(name)
        return [day(n) for n in range(-bound.past, bound.future + 2)]

    def clamped(self, name: str, days: int) -> int:
        """How far a date lies ahead, no further than its bounds."""
        bound = self.of(name)
        return max(-bound.past, min(days, bound.future + 1))

    def at_bound(self, name: str, iso: str) -> bool:
        """Whether a date stands for all beyond it, too."""
        bound = self.of(name)
        return not -bound.past < offset(iso) <= bound.future


def text_class(value: str, words: Iterable[str]) -> str | Unknown:
    """A text as its class: a word of the book, a text that says nothing, or any other one."""
    if str(ANY) in value:
        return SOME
    return value if value in words and value.strip() else TEXT if value.strip() else BLANK


def _rows(event: Event) -> Iterator[CellRow]:
    for rule in event.rules:
        yield from rule.rows
        yield from (step.when for step in rule.steps)
    yield from (given.when for given in event.inputs.values())


def _flows(event: Event) -> Iterator[tuple[str, str]]:
    """The facts and inputs that are copied as they are, each with the part it is copied to."""
    for rule in event.rules:
        for step in rule.steps:
            for part, source in step.action.puts:
                yield from ((name, str(part)) for name in source.copied_names)


def _words(book: Book) -> Iterator[str]:
    """The words of a book that a text can be: those of its parameters, of words, and in its SQL."""
    yield from re.findall(r"'([^'\n]+)'", book.facts_sql)
    for parameter in book.parameters.values():
        parts = [
            *parameter.figures().values(),
            *(parameter.value if isinstance(parameter.value, dict) else ()),
        ]
        yield from (part for part in parts if isinstance(part, str))
    events = [book.event(name) for name in book.event_names]
    fields = [given.field for event in events for given in event.inputs.values()]
    for field in (*fields, *book.fields.values()):
        yield from field.values
