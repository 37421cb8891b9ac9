"""Duties: what a day asks of people about tickets, for the night's worklist and for `todo`."""

from __future__ import annotations

from collections.abc import Iterator

from ..book.model import DAY
from ..decision.next_step import NextStep
from ..decision.plan import Plan
from ..system.records import NamedTuple


class Duty(NamedTuple):
    """What somebody has to do about a ticket; `is_due` says that the day asks for it, and not a later
    one."""

    plan: Plan
    step: NextStep
    is_due: bool

    @property
    def people(self) -> tuple[str, ...]:
        """Who has to act, by name: several where the role has several; else nobody, or the one."""
        person = self.step["person"]
        return tuple(self.step.get("people", () if person is None else (person,)))

    @property
    def holder(self) -> str:
        """Who has to act, for people: the names, else the role."""
        return ", ".join(self.people) or self.step["who"]

    def is_of(self, who: str) -> bool:
        """Whether it is somebody's: a person's, or all of a role's."""
        return who in self.people or who == self.step["who"]


def list_duties(plan: Plan, later: bool = False) -> Iterator[Duty]:
    """What a day's plan leaves to people, what is next first; with `later`, also what they will have to
    do once a wait is over."""
    if plan.event.name != DAY:  # what was given back is asked for by the night itself
        return
    if (step := plan.next) is not None:
        # What a rule asks of a person is asked today, also where it is due later.
        asked = plan.rule.next is not None and not plan.changes
        yield Duty(plan, step, asked or step["due"][:10] <= plan.context.today.isoformat())
    elif later and (step := plan.coming) is not None:
        yield Duty(plan, step, False)
    for step in plan.beside:
        yield Duty(plan, step, True)
