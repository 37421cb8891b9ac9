"""What watches over a property: a small machine that goes along with a ticket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ....book.properties import Happening, Property
from ....decision.plan import Plan
from ..abstraction.kept_parts import EXACT
from ..abstraction.relevant_rules import Observables
from .step_matches import matches_step

_KINDS = {"status": ("status", "close", "open"), "task": ("task", "move_task")}


def wants_of(*happenings: Happening | None) -> Observables:
    """What has to be seen of steps to tell whether they are one of these."""
    kinds, rules, events = set[str](), set[str](), set[str]()
    for one in happenings:
        for key, words in one.named.items() if one is not None else ():
            if key == "rule":
                rules |= set(words)
            elif key == "event":
                events |= set(words)
            else:
                kinds |= set(_KINDS.get(key, (key,)))
    if kinds and all(one is None or one.named.keys() - {"event"} for one in happenings):
        events = set()  # other parts of the step tell more
    return Observables(frozenset(kinds), frozenset(rules), frozenset(events))


class Monitor:
    """Goes along with a ticket; `wants` is what it has to see, `levels` what of a ticket."""

    def __init__(self, declared: Property) -> None:
        self.declared = declared
        self.wants = wants_of(declared.happens, declared.other)
        self.levels: dict[str, int] = {}
        happenings = [one for one in (declared.happens, declared.other) if one is not None]
        if declared.status or any("status" in one.named for one in happenings):
            self.levels["ticket.status"] = EXACT
        if any("task" in one.named for one in happenings):
            self.levels["task.kind"] = EXACT  # to move a task is to set it anew

    def start(self, status: Any) -> Any:
        """What it knows at the beginning, of a ticket in a status; None where there is no ticket."""
        return None

    def step(self, known: Any, plan: Plan, opened: bool) -> tuple[Any, bool]:
        """What it knows after a step, and whether that step breaks the property."""
        return known, False

    def day(self, known: Any) -> Any:
        """What it knows a day later."""
        return known

    def looks(self, known: Any) -> bool:
        """Whether the ticket as it is has to be looked at."""
        return False

    def _happens(self, plan: Plan, opened: bool) -> bool | None:
        assert self.declared.happens is not None
        return matches_step(self.declared.happens, plan, opened)

    def _other(self, plan: Plan, opened: bool) -> bool | None:
        return (
            False
            if self.declared.other is None
            else matches_step(self.declared.other, plan, opened)
        )


class OrderMonitor(Monitor):
    """Something happens only where something else did, so many days before: how many days ago."""

    def step(self, known: Any, plan: Plan, opened: bool) -> tuple[Any, bool]:
        if self.declared.number == 0 and self._other(plan, opened) is True:
            return 0, False
        early = known is None or known < self.declared.number
        broken = early and self._happens(plan, opened) is not False
        return (0 if self._other(plan, opened) is True else known), broken

    def day(self, known: Any) -> Any:
        return None if known is None else min(known + 1, self.declared.number)


class NeverAfterMonitor(Monitor):
    """Something does not happen after something else, or not on the same day: whether that was."""

    def start(self, status: Any) -> Any:
        return False

    def step(self, known: Any, plan: Plan, opened: bool) -> tuple[Any, bool]:
        broken = known and self._happens(plan, opened) is not False
        return known or self._other(plan, opened) is not False, broken

    def day(self, known: Any) -> Any:
        return known and not self.declared.same_day


class CountMonitor(Monitor):
    """Something happens so many times at most, in all or in a day: how often it did."""

    def start(self, status: Any) -> Any:
        return 0

    def step(self, known: Any, plan: Plan, opened: bool) -> tuple[Any, bool]:
        if self._happens(plan, opened) is False:
            return known, False
        return known + 1, known + 1 > self.declared.number

    def day(self, known: Any) -> Any:
        return 0 if self.declared.same_day else known


class NeverMonitor(Monitor):
    """Rows of tests that don't hold; always, or right after something has happened."""

    def start(self, status: Any) -> Any:
        return False

    def step(self, known: Any, plan: Plan, opened: bool) -> tuple[Any, bool]:
        return self.declared.happens is not None and self._happens(plan, opened) is not False, False

    def day(self, known: Any) -> Any:
        return False

    def looks(self, known: Any) -> bool:
        return self.declared.happens is None or bool(known)


class StandingMonitor(Monitor):
    """Every ticket as it is has to be looked at."""

    def looks(self, known: Any) -> bool:
        return True


MONITORS: dict[str, type[Monitor]] = {
    "order": OrderMonitor,
    "never after": NeverAfterMonitor,
    "count": CountMonitor,
    "never": NeverMonitor,
    "next": StandingMonitor,
    "end": Monitor,
}


def watch(declared: Property) -> Monitor:
    """What watches over a property."""
    return MONITORS[declared.kind](declared)


def names_in(declared: Property) -> Iterable[str]:
    """The facts, fields and columns that a property's rows test."""
    return dict.fromkeys(name for row in declared.rows for name in row)
