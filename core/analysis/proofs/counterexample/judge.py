"""Whether a story that was played breaks a property: judged by the plans and facts that really came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ....book.model import DAY
from ....book.properties import find_template
from ....decision.ticket_state import TicketState
from ....tables.cells import Cell
from ..abstraction.message_classes import FILE_STATES
from ..search.monitors import Memory, Monitor, MonitorStep, list_names
from ..search.state_checks import is_dated
from .play import Player, Story


class Judge:
    """Goes along with a story, as the monitor of a property does with a state of an abstraction."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def __call__(self, player: Player, story: Story) -> bool:
        """Whether the story, at its end, is one that breaks the property."""
        memory, breaks = MonitorStep(self._monitor.start, False)
        for place, step in enumerate(story.steps):
            if place:
                for _ in range(_count_days(story.steps[place - 1].at, step.at)):
                    memory = self._monitor.pass_day(memory)
            opens = player.book.event(step.event).opens
            memory, breaks = self._monitor.observe(memory, step.plan, opens)
        if story.steps and story.ends > story.steps[-1].at:
            memory = self._monitor.pass_day(memory)
        return breaks or self._is_forbidden(player, story, memory)

    def _is_forbidden(self, player: Player, story: Story, memory: Memory) -> bool:
        """Whether the ticket as it stands is as the property forbids."""
        declared = self._monitor.declared
        state = player.stage.find_ticket(story.ref)
        if state is None:
            return False
        if declared.kind == "end":
            return state.open and state.status != declared.status
        if declared.kind == "never":
            return self._monitor.checks_state(memory) and self._fits_a_row(player, state)
        if declared.kind != "next" or not state.open or self._fits_a_row(player, state):
            return False
        plan = player.make_plan(story.ref, story.ends, DAY, {})
        return plan is None or not is_dated(plan)

    def _fits_a_row(self, player: Player, state: TicketState) -> bool:
        """Whether one of the property's rows holds for a ticket."""
        rows = self._monitor.declared.rows
        if not rows:
            return False
        values = read_state_facts(player, state, list_names(self._monitor.declared))
        return any(all(_holds(cell, values[n]) for n, cell in row.items()) for row in rows)


def _holds(cell: Cell, value: object) -> bool:
    """Whether a test holds for a value, or for one of the states of a template's messages."""
    if isinstance(value, MessageStates):
        return any(cell.holds(one) for one in value)
    return cell.holds(value)


class MessageStates(frozenset[str]):
    """The states that messages of a template have."""


def read_state_facts(player: Player, state: TicketState, names: Iterable[str]) -> dict[str, Any]:
    """Facts that no event is needed for, and the fields and columns, of a ticket as it stands."""
    values = player.read_facts(state.id, {*names})
    messages = {n: _find_messages(player, state, n) for n in names if find_template(n) is not None}
    columns = {"assignee": state.assignee, "result": state.result}
    return {**columns, **state.fields, **values, **messages}


def _find_messages(player: Player, state: TicketState, name: str) -> MessageStates:
    found = player.stage.list_message_states(state.ref, str(find_template(name)))
    return MessageStates(known for known, of in FILE_STATES.items() if not found.isdisjoint(of))


def _count_days(one: str, other: str) -> int:
    return (date.fromisoformat(other[:10]) - date.fromisoformat(one[:10])).days
