"""Which rules and steps of an event matter to the parts that are kept, and to what has to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cached_property

from ....book.action_base import Action
from ....book.domains import domain
from ....book.model import Event, Rule, Step
from ....book.ticket_parts import (
    ASSIGNEE_PART,
    MESSAGE_PART,
    RESULT_PART,
    STATUS_PART,
    TASK_DUE_PART,
    Part,
)
from ....tables.cells import GIVEN, Domain
from ....tables.decision_table import CellRow
from ....tables.regions import Space, Tests
from ....values.field_types import Field
from ...checks.impossible_facts import find_bases, find_impossible_rows
from ...scenarios.mail_outcome import MAIL_EVENTS
from ..abstract_values import ANY, SOME, AbstractValue, FactTests, OneOf
from ..precision import EXACT
from ..search.abstraction import Observables
from .kept_parts import MESSAGE, KeptParts, fields_of
from .message_classes import MAIL_INPUTS
from .shared_knowledge import SharedKnowledge, add_bases, select_columns, select_derived

MOST_WORDS = 6
"""Words up to which each is tried; of more, one stands for all that are alike, where that will do."""


class RelevantRule:
    """A rule: its steps that matter, and what bears on whether it answers and on what they do.

    `tests` are the facts that it tests, `uses` others that its steps put somewhere, `effects` all that
    they put somewhere. `query` is what it has to know of a ticket, `plain` as much of that
    as is the same whatever is given. `inputs` are those that make a difference, `exact` those of them
    whose very value does.
    """

    def __init__(self, relevant: RelevantEvent, rule: Rule, steps: tuple[Step, ...]) -> None:
        shared, kept, event = relevant.shared, relevant.kept, relevant.event
        book, inputs = shared.book, event.inputs
        self.rule, self.steps = rule, steps
        self.watched = relevant.list_watched(rule)
        self.in_steps = frozenset(n for step in steps for n in step.when) | self.watched
        self.tests = self.in_steps | {n for row in rule.rows for n in row}
        named = {*book.facts, *inputs}
        uses = self._names_used(relevant)
        self.uses = tuple(sorted((uses & named) - self.tests))
        self.effects = tuple(sorted(uses & named))
        facts = add_bases(book, {*self.tests, *uses}) & named
        facts |= relevant.list_excluding(facts)
        self.columns = select_columns(book, facts - inputs.keys())
        self.query = shared.facts.make_query(kept, event, self.columns)
        self.derived = select_derived(book, facts - inputs.keys())
        self.inputs = self._inputs_that_matter(relevant, facts)
        flowing = {
            n for step in steps for n in relevant.names_used(step) if relevant.is_exact(step)
        }
        flowing |= relevant.observables.inputs
        asked_first = {n for name in self.inputs for n in inputs[name].when}
        mail = MAIL_INPUTS if event.name in MAIL_EVENTS else frozenset[str]()
        self.exact = frozenset((flowing | asked_first | mail) & inputs.keys())
        plain = [n for n in self.columns if not shared.dependencies.of(n).given & inputs.keys()]
        self.plain = shared.facts.make_query(kept, None, plain)
        rest = [n for n in self.columns if n not in plain]
        self.by_input = shared.facts.make_query(kept, event, rest)
        self.vague = self._find_vague(relevant, facts)
        self._find_places(relevant)
        known = {*inputs, *self.columns, *self.derived}
        self.never: Sequence[FactTests] = [row for row in relevant.never if row.keys() <= known]

    def blur(self, name: str, value: AbstractValue) -> AbstractValue:
        """A value as far as it bears on what the rule's steps do."""
        return SOME if name in self.vague and value is not None and value is not ANY else value

    def _names_used(self, relevant: RelevantEvent) -> set[str]:
        """The facts and inputs that its steps put somewhere, or that it hands on."""
        uses = {n for step in self.steps for n in relevant.names_used(step)}
        if self.rule.instead is not None:
            uses |= {n for text in self.rule.instead.given.values() for n in text.names}
        inputs = relevant.event.inputs
        return uses | {one for n in uses if n in inputs and (one := inputs[n].known)}

    def _find_vague(self, relevant: RelevantEvent, facts: set[str]) -> frozenset[str]:
        """The names that are put only where their very value is not kept, and that nothing else asks."""
        book, inputs = relevant.shared.book, relevant.event.inputs
        asked = {base for n in facts & book.facts.keys() for base in find_bases(book.facts[n])}
        asked |= self._list_given(relevant)
        asked |= {n for one in inputs.values() for n in one.when}
        if self.rule.instead is not None:
            asked |= {n for text in self.rule.instead.given.values() for n in text.names}
        for step in self.steps:
            vague = {n for put in step.action.puts for n in put.source.names}
            asked |= relevant.names_used(step) - vague | relevant.names_told(step)
        return frozenset({*self.uses} - asked - self.tests)

    def _inputs_that_matter(self, relevant: RelevantEvent, facts: set[str]) -> frozenset[str]:
        """The inputs whose values make a difference."""
        known = relevant.event.inputs
        names = facts & known.keys() | self._list_given(relevant)
        bound = (row for row in relevant.never_given if not facts.isdisjoint(row))
        names |= {n for row in bound for n in row if n in known}
        for _ in known:
            names |= {one for n in names for one in known[n].when if one in known}
        if any(known[n].standing == "task" for n in names):
            names |= known.keys() & {"task"}
        if relevant.event.name in MAIL_EVENTS:
            names |= known.keys() & MAIL_INPUTS
        return frozenset(names)

    def _list_given(self, relevant: RelevantEvent) -> set[str]:
        """The inputs that are given to the facts which can be asked."""
        each = map(relevant.shared.dependencies.of, self.columns)
        asked = (r for r in each if "now" not in r.given and all(map(relevant.kept.keeps, r.parts)))
        return {n for reads in asked for n in reads.given & relevant.event.inputs.keys()}

    def _list_asked(self, relevant: RelevantEvent) -> set[Part]:
        """The parts of a ticket that bear on the facts which can be asked of some class."""
        asked = (one.name for one in self.query.columns if one.may_be_asked)
        return {part for name in asked for part in relevant.shared.dependencies.of(name).parts}

    def _list_written(self) -> set[Part]:
        """The parts of a ticket that its steps change; an open ticket has no result."""
        written = {part for step in self.steps for part in step.action.writes}
        return written | {RESULT_PART} if STATUS_PART in written else written

    def _find_places(self, relevant: RelevantEvent) -> None:
        """The columns and lists of a class that the rule reads or changes, by their places.

        A fact that can't be asked of any class reads nothing.
        """
        kept, parts, written = relevant.kept, self._list_asked(relevant), self._list_written()
        inputs = [relevant.event.inputs[n] for n in self.inputs]
        stands = any(one.standing is not None for one in inputs)
        names_items = any(one.among is not None for one in inputs)
        read = parts | written if stands or relevant.shows_changes else parts
        if stands:
            read = read | {ASSIGNEE_PART}
        tables, hands_on = {part.table for part in parts | written}, self.rule.instead is not None
        if relevant.moves_messages:
            tables.add(MESSAGE)
        self.columns_read = tuple(
            n
            for n, name in enumerate(kept.columns)
            if hands_on or name == "status" or Part("ticket", name) in read
        )
        self.columns_set = tuple(
            n
            for n, name in enumerate(kept.columns)
            if n not in self.columns_read and Part("ticket", name) in written
        )
        """Other columns that it changes, whatever was there before."""
        self.lists_read = tuple(
            n for n, kind in enumerate(kept.kinds) if hands_on or kind in tables
        )
        self.lists_asked = tuple(
            n
            for n in self.lists_read
            if stands or names_items or kept.kinds[n] in {part.table for part in parts}
        )
        """Those of them that bear on what can be given, and on the facts."""
        self.others = kept.family if hands_on else bool(tables & {"tickets", "link"})
        """Whether it reads or changes the tickets that point at one."""


