"""A draft on a class of tickets: the book's own actions, carried out on what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from ....book.item_actions import OPENED
from ....book.model import Book, Event
from ....book.placeholders import Text
from ....book.ticket_parts import MessageRow, TaskRow
from ....decision.new_ticket import new_fields, new_head
from ....decision.plan import Letter, NewTicket, PlanContext
from ....decision.plan_builder import TicketDraft
from ....decision.ticket_state import Customer, TicketState
from ....messages.templates import Messages, Rendered
from ....values.due_dates import Due
from ....values.field_types import Stored
from ....values.working_days import Calendar
from ..abstract_values import (
    ALL,
    ANY,
    MARK,
    SOME,
    SOME_OF,
    TODAY,
    TODAY_ISO,
    AbstractValue,
    OneOf,
    Unknown,
    Values,
    as_values,
    is_open,
)
from .abstract_dates import count_due
from .abstract_ticket import Content, kinds_in_order
from .kept_parts import MESSAGE, KeptParts
from .message_classes import withdraw_one

NOBODY = Customer("C-1", None, None, None, None)

REF, OPENED_REF = "T-1", "T-2"
"""The refs of a ticket of a class, and of one that it opens."""


class NoMessages:
    """In place of messages: that one is sent is all that is known of it."""

    def render(self, *asked: object) -> Rendered:
        """An empty message."""
        return Rendered("", None, "")


class NoOpening:
    """Where tickets that a plan opens get their names from."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ticket(self, book: str) -> tuple[Book, int, str]:
        """A ticket that has not been there."""
        return self._book, 2, OPENED_REF

    def customer(self) -> tuple[int, str]:
        """A customer that has not been there."""
        return 2, "C-2"

    def customer_id(self, ref: str) -> int:
        """The one customer there is."""
        return 1


def make_context(book: Book) -> PlanContext:
    """What plans for classes are made with: nobody is named, and nothing is said."""
    messages = cast(Messages, NoMessages())
    calendar = Calendar(book.calendar)
    return PlanContext(book, TODAY_ISO, TODAY, calendar, messages, {}, {}, NoOpening(book))


class NewTicketValues(NamedTuple):
    """A ticket that a plan opens: its status, fields and assignee, and an item of some kinds."""

    status: str
    fields: Values
    assignee: AbstractValue
    items: Mapping[str, Values] = {}


