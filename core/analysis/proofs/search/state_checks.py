"""Whether a ticket as it stands is as a property forbids: asked of a state of an abstraction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple

from ....book.action_records import TicketClosed
from ....book.actions import ACTION_KINDS
from ....book.domains import domain
from ....book.message_actions import WaitSet
from ....book.model import DAY, Book, Rule
from ....book.properties import Property
from ....book.ticket_parts import STATUS_PART, Part
from ....decision.plan import Plan
from ....tables.cells import GIVEN, Cell
from ....tables.decision_table import CellRow
from ..abstract_values import ANY
from .abstraction import YES, Abstraction, Focus, Needs, Observables, StateT

NIGHT = Focus(
    DAY,
    observables=Observables(
        frozenset(kind.name for kind in ACTION_KINDS.values() if kind.dates_next),
        events=frozenset({DAY}),
    ),
)
"""The night, with what says when something has to be done next, or that nothing has."""

_NOTHING = frozenset[str]()

Guesses = frozenset[str]
"""The facts that have to be guessed for something to be so."""


class Exemption(NamedTuple):
    """A row with which a property makes an exception of a ticket, and what is not known for it."""

    row: CellRow
    unknown: Guesses


class StateCheck(Generic[StateT]):
    """Looks at the states of an abstraction for a property of a book."""

    def __init__(self, book: Book, abstraction: Abstraction[StateT], declared: Property) -> None:
        self._book, self._abstraction, self._declared = book, abstraction, declared
        closed = (status.name for status in book.statuses.values() if status.closed)
        self._closed = _is_status(*closed)
        self._goal = _is_status(declared.status)

    def reaches_goal(self, state: StateT) -> bool:
        """Whether all tickets of a state have the status that the property is about."""
        return self._abstraction.holds(self._goal, state) is YES

    def find_violation(self, state: StateT) -> Guesses | None:
        """What has to be guessed for a ticket of a state to be as the property forbids.

        None where no ticket is.
        """
        if self._declared.kind == "never":
            return next((one.unknown for one in self._exemptions(state)), None)
        if self._declared.kind == "next" and not self._is_closed(state):
            return self._find_undated_night(state)
        return None

    def _is_closed(self, state: StateT) -> bool:
        return self._abstraction.holds(self._closed, state) is YES

    def _exemptions(self, state: StateT) -> Iterator[Exemption]:
        """The rows of the property that hold for a ticket of a state, as far as is known."""
        for row in self._declared.rows:
            answer = self._abstraction.holds(row, state)
            if answer is YES:
                yield Exemption(row, _NOTHING)
            elif isinstance(answer, Needs):
                yield Exemption(row, answer.names)

    # --- a next step with a date -----------------------------------------------------------------

    def _find_undated_night(self, state: StateT) -> Guesses | None:
        """What has to be guessed for a night to ask for nothing with a date; None where it does."""
        exemptions = list(self._exemptions(state))
        if any(not one.unknown for one in exemptions):
            return None
        answers = False
        for step in self._abstraction.successors(state, NIGHT):
            if step.label.child >= 0 or step.plan is None:
                continue
            answers = True
            if not is_dated(step.plan) and not self._is_exempt(exemptions, step.plan.rule):
                unsure = frozenset(name for one in exemptions for name in one.unknown)
                return step.label.guessed | unsure
        return None if answers else _NOTHING

    def _is_exempt(self, exemptions: Sequence[Exemption], rule: Rule) -> bool:
        """Whether a rule answers only where one of the exceptions holds, of which so much is open."""
        return any(
            all(self._all_hold(name, one.row[name], tests.get(name)) for name in one.unknown)
            for one in exemptions
            for tests in (rule.rows if len(rule.rows) == 1 else ())
        )

    def _all_hold(self, name: str, wanted: Cell, tested: Cell | None) -> bool:
        """Whether all values of yes and no, or of words, that one test lets through fit another."""
        if tested is None or name not in self._book.facts:
            return False
        of = domain(self._book.facts[name], self._book.statuses)
        if of.values is None or of.values == GIVEN:
            return False
        values = (*of.values, *([None] if of.optional else []))
        return all(wanted.holds(value) for value in values if tested.holds(value))


def _is_status(*names: str) -> dict[Part, Cell]:
    """The row that holds for tickets in one of some statuses."""
    return {STATUS_PART: Cell(" or ".join(names), frozenset(names), ())}


def is_dated(plan: Plan) -> bool:
    """Whether a night's plan says what is next and when, or ends the ticket."""
    untils: list[object] = [done.until for done in plan.actions if isinstance(done, WaitSet)]
    waits = any(until is not None and until is not ANY for until in untils)
    closes = any(isinstance(done, TicketClosed) for done in plan.actions)
    return plan.rule.next is not None or waits or closes or bool(plan.tasks)
