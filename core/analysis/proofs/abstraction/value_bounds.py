"""From where on a date or a number makes no difference to any test of a book.

A test cuts the whole numbers in two; beyond the last cut all are alike. The cuts of a count of days
are cuts of the date it is counted from, those of a fact are cuts of what it reads and of what is
copied into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast

from ....book.list_actions import SetTask
from ....book.model import Book, DateFact, DueFact, Event
from ....book.parameters import Parameter
from ....book.ticket_parts import Part
from ....tables.cells import Cell
from ....tables.decision_table import CellRow
from ....values.field_types import Field
from ..abstract_values import (
    ANY,
    BLANK,
    MARK,
    SOME,
    TEXT,
    AbstractValue,
    DateRange,
    Unknown,
    day,
    offset,
)
from .fact_dependencies import Dependencies, FactDependencies
from .possible_events import list_event_names

_MOST = 400
"""Days, or numbers, from which on there are too many: nothing is known of them."""

_LONGEST_LIST = 4
_ROUNDS = 12
"""How often bounds are handed on from what is read to what reads it: longer chains are not found."""

Source = str | Part
"""What has a bound: a fact, an input, or a part of a ticket."""


class Bound(NamedTuple):
    """Days back and ahead up to which a date is exact, and up to where a number is."""

    past: int = 0
    future: int = 0
    steps: int = 0

    def widen(self, other: Bound) -> Bound:
        """A bound as wide as both."""
        return Bound(
            max(self.past, other.past),
            max(self.future, other.future),
            max(self.steps, other.steps),
        )

    @property
    def is_wide(self) -> bool:
        """Whether too many values would have to be told apart."""
        return max(self) > _MOST

    def list_numbers(self, field: Field) -> Sequence[AbstractValue]:
        """The numbers that are told apart; the first and the last stand for all beyond."""
        if self.is_wide:
            return [SOME]
        low = -self.steps - 1 if field.low is None else field.low
        return range(low, max(self.steps, low) + 1)

    def list_days(self) -> Sequence[AbstractValue]:
        """The days that are told apart, as dates; the first and the last stand for all beyond."""
        if self.is_wide:
            return [SOME]
        return [day(n) for n in range(-self.past, self.future + 2)]

    def clamp(self, days: int) -> int:
        """How far a date lies ahead, no further than the bound."""
        return max(-self.past, min(days, self.future + 1))

    def is_at_end(self, iso: str) -> bool:
        """Whether a date stands for all beyond it, too."""
        return not -self.past < offset(iso) <= self.future

    def abstract(self, field: Field, value: AbstractValue, words: frozenset[str]) -> AbstractValue:
        """A value as its class, of a type that `field` says; `words` are the texts told apart.

        Raises TypeError or ValueError for a value of another type, as a query can give.
        """
        if value is None or isinstance(value, Unknown):
            return value
        if field.many:
            return self._abstract_list(field, value, words)
        if field.type in ("date", "moment"):
            return self._abstract_date(value)
        if field.type == "integer":
            return self._abstract_number(value)
        if field.type == "money":
            return SOME
        if field.type in ("word", "status", "boolean"):
            return value
        return abstract_text(cast(str, value), words)

    def _abstract_date(self, value: AbstractValue) -> AbstractValue:
        if self.is_wide:
            return SOME
        if isinstance(value, DateRange):
            first, last = map(self.clamp, value.ends)
            return day(first) if first == last else SOME
        return day(self.clamp(offset(cast(str, value))))

    def _abstract_number(self, value: AbstractValue) -> AbstractValue:
        if self.is_wide:
            return SOME
        return max(min(cast(int, value), self.steps), -self.steps - 1)

    def _abstract_list(
        self, field: Field, value: AbstractValue, words: frozenset[str]
    ) -> AbstractValue:
        bare = field._replace(many=False)
        listed = cast(Sequence[AbstractValue], value)
        values = tuple(self.abstract(bare, one, words) for one in listed)
        return SOME if len(values) > _LONGEST_LIST or SOME in values or ANY in values else values


class ValueBounds:
    """The bounds of the facts, inputs and parts of a book."""

    def __init__(
        self,
        book: Book,
        dependencies: FactDependencies,
        rows: Iterable[CellRow],
        kinds: Iterable[str] = (),
    ) -> None:
        """`rows` are tests, and `kinds` kinds of tasks, that are asked for beside the book's tables."""
        self._book, self._dependencies = book, dependencies
        self._of: dict[Source, Bound] = {}
        self.words = frozenset(_words(book))
        events = [book.event(name) for name in list_event_names(book)]
        tested = set[str]()
        for row in (*rows, *(row for event in events for row in _rows(event))):
            for name, cell in row.items():
                self._widen(name, self._bound_of_cell(name, cell))
                tested |= {one for one in cell.values if isinstance(one, str)}
        self.task_kinds = frozenset({*kinds, *book.tasks, *self.words, *tested})
        """Among them the kinds of tasks that something tells from any other."""
        self.alike_task_kinds = _list_task_kinds(events) - self.task_kinds
        """Those that rules set, and that nothing tells apart."""
        flows = {flow for event in events for flow in _flows(event)}
        for _ in range(_ROUNDS):
            before = dict(self._of)
            self._widen_through_facts(events)
            for source, part in flows:
                self._widen(source, self.of(part))
            if self._of == before:
                break

    def of(self, source: Source) -> Bound:
        """The bound of a fact, an input, or a part of a ticket."""
        return self._of.get(source, _NO_BOUND)

    def _widen(self, source: Source, bound: Bound) -> None:
        self._of[source] = self.of(source).widen(bound)

    def _bound_of_cell(self, name: str, cell: Cell) -> Bound:
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

    def _widen_through_facts(self, events: Iterable[Event]) -> None:
        """From facts to what they are worked out from."""
        for name, fact in self._book.facts.items():
            bound = self.of(name)
            if isinstance(fact, DateFact):
                self._widen(fact.base, bound._replace(steps=0))
            elif isinstance(fact, DueFact):
                for due in fact.dues:
                    if due.base is not None:
                        further = max(bound.past + due.number, 0), max(bound.future - due.number, 0)
                        self._widen(due.base, Bound(*further))
        columns = {column for event in events for column in event.columns}
        for name in columns | {n for n, f in self._book.facts.items() if isinstance(f, Field)}:
            self._widen_parts(name)

    def _widen_parts(self, fact: str) -> None:
        reads = self._dependencies.of(fact)
        if not reads.simple:
            return
        figure = max(self.largest_figure(reads.given), reads.figure)
        bound = self.of(fact).widen(Bound(steps=figure))
        if "today" in reads.given or "now" in reads.given:
            days = max(self.largest_figure(reads.given), reads.days) + 1
            bound = bound.widen(Bound(days, days))
        for part in reads.parts:
            self._widen(part, bound)
        for name in reads.given & set(self._book.input_names):
            self._widen(name, bound)

    def largest_figure(self, names: Iterable[str]) -> int:
        """The largest whole number among some parameters."""
        known = [p.figures().values() for n, p in self._book.parameters.items() if n in names]
        return max((v for values in known for v in values if type(v) is int), default=0)

    def words_of(self, reads: Dependencies) -> list[str]:
        """The words that a fact's query compares: those in it, and those of parameters it is given."""
        figures = [self._book.parameters[n] for n in sorted(reads.given & {*self._book.parameters})]
        compared = {*reads.texts, *(word for figure in figures for word in _words_in(figure))}
        return sorted(compared & self.words)

    def abstract(self, source: Source, field: Field, value: AbstractValue) -> AbstractValue:
        """A value as its class, for a fact, input or part whose type `field` has."""
        return self.of(source).abstract(field, value, self.words)


