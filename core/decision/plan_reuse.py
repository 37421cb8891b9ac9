"""A night's tickets that are alike: decided once, planned once.

Most tickets of a night differ in their ids and names, and little else. Facts that were answered
before have the same answer, since deciding is pure; and a plan that was made before is the plan of
every ticket on which the rule's actions would find the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..system.records import NamedTuple
from ..tables.decision_table import row_holds
from .facts import Facts
from .plan import Plan
from .plan_builder import make_plan

if TYPE_CHECKING:
    from ..book.model import Event, Rule
    from ..book.ticket_parts import TaskRow
    from ..values.field_types import Stored
    from .facts import FactRow
    from .plan import PlanContext
    from .ticket_state import TicketState

_OWN = frozenset({"ref", "customer", "opened"})
"""What a text can name that no two tickets share."""

_LISTS = {"task": "tasks", "tag": "tags", "item": "items", "message": "messages"}
"""The lists of a state whose rows can end, by table."""


class Answer(NamedTuple):
    """What the table says to some facts, as the rule saw them.

    `used` are those that the rule's actions use; None where a plan is each ticket's own.
    """

    rule: Rule
    values: Mapping[str, Stored]
    used: tuple[Stored, ...] | None


class Answers:
    """The answers of an event's table to rows of its facts query."""

    def __init__(self, event: Event, made: FactRow) -> None:
        self._event, self._made = event, made
        self._places = {name: place for place, name in enumerate(event.facts)}
        self._many = {name for name, field in event.fields.items() if field.many}
        self._known: dict[tuple[Stored, ...], Answer] = {}
        self._uses: dict[tuple[object, ...], list[int] | None] = {}

    def to(self, row: tuple[Stored, ...]) -> Answer:
        """The answer to a row, its ticket's id first; raises Undecided."""
        asked = row[1:]
        if float in map(type, asked):  # 1.0 is the same key as 1, but not the same fact
            return self._answer(row, alone=True)
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = self._answer(row)
        return known

    def _answer(self, row: tuple[Stored, ...], alone: bool = False) -> Answer:
        event, facts = self._event, self._made(row, {})
        rule, values = event.rules[event.decide(facts)], Facts(self._places, facts)
        uses = None if alone else self._find_uses(rule, values)
        used = None if uses is None else tuple([facts[place] for place in uses])
        return Answer(rule, values, used)

    def _find_uses(self, rule: Rule, values: Facts) -> list[int] | None:
        """The places of the facts that a rule's actions use; None where they use what is a ticket's
        own. What is not done with these facts uses nothing but its condition."""
        done = [
            place
            for place, step in enumerate(rule.steps)
            if not step.when or row_holds(step.when, values)
        ]
        key = (rule.id, *done)
        if key not in self._uses:
            names = {name for step in rule.steps for name in step.when}
            names |= {name for place in done for name in rule.steps[place].action.names}
            own = rule.wants is None or names & (_OWN | self._many)
            known = sorted(names & self._places.keys())
            self._uses[key] = None if own else [self._places[name] for name in known]
        return self._uses[key]


class Plans:
    """The plans of a page of tickets, whose states were read together."""

    def __init__(self, context: PlanContext, event: Event) -> None:
        self._context, self._event = context, event
        self._known: dict[tuple[object, ...], _Known] = {}

    def plan(self, state: TicketState, answer: Answer) -> Plan:
        """The plan for a ticket; raises what make_plan raises."""
        context, event, rule = self._context, self._event, answer.rule
        if answer.used is None:
            return make_plan(context, event, rule, state, answer.values)
        key = (rule.id, answer.used, *_ticket_key(state))
        known = self._known.get(key)
        if known is None:
            plan = make_plan(context, event, rule, state, answer.values)
            self._known[key] = _Known(plan, _ends(plan), _find_tasks(plan))
            return plan
        like, ends, tasks = known
        ended: dict[str, list[int]] = {}
        for table, rows, place in ends:
            ended.setdefault(table, []).append(getattr(state, rows)[place][0])
        return Plan(
            context=context,
            state=state,
            event=event,
            rule=rule,
            values=answer.values,
            actions=like.actions,
            columns=like.columns,
            made=like.made,
            ended=ended,
            tasks=[task if own is None else state.tasks[own] for task, own in tasks],
        )


_End = tuple[str, str, int]
"""A row that ends: its table, the list of the state it stands in, and its place there."""


class _Known(NamedTuple):
    """A plan for the tickets that are alike: which of a ticket's own rows end, and which tasks are open
    afterwards: new ones, or the ticket's own by their place."""

    plan: Plan
    ends: list[_End]
    tasks: list[tuple[TaskRow, int | None]]


def _find_tasks(plan: Plan) -> list[tuple[TaskRow, int | None]]:
    before = plan.state.tasks
    return [(task, before.index(task) if task in before else None) for task in plan.tasks]


def _ends(plan: Plan) -> list[_End]:
    found = []
    for table, ended in plan.ended.items():
        ids = [row[0] for row in getattr(plan.state, _LISTS[table])]
        found += [(table, _LISTS[table], ids.index(row)) for row in ended]
    return found


def _ticket_key(state: TicketState) -> tuple[object, ...]:
    """All that an action can find on a ticket, without ids, as a key.

    Of states that were read together, equal fields are the very same dictionary.
    """
    tasks, tags, items = state.tasks, state.tags, state.items
    return (
        state.status,
        state.open,
        state.priority,
        state.assignee,
        state.result,
        id(state.fields),
        tasks[0][1:] if len(tasks) == 1 else tuple([row[1:] for row in tasks]) if tasks else (),
        tuple([tag for _, tag in tags]) if tags else (),
        tuple([(kind, id(data)) for _, kind, data in items]) if items else (),
        tuple(state.messages),  # with ids: what is withdrawn is told by number
    )
