"""Going through all that can happen to the tickets of a scope, the shortest stories first."""

from __future__ import annotations

import heapq
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ....book.action_records import TicketClosed
from ....book.message_actions import WaitSet
from ....book.model import DAY, Rule, domain
from ....decision.plan import Plan
from ....tables.cells import GIVEN, Cell
from ....tables.decision_table import CellRow
from ..abstraction.abstract_facts import FactQuery
from ..abstraction.abstract_ticket import ANY, AbstractTicket, Unknown
from ..abstraction.initial_tickets import imported
from ..abstraction.relevant_rules import Observables, with_bases
from ..abstraction.successors import AbstractStep, Successors
from .monitors import Monitor, names_in

Node = tuple[AbstractTicket | None, Any]
"""A class of tickets and what the watch knows; no ticket where none is there yet."""

DATED = Observables(
    frozenset({"wait", "task", "move_task", "done", "close", "status"}), events=frozenset({DAY})
)
"""What of a night says when something has to be done next, or that nothing has."""


class StepLabel(NamedTuple):
    """A step of a story: an event with what is given and the rule that answers, or a day that passes.

    `child` says that the story goes on with a ticket that was opened, `other` that the event is one of
    a ticket that points at this one.
    """

    event: str | None
    given: tuple[tuple[str, Any], ...] = ()
    rule: str = ""
    guessed: frozenset[str] = frozenset()
    child: int = -1
    other: int = -1


PASSES = StepLabel(None)


class Edge(NamedTuple):
    """An edge, the node it leads to, and whether it breaks the property."""

    edge: StepLabel
    node: Node
    broken: bool


class Counterexample(NamedTuple):
    """A story that may break the property: its edges, and what was guessed about how it ends.

    `others` are what was guessed about other ways on from there.
    """

    edges: tuple[StepLabel, ...]
    guessed: frozenset[str]
    others: tuple[frozenset[str], ...] = ()


class Feasibility(NamedTuple):
    """Whether a story can go so; None where that is too far to follow. And what is guessed in it,
    the last first, and its edges, with the days between them."""

    possible: bool | None
    guessed: tuple[frozenset[str], ...] = ()
    edges: tuple[StepLabel, ...] = ()


class SearchLimit(Exception):
    """There is more to go through than can be."""

    def __init__(self, states: int) -> None:
        super().__init__(str(states))
        self.states = states


