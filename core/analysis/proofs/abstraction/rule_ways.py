"""All ways that a rule can go for a class of tickets: what can be given, and what is guessed of facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ....tables.decision_table import find_misses
from ..abstract_values import Values
from .abstract_inputs import AbstractInputs
from .abstract_ticket import AbstractTicket
from .fact_guesses import FactChoice, FactGuesses
from .kept_parts import KeptParts
from .message_classes import move_message
from .relevant_rules import RelevantEvent, RelevantRule
from .shared_knowledge import SharedKnowledge


class RuleWay(NamedTuple):
    """One way a rule can go: the class, what is given, the facts, and the places of the steps done.

    `answers` is what had to be guessed for the rule to answer, and not only for what it then does;
    `group` is the number of the ways one of which it surely goes, 0 where it is none of such.
    """

    ticket: AbstractTicket | None
    given: Values
    choice: FactChoice
    steps: tuple[int, ...]
    answers: frozenset[str]
    group: int


class GivenChoices(NamedTuple):
    """What is given with an event, and all facts with it for which a row of a rule holds.

    `answers` is what had to be guessed for that.
    """

    ticket: AbstractTicket | None
    given: Values
    choices: Sequence[FactChoice]
    answers: frozenset[str]


class RuleWays:
    """The ways that rules can go for the classes of an abstraction."""

    def __init__(self, shared: SharedKnowledge, kept: KeptParts, on_its_day: bool) -> None:
        self._shared, self._kept = shared, kept
        self._inputs = AbstractInputs(kept, shared.bounds, on_its_day)
        self._guesses = FactGuesses(shared)
        self._known: dict[object, list[RuleWay]] = {}

    def list_ways(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Values | None,
    ) -> Iterable[RuleWay]:
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
        if key not in self._known:
            self._known[key] = list(self._find_ways(relevant, rule, ticket, fixed))
        return [one._replace(ticket=ticket) for one in self._known[key]]

    def _find_ways(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Values | None,
    ) -> Iterator[RuleWay]:
        tried, groups = set[object](), 0
        for moved, given, choices, answers in self.list_choices(relevant, rule, ticket, fixed):
            ways: dict[object, RuleWay] = {}
            for choice in choices:
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
                ways.setdefault(alike, RuleWay(moved, given, choice, steps, answers, 0))
            is_whole = not answers and tried.isdisjoint(ways)
            groups += is_whole
            for key, way in ways.items():
                if key not in tried:
                    yield way._replace(group=groups) if is_whole else way
            tried |= ways.keys()

    def list_choices(
        self,
        relevant: RelevantEvent,
        rule: RelevantRule,
        ticket: AbstractTicket | None,
        fixed: Values | None,
    ) -> Iterator[GivenChoices]:
        """All that can be given, and the facts with it, for a rule to answer; with the ticket, of
        whose messages one has left or come back where the event says so."""
        facts = self._shared.facts
        plain = facts.ask(rule.plain, ticket, {})
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
                    known = plain if moved is ticket else facts.ask(rule.plain, moved, {})
                    values = self._guesses.derive(rule.by_input, rule.derived, moved, given, known)
                    more = unsure | open_mail
                    choices = [
                        one._replace(guessed=one.guessed | more)
                        for one in self._guesses.choose(relevant, rule, row, values)
                    ]
                    if choices:
                        answers = more | (choices[0].open & row.keys())
                        yield GivenChoices(moved, given, choices, answers)


def _take_steps(rule: RelevantRule, values: Values) -> tuple[int, ...]:
    """The places of the steps that are done where some facts hold."""
    steps = enumerate(rule.steps)
    return tuple(place for place, step in steps if not find_misses(step.when, values))
