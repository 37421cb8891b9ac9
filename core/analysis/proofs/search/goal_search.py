"""Whether a status can always be reached: from every state there is a way of sure steps to it.

"Can come to" says what must be possible. There a step of the abstraction counts only if every ticket
of the state can take it (a must step): nothing had to be guessed for it. The others are may steps.
Where it is open only what comes of a step, it counts if there is a way on from all that can come of it.
That anybody can close a ticket by hand does not count.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence, Set
from typing import Generic, NamedTuple

from ....book.ticket_parts import STATUS_PART
from .abstraction import StateT
from .state_checks import Guesses
from .state_search import Counterexample, Limit
from .state_space import Edge, Node, Paths, StateSpace

BY_HAND = "common.close"
"""The rule with which any ticket can be closed: it is not the way out that a property asks for."""

_STATUS_UNKNOWN = frozenset({STATUS_PART.column})


class _MustStep(NamedTuple, Generic[StateT]):
    """A step that all tickets of a node can take; `group` tells steps of one rule apart."""

    node: Node[StateT]
    event: str | None
    rule: str
    other: int
    group: object


class GoalSearch(Generic[StateT]):
    """Looks for an open ticket that may never come to a status; `states` were gone through."""

    def __init__(self, space: StateSpace[StateT], limit: Limit) -> None:
        self._space, self._limit = space, limit
        self._paths = Paths[Node[StateT]]()
        self._waiting: deque[Node[StateT]] = deque()
        self._before = defaultdict[Node[StateT], set[Node[StateT]]](set)
        """The nodes from which steps lead to a node."""
        self._must = defaultdict[_MustStep[StateT], set[Node[StateT]]](set)
        """Where a must step leads: to one of these nodes."""
        self._guessed = defaultdict[Node[StateT], dict[Guesses, set[Node[StateT]]]](dict)
        """What has to be guessed for steps from a node, and where they lead."""

    @property
    def states(self) -> int:
        """How many nodes were reached."""
        return len(self._paths)

    def find_counterexample(self) -> Counterexample | None:
        """The shortest story to an open ticket that may never come to the property's status.

        None where every state has a way of must steps; nothing is guessed where there is no way.
        Raises SearchLimit.
        """
        self._explore()
        goals = [node for node in self._paths if self._space.is_goal(node)]
        safe = self._find_safe(goals)
        lost = next((node for node in self._paths if node not in safe), None)
        if lost is None:
            return None
        choices = self._paths.list_choices(lost)
        labels = tuple(each[0] for each in choices)
        if lost not in self._find_before(goals):
            return Counterexample(labels, frozenset(), choices=choices)
        first, *others = self._list_guessed(lost, safe) or [_STATUS_UNKNOWN]
        return Counterexample(labels, first, tuple(others), choices)

    def _list_guessed(self, lost: Node[StateT], safe: Set[Node[StateT]]) -> Sequence[Guesses]:
        """What is guessed for the steps from a node: for those first that lead to where there is a way."""
        guessed = self._guessed[lost]
        return sorted(guessed, key=lambda one: (guessed[one].isdisjoint(safe), *_by_size(one)))

    def _explore(self) -> None:
        """Reach all nodes, and note which lead to which."""
        for edge in self._space.initial():
            self._take(edge, None)
        while self._waiting:
            node = self._waiting.popleft()
            self._limit.check(self.states)
            for edge in self._space.steps(node):
                self._connect(edge, node)
            for edge in self._space.days(node):
                self._connect(edge, node)
                if edge.node is not None:
                    self._must[_MustStep(node, None, "", -1, 0)].add(edge.node)

    def _take(self, edge: Edge[StateT], before: Node[StateT] | None) -> None:
        if edge.node is not None and self._paths.reach(edge.node, before, edge.label):
            self._waiting.append(edge.node)

    def _connect(self, edge: Edge[StateT], node: Node[StateT]) -> None:
        self._take(edge, node)
        label = edge.label
        if label.child >= 0 or edge.node is None or label.rule == BY_HAND:
            return
        self._before[edge.node].add(node)
        if label.group or (label.event is not None and not label.guessed):
            group: object = label.group or edge.node
            self._must[_MustStep(node, label.event, label.rule, label.other, group)].add(edge.node)
        if label.guessed:
            wanted = label.answers or label.guessed
            self._guessed[node].setdefault(wanted, set()).add(edge.node)

    def _find_safe(self, goals: Iterable[Node[StateT]]) -> set[Node[StateT]]:
        """The nodes from which must steps lead to one of some nodes, whatever comes of them."""
        leading = defaultdict[Node[StateT], list[_MustStep[StateT]]](list)
        for step, nodes in self._must.items():
            for node in nodes:
                leading[node].append(step)
        left = {step: len(nodes) for step, nodes in self._must.items()}
        found = set(goals)
        waiting = list(found)
        while waiting:
            for step in leading[waiting.pop()]:
                left[step] -= 1
                if not left[step] and step.node not in found:
                    found.add(step.node)
                    waiting.append(step.node)
        return found

    def _find_before(self, goals: Iterable[Node[StateT]]) -> set[Node[StateT]]:
        """The nodes from which any steps lead to one of some nodes, and those themselves."""
        found = set(goals)
        waiting = list(found)
        while waiting:
            new = self._before.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found


def _by_size(names: Guesses) -> tuple[int, Sequence[str]]:
    return len(names), sorted(names)
