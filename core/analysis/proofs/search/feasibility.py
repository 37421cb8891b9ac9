"""Whether a counterexample is feasible in an abstraction: another one, finer than where it was found.

Where it is not, it was spurious: the coarser abstraction let something happen that no ticket can do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Generic, NamedTuple

from .abstraction import StateT, StepLabel
from .state_checks import Guesses
from .state_space import Edge, Node, Paths, StateSpace

_MOST = 3000
"""Places up to which a story is followed."""


class Feasibility(NamedTuple):
    """Whether a story can go so; None where that is too far to follow.

    And what is guessed in it, the last first, and its steps, with the days between them.
    """

    possible: bool | None
    guessed: tuple[Guesses, ...] = ()
    labels: tuple[StepLabel, ...] = ()


class _Place(NamedTuple, Generic[StateT]):
    """How many of a story's steps have been taken, and the node it has come to."""

    taken: int
    node: Node[StateT]


class FeasibilityCheck(Generic[StateT]):
    """Follows a story step by step, with any number of days between them, or as many as it says."""

    def __init__(
        self,
        space: StateSpace[StateT],
        labels: Sequence[StepLabel],
        ends_in_step: bool,
        counts_days: bool = False,
    ) -> None:
        """`ends_in_step`: its last step breaks the property; else the ticket as it then stands does.

        `counts_days`: as many days pass between its steps as it says.
        """
        self._space, self._ends_in_step, self._counts_days = space, ends_in_step, counts_days
        self._story = [one for one in labels if counts_days or one.event is not None]
        self._paths = Paths[_Place[StateT]]()
        self._waiting: deque[_Place[StateT]] = deque()

    def follow(self) -> Feasibility:
        """Whether the story can go so in this abstraction."""
        for edge in self._space.initial(self._story[0]):
            if (found := self._take(edge, 1, None)) is not None:
                return found
        while self._waiting:
            place = self._waiting.popleft()
            if len(self._paths) > _MOST:
                return Feasibility(None)
            if (found := self._go_on(place)) is not None:
                return found
        return Feasibility(False)

    def _go_on(self, place: _Place[StateT]) -> Feasibility | None:
        """All ways on from a place; the story, where one of them is its end."""
        taken, node = place
        if taken < len(self._story) and self._story[taken].event is None:
            for edge in self._space.days(node):
                self._take(edge, taken + 1, place)
            return None
        if taken < len(self._story):
            for edge in self._space.steps(node, self._story[taken]):
                if (found := self._take(edge, taken + 1, place)) is not None:
                    return found
        elif self._ends_in_step:
            return None
        elif (guessed := self._space.find_violation(node)) is not None:
            return self._tell(place, (), (guessed,))
        for edge in () if self._counts_days else self._space.days(node):
            self._take(edge, taken, place)
        return None

    def _take(
        self, edge: Edge[StateT], taken: int, before: _Place[StateT] | None
    ) -> Feasibility | None:
        """Note where a step leads; the story, where it breaks the property at its end."""
        if edge.breaks:
            if taken < len(self._story):
                return None
            return self._tell(before, (edge.label,), (edge.label.guessed,))
        if edge.node is not None:
            place = _Place(taken, edge.node)
            if self._paths.reach(place, before, edge.label):
                self._waiting.append(place)
        return None

    def _tell(
        self,
        last: _Place[StateT] | None,
        end: tuple[StepLabel, ...],
        guessed: tuple[Guesses, ...],
    ) -> Feasibility:
        """A story that can go so: the place it came to last, and its end."""
        labels = self._paths.list_labels(last)
        before = (label.guessed for label in reversed(labels))
        return Feasibility(True, (*guessed, *before), (*labels, *end))
