"""Monitors: small machines that go along with a ticket and notice where a property is broken.

A monitor's memory is part of a node of the search, so it has finitely many values.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ....book.actions import ACTION_KINDS
from ....book.message_actions import MessageQueued
from ....book.properties import Happening, Property
from ....decision.plan import Plan
from .abstraction import Observables
from .step_matches import matches_step

Memory = int | None
"""What a monitor knows: days or times counted, or whether something was."""


class MonitorStep(NamedTuple):
    """What a monitor knows after a step, and whether that step breaks the property."""

    memory: Memory
    breaks: bool


def find_observables(*happenings: Happening | None) -> Observables:
    """What has to be seen of steps to tell whether they are one of these."""
    kinds, rules, events = set[str](), set[str](), set[str]()
    for one in happenings:
        for key, words in one.named.items() if one is not None else ():
            if key == "rule":
                rules |= set(words)
            elif key == "event":
                events |= set(words)
            else:
                known, key = ACTION_KINDS.values(), "status" if key == "leaves" else key
                kinds |= {one.name for one in known if key in (one.name, *one.also_seen_as)}
    if kinds and all(one is None or one.named.keys() - {"event"} for one in happenings):
        events = set()  # other parts of the step tell more
    rows = [row for one in happenings if one is not None for row in one.facts]
    facts = frozenset(test for row in rows for test in row.items())
    return Observables(frozenset(kinds), frozenset(rules), frozenset(events), facts)


class Monitor:
    """Goes along with a ticket; `observables` is what it has to see of each step."""

    start: Memory = None
    """What it knows at the beginning."""

    def __init__(self, declared: Property) -> None:
        self.declared = declared
        self.observables = find_observables(declared.happens, declared.other)

    def observe(self, memory: Memory, plan: Plan, opens: bool) -> MonitorStep:
        """What it knows after a step; `opens` says that the step has opened the ticket."""
        return MonitorStep(memory, False)

    def pass_day(self, memory: Memory) -> Memory:
        """What it knows a day later."""
        return memory

    def checks_state(self, memory: Memory) -> bool:
        """Whether the ticket as it stands has to be looked at."""
        return False

    def _happens(self, plan: Plan, opens: bool) -> bool | None:
        happening = self.declared.happens
        assert happening is not None
        seen = plan if happening.to_nobody else _leave_out_unaddressed(plan)
        return matches_step(happening, seen, opens)

    def _other_happens(self, plan: Plan, opens: bool) -> bool | None:
        other = self.declared.other
        return False if other is None else matches_step(other, plan, opens)


class OrderMonitor(Monitor):
    """Something happens only where something else did, so many days before: how many days ago."""

    def observe(self, memory: Memory, plan: Plan, opens: bool) -> MonitorStep:
        if self.declared.number == 0 and self._other_happens(plan, opens) is True:
            return MonitorStep(0, False)
        early = memory is None or memory < self.declared.number
        breaks = early and self._happens(plan, opens) is not False
        after = 0 if self._other_happens(plan, opens) is True else memory
        return MonitorStep(after, breaks)

    def pass_day(self, memory: Memory) -> Memory:
        return None if memory is None else min(memory + 1, self.declared.number)


class NeverAfterMonitor(Monitor):
    """Something does not happen after something else, or not on the same day: whether that was."""

    start = False

    def observe(self, memory: Memory, plan: Plan, opens: bool) -> MonitorStep:
        breaks = bool(memory) and self._happens(plan, opens) is not False
        return MonitorStep(memory or self._other_happens(plan, opens) is not False, breaks)

    def pass_day(self, memory: Memory) -> Memory:
        return memory and not self.declared.same_day


class CountMonitor(Monitor):
    """Something happens so many times at most, in all or in a day: how often it did."""

    start = 0

    def observe(self, memory: Memory, plan: Plan, opens: bool) -> MonitorStep:
        if self._happens(plan, opens) is False:
            return MonitorStep(memory, False)
        times = (memory or 0) + 1
        return MonitorStep(times, times > self.declared.number)

    def pass_day(self, memory: Memory) -> Memory:
        return 0 if self.declared.same_day else memory


class NeverMonitor(Monitor):
    """Rows of tests that do not hold; always, or right after something has happened."""

    start = False

    def observe(self, memory: Memory, plan: Plan, opens: bool) -> MonitorStep:
        happened = self.declared.happens is not None and self._happens(plan, opens) is not False
        return MonitorStep(happened, False)

    def pass_day(self, memory: Memory) -> Memory:
        return False

    def checks_state(self, memory: Memory) -> bool:
        return self.declared.happens is None or bool(memory)


class NextStepMonitor(Monitor):
    """Every ticket as it stands has to be looked at."""

    def checks_state(self, memory: Memory) -> bool:
        return True


def _leave_out_unaddressed(plan: Plan) -> Plan:
    """A plan without the messages that nobody gets: what happens is counted by its recipients."""
    actions = [
        one for one in plan.actions if not (isinstance(one, MessageQueued) and one.to is None)
    ]
    return plan if len(actions) == len(plan.actions) else plan._replace(actions=actions)


_MONITORS: dict[str, type[Monitor]] = {
    "order": OrderMonitor,
    "never after": NeverAfterMonitor,
    "count": CountMonitor,
    "never": NeverMonitor,
    "next": NextStepMonitor,
    "end": Monitor,
}


def make_monitor(declared: Property) -> Monitor:
    """The monitor of a property."""
    return _MONITORS[declared.kind](declared)


def list_names(declared: Property) -> Iterable[str]:
    """The facts, fields and columns that a property's rows test."""
    return dict.fromkeys(name for row in declared.rows for name in row)