class RelevantEvent:
    """An event: its rules as far as they matter."""

    def __init__(
        self, shared: SharedKnowledge, kept: KeptParts, event: Event, observables: Observables
    ) -> None:
        self.shared, self.kept, self.event = shared, kept, event
        self.observables = observables
        self._alike: dict[str, dict[tuple[bool, ...], list[str | int | None]]] = {}
        self.rules = [one for rule in event.rules if (one := self._make_rule(rule)) is not None]

    def _make_rule(self, rule: Rule) -> RelevantRule | None:
        refuses = [step for step in rule.steps if step.action.refuses]
        steps = [step for step in rule.steps if step.action.refuses or self._matters(step)]
        wanted = rule.id in self.observables.rules or self.event.name in self.observables.events
        wanted = wanted or self.moves_messages
        if not (wanted or rule.instead is not None or len(steps) > len(refuses)):
            return None
        if any(not step.when for step in refuses):
            return None
        return RelevantRule(self, rule, tuple(steps))

    def list_watched(self, rule: Rule) -> frozenset[str]:
        """The facts and inputs whose values have to be seen with a rule."""
        seen, event = self.observables, self.event
        is_seen = rule.id in seen.rules or event.name in seen.events
        is_seen = is_seen or any(step.action.name in seen.kinds for step in rule.steps)
        known = {*self.shared.book.facts, *event.inputs}
        names = seen.inputs.union(name for name, _ in seen.facts)
        return names & known if is_seen else frozenset()

    def _matters(self, step: Step) -> bool:
        action = step.action
        if action.name in self.observables.kinds or (action.changes and self.shows_changes):
            return True
        if action.opens is not None:
            return action.opens == self.shared.book.name
        if any(
            self.kept.level(part) or (not part.column and part.table in self.kept.kinds)
            for part in action.writes
            if part != MESSAGE_PART
        ):
            return True
        return MESSAGE_PART in action.writes and self._matters_to_messages(action)

    def _matters_to_messages(self, action: Action) -> bool:
        """Whether an action makes or withdraws messages that are kept."""
        named = {*action.templates, *action.withdrawn_templates}
        return bool(self.kept.templates) and not (named and named.isdisjoint(self.kept.templates))

    @property
    def shows_changes(self) -> bool:
        """Whether every change that it makes to a ticket has to be seen."""
        return self.event.name in self.observables.changes

    @property
    def moves_messages(self) -> bool:
        """Whether it says what became of messages that are kept."""
        return self.event.name in MAIL_EVENTS and bool(self.kept.templates)

    def names_used(self, step: Step) -> frozenset[str]:
        """The facts that a step puts somewhere where it is looked for."""
        action, kept = step.action, self.kept
        columns = {*kept.columns, *kept.other_columns, "status"}

        def is_kept(part: Part) -> bool:
            if part.table == "ticket":
                return part.column in columns
            return bool(kept.level(part)) or action.name in self.observables.kinds

        return action.names_left(is_kept)

    def names_told(self, step: Step) -> frozenset[str]:
        """The names of which a step puts the very value somewhere where it is kept, or seen."""
        action = step.action
        puts = action.puts
        if action.name not in self.observables.kinds and action.opens is None:
            puts = tuple(put for put in puts if self.kept.level(put.part) == EXACT)
        return frozenset(name for put in puts for name in put.source.names)

    def is_exact(self, step: Step) -> bool:
        """Whether a step sets something of which the very word is kept."""
        parts = [put.part for put in step.action.puts if put.part != TASK_DUE_PART]
        if step.action.opens is not None or STATUS_PART in parts:
            return True
        return any(map(self._is_word, parts))

    def _is_word(self, part: Part) -> bool:
        if self.kept.level(part) != EXACT:
            return False
        return fields_of(self.shared.book, part.table)[part.column].type != "text"

    @cached_property
    def never(self) -> list[Tests]:
        """Rows that do not hold for any facts of the event."""
        rows: Iterable[Tests] = find_impossible_rows(self.event, self.shared.book.facts, {})
        given = self.event.inputs.keys()
        rows = [*rows, *self.never_given]
        return [*rows, *(row for row in self.shared.never if given.isdisjoint(row))]

    @cached_property
    def never_given(self) -> Sequence[CellRow]:
        """Those of them that the book calls impossible, with inputs of the event."""
        return self.shared.never_given(self.event)

    def list_excluding(self, facts: Set[str]) -> set[str]:
        """Other facts that rule out values of some facts, and are known of every class that is kept."""
        near = {name for row in self.never if not facts.isdisjoint(row) for name in row}
        return {name for name in near - facts if self._is_plainly_known(name)}

    def _is_plainly_known(self, name: str) -> bool:
        """Whether a fact is read from columns of the ticket alone, all of which are kept."""
        fact = self.shared.book.facts.get(name)
        if not isinstance(fact, Field) or name in self.event.inputs:
            return False
        reads = self.shared.dependencies.of(name)
        columns = [part for part in reads.parts if part.column]
        is_of_ticket = all(part.table == "ticket" for part in reads.parts)
        return is_of_ticket and not reads.given and all(map(self.kept.keeps, columns))

    # --- classes of facts ------------------------------------------------------------------------

    @cached_property
    def classes(self) -> Mapping[str, Sequence[AbstractValue]]:
        """For each fact that is tested, a value of each class of its values."""
        book = self.shared.book
        steps = [step.when for one in self.rules for step in one.steps]
        rows: list[Tests] = [row for one in self.rules for row in one.rule.rows]
        rows += [*steps, *self.never, *({name: test} for name, test in self.observables.facts)]
        statuses = {} if book.catalogue else book.statuses
        domains = {name: domain(fact, statuses) for name, fact in book.facts.items()}
        for name, given in self.event.inputs.items():
            plain = domain(given.field, statuses)
            seldom = bool(given.when) or given.standing is not None
            domains[name] = plain._replace(optional=plain.optional or seldom)
        space = Space(domains, rows)
        return {name: self._classes_of(space, name, domains[name], rows) for name in space.names}

    def _classes_of(
        self, space: Space, name: str, of: Domain, rows: Sequence[Tests]
    ) -> Sequence[AbstractValue]:
        if of.values == GIVEN:
            return [SOME if value == GIVEN[0] else value for value in space.values(name)]
        if of.values is not None and len(of.values) <= MOST_WORDS:
            return [*of.values, *([None] if of.optional else [])]
        tests = [row[name] for row in rows if name in row]
        for value in of.values or ():
            alike = tuple(test.holds(value) for test in tests)
            self._alike.setdefault(name, {}).setdefault(alike, []).append(value)
        return space.values(name)

    def join_alike(self, name: str, value: AbstractValue) -> AbstractValue:
        """What a guessed value stands for: all values that no test tells from it."""
        if type(value) is int:
            return SOME
        for group in self._alike.get(name, {}).values():
            if value in group and len(group) > 1:
                return OneOf(group)
        return value
