"""Of the events of a book what matters: to the parts that are looked at, and to what has to be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ....book.model import Book, DateFact, DueFact, Event, ForbiddenFact, Rule, Step, domain
from ....book.ticket_parts import STATUS_PART, TASK_DUE_PART, Part
from ....tables.cells import GIVEN, Domain
from ....tables.regions import Space, Tests
from ....values.field_types import Field
from ...checks.impossible_facts import find_impossible_rows
from .abstract_facts import AbstractFacts
from .abstract_ticket import SOME, OneOf
from .fact_dependencies import FactDependencies
from .kept_parts import EXACT, KeptParts, fields_of

MOST_WORDS = 6
"""Words up to which each is tried; of more, one stands for all that are alike, where that will do."""


class Observables(NamedTuple):
    """What of a step has to be seen: kinds of actions, and whole rules and events."""

    kinds: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    def both(self, other: Observables) -> Observables:
        """What one of two has to see."""
        return Observables(*(a | b for a, b in zip(self, other, strict=True)))


def with_bases(book: Book, names: set[str]) -> set[str]:
    """Facts, with those that they are worked out from."""
    for _ in range(3):
        for name in names & book.facts.keys():
            fact = book.facts[name]
            if isinstance(fact, DueFact):
                names = names | set(fact.bases)
            elif isinstance(fact, DateFact | ForbiddenFact):
                names = names | {fact.base}
    return names


class ViewContext(NamedTuple):
    """What views are made in."""

    book: Book
    reads: FactDependencies
    asked: AbstractFacts
    scope: KeptParts

    def columns(self, names: set[str]) -> tuple[str, ...]:
        """Those of some facts that facts.sql has."""
        facts = self.book.facts
        return tuple(n for n in facts if n in names and isinstance(facts[n], Field))

    def derived(self, names: set[str]) -> tuple[str, ...]:
        """Those that are worked out from others, in the order in which they can be."""
        facts = self.book.facts
        listed = [n for n in facts if n in names and not isinstance(facts[n], Field)]
        return tuple(sorted(listed, key=lambda n: isinstance(facts[n], DateFact)))


class RelevantRule:
    """A rule: its steps that matter, and what bears on whether it answers and on what they do.

    `tests` are the facts that it tests, `uses` others that its steps put somewhere, `shown` all on
    which it depends what they do. `question` is
    what it has to know of a ticket, `plain` as much of that as is the same whatever is given. `inputs`
    are those that make a difference, `exact` those of them whose very value does.
    """

    def __init__(self, view: RelevantEvent, rule: Rule, steps: tuple[Step, ...]) -> None:
        self.rule, self.steps = rule, steps
        self.in_steps = frozenset(n for step in steps for n in step.when)
        self.tests = self.in_steps | {n for row in rule.rows for n in row}
        named = {*view.around.book.facts, *view.event.inputs}
        uses = {n for step in steps for n in view.used(step)}
        if rule.instead is not None:
            uses |= {n for text in rule.instead.given.values() for n in text.names}
        uses |= {
            one for n in uses if n in view.event.inputs and (one := view.event.inputs[n].known)
        }
        self.uses = tuple(sorted((uses & named) - self.tests))
        self.shown = tuple(sorted(uses & named | self.in_steps))
        facts = with_bases(view.around.book, {*self.tests, *uses}) & named
        inputs = view.event.inputs
        self.columns = view.around.columns(facts - inputs.keys())
        self.question = view.around.asked.question(view.around.scope, view.event, self.columns)
        self.derived = view.around.derived(facts - inputs.keys())
        self.inputs = self._inputs(view, facts)
        flowing = {n for step in steps for n in view.used(step) if view.is_exact(step)}
        asked_first = {n for name in self.inputs for n in inputs[name].when}
        self.exact = frozenset((flowing | asked_first) & inputs.keys())
        plain = [n for n in self.columns if not view.around.reads.of(n).given & inputs.keys()]
        self.plain = view.around.asked.question(view.around.scope, None, plain)
        self.columns_read, self.lists_read, self.others = self._places(view)
        told = {*inputs, *self.columns, *self.derived}
        self.never = [row for row in view.never if row.keys() <= told]

    def _inputs(self, view: RelevantEvent, facts: set[str]) -> frozenset[str]:
        """The inputs whose values make a difference."""
        known, scope = view.event.inputs, view.around.scope
        names = facts & known.keys()
        for column in self.columns:
            looked = view.around.reads.of(column)
            if "now" not in looked.given and all(map(scope.keeps, looked.parts)):
                names |= looked.given & known.keys()
        for _ in known:
            names |= {one for n in names for one in known[n].when if one in known}
        return frozenset(names)

    def _places(self, view: RelevantEvent) -> tuple[tuple[int, ...], tuple[int, ...], bool]:
        """The columns and lists of a class that the rule looks at or changes, by their places."""
        scope = view.around.scope
        parts = {part for n in self.columns for part in view.around.reads.of(n).parts}
        parts |= {str(part) for step in self.steps for part in step.action.writes}
        if self.rule.instead is not None:
            every = (tuple(range(len(scope.columns))), tuple(range(len(scope.kinds))))
            return *every, scope.family
        columns = [
            n
            for n, name in enumerate(scope.columns)
            if f"ticket.{name}" in parts or name == "status"
        ]
        tables = {part.partition(".")[0] for part in parts}
        lists = [n for n, kind in enumerate(scope.kinds) if kind in tables]
        return tuple(columns), tuple(lists), bool(tables & {"tickets", "link"})


class RelevantEvent:
    """An event: its rules as far as they matter."""

    def __init__(self, around: ViewContext, event: Event, wants: Observables) -> None:
        self.around, self.event, self._wants = around, event, wants
        self.shared: dict[str, dict[tuple[bool, ...], list[Any]]] = {}
        self.rules = [view for rule in event.rules if (view := self._rule(rule)) is not None]

    def _rule(self, rule: Rule) -> RelevantRule | None:
        refuses = [step for step in rule.steps if step.action.refuses]
        steps = [step for step in rule.steps if step.action.refuses or self._matters(step)]
        wanted = rule.id in self._wants.rules or self.event.name in self._wants.events
        if not (wanted or rule.instead is not None or len(steps) > len(refuses)):
            return None
        if any(not step.when for step in refuses):
            return None
        return RelevantRule(self, rule, tuple(steps))

    def _matters(self, step: Step) -> bool:
        action, scope = step.action, self.around.scope
        if action.name in self._wants.kinds:
            return True
        if action.opens is not None:
            return action.opens == self.around.book.name
        return any(scope.level(str(part)) or str(part) in scope.kinds for part in action.writes)

    def used(self, step: Step) -> frozenset[str]:
        """The facts that a step puts somewhere where it is looked for."""
        action, scope = step.action, self.around.scope
        columns = {*scope.columns, *scope.other_columns, "status"}

        def is_kept(part: Part) -> bool:
            if part.table == "ticket":
                return part.column in columns
            return bool(scope.level(str(part))) or action.name in self._wants.kinds

        return action.names_left(is_kept)

    def is_exact(self, step: Step) -> bool:
        """Whether a step sets something of which the very word is looked at."""
        parts = [put.part for put in step.action.puts if put.part != TASK_DUE_PART]
        if step.action.opens is not None or STATUS_PART in parts:
            return True
        return any(self._is_word(part.table, part.column) for part in parts)

    def _is_word(self, table: str, column: str) -> bool:
        scope = self.around.scope
        exact = scope.level(f"{table}.{column}") == EXACT
        return exact and fields_of(scope.book, table)[column].type != "text"

    @cached_property
    def never(self) -> list[Tests]:
        """Rows that don't hold for any facts of the event."""
        facts = self.around.book.facts
        return list(find_impossible_rows(self.event, facts, {}))

    @cached_property
    def classes(self) -> Mapping[str, Sequence[Any]]:
        """For each fact that is tested, a value of each class of its values."""
        book, event = self.around.book, self.event
        steps = [step.when for view in self.rules for step in view.steps]
        rows: list[Tests] = [row for view in self.rules for row in view.rule.rows] + [
            *steps,
            *self.never,
        ]
        statuses = {} if book.catalogue else book.statuses
        domains = {name: domain(fact, statuses) for name, fact in book.facts.items()}
        for name, given in event.inputs.items():
            plain = domain(given.field, statuses)
            domains[name] = plain._replace(optional=plain.optional or bool(given.when))
        space = Space(domains, rows)
        return {name: self._classes_of(space, name, domains[name], rows) for name in space.names}

    def _classes_of(
        self, space: Space, name: str, of: Domain, rows: Sequence[Tests]
    ) -> Sequence[Any]:
        if of.values == GIVEN:
            return [SOME if value == GIVEN[0] else value for value in space.values(name)]
        if of.values is not None and len(of.values) <= MOST_WORDS:
            return [*of.values, *([None] if of.optional else [])]
        tests = [row[name] for row in rows if name in row]
        for value in of.values or ():
            alike = tuple(test.holds(value) for test in tests)
            self.shared.setdefault(name, {}).setdefault(alike, []).append(value)
        return space.values(name)

    def alike(self, name: str, value: Any) -> Any:
        """What a guessed value stands for: all values that no test tells from it."""
        if type(value) is int:
            return SOME
        for group in self.shared.get(name, {}).values():
            if value in group and len(group) > 1:
                return OneOf(group)
        return value
