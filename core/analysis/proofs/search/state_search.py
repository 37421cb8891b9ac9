"""Model checking: all that can happen is gone through, the shortest stories first.

Explicit-state search over the product of an abstraction and a monitor. A safety property is broken
where a step breaks it or a state is as it forbids.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple

from .abstraction import StateT, StepLabel
from .state_checks import Guesses
from .state_space import Edge, Node, Paths, StateSpace


class Counterexample(NamedTuple):
    """A story that may break the property: its steps, and what was guessed about how it ends.

    `others` are what was guessed about other ways on from there; `choices` are for each step those
    that lead to the same classes.
    """

    labels: tuple[StepLabel, ...]
    guessed: Guesses
    others: tuple[Guesses, ...] = ()
    choices: Sequence[Sequence[StepLabel]] = ()

    @property
    def cost(self) -> Cost:
        """How long it is."""
        days = sum(label.event is None for label in self.labels)
        imports = sum(label.event == "import" for label in self.labels)
        return Cost(len(self.labels) - days - imports, days)


class SearchLimit(Exception):
    """There is more to go through than the limit of a search lets it."""

    def __init__(self, states: int) -> None:
        super().__init__(str(states))
        self.states = states


class Limit(NamedTuple):
    """How far a search goes: up to so many nodes, and to a moment of the process's time."""

    states: int
    until: float

    def check(self, states: int) -> None:
        """Raise SearchLimit where it is passed."""
        if states > self.states or time.process_time() > self.until:
            raise SearchLimit(states)


class Cost(NamedTuple):
    """How long a story is."""

    steps: int
    days: int

    def sort_key(self, in_days: bool) -> tuple[int, int]:
        """What comes first: few steps and then few days, or the other way round."""
        return (self.days, self.steps) if in_days else (self.steps, self.days)


class StateSearch(Generic[StateT]):
    """Looks for the shortest story that may break a safety property; `states` were gone through."""

    def __init__(self, space: StateSpace[StateT], limit: Limit, in_days: bool) -> None:
        self._space, self._limit, self._in_days = space, limit, in_days
        self._paths = Paths[Node[StateT]]()
        self._waiting: list[tuple[tuple[int, int], int, Cost, Node[StateT]]] = []
        self._found = self._go_through()
        self.states = 0

    def find_counterexample(self) -> Counterexample | None:
        """The story that may break the property with the fewest steps, or in the fewest days; the next
        one each time it is called again.

        None where there is none. Raises SearchLimit.
        """
        return next(self._found, None)

    def _go_through(self) -> Iterator[Counterexample]:
        """All counterexamples, the shortest first: each the shortest to where it breaks the property."""
        for edge in self._space.initial():
            cost = Cost(int(edge.label.event != "import"), 0)
            if (found := self._take(edge, None, cost)) is not None:
                yield found
        for node, cost in self._next_nodes():
            if (guessed := self._space.find_violation(node)) is not None:
                yield self._make_counterexample(node, (), guessed)
                continue
            for edge in self._space.steps(node):
                if (found := self._take(edge, node, Cost(cost.steps + 1, cost.days))) is not None:
                    yield found
            for edge in self._space.days(node):
                self._take(edge, node, Cost(cost.steps, cost.days + 1))

    def _next_nodes(self) -> Iterator[tuple[Node[StateT], Cost]]:
        """The nodes that are reached, each once, the nearest first."""
        done = set[Node[StateT]]()
        while self._waiting:
            _, _, cost, node = heapq.heappop(self._waiting)
            if node not in done:
                done.add(node)
                self.states = len(done)
                self._limit.check(self.states)
                yield node, cost

    def _take(
        self, edge: Edge[StateT], before: Node[StateT] | None, cost: Cost
    ) -> Counterexample | None:
        """Note where a step leads; the story, where it breaks the property."""
        if edge.breaks:
            return self._make_counterexample(before, (edge.label,), edge.label.guessed)
        if edge.node is not None and self._paths.reach(edge.node, before, edge.label):
            entry = (cost.sort_key(self._in_days), len(self._paths), cost, edge.node)
            heapq.heappush(self._waiting, entry)
        return None

    def _make_counterexample(
        self, last: Node[StateT] | None, end: tuple[StepLabel, ...], guessed: Guesses
    ) -> Counterexample:
        """The path to a node, and its end."""
        choices = [*self._paths.list_choices(last), *([one] for one in end)]
        labels = tuple(each[0] for each in choices)
        return Counterexample(labels, guessed, choices=choices)
