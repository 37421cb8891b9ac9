"""What the caller of an event can give: a value of each class of those that make a difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from ....book.model import Among, Event, Input
from ....tables.decision_table import find_misses
from ....values.field_types import Field
from ...scenarios.mail_outcome import MAIL_EVENTS
from ..abstract_values import (
    ALL,
    ANY,
    BLANK,
    SOME,
    SOME_OF,
    TEXT,
    AbstractValue,
    FactTests,
    OneOf,
    Unknown,
    Values,
    as_values,
    day,
    offset,
)
from .abstract_ticket import AbstractList, AbstractTicket, Content
from .kept_parts import DAYS, KeptParts
from .relevant_rules import MOST_WORDS, RelevantRule
from .standing_values import find_standing, list_task_kinds
from .value_bounds import ValueBounds


class AbstractInputs:
    """The inputs of events, for the classes of an abstraction."""

    def __init__(self, kept: KeptParts, bounds: ValueBounds, on_its_day: bool) -> None:
        """`on_its_day`: what has happened is recorded on the day on which it happens."""
        self._kept, self._bounds, self._on_its_day = kept, bounds, on_its_day
        self._known: dict[tuple[int, int], Sequence[Values]] = {}

    def of(
        self, event: Event, rule: RelevantRule, row: FactTests, ticket: AbstractTicket | None
    ) -> Sequence[Values]:
        """All that can be given for a row of a rule to hold."""
        key = (id(rule), id(row))
        if key in self._known:
            return self._known[key]
        found = self._find(event, rule, row, ticket)
        inputs = ((n, one) for n, one in event.inputs.items() if n in rule.inputs)
        if not any(one.among is not None or one.standing is not None for n, one in inputs):
            self._known[key] = found
        return found

    def list_guessed(
        self, event: Event, rule: RelevantRule, ticket: AbstractTicket | None, given: Values
    ) -> frozenset[str]:
        """What of a ticket is not known for the inputs that say how it stands."""
        stands = (one.standing for n, one in event.inputs.items() if n in rule.inputs)
        found = (find_standing(self._kept, s, ticket, given) for s in stands if s is not None)
        return frozenset().union(*(one.guessed for one in found))

    def _find(
        self, event: Event, rule: RelevantRule, row: FactTests, ticket: AbstractTicket | None
    ) -> list[Values]:
        found: list[Values] = [{}]
        for name, spec in event.inputs.items():
            cell = row.get(name)
            grown: list[Values] = []
            for before in found:
                values: Sequence[AbstractValue] = [None]
                if spec.standing is not None and name in rule.inputs:
                    values = find_standing(self._kept, spec.standing, ticket, before).values
                elif not (spec.when and find_misses(spec.when, before)):
                    values = self._values(event, rule, name, cell is not None, ticket)
                grown += [{**before, name: v} for v in values if cell is None or cell.holds(v)]
            found = grown
        return [one for one in found if not event.one_of or any(one[n] for n in event.one_of)]

    def _values(
        self,
        event: Event,
        rule: RelevantRule,
        name: str,
        is_tested: bool,
        ticket: AbstractTicket | None,
    ) -> Sequence[AbstractValue]:
        """Values of an input, one of each class; one alone where it makes no difference."""
        spec = event.inputs[name]
        is_exact = is_tested or name in rule.exact
        if name not in rule.inputs:
            return [self._any_value(spec.field, is_exact, name in event.one_of)]
        classes = self._classes(event, name, is_exact, ticket)
        if name in rule.vague and spec.field.type in DAYS and not spec.field.many:
            classes = [self._any_value(spec.field, is_exact, name in event.one_of)]
        if name == "task" and any(one.standing == name for one in event.inputs.values()):
            classes = self._task_kinds(ticket)
        is_left_out = spec.field.optional and not spec.default_today
        if not is_left_out or (spec.field.type == "boolean" and not spec.field.many):
            return classes
        return [None, *classes]

    def _task_kinds(self, ticket: AbstractTicket | None) -> Sequence[AbstractValue]:
        """The kinds of tasks that can be named: those that are open."""
        known = None if ticket is None else list_task_kinds(self._kept, ticket)
        return [TEXT] if known is None else known

    def _any_value(self, field: Field, is_exact: bool, is_one_of: bool) -> AbstractValue:
        """A value of an input that makes no difference."""
        if field.many:
            return (SOME,)
        if field.type == "boolean":
            return is_one_of or bool(field.default)
        if field.values:
            return field.values[0] if _are_few(field, is_exact) else OneOf(field.values)
        if field.type in DAYS:
            return day(0)
        return SOME if field.type in ("integer", "money") else TEXT

    def _classes(
        self, event: Event, name: str, is_exact: bool, ticket: AbstractTicket | None
    ) -> Sequence[AbstractValue]:
        """A value of an input of each class that makes a difference: a message leaves on the day."""
        spec = event.inputs[name]
        field = spec.field
        if field.many:
            return [(SOME,)] if spec.among is None else self._item_choices(spec.among, ticket)
        if field.type == "boolean":
            return [False, True]
        if field.values:
            return field.values if _are_few(field, is_exact) else [OneOf(field.values)]
        if field.type in DAYS:
            return [day(0)] if event.name in MAIL_EVENTS else self._days(name, spec)
        if field.type == "integer":
            return self._bounds.of(name).list_numbers(field)
        if field.type == "money":
            return [SOME]
        return [TEXT, BLANK] if field.type == "text" else [TEXT]

    def _days(self, name: str, spec: Input) -> Sequence[AbstractValue]:
        if spec.latest_today and self._on_its_day:
            return [day(0)]
        return [
            one
            for one in self._bounds.of(name).list_days()
            if not isinstance(one, str)
            or not (
                (spec.earliest_today and offset(one) < 0) or (spec.latest_today and offset(one) > 0)
            )
        ]

    def _item_choices(
        self, among: Among, ticket: AbstractTicket | None
    ) -> Sequence[tuple[str | Unknown, ...]]:
        """Which of a ticket's items can be named: each choice of those that are told apart."""
        kind, where = among.items, as_values(among.where)
        kinds = self._kept.kinds
        rows = ticket.lists[kinds.index(kind)] if ticket is not None and kind in kinds else ANY
        if isinstance(rows, Unknown):
            return [(SOME,)]
        older: list[list[tuple[str, ...]]] = [
            [(), (f"{ALL}{place}",), (f"{SOME_OF}{place}",)]
            for place, content in enumerate(rows.kinds)
            if self._fits(kind, content, where)
        ]
        found = [
            tuple(name for part in (newest, *old) for name in part)
            for newest in self._choices_of_newest(kind, rows, where)
            for old in product(*older)
        ]
        return [one for one in found if one]

    def _choices_of_newest(
        self, kind: str, rows: AbstractList, where: Values
    ) -> Iterable[tuple[str, ...]]:
        """Choices of the newest items, one of those that are alike."""
        fitting = [
            (f"n{place}", content)
            for place, content in enumerate(rows.newest, 1)
            if self._fits(kind, content, where)
        ]
        chosen: dict[object, tuple[str, ...]] = {(): ()}
        for count in range(1, len(fitting) + 1):
            for some in combinations(fitting, count):
                alike = tuple(sorted((content for _, content in some), key=repr))
                chosen.setdefault(alike, tuple(name for name, _ in some))
        return chosen.values()

    def _fits(self, kind: str, content: Content, where: Values) -> bool:
        known = dict(zip(self._kept.contents[kind], content, strict=True))
        return all(n not in known or _may_be(known[n], v) for n, v in where.items())


def _are_few(field: Field, is_exact: bool) -> bool:
    """Whether each word of a field is tried."""
    return is_exact or len(field.values) <= MOST_WORDS


def _may_be(value: AbstractValue, wanted: AbstractValue) -> bool:
    return value == wanted or isinstance(value, Unknown)
