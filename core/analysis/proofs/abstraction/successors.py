"""What can happen to a class of tickets: every event, with all that tells its tickets apart.

Where a fact is not known, every value that its domain and the book allow is tried; so whatever can
happen to a ticket of the class is among what is found, and perhaps more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from ....book.item_actions import OpenTicket
from ....book.message_actions import EventRefused
from ....book.model import Book, DateFact, DueFact, Event, Fact, ForbiddenFact
from ....decision.inputs import read_inputs
from ....decision.plan import Plan
from ....errors import BadInput, Refused, WrongInput
from ....tables.decision_table import CellRow, find_misses
from ....values.field_types import Field
from .abstract_facts import AbstractFacts, FactQuery
from .abstract_inputs import AbstractInputs
from .abstract_plan import AbstractPlans, worked_out
from .abstract_ticket import ANY, SOME, TODAY, AbstractTicket, OneOf, Unknown, day, offset
from .fact_dependencies import FactDependencies
from .kept_parts import OTHERS, KeptParts
from .relevant_rules import Observables, RelevantEvent, RelevantRule, ViewContext
from .value_bounds import ValueBounds

GUESSED = ("text", "date", "moment", "ticket", "customer")
"""Types of which tests can ask only whether there is a value."""

NOTHING = Observables()


class AbstractStep(NamedTuple):
    """One way an event can go: the class it leads to, the plan, and what had to be guessed for it.

    `opened` are new tickets, each with its status; `ticket` is None where the event itself opens
    none. Nothing guessed: it goes so for every ticket of the class.
    """

    event: str
    given: tuple[tuple[str, Any], ...]
    rule: str
    plan: Plan
    ticket: AbstractTicket | None
    opened: tuple[tuple[AbstractTicket, str], ...]
    guessed: frozenset[str]
    other: int = -1
    """Which of the tickets that point at this one the event is about."""


class FactChoice(NamedTuple):
    """Facts for which a rule answers, and those of them that are guesses."""

    values: dict[str, Any]
    guessed: frozenset[str]


class Successors:
    """What can happen to the classes of a scope."""

    def __init__(
        self,
        book: Book,
        reads: FactDependencies,
        bounds: ValueBounds,
        asked: AbstractFacts,
        scope: KeptParts,
        wants: Observables,
    ) -> None:
        self.book, self.scope, self.asked = book, scope, asked
        self.around = ViewContext(book, reads, asked, scope)
        self._bounds, self._wants = bounds, wants
        self._givens = AbstractInputs(scope, bounds)
        self._tickets = AbstractPlans(book, scope)
        self._others = self._moves_of_others(bounds, reads) if scope.family else None
        self.crowded = False
        """Whether more tickets could point at one than are followed."""
        self._views: dict[tuple[str, Observables], RelevantEvent] = {}
        self._known: dict[object, list[AbstractStep]] = {}

    def _moves_of_others(self, bounds: ValueBounds, reads: FactDependencies) -> Successors:
        scope = self.scope.of_others()
        return Successors(self.book, reads, bounds, self.asked, scope, NOTHING)

    def view(self, name: str, more: Observables = NOTHING) -> RelevantEvent:
        """An event as far as it matters; `more` is what has to be seen beside the rest."""
        if (name, more) not in self._views:
            made = RelevantEvent(self.around, self.book.event(name), self._wants.both(more))
            self._views[name, more] = made
        return self._views[name, more]

    # --- everything that can happen ----------------------------------------------------------------

    def outcomes(self, ticket: AbstractTicket) -> Iterator[AbstractStep]:
        """Whatever can happen to a ticket of a class on the day."""
        closed = self.is_closed(ticket)
        for name in self.book.event_names:
            event = self.book.event(name)
            if not (event.opens or (closed and not event.of_closed)):
                yield from self.of_event(name, ticket)
        if self._others is not None:
            yield from self._of_others(self._others, ticket)
            yield from self._joined(self._others, ticket)

    def _of_others(self, others: Successors, ticket: AbstractTicket) -> Iterator[AbstractStep]:
        """What can happen to the tickets that point at this one."""
        for place, content in enumerate(ticket.others):
            for one in others.outcomes(AbstractTicket(content, ())):
                if one.ticket is not None:
                    after = (
                        *ticket.others[:place],
                        one.ticket.columns,
                        *ticket.others[place + 1 :],
                    )
                    yield one._replace(ticket=ticket._replace(others=after), opened=(), other=place)

    def _joined(self, others: Successors, ticket: AbstractTicket) -> Iterator[AbstractStep]:
        """Tickets that an event opens and that may point at this one."""
        for one in others.openings():
            actions = [step.action for step in one.plan.rule.steps]
            given = [action.given for action in actions if isinstance(action, OpenTicket)]
            if one.ticket is not None and any(n in w for n in self.scope.links for w in given):
                more = (*ticket.others, one.ticket.columns)
                if self._room(more):
                    yield one._replace(
                        ticket=ticket._replace(others=more), other=len(ticket.others)
                    )

    def _room(self, others: Sequence[object]) -> bool:
        """Whether so many tickets that point at one are still followed."""
        self.crowded |= len(others) > OTHERS
        return len(others) <= OTHERS

    def openings(self) -> Iterator[AbstractStep]:
        """Whatever can happen without a ticket."""
        for name in self.book.event_names:
            if self.book.event(name).opens:
                for rule in self.view(name).rules:
                    yield from self._of_rule(self.view(name), rule, None)

    def of_event(
        self,
        name: str,
        ticket: AbstractTicket,
        more: Observables = NOTHING,
        rule: str | None = None,
    ) -> Iterator[AbstractStep]:
        """The ways an event can go, or those of them with one rule."""
        view = self.view(name, more)
        for one in view.rules:
            if rule is None:
                yield from self._remembered(view, one, ticket)
            elif rule == one.rule.id or one.rule.instead is not None:
                yield from (o for o in self._remembered(view, one, ticket) if o.rule == rule)

    def is_closed(self, ticket: AbstractTicket) -> bool:
        """Whether tickets of a class are known to be closed."""
        status = self.scope.value(ticket, "status")
        return status in self.book.statuses and self.book.statuses[status].closed

    def _remembered(
        self, view: RelevantEvent, rule: RelevantRule, ticket: AbstractTicket
    ) -> Iterator[AbstractStep]:
        """What a rule does depends only on what it looks at and changes."""
        looked = (
            tuple([ticket.columns[n] for n in rule.columns_read]),
            tuple([ticket.lists[n] for n in rule.lists_read]),
            ticket.others if rule.others else (),
        )
        key = (id(rule), looked)
        if key not in self._known:
            self._known[key] = list(self._of_rule(view, rule, ticket))
        for one in self._known[key]:
            assert one.ticket is not None
            if self._room(one.ticket.others) or not rule.others:
                yield one._replace(ticket=_put(ticket, one.ticket, rule))

    # --- one rule ----------------------------------------------------------------------------------

    def _of_rule(
        self,
        view: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Mapping[str, Any] | None = None,
    ) -> Iterator[AbstractStep]:
        seen, tried = set[object](), set[object]()
        plain = self.asked.answer(rule.plain, ticket, {})
        for row in rule.rule.rows:
            if self._fails(row, plain):
                continue
            for given in (
                self._givens.of(view.event, rule, row, ticket) if fixed is None else [fixed]
            ):
                values = self.values(rule.question, rule.derived, ticket, given)
                for chosen in self._answers(view, rule, row, values):
                    if rule.rule.instead is not None:
                        yield from self._handed_on(view.event, rule, ticket, given, chosen)
                        continue
                    alike = (
                        tuple([chosen.values.get(n) for n in rule.shown]),
                        chosen.guessed,
                        tuple([given.get(n) is None for n in rule.rule.needs]),
                    )
                    if alike in tried:
                        continue
                    tried.add(alike)
                    made = self._made(view, rule, ticket, given, chosen)
                    if made is not None and (key := _does(made)) not in seen:
                        seen.add(key)
                        yield made

    def _made(
        self,
        view: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        given: Mapping[str, Any],
        chosen: FactChoice,
    ) -> AbstractStep | None:
        event = view.event
        missing = [event.inputs[n].known for n in rule.rule.needs if given.get(n) is None]
        if any(known is None or chosen.values.get(known, ANY) is None for known in missing):
            return None
        steps = [s for s in rule.steps if not s.when or not find_misses(s.when, chosen.values)]
        alike = {n: view.alike(n, chosen.values[n]) for n in chosen.guessed}
        try:
            values = _with_known(event, {**chosen.values, **alike})
            done = self._tickets.after(event, rule.rule, steps, ticket, values)
        except (WrongInput, Refused):
            return None
        if any(isinstance(action, EventRefused) for action in done.plan.actions):
            return None
        after = done.ticket
        told = tuple((n, v) for n, v in given.items() if v is not None)
        return AbstractStep(
            event.name,
            told,
            rule.rule.id,
            done.plan,
            after,
            done.opened,
            chosen.guessed | {known for known in missing if known is not None},
        )

    def _handed_on(
        self,
        event: Event,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        given: Mapping[str, Any],
        chosen: FactChoice,
    ) -> Iterator[AbstractStep]:
        """What comes of the event that a rule hands on to."""
        assert rule.rule.instead is not None
        other = self.view(rule.rule.instead.event)
        handed = {
            n: chosen.values[text.only]
            if text.only is not None
            else text.fill(chosen.values, event.fields)
            for n, text in rule.rule.instead.given.items()
        }
        known = {
            n: list(v) if isinstance(v, tuple) else v for n, v in handed.items() if not _is_open(v)
        }
        try:
            inputs = read_inputs(
                other.event,
                {n: v for n, v in known.items() if v is not None},
                TODAY.isoformat(),
                str,
            )
        except BadInput:
            return
        fixed = {n: tuple(v) if isinstance(v, list) else v for n, v in inputs.items()}
        fixed |= {n: v for n, v in handed.items() if _is_open(v)}
        told = tuple((n, v) for n, v in given.items() if v is not None)
        for one in other.rules:
            for made in self._of_rule(other, one, ticket, fixed):
                yield made._replace(
                    event=event.name, given=told, guessed=made.guessed | chosen.guessed
                )

    # --- facts, and what is not known of them -------------------------------------------------------

    def values(
        self,
        question: FactQuery,
        derived: Sequence[str],
        ticket: AbstractTicket | None,
        given: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Facts as far as they are known, and what is given."""
        values = {**given, **self.asked.answer(question, ticket, given)}
        for name in derived:
            values[name] = self._derived(name, values)
        return values

    def _derived(self, name: str, values: Mapping[str, Any]) -> Any:
        fact = self.book.facts[name]
        if isinstance(fact, DueFact):
            return self._due(name, fact, values)
        if isinstance(fact, ForbiddenFact):
            return None if values.get(fact.base) is None else ANY
        assert isinstance(fact, DateFact)
        base = values.get(fact.base, ANY)
        if fact.unit == "past":
            return SOME if isinstance(base, Unknown) else base is not None and offset(base) < 0
        if base is None or isinstance(base, Unknown):
            return base
        if fact.unit in ("hours_until", "months_since"):
            return SOME
        if fact.unit == "days_since":
            return -offset(base)
        return _workdays(offset(base) if fact.unit == "workdays_until" else -offset(base))

    def _due(self, name: str, fact: DueFact, values: Mapping[str, Any]) -> Any:
        unsure = False
        for due in fact.dues:
            found = worked_out(
                self._bounds, due, day(0) if due.base is None else values.get(due.base, ANY)
            )
            if found is ANY:
                unsure = True
            elif found is not None:
                return SOME if unsure else self._bounds.squeeze(name, Field(name, "date"), found)
        return ANY if unsure and fact.optional else SOME if unsure else None

    def _answers(
        self, view: RelevantEvent, rule: RelevantRule, row: CellRow, values: Mapping[str, Any]
    ) -> Iterator[FactChoice]:
        """Facts for which a row holds: one choice of guesses for each that makes another difference."""
        unknown = [
            n
            for n in sorted(rule.in_steps | row.keys())
            if self._is_guess(view.event, n, values.get(n, ANY))
        ]
        if any(n not in unknown and not cell.holds(values[n]) for n, cell in row.items()):
            return
        halves = [n for n in rule.uses if values.get(n, ANY) is ANY]
        told = [n for n in unknown if n in rule.in_steps]
        rest = [n for n in unknown if n not in rule.in_steps]
        if not unknown and not halves:
            if not self._is_never(view.event, rule, values):
                yield FactChoice(dict(values), frozenset())
            return
        each = [self._guesses(view, row, n, values.get(n, ANY)) for n in told]
        for choice in product(*each, *([None, SOME] for _ in halves)):
            chosen = {**values, **dict(zip((*told, *halves), choice, strict=True))}
            for others in product(*(self._guesses(view, row, n, values.get(n, ANY)) for n in rest)):
                whole = {**chosen, **dict(zip(rest, others, strict=True))}
                if not self._is_never(view.event, rule, whole):
                    yield FactChoice(whole, frozenset((*unknown, *halves)))
                    break

    def _fails(self, row: CellRow, values: Mapping[str, Any]) -> bool:
        """Whether a row does not hold, for what is known of these facts."""
        return any(
            name in row and not row[name].holds(value)
            for name, value in values.items()
            if not self.is_guess(self.book.facts[name], value)
        )

    def _is_guess(self, event: Event, name: str, value: Any) -> bool:
        return isinstance(value, Unknown) and self.is_guess(
            event.inputs[name].field if name in event.inputs else self.book.facts[name], value
        )

    def is_guess(self, fact: Fact | None, value: Any) -> bool:
        """Whether a fact has to be guessed for tests of it to be answered."""
        if not isinstance(value, Unknown):
            return False
        simple = isinstance(fact, DueFact | ForbiddenFact) or (
            isinstance(fact, Field) and fact.type in GUESSED
        )
        return value is ANY or not simple

    def _guesses(self, view: RelevantEvent, row: CellRow, name: str, value: Any) -> list[Any]:
        if isinstance(value, OneOf) and type(value.values[0]) is int:
            return [one for one in value.values if name not in row or row[name].holds(one)]
        return [
            one
            for one in view.classes[name]
            if (one is not None or value is ANY) and (name not in row or row[name].holds(one))
        ]

    def _is_never(self, event: Event, rule: RelevantRule, values: Mapping[str, Any]) -> bool:
        """Whether the book, or what facts are worked out from, rules these facts out."""
        for row in rule.never:
            for name, test in row.items():
                value = values[name]
                if self._is_guess(event, name, value) or not test.holds(value):
                    break
            else:
                return True
        return False