class AbstractDraft(TicketDraft):
    """A draft on a class of tickets; what can't be told of it is left open.

    `lost` are the kinds of which nothing is known any more, `mixed` those that lose their order, and
    `older` is what the older ones of each kind are. `opened` are tickets that are opened beside, `queued`
    the templates of which messages are made.
    """

    __slots__ = ("_bounds", "_kept", "lost", "mixed", "older", "opened", "queued")

    def __init__(
        self,
        context: PlanContext,
        event: Event,
        state: TicketState,
        values: dict[str, Any],
        kept: KeptParts,
        older: Mapping[str, frozenset[Content]],
    ) -> None:
        super().__init__(context, event, state, values)
        self._kept, self._bounds = kept, kept.bounds
        self.older = dict(older)
        self.lost: set[str] = set()
        self.mixed: set[str] = set()
        self.opened: list[NewTicketValues] = []
        self.queued = set[str]()

    @property
    def state(self) -> TicketState:
        """The ticket that the plan is about: an opened one where there was none."""
        return self._state

    def due(self, due: Due) -> Any:
        """As with a plan; SOME, or a DateRange, where the date is not known to the day."""
        base = TODAY_ISO if due.base is None else as_values(self.values)[due.base]
        return count_due(self._bounds, due, base)

    def open_ticket(
        self,
        book: str,
        given: Mapping[str, Stored],
        customer: Mapping[str, str | None] | None,
        note: Text | None,
        items: Mapping[str, Mapping[str, Stored]],
    ) -> NewTicket:
        """Note what ticket is opened; it is the plan's own where there was none."""
        self.values["opened"] = OPENED_REF
        if book == self.context.book.name:
            self._open(self.context.book, given, items)
        return NewTicket(OPENED_REF, given)

    def _open(
        self,
        book: Book,
        given: Mapping[str, Stored],
        items: Mapping[str, Mapping[str, Stored]],
    ) -> None:
        status, (priority, _) = new_head(book, {n: v for n, v in given.items() if n != "assignee"})
        assignee = cast("str | None", given.get("assignee"))
        fields = new_fields(book, {n: v for n, v in given.items() if n not in OPENED})
        if self._state.id:
            begins_with = {kind: as_values(dict(values)) for kind, values in items.items()}
            new = NewTicketValues(status.name, as_values(fields), assignee, begins_with)
            self.opened.append(new)
            return
        self._state = TicketState(
            id=1,
            ref=REF,
            book=book.name,
            status=status.name,
            open=not status.closed,
            opened=self.context.at,
            priority=priority,
            assignee=assignee,
            result=None,
            fields=fields,
            customer=NOBODY,
            tasks=[],
            tags=[],
            items=[],
            messages=[],
        )
        self.values["ref"] = REF

    def change_items(
        self, kind: str, where: Mapping[str, Stored], to: Mapping[str, Stored]
    ) -> list[Mapping[str, Stored]]:
        """Change items, the older ones by their kinds; where it is open which, their order is not known
        any more, nor what they then have of what may be changed."""
        if kind not in self._kept.kinds:
            return [to]
        if self._is_unsure(kind, where):
            self._change_some(kind, where, as_values(to))
            return []
        changed = super().change_items(kind, where, to)
        self._change_older(kind, where, to)
        return changed

    def _change_some(self, kind: str, where: Mapping[str, Stored], to: Values) -> None:
        """Change items of which it is open whether they have some values: they are as before, or not."""
        names, contents = self._kept.contents[kind], set[Content]()
        items = [(row, data) for row, of, data in self._items if of == kind]
        for row, _ in items:
            self.end_row("item", row)
        self._items = [item for item in self._items if item[1] != kind]
        older = (dict(zip(names, one, strict=True)) for one in self.older.get(kind, ()))
        for data in (*(as_values(data) for _, data in items), *older):
            known = [n for n in where if n in names]
            if any(not _may_be(data[n], where[n]) for n in known):
                after = data
            else:
                kept = to.keys() & set(names)
                after = {**data, **{n: _join(data[n], to[n], where == {n: None}) for n in kept}}
            contents.add(self._kept.abstract_older(kind, after))
        self.older[kind] = frozenset(contents)
        self.mixed.add(kind)

    def _is_unsure(self, kind: str, where: Mapping[str, Stored]) -> bool:
        """Whether it is open which items have some values."""
        names = {*self._kept.contents[kind], self._kept.key(kind)}
        if not names.issuperset(where) or any(map(is_open, where.values())):
            return True
        contents = self._kept.contents[kind]
        older = (dict(zip(contents, one, strict=True)) for one in self.older.get(kind, ()))
        items = (as_values(data) for _, of, data in self._items if of == kind)
        return any(_may_fit(data.get(n), where[n]) for data in (*items, *older) for n in where)

    def _change_older(self, kind: str, where: Mapping[str, Stored], to: Mapping[str, Any]) -> None:
        names, after = self._kept.contents[kind], set[Content]()
        older = self.older.get(kind, frozenset())
        for place, content in enumerate(kinds_in_order(older)):
            data = dict(zip(names, content, strict=True))
            share = self._share(kind, place, data, where)
            if share != ALL:
                after.add(content)
            if share is not None:
                after.add(self._kept.abstract_item(kind, {**data, **to}))
                self.mixed.add(kind)
        self.older[kind] = frozenset(after)

    def _share(
        self, kind: str, place: int, data: Values, where: Mapping[str, Stored]
    ) -> str | None:
        """Whether ALL older items of a kind are changed, SOME_OF them, or none."""
        key, share = self._kept.key(kind), ALL
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
        """A message of which is known that it is made: not to whom it goes, nor its text."""
        if template in self._kept.templates:
            self.queued.add(template)
        return Letter("", cast(str, SOME), None, "")

    def withdraw(self, template: str | None) -> list[MessageRow]:
        """Withdraw what waits; which messages that is is not told."""
        if MESSAGE in self.older:
            self.older[MESSAGE] = frozenset(
                left
                for one in self.older[MESSAGE]
                if (left := withdraw_one(one) if template in (None, one[0]) else one) is not None
            )
        return []

    def close(self, status: str, result: str) -> None:
        """Close the ticket; a result that is not known is any of those that the book knows."""
        if MARK in result:
            self.set_column("status", status)
            self.set_column("result", result)
        else:
            super().close(status, result)

    def end_tasks(self, kind: str | None = None) -> list[TaskRow]:
        """End tasks; where it is open which of them they are, nothing is known of them."""
        if "task" in self._kept.kinds and self._is_unsure_of_tasks(kind):
            self.lost.add("task")
        return super().end_tasks(kind)

    def _is_unsure_of_tasks(self, ended: str | None) -> bool:
        """Whether it is open which tasks end: those of a kind, or all of the ticket's own."""
        if ended is not None:
            kinds = [kind for _, kind, _ in self._tasks]
            return MARK in ended or any(isinstance(one, Unknown) for one in kinds)
        unknown = [self._status, *(kind for _, kind, _ in self._tasks)]
        return bool(self.context.book.tasks) and any(isinstance(one, Unknown) for one in unknown)

    def move_task(self, due: str) -> str | None:
        """Move the own task; of several it is open which is due first."""
        own = [kind for _, kind, _ in self._tasks if not self._is_beside(kind)]
        if len(own) > 1 or (len(self._tasks) > 1 and self._is_unsure_of_tasks(None)):
            self.lost.add("task")
            return None
        return super().move_task(due)


def _may_be(value: AbstractValue, wanted: Stored) -> bool:
    """Whether a value can be one that is wanted."""
    if is_open(wanted) or _may_fit(value, wanted):
        return True
    return not isinstance(value, Unknown) and value in (
        wanted if isinstance(wanted, list) else [wanted]
    )


def _join(value: AbstractValue, changed: AbstractValue, is_wanted_none: bool) -> AbstractValue:
    """What is known of a value that may be changed; `is_wanted_none`: it is if there is none, and only then."""
    if is_wanted_none:
        value = changed if value is None else SOME
    if value == changed:
        return value
    return ANY if None in (value, changed) or ANY in (value, changed) else SOME


def _may_fit(value: object, wanted: Stored) -> bool:
    """Whether a value that is not known can be one that is wanted."""
    words = wanted if isinstance(wanted, list) else [wanted]
    if value is SOME and words == [None]:
        return False
    if isinstance(value, OneOf):
        return any(word in value.values for word in words)
    return isinstance(value, Unknown)
