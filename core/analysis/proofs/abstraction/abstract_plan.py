"""Plans for classes of tickets: the book's own actions, carried out on what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ....book.item_actions import OPENED
from ....book.model import Book, Event, Rule, Step
from ....book.placeholders import Text
from ....decision.new_ticket import new_fields, new_head
from ....decision.plan import Plan, PlanContext, ticket_values
from ....decision.plan_builder import Letter, NewTicket, TicketDraft
from ....decision.ticket_state import Customer, TicketState
from ....messages.templates import Rendered
from ....values.due_dates import Due
from ....values.field_types import Stored
from ....values.working_days import Calendar
from .abstract_ticket import (
    ALL,
    ANY,
    SOME,
    SOME_OF,
    TODAY,
    AbstractList,
    AbstractTicket,
    DateRange,
    Unknown,
    day,
    offset,
)
from .kept_parts import KeptParts
from .value_bounds import ValueBounds

_ENDLESS = 9999

NOBODY = Customer("C-1", None, None, None, None)


class NoMessages:
    """In place of messages: that one is sent is all that is known of it."""

    def render(self, *asked: Any) -> Rendered:
        return Rendered("", None, "")


class NoOpening:
    """Where tickets that a plan opens get their names from."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ticket(self, book: str) -> tuple[Book, int, str]:
        return self._book, 2, "T-2"

    def customer(self) -> tuple[int, str]:
        return 2, "C-2"

    def customer_id(self, ref: str) -> int:
        return 1


def plan_context(book: Book) -> PlanContext:
    """What plans for classes are made with: nobody is named, and nothing is said."""
    messages: Any = NoMessages()
    day, calendar = TODAY.isoformat(), Calendar(book.calendar)
    return PlanContext(book, day, TODAY, calendar, messages, {}, {}, NoOpening(book))


class AbstractDraft(TicketDraft):
    """A draft on a class of tickets; what can't be told of it is left open.

    `lost` are the kinds of which nothing is known any more, `mixed` those that lose their order, and
    `older` is what the older ones of each kind are. `opened` has the status, fields and assignee of
    each ticket that is opened.
    """

    __slots__ = ("_bounds", "_scope", "lost", "mixed", "older", "opened")

    def __init__(
        self,
        context: PlanContext,
        event: Event,
        state: TicketState,
        values: dict[str, Any],
        scope: KeptParts,
        older: Mapping[str, frozenset[tuple[Any, ...]]],
    ) -> None:
        super().__init__(context, event, state, values)
        self._scope, self._bounds = scope, scope.bounds
        self.older = dict(older)
        self.lost: set[str] = set()
        self.mixed: set[str] = set()
        self.opened: list[tuple[str, dict[str, Any], str | None]] = []

    @property
    def state(self) -> TicketState:
        """The ticket that the plan is about: an opened one where there was none."""
        return self._state

    def due(self, due: Due) -> Any:
        """As with a plan; SOME, or a Span, where the date is not known to the day."""
        base = TODAY.isoformat() if due.base is None else self.values[due.base]
        return worked_out(self._bounds, due, base)

    def open_ticket(
        self,
        book: str,
        given: Mapping[str, Stored],
        customer: Mapping[str, str | None] | None,
        note: Text | None,
    ) -> NewTicket:
        """Note what ticket is opened; it is the plan's own where there was none."""
        self.values["opened"] = "T-2"
        if book == self.context.book.name:
            self._open(self.context.book, given)
        return NewTicket("T-2", given)

    def _open(self, book: Book, given: Mapping[str, Stored]) -> None:
        status, (priority, _) = new_head(book, {n: v for n, v in given.items() if n != "assignee"})
        assignee: Any = given.get("assignee")
        fields = new_fields(book, {n: v for n, v in given.items() if n not in OPENED})
        if self._state.id:
            self.opened.append((status.name, fields, assignee))
        else:
            told = (status.name, not status.closed, self.context.at, priority, assignee, None)
            self._state = TicketState(1, "T-1", book.name, *told, fields, NOBODY, [], [], [])
            self.values["ref"] = "T-1"

    def change_items(
        self, kind: str, where: Mapping[str, Stored], to: Mapping[str, Stored]
    ) -> list[Mapping[str, Stored]]:
        if kind not in self._scope.kinds:
            return [to]
        names = self._scope.contents[kind]
        known = {n: v for n, v in where.items() if n in names or n == self._scope.key(kind)}
        unsure = (
            len(known) < len(where)
            or any(_unsure(v) for v in known.values())
            or any(
                isinstance(data.get(name), Unknown)
                for _, of, data in self._items
                if of == kind
                for name in known
            )
        )
        if unsure:
            self.lost.add(kind)
            return []
        changed = super().change_items(kind, where, to)
        after: set[tuple[Any, ...]] = set()
        for place, content in enumerate(AbstractList(self.older.get(kind, frozenset()), ()).kinds):
            data = dict(zip(names, content, strict=True))
            share = self._share(kind, place, data, where)
            after |= {content} if share != ALL else set()
            after |= {self._scope.content(kind, {**data, **to})} if share else set()
            self.mixed |= {kind} if share else set()
        self.older[kind] = frozenset(after)
        return changed

    def _share(
        self, kind: str, place: int, data: Mapping[str, Any], where: Mapping[str, Any]
    ) -> str | None:
        """Whether all older items of a kind are changed, some of them, or none."""
        key, share = self._scope.key(kind), ALL
        for name, wanted in where.items():
            words = wanted if isinstance(wanted, list) else [wanted]
            if name == key:
                named_by = [s for s in (ALL, SOME_OF) if f"{s}{place}" in words]
                if not named_by:
                    return None
                share = named_by[0]
            elif data[name] not in words:
                return None
        return share

    def write_message(self, template: str, channel: str, role: str | None) -> Letter:
        return Letter("", None, None, "")

    def close(self, status: str, result: str) -> None:
        if str(ANY) in result:  # any of the results that the book knows
            self.set_column("status", status)
            self.set_column("result", result)
        else:
            super().close(status, result)

    def move_task(self, due: str) -> str | None:
        if len(self._tasks) > 1:
            self.lost.add("task")
            return None
        return super().move_task(due)


