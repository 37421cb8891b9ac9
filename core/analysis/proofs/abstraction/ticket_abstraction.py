"""The abstraction of a book's tickets that keeps some of their parts: what the search goes through.

Its states are classes of tickets (AbstractTicket). Each is an over-approximation: whatever can happen
to a ticket can happen to its class.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....book.ticket_parts import Part
from ....decision.plan import Plan
from ..precision import Precision
from ..search.abstraction import (
    IMPORT,
    IMPORT_EVENT,
    Answer,
    Focus,
    Observables,
    StepLabel,
    Tests,
    Transition,
)
from .abstract_ticket import AbstractTicket
from .initial_tickets import list_initial_tickets
from .kept_parts import KeptParts
from .refinements import coarsen, refine, refine_fully
from .shared_knowledge import SharedKnowledge
from .state_facts import StateFacts
from .successors import AbstractStep, Successors

TicketTransition = Transition[AbstractTicket]


class TicketAbstraction:
    """What can happen to tickets, as far as a precision keeps their parts.

    `observables` are what has to be seen of steps, `names` the facts and fields whose rows are asked
    about states; `on_its_day` says that what has happened is recorded on the day on which it happens.
    """

    def __init__(
        self,
        shared: SharedKnowledge,
        precision: Precision,
        observables: Observables,
        names: Iterable[str],
        on_its_day: bool = False,
    ) -> None:
        self.precision = precision
        self._shared, self._observables, self._names = shared, observables, tuple(names)
        self._kept = KeptParts(shared.book, shared.bounds, precision)
        self._on_its_day = on_its_day
        self._successors = Successors(shared, self._kept, observables, on_its_day)
        self._state_facts = StateFacts(shared, self._kept, self._names)

    # --- what the search knows -------------------------------------------------------------------

    def initial(self, focus: Focus | None = None) -> Iterator[TicketTransition]:
        """Tickets as an import brings them in, and those that an event opens; or one of these."""
        if focus is None or focus.event == IMPORT_EVENT:
            for ticket in list_initial_tickets(self._kept):
                yield Transition(IMPORT, ticket, None, opens=False)
        for step in self._successors.list_openings(focus):
            yield from _transitions(step, opens=True, guessed=step.guessed)

    def successors(
        self, state: AbstractTicket, focus: Focus | None = None
    ) -> Iterator[TicketTransition]:
        """Whatever can happen to a ticket of a class on the day, and to the tickets that it opens."""
        if focus is None:
            steps, unkept = self._successors.list_steps(state), _NOTHING
        else:
            steps = self._successors.list_steps_of(focus, state)
            unkept = self._unkept(focus.observables)
        for step in steps:
            yield from _transitions(step, opens=False, guessed=step.guessed | unkept)

    def _unkept(self, observables: Observables) -> frozenset[str]:
        """What has to be guessed to see a step: what tasks are open, where they are not kept."""
        sees_tasks = not observables.kinds.isdisjoint(_TASKS)
        return _TASKS if sees_tasks and "task" not in self._kept.kinds else _NOTHING

    def next_day(self, state: AbstractTicket) -> Iterator[AbstractTicket]:
        """The classes that a ticket of a class can be in on the next day, if nothing happens."""
        return self._kept.next_day(state)

    def holds(self, row: Tests, state: AbstractTicket) -> Answer:
        """Whether a row of tests holds for all tickets of a class, for none, or what it needs."""
        return self._state_facts.holds(row, state)

    def finer(self, names: Iterable[str]) -> Iterator[TicketAbstraction]:
        """Abstractions that keep more of what bears on some facts, the cheapest first."""
        return map(self._with, refine(self._shared, self.precision, names))

    # --- what the refinement loop knows beside ---------------------------------------------------

    def finest(self, names: Iterable[str]) -> TicketAbstraction:
        """The abstraction that keeps all that can be known of some facts."""
        return self._with(refine_fully(self._shared, self.precision, names))

    def list_refined(self, coarse: TicketAbstraction) -> list[Part]:
        """The parts of which it keeps more than a coarser one."""
        before = coarse.precision
        return [part for part, level in self.precision.items() if level != before.get(part)]

    def coarser(self, part: Part, coarse: TicketAbstraction) -> Iterator[TicketAbstraction]:
        """Abstractions that keep less of a part, the coarsest first, down to what `coarse` keeps."""
        return map(self._with, coarsen(self._shared, self.precision, coarse.precision, part))

    def begin_search(self) -> None:
        """Note from now on whether it is crowded."""
        self._successors.is_crowded = False

    @property
    def is_crowded(self) -> bool:
        """Whether more tickets could point at one than are followed: then it find_misses what they do."""
        return self._successors.is_crowded

    def _with(self, precision: Precision) -> TicketAbstraction:
        return TicketAbstraction(
            self._shared, precision, self._observables, self._names, self._on_its_day
        )


_NOTHING, _TASKS = frozenset[str](), frozenset({"task"})


def _transitions(
    step: AbstractStep, opens: bool, guessed: frozenset[str]
) -> Iterator[TicketTransition]:
    """A step as the ticket sees it, and as each ticket that it opens does.

    `opens` says that it has no ticket before it.
    """
    label = StepLabel(
        event=step.event,
        given=step.given,
        rule=step.rule,
        guessed=guessed,
        other=step.other,
        answers=step.answers,
        group=step.group,
    )
    if step.ticket is not None or not opens:
        yield Transition(label, step.ticket, step.plan, opens)
    for place, (ticket, status) in enumerate(step.opened):
        born = _as_seen_by_opened(step.plan, status)
        yield Transition(label._replace(child=place, other=-1), ticket, born, opens=True)


def _as_seen_by_opened(plan: Plan, status: str) -> Plan:
    """A plan as the ticket that it opens sees it: it is there, and nothing has happened to it."""
    event, rule = plan.event._replace(name=""), plan.rule._replace(id="")
    state = plan.state._replace(status=status)
    return plan._replace(state=state, event=event, rule=rule, columns={}, actions=[], tasks=[])
