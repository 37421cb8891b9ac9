"""Facts of a class of tickets as far as they are known, and guesses of those that are not.

Where a fact is not known, every value that its domain and the book allow is tried, one of each class
that its tests tell apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from ....book.model import DateFact, DueFact, Event, Fact, ForbiddenFact
from ....values.field_types import Field
from ..abstract_values import ANY, SOME, TODAY_ISO, AbstractValue, FactTests, OneOf, Unknown, Values
from .abstract_dates import count_due, count_since
from .abstract_facts import FactQuery
from .abstract_ticket import AbstractTicket
from .relevant_rules import RelevantEvent, RelevantRule
from .shared_knowledge import SharedKnowledge

_GUESSED = ("text", "date", "moment", "ticket", "customer")
"""Types of which tests can ask only whether there is a value."""


class FactChoice(NamedTuple):
    """Facts for which a rule answers, and those of them that are guesses; of these, the ones of which
    nothing else is possible are `sure`."""

    values: dict[str, AbstractValue]
    guessed: frozenset[str]
    sure: frozenset[str] = frozenset()

    @property
    def open(self) -> frozenset[str]:
        """The guesses that could be otherwise."""
        return self.guessed - self.sure


class _NeverRow(NamedTuple):
    """A row that never holds, and the tests of it that are of what is guessed."""

    row: FactTests
    guessed: FactTests


def has_to_be_guessed(fact: Fact | None, value: object) -> bool:
    """Whether a fact has to be guessed for tests of it to be answered."""
    if not isinstance(value, Unknown):
        return False
    asks_only_presence = isinstance(fact, DueFact | ForbiddenFact) or (
        isinstance(fact, Field) and fact.type in _GUESSED
    )
    return value is ANY or not asks_only_presence


_MOST_TRIES = 2000
"""Choices that are ruled out, after which one is taken for possible."""


class FactGuesses:
    """What is known of facts, and choices of what is not."""

    def __init__(self, shared: SharedKnowledge) -> None:
        self._shared = shared
        self._facts: Mapping[str, Fact] = shared.book.facts

    # --- what is known ---------------------------------------------------------------------------

    def derive(
        self,
        query: FactQuery,
        derived: Sequence[str],
        ticket: AbstractTicket | None,
        given: Values,
        known: Values = MappingProxyType({}),
    ) -> dict[str, AbstractValue]:
        """Facts as far as they are known, and what is given; `known` are those that were asked before."""
        values = {**given, **known, **self._shared.facts.ask(query, ticket, given)}
        for name in derived:
            values[name] = self._derive_one(name, values)
        return values

    def _derive_one(self, name: str, values: Values) -> AbstractValue:
        fact = self._facts[name]
        if isinstance(fact, DueFact):
            return self._derive_due(name, fact, values)
        if isinstance(fact, ForbiddenFact):
            return None if values.get(fact.base) is None else ANY
        assert isinstance(fact, DateFact)
        return count_since(fact.unit, values.get(fact.base, ANY))

    def _derive_due(self, name: str, fact: DueFact, values: Values) -> AbstractValue:
        bounds, unsure = self._shared.bounds, False
        for due in fact.dues:
            base = TODAY_ISO if due.base is None else values.get(due.base, ANY)
            found = count_due(bounds, due, base)
            if found is ANY:
                unsure = True
            elif found is not None:
                return SOME if unsure else bounds.abstract(name, Field(name, "date"), found)
        return ANY if unsure and fact.optional else SOME if unsure else None

    def excludes(self, row: FactTests, values: Values) -> bool:
        """Whether a row does not hold, for what is known of these facts."""
        return any(
            name in row and not row[name].holds(value)
            for name, value in values.items()
            if not has_to_be_guessed(self._facts[name], value)
        )

    # --- guesses ---------------------------------------------------------------------------------

    def choose(
        self, relevant: RelevantEvent, rule: RelevantRule, row: FactTests, values: Values
    ) -> Iterator[FactChoice]:
        """Facts for which a row holds: one choice of guesses for each that makes another difference."""
        event = relevant.event
        if any(
            not isinstance(value := values.get(n, ANY), Unknown) and not cell.holds(value)
            for n, cell in row.items()
        ):
            return
        unknown = [
            n
            for n in sorted(rule.in_steps | row.keys())
            if self._is_guess(event, n, values.get(n, ANY))
        ]
        if any(n not in unknown and not cell.holds(values[n]) for n, cell in row.items()):
            return
        halves = [n for n in rule.uses if values.get(n, ANY) is ANY]
        never = self._list_never(event, rule, values, {*unknown, *halves})
        for one in never:
            if not one.guessed:
                self._shared.lean_on(one.row)
                return
        if unknown or halves:
            yield from self._guess(relevant, rule, row, values, unknown, halves, never)
        else:
            yield FactChoice(dict(values), frozenset())

    def _guess(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        row: FactTests,
        values: Values,
        unknown: Sequence[str],
        halves: Sequence[str],
        never: Sequence[_NeverRow],
    ) -> Iterator[FactChoice]:
        """Choices of what is `unknown`, and of whether there is a value for the `halves`.

        `never` are rows that do not hold for what is guessed, if all else is as it is. Of facts that
        the rule's steps do not ask for, one choice that is possible is enough; where very many are
        not, the next one is taken for possible: a proof looks at more then, never at less.
        """
        guessed = frozenset((*unknown, *halves))
        sure = self._find_sure(relevant, values, unknown, never)
        in_steps = [n for n in unknown if n in rule.in_steps]
        rest = [n for n in unknown if n not in rule.in_steps]
        names = (*in_steps, *halves)
        each = [_guesses(relevant, row, n, values.get(n, ANY)) for n in in_steps]
        of_rest = [_guesses(relevant, row, n, values.get(n, ANY)) for n in rest]
        for choice in product(*each, *([None, SOME] for _ in halves)):
            chosen = dict(zip(names, choice, strict=True))
            for tries, others in enumerate(product(*of_rest), 1):
                whole = {**chosen, **dict(zip(rest, others, strict=True))}
                if tries == _MOST_TRIES or not self._fits_one(relevant.event, never, whole):
                    yield FactChoice({**values, **whole}, guessed, sure)
                    break

    def _find_sure(
        self,
        relevant: RelevantEvent,
        values: Values,
        unknown: Sequence[str],
        never: Sequence[_NeverRow],
    ) -> frozenset[str]:
        """The facts of which all classes of values but one are ruled out, whatever else is guessed."""
        found = set[str]()
        for name in unknown:
            rows = [one for one in never if one.guessed.keys() == {name}]
            left = [
                value
                for value in (_guesses(relevant, {}, name, values.get(name, ANY)) if rows else ())
                if not any(one.guessed[name].holds(value) for one in rows)
            ]
            if len(left) == 1:
                found.add(name)
                for one in rows:
                    self._shared.lean_on(one.row)
        return frozenset(found)

    def _is_guess(self, event: Event, name: str, value: AbstractValue) -> bool:
        return isinstance(value, Unknown) and has_to_be_guessed(
            event.inputs[name].field if name in event.inputs else self._facts[name], value
        )

    def _list_never(
        self, event: Event, rule: RelevantRule, values: Values, guessed: Set[str]
    ) -> list[_NeverRow]:
        """What the book, or what facts are worked out from, rules out of what is guessed: rows of the
        tests that are left of it, where the known facts are as they are."""
        found = list[_NeverRow]()
        for row in rule.never:
            known = (n for n in row if n not in guessed)
            if all(self._is_known_to_hold(event, n, values[n], row) for n in known):
                found.append(_NeverRow(row, {n: t for n, t in row.items() if n in guessed}))
        return found

    def _is_known_to_hold(
        self, event: Event, name: str, value: AbstractValue, row: FactTests
    ) -> bool:
        return not self._is_guess(event, name, value) and row[name].holds(value)

    def _fits_one(self, event: Event, rows: Sequence[_NeverRow], values: Values) -> bool:
        """Whether one of some rows holds for what is guessed."""
        for row, guessed in rows:
            if all(self._is_known_to_hold(event, n, values[n], guessed) for n in guessed):
                self._shared.lean_on(row)
                return True
        return False


def _guesses(
    relevant: RelevantEvent, row: FactTests, name: str, value: AbstractValue
) -> Sequence[AbstractValue]:
    """A value of each class that a fact can have, as far as a row lets it."""
    if isinstance(value, OneOf) and type(value.values[0]) is int:
        return [one for one in value.values if name not in row or row[name].holds(one)]
    return [
        one
        for one in relevant.classes[name]
        if (one is not None or value is ANY) and (name not in row or row[name].holds(one))
    ]