def worked_out(bounds: ValueBounds, due: Due, base: Any) -> Any:
    """The date that a due comes to from its base: to the day, or a Span, or SOME."""
    if base is None or base is ANY:
        return base
    if base is SOME or due.unit == "as it is":
        return base
    least, most = _days(due)
    first, last = offset(base) + least, offset(base) + most
    if due.base is not None and bounds.at_bound(due.base, base):
        first, last = (first, _ENDLESS) if offset(base) > 0 else (-_ENDLESS, last)
    return day(first) if first == last else DateRange(first, last)


def _days(due: Due) -> tuple[int, int]:
    """The least and the most days that a due can lie after its base.

    Any number of holidays and closures can lie between two working days.
    """
    if due.unit == "days":
        return due.number, due.number
    if due.unit == "working days":
        return due.number, _ENDLESS if due.number else 0
    if due.unit == "months":
        shorter, longer = sorted((28 * due.number, 31 * due.number))
        return shorter, longer
    return due.number, _ENDLESS  # on a day of the next month, or some days after it


def _unsure(value: Any) -> bool:
    return isinstance(value, Unknown) or (
        isinstance(value, list | tuple) and any(map(_unsure, value))
    )


class PlanEffect(NamedTuple):
    """What comes of a plan for a class: the class after it, and the tickets it opens."""

    plan: Plan
    ticket: AbstractTicket | None
    opened: tuple[tuple[AbstractTicket, str], ...]