_NO_BOUND = Bound()


def abstract_text(value: str, words: Iterable[str]) -> str | Unknown:
    """A text as its class: a word of the book, a text that says nothing, or any other one."""
    if MARK in value:
        return SOME
    return value if value in words and value.strip() else TEXT if value.strip() else BLANK


def _rows(event: Event) -> Iterator[CellRow]:
    for rule in event.rules:
        yield from rule.rows
        yield from (step.when for step in rule.steps)
    yield from (given.when for given in event.inputs.values())


def _flows(event: Event) -> Iterator[tuple[str, Part]]:
    """The facts and inputs that are copied as they are, each with the part it is copied to."""
    for rule in event.rules:
        for step in rule.steps:
            for part, source in step.action.puts:
                yield from ((name, part) for name in source.copied_names)


def _list_task_kinds(events: Iterable[Event]) -> frozenset[str]:
    """The kinds of tasks that rules of some events set."""
    actions = (step.action for event in events for rule in event.rules for step in rule.steps)
    return frozenset(one.kind for one in actions if isinstance(one, SetTask))


def _words(book: Book) -> Iterator[str]:
    """The words of a book that a text can be: those of its parameters, of words, and in its SQL."""
    yield from re.findall(r"'([^'\n]+)'", book.facts_sql)
    for parameter in book.parameters.values():
        yield from _words_in(parameter)
    events = [book.event(name) for name in book.event_names]
    fields = [given.field for event in events for given in event.inputs.values()]
    for field in (*fields, *book.fields.values()):
        yield from field.values


def _words_in(parameter: Parameter) -> Iterator[str]:
    """The words of a parameter: its values, and the names they go by."""
    names = parameter.value if isinstance(parameter.value, dict) else ()
    yield from (one for one in (*parameter.figures().values(), *names) if isinstance(one, str))
