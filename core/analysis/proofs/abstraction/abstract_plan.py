"""Plans for classes of tickets: what a rule's steps make of a class, and which tickets they open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ....book.action_base import Action
from ....book.model import Book, Event, Rule, Step
from ....decision.plan import Plan, ticket_values
from ....decision.ticket_state import TicketState
from ..abstract_values import (
    ANY,
    NOT_TOLD,
    SOME,
    TODAY_ISO,
    AbstractValue,
    Unknown,
    Values,
    as_values,
)
from .abstract_draft import NOBODY, REF, AbstractDraft, NewTicketValues, make_context
from .abstract_ticket import EMPTY, AbstractList, AbstractTicket, Content
from .kept_parts import MESSAGE, KeptParts, is_closed
from .message_classes import keep_told, queue, release


class OpenedClass(NamedTuple):
    """The class of a ticket that a plan opens, and its status."""

    ticket: AbstractTicket
    status: str


class AbstractEffect(NamedTuple):
    """What comes of a plan for a class: the class after it, and the tickets it opens."""

    plan: Plan
    ticket: AbstractTicket | None
    opened: tuple[OpenedClass, ...]


class AbstractPlans:
    """Classes as plans take them, and what plans make of them."""

    def __init__(self, book: Book, kept: KeptParts) -> None:
        self._book, self._kept, self._context = book, kept, make_context(book)

    def carry_out(
        self,
        event: Event,
        rule: Rule,
        steps: Sequence[Step],
        ticket: AbstractTicket | None,
        facts: Values,
    ) -> AbstractEffect:
        """Carry some steps of a rule out on a class of tickets; facts that are not there are ANY."""
        state = self._no_ticket() if ticket is None else self._as_state(ticket)
        values: dict[str, Any] = {
            **ticket_values(self._context, state),
            **dict.fromkeys(event.facts, ANY),
        }
        for name, value in facts.items():
            values[name] = list(value) if isinstance(value, tuple) else value
        draft = AbstractDraft(self._context, event, state, values, self._kept, self._older(ticket))
        for step in steps:
            step.action.carry_out(draft)
        plan = draft.finish(rule)
        if plan.changes or any(_changes_more(step.action) for step in steps):
            plan.made.append(NOT_TOLD)
        after = self._after(ticket, plan, draft) if draft.state.id else None
        opened = tuple(OpenedClass(self._make_new(one), one.status) for one in draft.opened)
        return AbstractEffect(plan, after, opened)

    # --- a class as a plan takes it --------------------------------------------------------------

    def _no_ticket(self) -> TicketState:
        return TicketState(
            id=0,
            ref="",
            book=self._book.name,
            status="",
            open=True,
            opened=TODAY_ISO,
            priority="medium",
            assignee=None,
            result=None,
            fields={},
            customer=NOBODY,
            tasks=[],
            tags=[],
            items=[],
            messages=[],
        )

    def _as_state(self, ticket: AbstractTicket) -> TicketState:
        known: dict[str, Any] = dict(zip(self._kept.columns, ticket.columns, strict=True))
        state = TicketState(
            id=1,
            ref=REF,
            book=self._book.name,
            status=known.get("status", ANY),
            open=True,
            opened=known.get("opened", ANY),
            priority=known.get("priority", ANY),
            assignee=known.get("assignee", ANY),
            result=known.get("result", ANY),
            fields={n: known.get(n, ANY) for n in self._book.fields},
            customer=NOBODY,
            tasks=[],
            tags=[],
            items=[],
            messages=[],
        )
        for kind, rows in zip(self._kept.kinds, ticket.lists, strict=True):
            if isinstance(rows, AbstractList):
                self._hang_list(state, kind, rows)
        return state

    def _hang_list(self, state: TicketState, kind: str, rows: AbstractList) -> None:
        """Put the newest of a list into a state."""
        key = self._kept.key(kind)
        for place, content in enumerate(rows.newest, 1):
            data: dict[str, Any] = dict(zip(self._kept.contents[kind], content, strict=True))
            if kind == "task":
                state.tasks.append((place, data.get("kind", SOME), data.get("due", SOME)))
            else:
                if key is not None:
                    data[key] = f"n{place}"
                state.items.append((len(state.items) + 1, kind, data))

    def _older(self, ticket: AbstractTicket | None) -> Mapping[str, frozenset[Content]]:
        if ticket is None:
            return {}
        return {
            kind: rows.older
            for kind, rows in zip(self._kept.kinds, ticket.lists, strict=True)
            if isinstance(rows, AbstractList)
        }

    # --- the class after a plan ------------------------------------------------------------------

    def _after(
        self, ticket: AbstractTicket | None, plan: Plan, draft: AbstractDraft
    ) -> AbstractTicket:
        """The class that a ticket is in after a plan."""
        kept, state = self._kept, draft.state
        before = ticket or self._make_new(
            NewTicketValues(state.status, as_values(state.fields), state.assignee)
        )
        changes = {name: after for name, (_, after) in plan.columns.items()}
        lists = tuple(
            self._after_list(kind, rows, plan, draft)
            for kind, rows in zip(kept.kinds, before.lists, strict=True)
        )
        return AbstractTicket(
            kept.change_columns(before.columns, as_values(changes)),
            lists,
            self._join(before.others, draft),
        )

    def _after_list(
        self, kind: str, rows: AbstractList | Unknown, plan: Plan, draft: AbstractDraft
    ) -> AbstractList | Unknown:
        if kind in draft.lost:
            return ANY
        if kind == "task":
            if plan.tasks is draft.state.tasks:
                return rows
            tasks = ({"kind": k, "due": d} for _, k, d in plan.tasks)
            return self._kept.abstract_list(kind, (), tasks)
        if kind == MESSAGE:
            return self._after_messages(rows, plan, draft)
        if isinstance(rows, Unknown):
            return rows
        ended = set(plan.ended.get("item", ()))
        left: list[Any] = [
            data for n, of, data in draft.state.items if of == kind and n not in ended
        ]
        left += [row[2] for table, row in plan.made if table == "item" and row[1] == kind]
        after = self._kept.abstract_list(kind, draft.older.get(kind, rows.older), left)
        return after._replace(mixed=(rows.mixed or kind in draft.mixed) and bool(after.older))

    def _after_messages(
        self, rows: AbstractList | Unknown, plan: Plan, draft: AbstractDraft
    ) -> AbstractList | Unknown:
        """The messages after a plan: those of a closed ticket are not followed any more."""
        if isinstance(rows, Unknown):
            return rows
        contents = draft.older.get(MESSAGE, frozenset())
        for template in draft.queued:
            contents = queue(self._book, contents, template)
        _, status = plan.columns.get("status", (None, None))
        if is_closed(self._book, as_values({"status": status})["status"]):
            contents = frozenset(release(contents))
        contents = keep_told(self._kept, contents)
        return AbstractList(contents, (), mixed=bool(contents))

    def _make_new(self, opened: NewTicketValues) -> AbstractTicket:
        """The class of a ticket that has just been opened."""
        columns = self._kept.abstract_columns(self._head(opened))
        lists = (self._begin_list(kind, opened.items.get(kind)) for kind in self._kept.kinds)
        return AbstractTicket(columns, tuple(lists))

    def _begin_list(self, kind: str, item: Values | None) -> AbstractList:
        return EMPTY if item is None else self._kept.abstract_list(kind, (), [item])

    def _head(self, opened: NewTicketValues) -> dict[str, AbstractValue]:
        return {
            "status": opened.status,
            "opened": TODAY_ISO,
            "priority": "medium",
            "assignee": opened.assignee,
            "open": not self._book.statuses[opened.status].closed,
            **opened.fields,
        }

    def _join(self, others: tuple[Content, ...], draft: AbstractDraft) -> tuple[Content, ...]:
        """Those that point at a ticket, with the ones that were opened and do so."""
        if not self._kept.family:
            return ()
        made = [
            self._kept.abstract_other(self._head(one))
            for one in draft.opened
            if any(one.fields.get(name) == REF for name in self._kept.links)
        ]
        return (*others, *made)


def _changes_more(action: Action) -> bool:
    """Whether an action can change more of a ticket than its columns."""
    is_of_columns = bool(action.writes) and all(part.table == "ticket" for part in action.writes)
    return action.changes and not is_of_columns