class Search:
    """The stories of a scope, as a watch sees them."""

    def __init__(self, moves: Successors, watch: Monitor) -> None:
        self.moves, self.watch = moves, watch
        self.states = 0
        self._question: tuple[FactQuery, tuple[str, ...]] | None = None

    # --- all steps -----------------------------------------------------------------------------------

    def starts(self) -> Iterator[Edge]:
        """Tickets as an import brings them in, and those that an event opens."""
        for ticket in imported(self.moves.scope):
            yield Edge(
                StepLabel("import"),
                (ticket, self.watch.start(self.moves.scope.value(ticket, "status"))),
                False,
            )
        for outcome in self.moves.openings():
            if outcome.ticket is not None:
                yield self._stepped(None, outcome, self.watch.start(None), opened=True)
            yield from self._children(outcome)

    def steps(self, node: Node, only: StepLabel | None = None) -> Iterator[Edge]:
        """Whatever can happen next; with `only`, an event with a rule that answers it."""
        ticket, known = node
        assert ticket is not None
        if only is None or only.other >= 0:
            found = self.moves.outcomes(ticket)
        else:
            found = self.moves.of_event(str(only.event), ticket, rule=only.rule)
        for outcome in found:
            yield self._stepped(ticket, outcome, known, opened=False)
            yield from self._children(outcome)

    def days(self, node: Node) -> Iterator[Edge]:
        """What a day that passes leads to."""
        ticket, known = node
        assert ticket is not None
        later = self.watch.day(known)
        for after in self.moves.scope.next_day(ticket):
            yield Edge(PASSES, (after, later), False)

    def _stepped(
        self, ticket: AbstractTicket | None, outcome: AbstractStep, known: Any, opened: bool
    ) -> Edge:
        edge = StepLabel(
            outcome.event, outcome.given, outcome.rule, outcome.guessed, other=outcome.other
        )
        if outcome.other >= 0:
            return Edge(edge, (outcome.ticket, known), False)
        after, broken = self.watch.step(known, outcome.plan, opened)
        return Edge(edge, (outcome.ticket, after), broken)

    def _children(self, outcome: AbstractStep) -> Iterator[Edge]:
        """The tickets that an outcome opens, each of which begins a story of its own."""
        for place, (ticket, status) in enumerate(outcome.opened):
            born = born_by(outcome.plan, status)
            known, broken = self.watch.step(self.watch.start(None), born, True)
            edge = StepLabel(outcome.event, outcome.given, outcome.rule, outcome.guessed, place)
            yield Edge(edge, (ticket, known), broken)

    # --- through all of them ---------------------------------------------------------------------------

    def broken(self, most: int, until: float, in_days: bool = False) -> Counterexample | None:
        """The story that may break the property with the fewest steps, or in the fewest days; None
        where there is none.

        Raises GaveUp after so many states, or at a moment of the clock.
        """
        reached: dict[Node, tuple[Node | None, StepLabel]] = {}
        waiting: list[tuple[int, int, int, Node]] = []
        count = 0

        def take(step: Edge, before: Node | None, cost: tuple[int, int]) -> Counterexample | None:
            nonlocal count
            if step.broken:
                return Counterexample((*self._way(reached, before), step.edge), step.edge.guessed)
            if step.node not in reached and step.node[0] is not None:
                reached[step.node] = (before, step.edge)
                count += 1
                order = cost[::-1] if in_days else cost
                heapq.heappush(waiting, (*order, count, step.node))
            return None

        for start in self.starts():
            if (found := take(start, None, (int(start.edge.event != "import"), 0))) is not None:
                return found
        done = set[Node]()
        while waiting:
            one, other, _, node = heapq.heappop(waiting)
            steps, days = (other, one) if in_days else (one, other)
            if node in done:
                continue
            done.add(node)
            self.states = len(done)
            if len(done) > most or time.process_time() > until:
                raise SearchLimit(len(done))
            if (guessed := self.wrong(node)) is not None:
                return Counterexample(tuple(self._way(reached, node)), guessed)
            for step in self.steps(node):
                if (found := take(step, node, (steps + 1, days))) is not None:
                    return found
            for step in self.days(node):
                take(step, node, (steps, days + 1))
        return None

    def stuck(self, most: int, until: float) -> Counterexample | None:
        """The shortest story to an open ticket that may never come to the property's status.

        A step is sure where nothing was guessed for it: it can be taken with every ticket of the
        class. None where every class has a way of sure steps; nothing guessed where there is no way.
        Raises GaveUp as `broken` does.
        """
        reached: dict[Node, tuple[Node | None, StepLabel]] = {}
        waiting: deque[Node] = deque()
        sure, unsure = defaultdict[Node, set[Node]](set), defaultdict[Node, set[Node]](set)
        guessed = defaultdict[Node, set[frozenset[str]]](set)

        def take(step: Edge, before: Node | None) -> None:
            if step.node[0] is not None and step.node not in reached:
                reached[step.node] = (before, step.edge)
                waiting.append(step.node)

        for start in self.starts():
            take(start, None)
        while waiting:
            node = waiting.popleft()
            self.states = len(reached)
            if len(reached) > most or time.process_time() > until:
                raise SearchLimit(len(reached))
            days = list(self.days(node))
            for step in (*self.steps(node), *days):
                take(step, node)
                if step.edge.child < 0:
                    certain = not step.edge.guessed and (step.edge.event or len(days) == 1)
                    (sure if certain else unsure)[step.node].add(node)
                    if step.edge.guessed:
                        guessed[node].add(step.edge.guessed)
        ends = [node for node in reached if self._has_ended(node)]
        good = _behind(ends, (sure,))
        lost = next((node for node in reached if node not in good), None)
        if lost is None:
            return None
        if lost not in _behind(ends, (sure, unsure)):
            return Counterexample(tuple(self._way(reached, lost)), frozenset())
        unsure_of = sorted(guessed[lost] or [frozenset({"status"})], key=_by_size)
        return Counterexample(tuple(self._way(reached, lost)), unsure_of[0], tuple(unsure_of[1:]))

    def _has_ended(self, node: Node) -> bool:
        assert node[0] is not None
        return bool(self.moves.scope.value(node[0], "status") == self.watch.declared.status)

    def _way(
        self, reached: dict[Node, tuple[Node | None, StepLabel]], node: Node | None
    ) -> list[StepLabel]:
        edges = []
        while node is not None:
            node, edge = reached[node]
            edges.append(edge)
        return edges[::-1]

    def follow(self, edges: Sequence[StepLabel], ends_wrong: bool, most: int = 3000) -> Feasibility:
        """Whether a story can go so in this scope, with any number of days between its steps."""
        path = [edge for edge in edges if edge.event is not None]
        reached: dict[Place, tuple[Place | None, StepLabel]] = {}
        waiting: deque[Place] = deque()

        def take(place: int, step: Edge, before: Place | None) -> Feasibility | None:
            if step.broken and place == len(path):
                return _followed(reached, before, (step.edge,), (step.edge.guessed,))
            key = (place, step.node)
            if key not in reached and step.node[0] is not None and not step.broken:
                reached[key] = (before, step.edge)
                waiting.append(key)
            return None

        for start in self.starts():
            if _same(start.edge, path[0]) and (found := take(1, start, None)) is not None:
                return found
        while waiting:
            key = waiting.popleft()
            place, node = key
            if len(reached) > most:
                return Feasibility(None)
            if place == len(path):
                guessed = self.wrong(node) if ends_wrong else None
                if guessed is not None:
                    return _followed(reached, key, (), (guessed,))
                if not ends_wrong:
                    continue
            else:
                for step in self.steps(node, path[place]):
                    if not _same(step.edge, path[place]):
                        continue
                    if (found := take(place + 1, step, key)) is not None:
                        return found
            for step in self.days(node):
                take(place, step, key)
        return Feasibility(False)

    # --- a ticket as it stands ---------------------------------------------------------------------------

    def wrong(self, node: Node) -> frozenset[str] | None:
        """What has to be guessed for a ticket of the class to be as the property forbids; None
        where none is."""
        ticket, known = node
        declared = self.watch.declared
        if ticket is None or not self.watch.looks(known):
            return None
        if declared.kind == "never":
            return self._holding(ticket)
        if declared.kind == "next" and not self.moves.is_closed(ticket):
            return self._undated(ticket)
        return None

    def _holding(self, ticket: AbstractTicket) -> frozenset[str] | None:
        """What has to be guessed for one of the property's rows to hold."""
        values = self.asked(ticket, list(names_in(self.watch.declared)))
        for row in self.watch.declared.rows:
            unknown = [n for n in row if self._open(n, values[n])]
            if all(n in unknown or cell.holds(values[n]) for n, cell in row.items()):
                return frozenset(unknown)
        return None

    def asked(self, ticket: AbstractTicket, names: Sequence[str]) -> dict[str, Any]:
        """Facts that no event is needed for, and fields."""
        around, facts = self.moves.around, self.moves.book.facts
        if self._question is None:
            named = with_bases(self.moves.book, set(names) & facts.keys())
            made = self.moves.asked.question(around.scope, None, around.columns(named))
            self._question = made, around.derived(named)
        values = self.moves.values(*self._question, ticket, {})
        return values | {n: self.moves.scope.value(ticket, n) for n in names if n not in facts}

    def _open(self, name: str, value: Any) -> bool:
        field = self.moves.book.facts.get(name, self.moves.book.fields.get(name))
        return value is ANY or (isinstance(value, Unknown) and self.moves.is_guess(field, value))

    def _undated(self, ticket: AbstractTicket) -> frozenset[str] | None:
        """What has to be guessed for a night to ask for nothing with a date; None where it does."""
        spared = list(self._spared(ticket))
        if any(not unknown for _, unknown in spared):
            return None
        answered = False
        for outcome in self.moves.of_event(DAY, ticket, DATED):
            answered = True
            if not is_dated(outcome.plan) and not self._implied(spared, outcome.plan.rule):
                kept = "task" in self.moves.scope.kinds
                unsure = frozenset(name for _, unknown in spared for name in unknown)
                return outcome.guessed | unsure | (frozenset() if kept else {"task"})
        return None if answered else frozenset()

    def _spared(self, ticket: AbstractTicket) -> Iterator[tuple[CellRow, frozenset[str]]]:
        """The rows with which the property may make an exception of a ticket, each with what of the
        row is not known of it."""
        values = self.asked(ticket, list(names_in(self.watch.declared)))
        for row in self.watch.declared.rows:
            unknown = frozenset(n for n in row if self._open(n, values[n]))
            if all(n in unknown or cell.holds(values[n]) for n, cell in row.items()):
                yield row, unknown

    def _implied(self, spared: Sequence[tuple[CellRow, frozenset[str]]], rule: Rule) -> bool:
        """Whether a rule answers only where one of the exceptions holds, of which so much is open."""
        return any(
            all(self._all_hold(n, exception[n], tests.get(n)) for n in unknown)
            for exception, unknown in spared
            for tests in (rule.rows if len(rule.rows) == 1 else ())
        )

    def _all_hold(self, name: str, wanted: Cell, tested: Cell | None) -> bool:
        """Whether all values of yes and no, or of words, that one test lets through fit another."""
        of = domain(self.moves.book.facts[name], self.moves.book.statuses)
        if tested is None or of.values is None or of.values == GIVEN:
            return False
        values = (*of.values, *([None] if of.optional else []))
        return all(wanted.holds(value) for value in values if tested.holds(value))


