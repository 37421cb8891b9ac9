"""Whether a status can always be reached: from every state there is a way of sure steps to it.

"Can come to" says what must be possible. There a step of the abstraction counts only if every ticket
of the state can take it (a must step): nothing had to be guessed for it. The others are may steps.
That anybody can close a ticket by hand does not count.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Generic

from ....book.ticket_parts import STATUS_PART
from .abstraction import StateT
from .state_checks import Guesses
from .state_search import Counterexample, Limit
from .state_space import Edge, Node, Paths, StateSpace

BY_HAND = "common.close"
"""The rule with which any ticket can be closed: it is not the way out that a property asks for."""

_STATUS_UNKNOWN = frozenset({STATUS_PART.column})


class GoalSearch(Generic[StateT]):
    """Looks for an open ticket that may never come to a status; `states` were gone through."""

    def __init__(self, space: StateSpace[StateT], limit: Limit) -> None:
        self._space, self._limit = space, limit
        self._paths = Paths[Node[StateT]]()
        self._waiting: deque[Node[StateT]] = deque()
        self._must = defaultdict[Node[StateT], set[Node[StateT]]](set)
        self._may = defaultdict[Node[StateT], set[Node[StateT]]](set)
        """The nodes from which must steps, and may steps, lead to a node."""
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
        safe = _find_before(goals, (self._must,))
        lost = next((node for node in self._paths if node not in safe), None)
        if lost is None:
            return None
        choices = self._paths.list_choices(lost)
        labels = tuple(each[0] for each in choices)
        if lost not in _find_before(goals, (self._must, self._may)):
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
            days = list(self._space.days(node))
            for edge in self._space.steps(node):
                self._connect(edge, node, must=not edge.label.guessed)
            for edge in days:
                self._connect(edge, node, must=len(days) == 1)

    def _take(self, edge: Edge[StateT], before: Node[StateT] | None) -> None:
        if edge.node is not None and self._paths.reach(edge.node, before, edge.label):
            self._waiting.append(edge.node)

    def _connect(self, edge: Edge[StateT], node: Node[StateT], must: bool) -> None:
        self._take(edge, node)
        if edge.label.child >= 0 or edge.node is None or edge.label.rule == BY_HAND:
            return
        (self._must if must else self._may)[edge.node].add(node)
        if edge.label.guessed:
            self._guessed[node].setdefault(edge.label.guessed, set()).add(edge.node)


def _by_size(names: Guesses) -> tuple[int, Sequence[str]]:
    return len(names), sorted(names)


def _find_before(
    goals: Iterable[Node[StateT]],
    ways: Sequence[Mapping[Node[StateT], set[Node[StateT]]]],
) -> set[Node[StateT]]:
    """The nodes from which steps lead to one of some nodes, and those themselves."""
    found = set(goals)
    waiting = list(found)
    while waiting:
        node = waiting.pop()
        for way in ways:
            new = way.get(node, set()) - found
            found |= new
            waiting += new
    return found
