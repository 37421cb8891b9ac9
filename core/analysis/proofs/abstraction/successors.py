"""What can happen to a class of tickets: every event, with all that tells its tickets apart.

Where a fact is not known, every value that its domain and the book allow is tried; so whatever can
happen to a ticket of the class is among what is found, and perhaps more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from ....book.item_actions import OpenTicket
from ....book.message_actions import EventRefused
from ....book.model import Event, Rule
from ....decision.inputs import read_inputs
from ....decision.plan import Plan
from ....errors import BadInput, Refused
from ....tables.decision_table import find_misses
from ....values.field_types import Stored
from ..abstract_values import ANY, TODAY_ISO, AbstractValue, Unknown, Values, is_open
from ..search.abstraction import NOTHING, Focus, Observables
from .abstract_inputs import AbstractInputs
from .abstract_plan import AbstractPlans, OpenedClass
from .abstract_ticket import AbstractTicket, Content
from .fact_guesses import FactChoice, FactGuesses
from .kept_parts import OTHERS, KeptParts, is_closed
from .message_classes import move_message
from .relevant_rules import RelevantEvent, RelevantRule
from .shared_knowledge import SharedKnowledge

Given = tuple[tuple[str, AbstractValue], ...]
"""What was given with an event."""


class AbstractStep(NamedTuple):
    """One way an event can go: the class it leads to, the plan, and what had to be guessed for it.

    `opened` are new tickets; `ticket` is None where the event itself opens none; `other` says which
    of the tickets that point at this one the event is about.
    """

    event: str
    given: Given
    rule: str
    plan: Plan
    ticket: AbstractTicket | None
    opened: tuple[OpenedClass, ...]
    guessed: frozenset[str]
    other: int = -1


class _Way(NamedTuple):
    """One way a rule can go: the class, what is given, the facts, and the places of the steps done."""

    ticket: AbstractTicket | None
    given: Values
    choice: FactChoice
    steps: tuple[int, ...]


class Successors:
    """What can happen to the classes of an abstraction."""

    def __init__(
        self,
        shared: SharedKnowledge,
        kept: KeptParts,
        observables: Observables,
        on_its_day: bool = False,
    ) -> None:
        self._shared, self._kept, self._observables = shared, kept, observables
        self._book = shared.book
        self._inputs = AbstractInputs(kept, shared.bounds, on_its_day)
        self._plans = AbstractPlans(shared.book, kept)
        self._guesses = FactGuesses(shared)
        self._others = (
            Successors(shared, kept.of_others(), NOTHING, on_its_day) if kept.family else None
        )
        self.is_crowded = False
        """Whether more tickets could point at one than are followed."""
        self._relevant: dict[tuple[str, Observables], RelevantEvent] = {}
        self._known: dict[object, list[AbstractStep]] = {}
        self._ways: dict[object, list[_Way]] = {}

    def _relevant_event(self, name: str, more: Observables = NOTHING) -> RelevantEvent:
        """An event as far as it matters; `more` is what has to be seen beside the rest."""
        if (name, more) not in self._relevant:
            seen = self._observables.join(more)
            made = RelevantEvent(self._shared, self._kept, self._book.event(name), seen)
            self._relevant[name, more] = made
        return self._relevant[name, more]

    # --- everything that can happen --------------------------------------------------------------

    def list_steps(self, ticket: AbstractTicket) -> Iterator[AbstractStep]:
        """Whatever can happen to a ticket of a class on the day."""
        closed = is_closed(self._book, self._kept.value(ticket, "status"))
        for name in self._shared.event_names:
            event = self._book.event(name)
            if not (event.opens or (closed and not event.of_closed)):
                yield from self.list_steps_of(Focus(name), ticket)
        if self._others is not None:
            yield from self._steps_of_others(self._others, ticket)
            yield from self._steps_that_join(self._others, ticket)

    def list_steps_of(self, focus: Focus, ticket: AbstractTicket) -> Iterator[AbstractStep]:
        """The ways an event can go, or those of them with one rule."""
        relevant = self._relevant_event(focus.event, focus.observables)
        for one in relevant.rules:
            if focus.rule is None:
                yield from self._recall(relevant, one, ticket)
            elif focus.rule == one.rule.id or one.rule.instead is not None:
                for step in self._recall(relevant, one, ticket):
                    if step.rule == focus.rule:
                        yield step

    def list_openings(self) -> Iterator[AbstractStep]:
        """Whatever can happen without a ticket."""
        for name in self._book.event_names:
            if self._book.event(name).opens:
                relevant = self._relevant_event(name)
                for rule in relevant.rules:
                    yield from self._try_rule(relevant, rule, None)

    # --- tickets that point at one ---------------------------------------------------------------

    def _steps_of_others(
        self, others: Successors, ticket: AbstractTicket
    ) -> Iterator[AbstractStep]:
        """What can happen to the tickets that point at this one."""
        for place, content in enumerate(ticket.others):
            for one in others.list_steps(AbstractTicket(content, ())):
                if one.ticket is not None:
                    before, after = ticket.others[:place], ticket.others[place + 1 :]
                    members = (*before, one.ticket.columns, *after)
                    yield one._replace(
                        ticket=ticket._replace(others=members), opened=(), other=place
                    )

    def _steps_that_join(
        self, others: Successors, ticket: AbstractTicket
    ) -> Iterator[AbstractStep]:
        """Tickets that an event opens and that may point at this one."""
        for one in others.list_openings():
            if one.ticket is not None and self._can_point(one.plan.rule):
                members = (*ticket.others, one.ticket.columns)
                if self._has_room(members):
                    yield one._replace(
                        ticket=ticket._replace(others=members), other=len(ticket.others)
                    )

    def _can_point(self, rule: Rule) -> bool:
        """Whether a rule opens a ticket that points at another one."""
        actions = [step.action for step in rule.steps]
        given = [action.given for action in actions if isinstance(action, OpenTicket)]
        return any(name in values for name in self._kept.links for values in given)

    def _has_room(self, others: Sequence[Content]) -> bool:
        """Whether so many tickets that point at one are still followed."""
        self.is_crowded |= len(others) > OTHERS
        return len(others) <= OTHERS

    # --- one rule --------------------------------------------------------------------------------

    def _recall(
        self, relevant: RelevantEvent, rule: RelevantRule, ticket: AbstractTicket
    ) -> Iterator[AbstractStep]:
        """What a rule does: remembered, as it depends only on what the rule reads and changes."""
        reads = (
            tuple([ticket.columns[n] for n in rule.columns_read]),
            tuple([ticket.lists[n] for n in rule.lists_read]),
            ticket.others if rule.others else (),
        )
        key = (id(rule), reads)
        if key not in self._known:
            alike = _forget_columns(ticket, rule.columns_set)
            self._known[key] = list(self._try_rule(relevant, rule, alike))
        for one in self._known[key]:
            assert one.ticket is not None
            if self._has_room(one.ticket.others) or not rule.others:
                yield one._replace(ticket=_put(ticket, one.ticket, rule))

    def _try_rule(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Values | None = None,
    ) -> Iterator[AbstractStep]:
        """The ways a rule can go, each once; `fixed` is what is given where it is known."""
        if rule.rule.instead is not None:
            for moved, given, choice in self._choices(relevant, rule, ticket, fixed):
                yield from self._hand_on(relevant.event, rule, moved, given, choice)
            return
        found = set[object]()
        for one in self._list_ways(relevant, rule, ticket, fixed):
            step = self._carry_out(relevant, rule, one)
            if step is not None and (key := _effects(step, rule.watched)) not in found:
                found.add(key)
                yield step

    def _list_ways(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Values | None,
    ) -> Iterable[_Way]:
        """What can be given, and the facts, once each for all that a rule does the same for.

        Remembered: it depends on less of a ticket than what the rule makes of it.
        """
        if ticket is None or fixed is not None or relevant.moves_messages:
            return self._find_ways(relevant, rule, ticket, fixed)
        asked = (
            tuple([ticket.columns[n] for n in rule.columns_read]),
            tuple([ticket.lists[n] for n in rule.lists_asked]),
            ticket.others if rule.others else (),
        )
        key = (id(rule), asked)
        if key not in self._ways:
            self._ways[key] = list(self._find_ways(relevant, rule, ticket, fixed))
        return [one._replace(ticket=ticket) for one in self._ways[key]]

    def _find_ways(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Values | None,
    ) -> Iterator[_Way]:
        tried = set[object]()
        for moved, given, choice in self._choices(relevant, rule, ticket, fixed):
            steps = _take_steps(rule, choice.values)
            alike = (
                moved,
                steps,
                tuple([rule.blur(n, choice.values.get(n)) for n in rule.effects]),
                choice.guessed,
                choice.sure,
                tuple([choice.values.get(n) for n in rule.watched]),
                tuple([given.get(n) is None for n in rule.rule.needs]),
            )
            if alike not in tried:
                tried.add(alike)
                yield _Way(moved, given, choice, steps)

    def _choices(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Values | None,
    ) -> Iterator[tuple[AbstractTicket | None, Values, FactChoice]]:
        """All that can be given, and the facts with it, for a rule to answer; with the ticket, of
        whose messages one has left or come back where the event says so."""
        plain = self._shared.facts.ask(rule.plain, ticket, {})
        for row in rule.rule.rows:
            if not relevant.moves_messages and self._guesses.excludes(row, plain):
                continue
            each = [fixed]
            if fixed is None:
                each = [*self._inputs.of(relevant.event, rule, row, ticket)]
            for given in each:
                assert given is not None
                unsure = self._inputs.list_guessed(relevant.event, rule, ticket, given)
                for moved, open_mail in move_message(self._kept, relevant.event, ticket, given):
                    values = self._guesses.derive(rule.query, rule.derived, moved, given)
                    more = unsure | open_mail
                    for choice in self._guesses.choose(relevant, rule, row, values):
                        yield moved, given, choice._replace(guessed=choice.guessed | more)

    def _carry_out(
        self, relevant: RelevantEvent, rule: RelevantRule, way: _Way
    ) -> AbstractStep | None:
        """What some steps of a rule do with some facts; None where they turn the event down."""
        ticket, given, choice, places = way
        event, values = relevant.event, choice.values
        missing = [event.inputs[n].known for n in rule.rule.needs if given.get(n) is None]
        if any(known is None or values.get(known, ANY) is None for known in missing):
            return None
        steps = [rule.steps[place] for place in places]
        alike = {n: relevant.join_alike(n, values[n]) for n in choice.guessed if n in values}
        try:
            facts = _with_known(event, {**values, **alike})
            effect = self._plans.carry_out(event, rule.rule, steps, ticket, facts)
        except (BadInput, Refused):
            return None
        if any(isinstance(done, EventRefused) for done in effect.plan.actions):
            return None
        return AbstractStep(
            event=event.name,
            given=_list_given(given),
            rule=rule.rule.id,
            plan=_with_watched(effect.plan, rule, values),
            ticket=effect.ticket,
            opened=effect.opened,
            guessed=choice.open.union(
                (known for known in missing if known is not None),
                _list_unknown_columns(effect.plan) if relevant.shows_changes else (),
            ),
        )

    # --- a rule that hands on --------------------------------------------------------------------

    def _hand_on(
        self,
        event: Event,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        given: Values,
        choice: FactChoice,
    ) -> Iterator[AbstractStep]:
        """What comes of the event that a rule hands on to."""
        instead = rule.rule.instead
        assert instead is not None
        other = self._relevant_event(instead.event)
        values = choice.values
        handed: dict[str, AbstractValue] = {
            n: text.fill(values, event.fields) if text.only is None else values[text.only]
            for n, text in instead.given.items()
        }
        fixed = _read_handed(other.event, handed)
        if fixed is None:
            return
        for one in other.rules:
            for step in self._try_rule(other, one, ticket, fixed):
                yield step._replace(
                    event=event.name,
                    given=_list_given(given),
                    guessed=step.guessed | choice.open,
                )


def _take_steps(rule: RelevantRule, values: Values) -> tuple[int, ...]:
    """The places of the steps that are done where some facts hold."""
    steps = enumerate(rule.steps)
    return tuple(place for place, step in steps if not find_misses(step.when, values))


def _read_handed(event: Event, handed: Values) -> Values | None:
    """What is handed on as inputs of the other event; None where that does not take it."""
    known = {
        n: list(v) if isinstance(v, tuple) else v
        for n, v in handed.items()
        if v is not None and not is_open(v)
    }
    try:
        inputs = read_inputs(event, known, TODAY_ISO, str)
    except BadInput:
        return None
    fixed: dict[str, AbstractValue] = {
        n: tuple(v) if isinstance(v, list) else v for n, v in inputs.items()
    }
    return fixed | {n: v for n, v in handed.items() if is_open(v)}


def _list_given(given: Values) -> Given:
    return tuple((n, v) for n, v in given.items() if v is not None)


def _with_known(event: Event, values: Values) -> Values:
    """Facts, with those in place that stand for an input which is not given."""
    stands = {
        name: values.get(spec.known, ANY)
        for name, spec in event.inputs.items()
        if spec.known is not None and values.get(name) is None
    }
    return {**values, **stands}


def _list_unknown_columns(plan: Plan) -> Iterator[str]:
    """The columns of which it is not known whether a plan changes them."""
    columns = plan.columns.items()
    return (name for name, (before, _) in columns if isinstance(before, Unknown))


def _with_watched(plan: Plan, rule: RelevantRule, values: Values) -> Plan:
    """A plan whose facts, where a monitor looks at them, are as they were chosen."""
    if not rule.watched:
        return plan
    seen = {n: values[n] for n in rule.watched if n in values}
    return plan._replace(values=cast("Mapping[str, Stored]", {**plan.values, **seen}))


_AS_BEFORE = Unknown(False)
"""What is in a column that a rule may set, as long as it has not set it."""


def _forget_columns(ticket: AbstractTicket, places: Sequence[int]) -> AbstractTicket:
    """A class of which some columns are not told: what a rule does is the same whatever they are."""
    columns = list(ticket.columns)
    for place in places:
        columns[place] = _AS_BEFORE
    return ticket._replace(columns=tuple(columns))


def _put(ticket: AbstractTicket, after: AbstractTicket, rule: RelevantRule) -> AbstractTicket:
    """A class after a rule, with what the rule has nothing to do with as it was."""
    columns, lists = list(ticket.columns), list(ticket.lists)
    for place in (*rule.columns_read, *rule.columns_set):
        if after.columns[place] is not _AS_BEFORE:
            columns[place] = after.columns[place]
    for place in rule.lists_read:
        lists[place] = after.lists[place]
    others = after.others if rule.others else ticket.others
    return AbstractTicket(tuple(columns), tuple(lists), others)


def _effects(step: AbstractStep, watched: Iterable[str]) -> object:
    """What tells a step of a rule from another one."""
    return (
        tuple([step.plan.values.get(n) for n in watched]),
        step.ticket,
        step.opened,
        tuple(map(repr, step.plan.actions)),
        tuple(step.plan.columns),
        bool(step.plan.tasks),
        not step.guessed,
    )
