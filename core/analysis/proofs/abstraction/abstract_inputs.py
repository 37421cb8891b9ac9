"""What the caller of an event can give: a value of each class of those that make a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any

from ....book.model import Event, Input
from ....tables.decision_table import CellRow, find_misses
from .abstract_ticket import (
    ALL,
    ANY,
    BLANK,
    SOME,
    SOME_OF,
    TEXT,
    AbstractTicket,
    OneOf,
    Unknown,
    day,
    offset,
)
from .kept_parts import KeptParts
from .relevant_rules import MOST_WORDS, RelevantRule
from .value_bounds import ValueBounds


class AbstractInputs:
    """The inputs of events, for the classes of a scope."""

    def __init__(self, scope: KeptParts, bounds: ValueBounds) -> None:
        self._scope, self._bounds = scope, bounds
        self._known: dict[object, list[dict[str, Any]]] = {}

    def of(
        self, event: Event, rule: RelevantRule, row: CellRow, ticket: AbstractTicket | None
    ) -> Sequence[dict[str, Any]]:
        """All that can be given for a row of a rule to hold."""
        key = (id(rule), id(row))
        if key in self._known:
            return self._known[key]
        found = self._found(event, rule, row, ticket)
        if not any(one.among is not None and n in rule.inputs for n, one in event.inputs.items()):
            self._known[key] = found
        return found

    def _found(
        self, event: Event, rule: RelevantRule, row: CellRow, ticket: AbstractTicket | None
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [{}]
        for name, given in event.inputs.items():
            cell = row.get(name)
            grown = []
            for before in found:
                if given.when and find_misses(given.when, before):
                    values: list[Any] = [None]
                else:
                    values = self._values(
                        name,
                        given,
                        name in rule.inputs,
                        name in rule.exact or cell is not None,
                        name in event.one_of,
                        ticket,
                    )
                grown += [{**before, name: v} for v in values if cell is None or cell.holds(v)]
            found = grown
        return [one for one in found if not event.one_of or any(one[n] for n in event.one_of)]

    def _values(
        self,
        name: str,
        given: Input,
        matters: bool,
        exact: bool,
        one_of: bool,
        ticket: AbstractTicket | None,
    ) -> list[Any]:
        """Values of an input, one of each class; one alone where it makes no difference."""
        field = given.field
        without = [None] if field.optional and not given.default_today and matters else []
        if field.many:
            named = (
                self._named_items(given, ticket)
                if matters and given.among is not None
                else [(SOME,)]
            )
            return [*without, *named]
        if field.type == "boolean":
            return [False, True] if matters else [one_of or bool(field.default)]
        if field.values and (len(field.values) <= MOST_WORDS or exact):
            return [*without, *(field.values if matters else field.values[:1])]
        if field.values:
            return [*without, OneOf(field.values)]
        if field.type in ("date", "moment"):
            return [*without, *(self._days(name, given) if matters else [day(0)])]
        if field.type == "integer":
            return [*without, *(self._bounds.numbers(name, field) if matters else [SOME])]
        if field.type == "money":
            return [*without, SOME]
        more = [BLANK] if matters and field.type == "text" else []
        return [*without, TEXT, *more]

    def _days(self, name: str, given: Input) -> list[Any]:
        return [
            one
            for one in self._bounds.days(name)
            if one is SOME
            or (
                not (given.earliest_today and offset(one) < 0)
                and not (given.latest_today and offset(one) > 0)
            )
        ]

    def _named_items(self, given: Input, ticket: AbstractTicket | None) -> list[tuple[Any, ...]]:
        """Which of a ticket's items can be named: each choice of those that are told apart."""
        assert given.among is not None
        kind, _, where = given.among
        kinds = self._scope.kinds
        rows = ticket.lists[kinds.index(kind)] if ticket is not None and kind in kinds else ANY
        if isinstance(rows, Unknown):
            return [(SOME,)]
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
        older = [
            [(), (f"{ALL}{place}",), (f"{SOME_OF}{place}",)]
            for place, content in enumerate(rows.kinds)
            if self._fits(kind, content, where)
        ]
        found = [
            tuple(name for part in (some, *old) for name in part)
            for some in chosen.values()
            for old in product(*older)
        ]
        return [one for one in found if one]

    def _fits(self, kind: str, content: tuple[Any, ...], where: Mapping[str, Any]) -> bool:
        known = dict(zip(self._scope.contents[kind], content, strict=True))
        return all(n not in known or _may_be(known[n], v) for n, v in where.items())


def _may_be(value: Any, wanted: Any) -> bool:
    return value == wanted or isinstance(value, Unknown)
