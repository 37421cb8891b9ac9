"""Whether a story that was played breaks a property: judged by the plans and facts that really came."""

from __future__ import annotations

from datetime import date
from typing import Any

from ....book.model import DAY
from ....decision.ticket_state import TicketState
from ....values.field_types import Field
from ..abstraction.relevant_rules import with_bases
from ..search.monitors import Monitor, names_in
from ..search.state_search import is_dated
from .play import Player, Story


class Judge:
    """Goes along with a story, as the watch of a property does with a class of tickets."""

    def __init__(self, watching: Monitor) -> None:
        self._watch = watching

    def __call__(self, player: Player, story: Story) -> bool:
        """Whether the story, at its end, is one that breaks the property."""
        known, broken = self._watch.start(None), False
        for place, done in enumerate(story.steps):
            if place:
                for _ in range(_days(story.steps[place - 1].at, done.at)):
                    known = self._watch.day(known)
            opened = player.book.event(done.event).opens
            known, broken = self._watch.step(known, done.plan, opened)
        if story.steps and story.ends > story.steps[-1].at:
            known = self._watch.day(known)
        return broken or self._is_wrong(player, story, known)

    def _is_wrong(self, player: Player, story: Story, known: Any) -> bool:
        """Whether the ticket as it stands is as the property forbids."""
        kind = self._watch.declared.kind
        state = player.stage.find_ticket(story.ref)
        if state is None:
            return False
        if kind == "end":
            return state.open and state.status != self._watch.declared.status
        if kind == "never":
            return self._watch.looks(known) and self._fits(player, state)
        if kind != "next" or not state.open or self._fits(player, state):
            return False
        plan = player.planned(story.ref, story.ends, DAY, {})
        return plan is None or not is_dated(plan)

    def _fits(self, player: Player, state: TicketState) -> bool:
        """Whether one of the property's rows holds for a ticket."""
        rows = self._watch.declared.rows
        if not rows:
            return False
        book, names = player.book, set(names_in(self._watch.declared))
        facts = tuple(n for n in book.facts if n in with_bases(book, names & book.facts.keys()))
        columns = tuple(n for n in facts if isinstance(book.facts[n], Field))
        event = book.event(DAY)._replace(inputs={}, facts=facts, columns=columns)
        values = player.stage.read_facts(book, event, state.id)
        told = {"assignee": state.assignee, "result": state.result, **state.fields, **values}
        return any(all(cell.holds(told[n]) for n, cell in row.items()) for row in rows)


def _days(one: str, other: str) -> int:
    return (date.fromisoformat(other[:10]) - date.fromisoformat(one[:10])).days
