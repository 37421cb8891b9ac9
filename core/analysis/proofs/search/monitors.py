"""Monitors: small machines that go along with a ticket and notice where a property is broken.

A monitor's memory is part of a node of the search, so it has finitely many values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
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


class SeenStep(NamedTuple):
    """What a monitor looks for in a step: whether it may be what `happens`, whether it is the `other`
    thing (None where that is not known) and how many days ago that was, and whether the count begins
    anew."""

    happens: bool
    other: bool | None
    begins: bool
    days_ago: int


NOTHING_SEEN = SeenStep(False, False, False, 0)


def find_observables(happenings: Sequence[Happening]) -> Observables:
    """What has to be seen of steps to tell whether they are one of these."""
    kinds, rules, events = set[str](), set[str](), set[str]()
    for one in happenings:
        for key, words in one.named.items():
            if key == "rule":
                rules |= set(words)
            elif key == "event":
                events |= set(words)
            else:
                known, key = ACTION_KINDS.values(), "status" if key == "leaves" else key
                kinds |= {kind.name for kind in known if key in (kind.name, *kind.also_seen_as)}
    if kinds and all(one.named.keys() - {"event"} for one in happenings):
        events = set()  # other parts of the step tell more
    changing = {event for one in happenings if one.changes for event in one.named["event"]}
    return Observables(
        kinds=frozenset(kinds),
        rules=frozenset(rules),
        events=frozenset(events),
        facts=frozenset(test for one in happenings for row in one.facts for test in row.items()),
        changes=frozenset(changing),
        inputs=frozenset(one.dated for one in happenings if one.dated),
    )


class Monitor:
    """Goes along with a ticket; `observables` is what it has to see of each step."""

    start: Memory = None
    """What it knows at the beginning."""
    remembers = False
    """Whether it can know one thing or another in the same state for longer than a step."""

    def __init__(self, declared: Property) -> None:
        self.declared = declared
        self.observables = find_observables(declared.happenings)
        self.heeds_all = declared.at_once
        """Whether any step can change what it knows."""

    def observe(self, memory: Memory, plan: Plan, opens: bool) -> MonitorStep:
        """What it knows after a step; `opens` says that the step has opened the ticket."""
        return self.step(memory, self.look(plan, opens))

    def look(self, plan: Plan, opens: bool) -> SeenStep:
        """What of a step is looked for: the same whatever the monitor knows."""
        declared = self.declared
        return SeenStep(
            happens=self._happens(plan, opens) is not False,
            other=declared.other is not None and matches_step(declared.other, plan, opens),
            begins=declared.since is not None and matches_step(declared.since, plan, opens) is True,
            days_ago=self._count_days_ago(plan),
        )

    def step(self, memory: Memory, seen: SeenStep) -> MonitorStep:
        """What it knows after a step that was looked at."""
        return MonitorStep(memory, False)

    def pass_day(self, memory: Memory) -> Memory:
        """What it knows a day later."""
        return memory

    def pass_other(self, memory: Memory) -> Memory:
        """What it knows once something has happened to a ticket that points at this one."""
        return memory

    def checks_state(self, memory: Memory) -> bool:
        """Whether the ticket as it stands has to be looked at."""
        return False

    def _happens(self, plan: Plan, opens: bool) -> bool | None:
        happening = self.declared.happens
        if happening is None:
            return False
        seen = plan if happening.to_nobody else _leave_out_unaddressed(plan)
        return matches_step(happening, seen, opens)

    def _count_days_ago(self, plan: Plan) -> int:
        """How many days before a step the other thing happened that it tells of."""
        other = self.declared.other
        day = plan.values.get(other.dated) if other is not None and other.dated else None
        if not isinstance(day, str):
            return 0
        return max(0, (plan.context.today - date.fromisoformat(day[:10])).days)


class OrderMonitor(Monitor):
    """Something happens only where something else did, so many days before: how many days ago."""

    remembers = True

    def step(self, memory: Memory, seen: SeenStep) -> MonitorStep:
        days, other = self.declared.number, seen.other is True
        if days == 0 and other:
            return MonitorStep(0, False)
        early = memory is None or memory < days
        return MonitorStep(min(seen.days_ago, days) if other else memory, early and seen.happens)

    def pass_day(self, memory: Memory) -> Memory:
        return None if memory is None else min(memory + 1, self.declared.number)


class NeverAfterMonitor(Monitor):
    """Something does not happen after something else, not on the same day, not as the next thing, or
    not after so many times: how often that was, since something that begins it anew."""

    start, remembers = 0, True

    def step(self, memory: Memory, seen: SeenStep) -> MonitorStep:
        times, most, happened = memory or 0, self.declared.number, seen.other is not False
        breaks = times > most and seen.happens
        if seen.begins or (self.declared.at_once and not happened):
            times = 0
        return MonitorStep(min(times + happened, most + 1), breaks)

    def pass_day(self, memory: Memory) -> Memory:
        return 0 if self.declared.same_day else memory

    def pass_other(self, memory: Memory) -> Memory:
        return 0 if self.declared.at_once else memory


class CountMonitor(Monitor):
    """Something happens so many times at most, in all or in a day: how often it did."""

    start, remembers = 0, True

    def step(self, memory: Memory, seen: SeenStep) -> MonitorStep:
        times = (memory or 0) + seen.happens
        return MonitorStep(times, seen.happens and times > self.declared.number)

    def pass_day(self, memory: Memory) -> Memory:
        return 0 if self.declared.same_day else memory


class NeverMonitor(Monitor):
    """Rows of tests that do not hold; always, or right after something has happened."""

    start = False

    def step(self, memory: Memory, seen: SeenStep) -> MonitorStep:
        return MonitorStep(seen.happens, False)

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
