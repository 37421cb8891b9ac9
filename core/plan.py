"""A rule's actions made concrete for one ticket: dates counted, tags numbered, messages rendered.

A plan is complete before anything is written. Making it reads nothing and changes nothing; a dry
run prints it, a real one hands it to `ticketfile`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from .actions import ACTIONS
from .dates import Due
from .facts import shown
from .tables import misses, show_value
from .text import Text
from .values import Field, Stored, show_money

if TYPE_CHECKING:
    from .book import Book, Event, Rule
    from .messages import Messages, Rendered
    from .workdays import Calendar

_NUMBERED = re.compile(r"(.*\D)(\d+)", re.DOTALL)


class Customer(NamedTuple):
    """Whom a ticket is about; what is unknown is None."""

    ref: str
    name: str | None
    email: str | None
    phone: str | None
    language: str | None


class State(NamedTuple):
    """What the ticket file holds of one ticket now; rows come with their ids."""

    id: int
    ref: str
    book: str
    status: str
    open: bool
    opened: str
    priority: str
    assignee: str | None
    result: str | None
    fields: dict[str, Any]
    customer: Customer
    tasks: list[tuple[int, str, str]]
    tags: list[tuple[int, str]]
    items: list[tuple[int, str, dict[str, Any]]]


class Desk(NamedTuple):
    """What a plan needs of its surroundings: the book, the day, calendar, messages and people."""

    book: Book
    at: str
    today: date
    calendar: Calendar
    messages: Messages
    roles: Mapping[str, str]
    company: Mapping[str, str]

    def person(self, role: str) -> str:
        """Who has a role in the settings; the role itself where nobody is named."""
        return self.roles.get(role, role)


class Plan(NamedTuple):
    """One decision with everything that follows from it.

    `columns` are the ticket's columns and fields that change, each with its value before and
    after; `made` the rows to write, by table; `ended` the ids of rows that end, by table.
    """

    state: State
    event: str
    rule: Rule
    why: str
    facts: dict[str, Any]
    actions: list[dict[str, Any]]
    columns: dict[str, tuple[Any, Any]]
    made: list[tuple[str, tuple[Any, ...]]]
    ended: dict[str, list[int]]
    next: dict[str, Any] | None

    @property
    def refused(self) -> str | None:
        """Why the procedure refuses the event, where it does."""
        return next((a["text"] for a in self.actions if a["action"] == "refuse"), None)

    @property
    def changes(self) -> bool:
        """Whether carrying the plan out changes anything but the log."""
        return bool(self.columns or self.made or self.ended)

    def at_rest(self) -> Plan:
        """The same answer with nothing left to do, for a ticket it has been carried out on."""
        said = [action for action in self.actions if not ACTIONS[action["action"]].changes]
        return self._replace(actions=said, columns={}, made=[], ended={})


class Draft:
    """A plan in the making: the actions of a rule call these methods, one after the other."""

    def __init__(self, desk: Desk, event: Event, state: State, values: dict[str, Any]) -> None:
        self.desk, self.values = desk, values
        self._event, self._state = event, state
        self._tasks, self._tags, self._items = state.tasks, state.tags, state.items
        self.actions: list[dict[str, Any]] = []
        self.columns: dict[str, tuple[Any, Any]] = {}
        self._made: list[tuple[str, tuple[Any, ...]] | None] = []
        self.ended: dict[str, list[int]] = {}

    # --- texts and dates -------------------------------------------------------------------------

    def fill(self, text: Text) -> str | None:
        """The text with this ticket's values; None where all it has is a value not given."""
        if text.only is not None and self.values[text.only] is None:
            return None
        return text.fill(self.values, self._show)

    def _show(self, name: str, value: object) -> str:
        field = self._event.fields.get(name)
        return show(field, value)

    def due(self, due: Due) -> str | None:
        """The date or moment of a due rule, None where it starts from a date not given."""
        return due.on(self.desk.today, self.values, self.desk.calendar)

    # --- what an action does ---------------------------------------------------------------------

    def note(self, text: str | None) -> None:
        if text is not None:
            self._make("note", self.desk.at, text)
            self.actions.append({"action": "note", "text": text})

    def tag(self, tag: str | None) -> None:
        if tag is None:
            return
        self.actions.append({"action": "tag", "tag": tag})
        for row, old in self._tags:
            if _lower_in_series(old, tag):
                self._end("tag", row)
                self.actions.append({"action": "untag", "tag": old})
        self._tags = [kept for kept in self._tags if not _lower_in_series(kept[1], tag)]
        if all(old != tag for _, old in self._tags):
            self._tags = [*self._tags, (self._make("tag", tag), tag)]

    def untag(self, pattern: re.Pattern[str]) -> None:
        for row, tag in self._tags:
            if pattern.fullmatch(tag):
                self._end("tag", row)
                self.actions.append({"action": "untag", "tag": tag})
        self._tags = [kept for kept in self._tags if not pattern.fullmatch(kept[1])]

    def task(self, kind: str, due: str | None) -> None:
        self.end_tasks(told=False)
        if due is not None:
            self._tasks = [(self._make("task", kind, due), kind, due)]
            self.actions.append({"action": "task", "kind": kind, "due": due})

    def move_task(self, due: str | None) -> None:
        if due is not None and self._tasks:
            self.task(min(self._tasks, key=lambda task: task[2])[1], due)

    def end_tasks(self, told: bool = True) -> None:
        for row, kind, due in self._tasks:
            self._end("task", row)
            if told:
                self.actions.append({"action": "done", "kind": kind, "due": due})
        self._tasks = []

    def priority(self, value: str) -> None:
        self._column("priority", self._state.priority, value)
        self.actions.append({"action": "priority", "value": value})

    def status(self, value: str) -> None:
        self._column("status", self._state.status, value)
        self.actions.append({"action": "status", "value": value})

    def close(self, status: str, result: str) -> None:
        self._column("status", self._state.status, status)
        self._column("result", self._state.result, result)
        self.actions.append({"action": "close", "result": result})

    def assign(self, role: str) -> None:
        person = self.desk.person(role)
        self._column("assignee", self._state.assignee, person)
        self.actions.append({"action": "assign", "role": role, "to": person})

    def message(self, template: str, channel: str, role: str | None) -> None:
        rendered = self.render(template, for_role=role is not None)
        customer = self._state.customer
        address = customer.email if channel == "email" else customer.phone
        to = address if role is None else self.desk.person(role)
        row = (template, channel, rendered.language, to, rendered.subject, rendered.body)
        self._make("message", *row)
        names = ("template", "channel", "language", "to", "subject", "body")
        self.actions.append({"action": "message", **dict(zip(names, row, strict=True))})

    def report(self, sheet: str) -> None:
        self._make("report", sheet, self.desk.at[:10])
        self.actions.append({"action": "report", "sheet": sheet})

    def tell(self, who: str, text: str | None) -> None:
        self.actions.append({"action": "tell", "who": who, "text": text})

    def wait(self, until: str | None) -> None:
        self.actions.append({"action": "wait", "until": until})

    def refuse(self, text: str | None) -> None:
        self.actions.append({"action": "refuse", "text": text})

    def set(self, name: str, value: Stored) -> None:
        field = self.desk.book.fields[name]
        self._column(name, self._state.fields.get(name), value)
        self.actions.append({"action": "set", "field": name, "value": field.show(value)})

    def add(self, kind: str, data: dict[str, Stored]) -> None:
        self._items = [*self._items, (self._make("item", kind, data), kind, data)]
        self.actions.append({"action": "add", "item": kind, **self._shown(kind, data)})

    def change(self, kind: str, where: dict[str, Stored], to: dict[str, Stored]) -> None:
        fitting = [
            (row, data)
            for row, of, data in self._items
            if of == kind and all(_fits(data.get(name), wanted) for name, wanted in where.items())
        ]
        for row, data in fitting:
            new = {**data, **to}
            self._end("item", row)
            self._items = [item for item in self._items if item[0] != row]
            self._items.append((self._make("item", kind, new), kind, new))
            self.actions.append({"action": "change", "item": kind, **self._shown(kind, new)})

    def render(self, template: str, for_role: bool = False) -> Rendered:
        """A message for the customer, in their language, or for the desk in the book's."""
        desk, state = self.desk, self._state
        theirs = [] if for_role else [state.customer.language or desk.book.language]
        languages = [*theirs, desk.book.language, "en"]
        return desk.messages.render(desk.book.name, template, languages, self._context())

    # --- the finished plan -----------------------------------------------------------------------

    def finish(self, rule: Rule, facts: dict[str, Any]) -> Plan:
        """The plan, once all actions are done."""
        if "status" in self.columns:
            statuses = self.desk.book.statuses
            is_open = not statuses[self.columns["status"][1]].closed
            self.columns["open"] = (int(self._state.open), int(is_open))
        return Plan(
            self._state, self._event.name, rule, self.fill(rule.why) or "", facts, self.actions,
            {name: pair for name, pair in self.columns.items() if pair[0] != pair[1]},
            [row for row in self._made if row is not None], self.ended, self._next(rule),
        )  # fmt: skip

    def _next(self, rule: Rule) -> dict[str, Any] | None:
        if rule.next is not None:
            due = self.due(rule.next.due) or self.desk.today.isoformat()
            return self._asked(rule.next.action, rule.next.who, due)
        if not self._tasks or any(a["action"] in ("wait", "refuse") for a in self.actions):
            return None
        _, kind, due = min(self._tasks, key=lambda task: task[2])
        return self._asked(kind, "agent", due)

    def _asked(self, action: str, who: str, due: str) -> dict[str, Any]:
        late = max(0, self.desk.calendar.since_iso(due, self.desk.at))
        return {"action": action, "who": who, "due": due, "late_workdays": late}

    # --- small change ----------------------------------------------------------------------------

    def _column(self, name: str, before: object, after: object) -> None:
        first = self.columns.get(name, (before, None))[0]
        self.columns[name] = (first, after)

    def _make(self, table: str, *row: Any) -> int:
        """Note a row to write; its negative number stands for its id until it has one."""
        self._made.append((table, (self._state.id, *row)))
        return -len(self._made)

    def _end(self, table: str, row: int) -> None:
        if row > 0:
            self.ended.setdefault(table, []).append(row)
        else:
            self._made[-row - 1] = None

    def _shown(self, kind: str, data: Mapping[str, Stored]) -> dict[str, Any]:
        fields = self.desk.book.items[kind].fields
        return {name: fields[name].show(value) for name, value in data.items()}

    def _context(self) -> dict[str, Any]:
        state = self._state
        fields = {n: state.fields.get(n, f.default) for n, f in self.desk.book.fields.items()}
        columns = {name: pair[1] for name, pair in self.columns.items()}
        ticket = {
            "ref": state.ref, "status": state.status, "opened": state.opened,
            "priority": state.priority, "assignee": state.assignee, **fields, **columns,
        }  # fmt: skip
        of_kind: dict[str, list[dict[str, Any]]] = {kind: [] for kind in self.desk.book.items}
        for _, kind, data in self._items:
            of_kind[kind].append(data)
        return {
            "customer": state.customer._asdict(), "ticket": ticket, **of_kind,
            "today": self.desk.today.isoformat(), "company": self.desk.company,
            "parameters": {p.name: p.value for p in self.desk.book.parameters.values()},
            "values": {n: v for n, v in self.values.items() if v is not None},
        }  # fmt: skip


def make_plan(
    desk: Desk, event: Event, rule: Rule, state: State, values: dict[str, Any]
) -> Plan:
    """Work a rule out for a ticket; `values` are the facts and what the caller gave."""
    draft = Draft(desk, event, state, {**values, "ref": state.ref, "customer": state.customer.name,
                                       "today": desk.today.isoformat()})  # fmt: skip
    for step in rule.steps:
        if not step.when or not misses(step.when, draft.values):
            step.do(draft)
    return draft.finish(rule, shown(event, values))


def show(field: Field | None, value: object) -> str:
    """A value in a text: money with its point, lists with commas, yes and no."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if field is not None and field.type == "money" and isinstance(value, int):
        return show_money(value)
    return show_value(value)


def _fits(have: object, wanted: object) -> bool:
    return have in wanted if isinstance(wanted, list) else have == wanted


def _lower_in_series(old: str, new: str) -> bool:
    a, b = _NUMBERED.fullmatch(old), _NUMBERED.fullmatch(new)
    return bool(a and b and a[1] == b[1] and int(a[2]) < int(b[2]))
