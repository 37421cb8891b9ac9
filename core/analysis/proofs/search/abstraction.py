"""What the search knows of an abstraction: five methods, and the records that go through them.

An abstraction has finitely many states, each a class of tickets. Whatever can happen to a ticket can
happen to the state that it is in; a state may do what none of its tickets can (an
over-approximation), and says what had to be guessed for it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from enum import Enum
from typing import Generic, NamedTuple, Protocol, TypeVar

from ....book.ticket_parts import Part
from ....decision.plan import Plan
from ....tables.cells import Cell
from ..abstract_values import AbstractValue, FactTest

StateT = TypeVar("StateT", bound=Hashable)
"""A state of an abstraction: the search only compares it with others."""

Tests = Mapping[str, FactTest] | Mapping[Part, FactTest]
"""A row of tests that all have to hold: of facts and fields by their names, or of parts of a ticket."""


class Certain(Enum):
    """What holds, or does not, for all tickets of a state alike."""

    YES = "yes"
    NO = "no"


YES, NO = Certain.YES, Certain.NO


class Needs(NamedTuple):
    """What is not known of the tickets of a state, so that it is open whether something holds."""

    names: frozenset[str]


Answer = Certain | Needs


class StepLabel(NamedTuple):
    """A step of a story: an event with what is given and the rule that answers, or a day that passes.

    `guessed` are the facts that are not known, and were chosen so that it can happen: with none it can
    happen to every ticket of the state (a must step), else to some perhaps (a may step). `child` says
    that the story goes on with a ticket that was opened, `other` that the event is one of a ticket
    that points at this one. `answers` are those of the guessed facts by which the rule answers. Steps
    of an event and a rule with the same `group`, if it is not 0, are all that the event can come to
    with what is given: one of them surely happens, though it is open which.
    """

    event: str | None
    given: tuple[tuple[str, AbstractValue], ...] = ()
    rule: str = ""
    guessed: frozenset[str] = frozenset()
    child: int = -1
    other: int = -1
    answers: frozenset[str] = frozenset()
    group: int = 0

    def is_same_step(self, other: StepLabel) -> bool:
        """Whether two labels are of the same step, whatever is given and guessed."""
        return (self.event, self.rule, self.child, self.other) == (
            other.event,
            other.rule,
            other.child,
            other.other,
        )


DAY_PASSES = StepLabel(None)
IMPORT_EVENT = "import"
IMPORT = StepLabel(IMPORT_EVENT)


class Transition(NamedTuple, Generic[StateT]):
    """A step that can be taken: the state it leads to, and the plan, by which a monitor knows it.

    `state` is None where there is no ticket after it, `opens` says that the ticket is new; an import
    has no plan.
    """

    label: StepLabel
    state: StateT | None
    plan: Plan | None
    opens: bool


class Observables(NamedTuple):
    """What of a step has to be seen: kinds of actions, whole rules and events, and tests of facts.

    `changes` are the events of which every change to the ticket has to be seen, `inputs` those whose
    values have to be.
    """

    kinds: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    facts: frozenset[tuple[str, Cell]] = frozenset()
    changes: frozenset[str] = frozenset()
    inputs: frozenset[str] = frozenset()

    def join(self, other: Observables) -> Observables:
        """What one of two has to see."""
        return Observables(
            self.kinds | other.kinds,
            self.rules | other.rules,
            self.events | other.events,
            self.facts | other.facts,
            self.changes | other.changes,
            self.inputs | other.inputs,
        )


NOTHING = Observables()


class Focus(NamedTuple):
    """One event alone, or one rule of it; `observables` are seen beside what is seen anyway."""

    event: str
    rule: str | None = None
    observables: Observables = NOTHING


class Abstraction(Protocol[StateT]):
    """A finite over-approximation of all that can happen to a book's tickets."""

    def initial(self, focus: Focus | None = None) -> Iterable[Transition[StateT]]:
        """The states in which tickets can begin, each with the import or the event that brings it; with a
        focus, by that of it."""

    def successors(self, state: StateT, focus: Focus | None = None) -> Iterable[Transition[StateT]]:
        """Whatever can happen to a ticket of a state on the day; with a focus, that of it."""

    def next_day(self, state: StateT) -> Iterable[StateT]:
        """The states in which a ticket of a state can be on the next day, if nothing happens."""

    def holds(self, row: Tests, state: StateT) -> Answer:
        """Whether a row of tests holds for the tickets of a state.

        YES and NO are said of all of them, so that no finer abstraction says otherwise.
        """

    def finer(self, names: Iterable[str]) -> Iterable[Abstraction[StateT]]:
        """Abstractions that keep more of what bears on some facts, the cheapest first.

        None where all that can be known of them is kept. Their states are others.
        """
