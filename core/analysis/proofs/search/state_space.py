"""The product of an abstraction and a monitor: nodes, the edges between them, and paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from ....book.model import Book
from .abstraction import DAY_PASSES, Abstraction, Focus, StateT, StepLabel, Transition
from .monitors import NOTHING_SEEN, Memory, Monitor, MonitorStep, SeenStep
from .state_checks import Guesses, StateCheck


class Node(NamedTuple, Generic[StateT]):
    """A state of the abstraction, and what the monitor knows there."""

    state: StateT
    memory: Memory


class Edge(NamedTuple, Generic[StateT]):
    """A step, the node it leads to (none where no ticket is there after it), and whether it breaks
    the property."""

    label: StepLabel
    node: Node[StateT] | None
    breaks: bool


class _Looked(NamedTuple, Generic[StateT]):
    """A step, and what the monitor sees of it."""

    transition: Transition[StateT]
    seen: SeenStep | None


_MOST_REMEMBERED = 2000
"""States whose successors are remembered, since a monitor can know several things in each."""


class StateSpace(Generic[StateT]):
    """All nodes that stories can come to, made as they are asked for."""

    def __init__(self, book: Book, abstraction: Abstraction[StateT], monitor: Monitor) -> None:
        self._abstraction, self._monitor = abstraction, monitor
        self._check = StateCheck(book, abstraction, monitor.declared)
        self._remembered: dict[StateT, Sequence[_Looked[StateT]]] = {}

    def initial(self, like: StepLabel | None = None) -> Iterator[Edge[StateT]]:
        """Where stories begin; with `like`, by the steps that are the same as one."""
        focus = None if like is None or like.event is None else Focus(like.event, like.rule)
        for transition in self._abstraction.initial(focus):
            if like is None or transition.label.is_same_step(like):
                yield self._edge(self._look(transition), self._monitor.start)

    def steps(self, node: Node[StateT], like: StepLabel | None = None) -> Iterator[Edge[StateT]]:
        """Whatever can happen next; with `like`, the steps that are the same as one."""
        if like is None:
            for looked in self._recall(node.state):
                yield self._edge(looked, node.memory)
            return
        focus = None
        if like.event is not None and like.other < 0:
            focus = Focus(like.event, like.rule)
        for transition in self._abstraction.successors(node.state, focus):
            if transition.label.is_same_step(like):
                yield self._edge(self._look(transition), node.memory)

    def _recall(self, state: StateT) -> Iterable[_Looked[StateT]]:
        """The successors of a state: remembered where the monitor tells nodes of it apart."""
        if not self._monitor.remembers:
            return map(self._look, self._abstraction.successors(state))
        found = self._remembered.get(state)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            looked = map(self._look, self._abstraction.successors(state))
            found = [one for one in looked if not self._stays(state, one)]
            self._remembered[state] = found
        return found

    def _stays(self, state: StateT, looked: _Looked[StateT]) -> bool:
        """Whether a step leaves state and monitor as they are, whatever the monitor knows."""
        (label, after, _, _), seen = looked
        is_own = label.child < 0 and after == state
        return is_own and (seen is None or seen == NOTHING_SEEN) and not self._monitor.heeds_all

    def _look(self, transition: Transition[StateT]) -> _Looked[StateT]:
        """A step with what the monitor sees of it: nothing where it is none of this ticket's."""
        plan = transition.plan
        if plan is None or transition.label.other >= 0:
            return _Looked(transition, None)
        return _Looked(transition, self._monitor.look(plan, transition.opens))

    def days(self, node: Node[StateT]) -> Iterator[Edge[StateT]]:
        """What a day that passes leads to."""
        later = self._monitor.pass_day(node.memory)
        for state in self._abstraction.next_day(node.state):
            yield Edge(DAY_PASSES, Node(state, later), False)

    def find_violation(self, node: Node[StateT]) -> Guesses | None:
        """What has to be guessed for a ticket to be, where it stands, as the property forbids.

        None where no ticket is.
        """
        if not self._monitor.checks_state(node.memory):
            return None
        return self._check.find_violation(node.state)

    def is_goal(self, node: Node[StateT]) -> bool:
        """Whether all tickets there have the status that the property is about."""
        return self._check.reaches_goal(node.state)

    def _edge(self, looked: _Looked[StateT], memory: Memory) -> Edge[StateT]:
        (label, state, _, _), seen = looked
        if label.other >= 0:
            memory = self._monitor.pass_other(memory)
        if label.child >= 0:
            memory = self._monitor.start  # each opened ticket begins a story of its own
        observed = MonitorStep(memory, False)
        if seen is not None:
            observed = self._monitor.step(memory, seen)
        node = None if state is None else Node(state, observed.memory)
        return Edge(label, node, observed.breaks)


Key = TypeVar("Key")
"""What paths lead to: a node, or how far a story has come and a node."""


class Paths(Generic[Key]):
    """What has been reached so far, each with the step that reached it first."""

    def __init__(self) -> None:
        self._reached: dict[Key, tuple[Key | None, StepLabel]] = {}
        self._beside = dict[Key, list[StepLabel]]()
        """Other steps from the same place that lead to one."""

    def __len__(self) -> int:
        return len(self._reached)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._reached)

    def reach(self, key: Key, before: Key | None, label: StepLabel) -> bool:
        """Note how something is reached; whether it is reached for the first time."""
        if key in self._reached:
            if self._reached[key][0] is before and label.event is not None:
                self._beside.setdefault(key, []).append(label)
            return False
        self._reached[key] = before, label
        return True

    def list_labels(self, key: Key | None) -> Sequence[StepLabel]:
        """The steps of the path to what has been reached."""
        labels = []
        while key is not None:
            key, label = self._reached[key]
            labels.append(label)
        return labels[::-1]

    def list_choices(self, key: Key | None) -> Sequence[Sequence[StepLabel]]:
        """For each step of that path, the steps that lead to the same: one of each rule."""
        choices = []
        while key is not None:
            beside = self._beside.get(key, [])
            key, label = self._reached[key]
            rules = {one.rule: one for one in reversed(beside)}
            choices.append([label, *(one for rule, one in rules.items() if rule != label.rule)])
        return choices[::-1]