def is_dated(plan: Plan) -> bool:
    """Whether a night's plan says what is next and when, or ends the ticket."""
    untils: list[object] = [done.until for done in plan.actions if isinstance(done, WaitSet)]
    waits = any(until is not None and until is not ANY for until in untils)
    closes = any(isinstance(done, TicketClosed) for done in plan.actions)
    return plan.rule.next is not None or waits or closes or bool(plan.tasks)


def _by_size(names: frozenset[str]) -> tuple[int, list[str]]:
    return len(names), sorted(names)


def _behind(ends: Iterable[Node], ways: Sequence[Mapping[Node, set[Node]]]) -> set[Node]:
    """The nodes from which steps lead to one of some nodes, and those themselves."""
    found, waiting = set(ends), list(ends)
    while waiting:
        node = waiting.pop()
        for way in ways:
            new = way.get(node, set()) - found
            found |= new
            waiting += new
    return found


Place = tuple[int, Node]
"""How far a story has come, and where it stands."""


def _followed(
    reached: Mapping[Place, tuple[Place | None, StepLabel]],
    last: Place | None,
    edges: tuple[StepLabel, ...],
    guessed: tuple[frozenset[str], ...],
) -> Feasibility:
    """A story that can go so: what was reached last, and the end of it."""
    while last is not None:
        last, edge = reached[last]
        edges, guessed = (edge, *edges), (*guessed, edge.guessed)
    return Feasibility(True, guessed, edges)


def born_by(plan: Plan, status: str) -> Plan:
    """A plan as the ticket that it opens sees it: it is there, and nothing has happened to it."""
    event, rule = plan.event._replace(name=""), plan.rule._replace(id="")
    state = plan.state._replace(status=status)
    return plan._replace(state=state, event=event, rule=rule, columns={}, actions=[], tasks=[])


def _same(edge: StepLabel, other: StepLabel) -> bool:
    """Whether two edges are the same step of a story, whatever is given and guessed."""
    return edge._replace(given=(), guessed=frozenset()) == other._replace(
        given=(), guessed=frozenset()
    )
