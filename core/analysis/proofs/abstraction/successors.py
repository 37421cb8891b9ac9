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
from ....values.field_types import Stored
from ..abstract_values import ANY, NOT_TOLD, TODAY_ISO, AbstractValue, Unknown, Values, is_open
from ..search.abstraction import NOTHING, Focus, Observables
from .abstract_plan import AbstractPlans, OpenedClass
from .abstract_ticket import AbstractTicket, Content
from .fact_guesses import FactChoice
from .kept_parts import OTHERS, KeptParts, is_closed
from .relevant_rules import RelevantEvent, RelevantRule
from .rule_ways import RuleWay, RuleWays
from .shared_knowledge import SharedKnowledge

Given = tuple[tuple[str, AbstractValue], ...]
"""What was given with an event."""


class AbstractStep(NamedTuple):
    """One way an event can go: the class it leads to, the plan, and what had to be guessed for it.

    `opened` are new tickets; `ticket` is None where the event itself opens none; `other` says which
    of the tickets that point at this one the event is about. `answers` and `group` are as in StepLabel.
    """

    event: str
    given: Given
    rule: str
    plan: Plan
    ticket: AbstractTicket | None
    opened: tuple[OpenedClass, ...]
    guessed: frozenset[str]
    other: int = -1
    answers: frozenset[str] = frozenset()
    group: int = 0


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
        self._plans = AbstractPlans(shared.book, kept)
        self._ways = RuleWays(shared, kept, on_its_day)
        self._others = (
            Successors(shared, kept.of_others(), NOTHING, on_its_day) if kept.family else None
        )
        self.is_crowded = False
        """Whether more tickets could point at one than are followed."""
        self._relevant: dict[tuple[str, Observables], RelevantEvent] = {}
        self._known: dict[object, list[AbstractStep]] = {}

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

    def list_openings(self, focus: Focus | None = None) -> Iterator[AbstractStep]:
        """Whatever can happen without a ticket; with a focus, by its event."""
        for name in self._book.event_names:
            if self._book.event(name).opens and (focus is None or focus.event == name):
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
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket,
        fixed: Values | None = None,
    ) -> Iterator[AbstractStep]:
        """What a rule does: remembered, as it depends only on what the rule reads and changes, and on
        what is given where that is `fixed`."""
        reads = (
            tuple([ticket.columns[n] for n in rule.columns_read]),
            tuple([ticket.lists[n] for n in rule.lists_read]),
            ticket.others if rule.others else (),
        )
        key = (id(rule), reads, None if fixed is None else tuple(fixed.items()))
        if key not in self._known:
            alike = _forget_columns(ticket, rule.columns_set)
            self._known[key] = list(self._try_rule(relevant, rule, alike, fixed))
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
            for moved, given, choices, _ in self._ways.list_choices(relevant, rule, ticket, fixed):
                for choice in choices:
                    yield from self._hand_on(relevant.event, rule, moved, given, choice)
            return
        ways = self._ways.list_ways(relevant, rule, ticket, fixed)
        steps = [(one.group, self._carry_out(relevant, rule, one)) for one in ways]
        unsure = {group for group, step in steps if step is None}
        found = set[object]()
        for group, step in steps:
            if step is not None:
                one = step._replace(group=0) if group in unsure else step
                if (key := _effects(one, rule.watched)) not in found:
                    found.add(key)
                    yield one

    def _carry_out(
        self, relevant: RelevantEvent, rule: RelevantRule, way: RuleWay
    ) -> AbstractStep | None:
        """What some steps of a rule do with some facts; None where they turn the event down."""
        ticket, given, choice, places, answers, group = way
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
            answers=answers,
            group=0 if missing else group,
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
            for step in self._try_with(other, one, ticket, fixed):
                yield step._replace(
                    event=event.name,
                    given=_list_given(given),
                    guessed=step.guessed | choice.open,
                    group=0,
                )

    def _try_with(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Values,
    ) -> Iterator[AbstractStep]:
        """The ways a rule can go with what is handed on."""
        if ticket is None:
            return self._try_rule(relevant, rule, None, fixed)
        return self._recall(relevant, rule, ticket, fixed)


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
    """The columns of which it is not known whether a plan changes them, if it may change no more."""
    unknown = [name for name, (old, _) in plan.columns.items() if isinstance(old, Unknown)]
    is_more_made = any(row != NOT_TOLD for row in plan.made)
    changes_more = len(unknown) < len(plan.columns) or plan.ended or is_more_made
    yield from () if changes_more else unknown


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
        step.group,
    )