def _with_known(event: Event, values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts, with those in place that stand for an input which is not given."""
    stands = {
        name: values.get(spec.known, ANY)
        for name, spec in event.inputs.items()
        if spec.known is not None and values.get(name) is None
    }
    return {**values, **stands}


def _workdays(days: int) -> Any:
    """How many working days there can be among so many days: all of them, or fewer."""
    return OneOf(range(min(days, 0), max(days, 0) + 1)) if days else 0


def _put(ticket: AbstractTicket, after: AbstractTicket, rule: RelevantRule) -> AbstractTicket:
    """A class after a rule, with what the rule has nothing to do with as it was."""
    columns, lists = list(ticket.columns), list(ticket.lists)
    for place in rule.columns_read:
        columns[place] = after.columns[place]
    for place in rule.lists_read:
        lists[place] = after.lists[place]
    others = after.others if rule.others else ticket.others
    return AbstractTicket(tuple(columns), tuple(lists), others)


def _does(outcome: AbstractStep) -> object:
    """What tells an outcome of a rule from another one."""
    done = tuple(map(repr, outcome.plan.actions))
    return (
        outcome.ticket,
        outcome.opened,
        done,
        tuple(outcome.plan.columns),
        bool(outcome.plan.tasks),
        not outcome.guessed,
    )


def _is_open(value: Any) -> bool:
    return isinstance(value, Unknown) or (
        isinstance(value, tuple) and any(isinstance(v, Unknown) for v in value)
    )