class AbstractPlans:
    """Classes as plans take them, and what plans make of them."""

    def __init__(self, book: Book, scope: KeptParts) -> None:
        self._book, self._scope, self._context = book, scope, plan_context(book)

    def after(
        self,
        event: Event,
        rule: Rule,
        steps: Sequence[Step],
        ticket: AbstractTicket | None,
        facts: Mapping[str, Any],
    ) -> PlanEffect:
        """Carry some steps of a rule out on a class of tickets; facts that are not there are ANY."""
        values = dict.fromkeys(event.facts, ANY) | {
            n: list(v) if isinstance(v, tuple) else v for n, v in facts.items()
        }
        state = self._state(ticket)
        older = (
            {}
            if ticket is None
            else {
                kind: rows.older
                for kind, rows in zip(self._scope.kinds, ticket.lists, strict=True)
                if isinstance(rows, AbstractList)
            }
        )
        sketch = AbstractDraft(
            self._context,
            event,
            state,
            {**ticket_values(self._context, state), **values},
            self._scope,
            older,
        )
        for step in steps:
            step.action.carry_out(sketch)
        plan = sketch.finish(rule)
        after = self._after(ticket, plan, sketch) if sketch.state.id else None
        opened = tuple((self._new(*made), made[0]) for made in sketch.opened)
        return PlanEffect(plan, after, opened)

    def _state(self, ticket: AbstractTicket | None) -> TicketState:
        """A class as a plan takes a ticket."""
        today = TODAY.isoformat()
        if ticket is None:
            return TicketState(
                0,
                "",
                self._book.name,
                "",
                True,
                today,
                "medium",
                None,
                None,
                {},
                NOBODY,
                [],
                [],
                [],
            )
        known = dict(zip(self._scope.columns, ticket.columns, strict=True))
        status, *head = (
            known.get(n, ANY) for n in ("status", "opened", "priority", "assignee", "result")
        )
        opened, priority, assignee, result = head
        fields = {n: known.get(n, ANY) for n in self._book.fields}
        hanging: dict[str, list[Any]] = {"task": [], "item": []}
        for kind, rows in zip(self._scope.kinds, ticket.lists, strict=True):
            for place, content in enumerate(
                rows.newest if isinstance(rows, AbstractList) else (), 1
            ):
                data = dict(zip(self._scope.contents[kind], content, strict=True))
                self._hang(hanging, kind, place, data)
        return TicketState(
            1,
            "T-1",
            self._book.name,
            status,
            True,
            opened,
            priority,
            assignee,
            result,
            fields,
            NOBODY,
            hanging["task"],
            [],
            hanging["item"],
        )

    def _hang(
        self, hanging: dict[str, list[Any]], kind: str, place: int, data: dict[str, Any]
    ) -> None:
        if kind == "task":
            hanging["task"].append((place, data.get("kind", SOME), data.get("due", SOME)))
        else:
            key = self._scope.key(kind)
            named_by = {key: f"n{place}"} if key is not None else {}
            hanging["item"].append((len(hanging["item"]) + 1, kind, {**data, **named_by}))

    def _after(
        self, ticket: AbstractTicket | None, plan: Plan, sketch: AbstractDraft
    ) -> AbstractTicket:
        """The class that a ticket is in after a plan."""
        state, scope = sketch.state, self._scope
        before = ticket or self._new(state.status, state.fields, state.assignee)
        columns = tuple(
            scope.squeezed("ticket", n, plan.columns[n][1]) if n in plan.columns else value
            for n, value in zip(scope.columns, before.columns, strict=True)
        )
        lists = tuple(
            self._after_list(kind, rows, plan, sketch)
            for kind, rows in zip(scope.kinds, before.lists, strict=True)
        )
        return AbstractTicket(columns, lists, self._joined(before.others, sketch))

    def _after_list(
        self, kind: str, rows: AbstractList | Unknown, plan: Plan, sketch: AbstractDraft
    ) -> AbstractList | Unknown:
        if kind in sketch.lost:
            return ANY
        if kind == "task":
            if plan.tasks is sketch.state.tasks:
                return rows
            return self._scope.rows(kind, (), ({"kind": k, "due": d} for _, k, d in plan.tasks))
        if isinstance(rows, Unknown):
            return rows
        ended = set(plan.ended.get("item", ()))
        kept: list[Any] = [
            data for n, of, data in sketch.state.items if of == kind and n not in ended
        ]
        kept += [row[2] for table, row in plan.made if table == "item" and row[1] == kind]
        made = self._scope.rows(kind, sketch.older.get(kind, rows.older), kept)
        return made._replace(mixed=(rows.mixed or kind in sketch.mixed) and bool(made.older))

    def _new(self, status: str, fields: Mapping[str, Any], assignee: Any) -> AbstractTicket:
        """The class of a ticket that has just been opened."""
        known = self._head(status, fields, assignee)
        columns = tuple(
            self._scope.squeezed("ticket", n, known.get(n)) for n in self._scope.columns
        )
        return AbstractTicket(
            columns, tuple(AbstractList(frozenset(), ()) for _ in self._scope.kinds)
        )

    def _head(self, status: str, fields: Mapping[str, Any], assignee: Any) -> dict[str, Any]:
        is_open = not self._book.statuses[status].closed
        return {
            "status": status,
            "opened": TODAY.isoformat(),
            "priority": "medium",
            "assignee": assignee,
            "open": is_open,
            **fields,
        }

    def _joined(
        self, others: tuple[tuple[Any, ...], ...], sketch: AbstractDraft
    ) -> tuple[tuple[Any, ...], ...]:
        """Those that point at a ticket, with the ones that were opened and do so."""
        if not self._scope.family:
            return ()
        made = [
            tuple(
                self._scope.squeezed("tickets", n, self._head(status, fields, assignee).get(n))
                for n in self._scope.other_columns
            )
            for status, fields, assignee in sketch.opened
            if any(fields.get(n) == "T-1" for n in self._scope.links)
        ]
        return (*others, *made)
