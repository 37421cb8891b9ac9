"""Making a plan: the actions of a rule, carried out one after the other on a draft of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..book.actions import OPENED
from ..book.forbidden import forbidden_in
from ..book.placeholders import Text
from ..errors import BadInput, Refused, WrongInput
from ..system.fast_json import encode
from ..tables.decision_table import find_misses
from ..values.due_dates import Due
from ..values.field_types import Stored
from .plan import THIS, Plan, PlanContext, fill, named
from .ticket_state import Customer, TicketState

if TYPE_CHECKING:
    from ..book.model import Book, Event, Rule, Status
    from ..messages.templates import Rendered

_NUMBERED = r"(?s)(.*\D)(\d+)"


class Draft:
    """A plan in the making: the actions of a rule call these methods, one after the other."""

    __slots__ = (
        "_event",
        "_items",
        "_made",
        "_state",
        "_tags",
        "_tasks",
        "columns",
        "context",
        "ended",
        "said",
        "values",
    )

    def __init__(
        self, context: PlanContext, event: Event, state: TicketState, values: dict[str, Any]
    ) -> None:
        self.context, self.values = context, values
        self._event, self._state = event, state
        self._tasks, self._tags, self._items = state.tasks, state.tags, state.items
        self.said: list[tuple[Any, ...]] = []
        self.columns: dict[str, tuple[Any, Any]] = {}
        self._made: list[tuple[str, tuple[Any, ...]] | None] = []
        self.ended: dict[str, list[int]] = {}

    # --- texts and dates -------------------------------------------------------------------------

    def fill(self, text: Text) -> str | None:
        """The text with this ticket's values; None where all it has is a value not given."""
        return fill(text, self._event, self.values)

    def due(self, due: Due) -> str | None:
        """The date or moment of a due rule, None where it starts from a date not given."""
        return due.on(self.context.today, self.values, self.context.calendar)

    # --- what an action does ---------------------------------------------------------------------

    def note(self, text: str | None) -> None:
        if text is not None:
            self._make("note", self.context.at, text)
            self.said.append(("note", text))

    def tag(self, tag: str | None) -> None:
        if tag is None:
            return
        self.said.append(("tag", tag))
        for row, old in self._tags:
            if _lower_in_series(old, tag):
                self._end("tag", row)
                self.said.append(("untag", old))
        self._tags = [kept for kept in self._tags if not _lower_in_series(kept[1], tag)]
        if all(old != tag for _, old in self._tags):
            self._tags = [*self._tags, (self._make("tag", tag), tag)]

    def untag(self, pattern: re.Pattern[str]) -> None:
        for row, tag in self._tags:
            if pattern.fullmatch(tag):
                self._end("tag", row)
                self.said.append(("untag", tag))
        self._tags = [kept for kept in self._tags if not pattern.fullmatch(kept[1])]

    def task(self, kind: str, due: str | None) -> None:
        self.end_tasks(told=False)
        if due is not None:
            self._tasks = [(self._make("task", kind, due), kind, due)]
            self.said.append(("task", kind, due))

    def move_task(self, due: str | None) -> None:
        if due is not None and self._tasks:
            self.task(min(self._tasks, key=lambda task: task[2])[1], due)

    def end_tasks(self, told: bool = True) -> None:
        for row, kind, due in self._tasks:
            self._end("task", row)
            if told:
                self.said.append(("done", kind, due))
        self._tasks = []

    def priority(self, value: str) -> None:
        self._column("priority", self._state.priority, value)
        self.said.append(("priority", value))

    def status(self, value: str) -> None:
        self._column("status", self._state.status, value)
        self.said.append(("status", value))

    def close(self, status: str, result: str) -> None:
        known = self.context.book.statuses[status].results
        if known and result not in known:
            raise Refused(
                f"a ticket is closed with one of {', '.join(known)}, not with {result!r}."
            )
        self._column("status", self._state.status, status)
        self._column("result", self._state.result, result)
        self.said.append(("close", result))

    def assign(self, role: str | None, person: str | None) -> None:
        self._column("assignee", self._state.assignee, person)
        self.said.append(("assign", role, person))

    def escalate(self, role: str) -> None:
        person = self.context.person(role)
        if self._state.id:
            self._column("assignee", self._state.assignee, person)
        self.said.append(("escalate", person))

    def transfer(self, line: str | None) -> None:
        self.said.append(("transfer", line))

    def open(
        self,
        name: str,
        given: dict[str, Stored],
        who: Mapping[str, str | None] | None,
        note: Text | None,
    ) -> None:
        """Open a ticket of a book, for the same customer or a new one.

        Where the event has no ticket of its own, what follows is done on this one.
        """
        book, number, ref = self.context.opening.ticket(name)
        status, head = new_head(book, given)
        fields = new_fields(book, given)
        if who is not None:
            customer_id, called = self.context.opening.customer()
            customer = Customer(called, *(who.get(key) for key in Customer._fields[1:]))
            self._made.append(("customer", (customer_id, *customer)))
        else:
            customer = self._state.customer
            customer_id = self.context.opening.customer_id(customer.ref)
        row = (number, ref, name, customer_id, status.name, int(not status.closed), self.context.at)
        self._made.append(("ticket", (*row, *head, None, encode(fields))))
        for field in book.fields.values():
            if field.type == "ticket" and fields.get(field.name) is not None:
                self._made.append(("link", (number, field.name, fields[field.name])))
        self.values["opened"] = ref
        if (told := note and self.fill(note)) is not None:
            self._made.append(("note", (number, self.context.at, told)))
        known = {**OPENED, **book.fields}
        self.said.append(("open", ref, name, {n: known[n].show(v) for n, v in given.items()}))
        if not self._state.id:
            told_of = (
                status.name,
                not status.closed,
                self.context.at,
                *head,
                None,
                fields,
                customer,
            )
            self._state = TicketState(number, ref, name, *told_of, [], [], [])
            self.values["ref"] = ref
            if "customer" not in self._event.facts:
                self.values["customer"] = customer.name

    def message(self, template: str, channel: str, role: str | None) -> None:
        rendered = self.render(template, for_role=role is not None)
        if channel == "sms":
            from ..messages.sms_segments import plain

            rendered = rendered._replace(subject=None, body=plain(rendered.body))
        customer = self._state.customer
        address = customer.email if channel == "email" else customer.phone
        to = address if role is None else self.context.person(role)
        row = (template, channel, rendered.language, to, rendered.subject, rendered.body)
        self._make("message", *row)
        self.said.append(("message", *row))

    def report(self, sheet: str) -> None:
        self._make("report", sheet, self.context.at[:10])
        self.said.append(("report", sheet))

    def tell(self, who: str, text: str | Text) -> None:
        if self.context.book.forbidden and not isinstance(text, str):
            self._check_allowed(self.fill(text) or "")
        self.said.append(("tell", who, text))

    def wait(self, until: str | None) -> None:
        self.said.append(("wait", until))

    def refuse(self, text: Text) -> None:
        self.said.append(("refuse", text))

    def wrong(self, name: str, text: Text) -> None:
        raise WrongInput(name, self.fill(text) or "")

    def set(self, name: str, value: Stored) -> None:
        field = self.context.book.fields[name]
        self._column(name, self._state.fields.get(name), value)
        self.said.append(("set", name, field.show(value)))

    def add(self, kind: str, data: dict[str, Stored]) -> None:
        self._items = [*self._items, (self._make("item", kind, data), kind, data)]
        self.said.append(("add", kind, data))

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
            self.said.append(("change", kind, new))

    def render(
        self, template: str, for_role: bool = False, language: str | None = None
    ) -> Rendered:
        """A message for the customer, in the language given or theirs; for the desk, in the book's."""
        context, state = self.context, self._state
        theirs = [] if for_role else [language or state.customer.language or context.book.language]
        languages = [*theirs, context.book.language, "en"]
        rendered = context.messages.render(
            context.book.name, template, languages, self._message_values(), context.common
        )
        self._check_allowed(rendered.body)
        return rendered

    # --- the finished plan -----------------------------------------------------------------------

    def finish(self, rule: Rule) -> Plan:
        """The plan, once all actions are done."""
        if "status" in self.columns:
            statuses = self.context.book.statuses
            is_open = not statuses[self.columns["status"][1]].closed
            self.columns["open"] = (int(self._state.open), int(is_open))
        return Plan(
            self.context,
            self._state,
            self._event,
            rule,
            self.values,
            self.said,
            {name: pair for name, pair in self.columns.items() if pair[0] != pair[1]},
            [row for row in self._made if row is not None],
            self.ended,
            self._tasks,
        )

    # --- small change ----------------------------------------------------------------------------

    def _column(self, name: str, before: object, after: object) -> None:
        self._check_ticket()
        first = self.columns.get(name, (before, None))[0]
        self.columns[name] = (first, after)

    def _check_allowed(self, said: str) -> None:
        """Refuse to say what the book forbids."""
        patterns = self.context.book.forbidden
        found = forbidden_in(patterns, said) if patterns else None
        if found is not None:
            pattern, words = found
            raise Refused(
                f"this must never be said: {words!r}, which {pattern.about} ({pattern.language}:"
                f" {pattern.pattern}); say it in other words."
            )

    def _check_ticket(self) -> None:
        if not self._state.id:
            raise BadInput(
                f"event {self._event.name} of book {self.context.book.name} changes a ticket before"
                " it opens one."
            )

    def _make(self, table: str, *row: Any) -> int:
        """Note a row to write; its negative number stands for its id until it has one."""
        self._check_ticket()
        self._made.append((table, (THIS, *row)))
        return -len(self._made)

    def _end(self, table: str, row: int) -> None:
        if row > 0:
            self.ended.setdefault(table, []).append(row)
        else:
            self._made[-row - 1] = None

    def _message_values(self) -> dict[str, Any]:
        state = self._state
        fields = {n: state.fields.get(n, f.default) for n, f in self.context.book.fields.items()}
        columns = {name: pair[1] for name, pair in self.columns.items()}
        ticket = {
            "ref": state.ref,
            "status": state.status,
            "opened": state.opened,
            "priority": state.priority,
            "assignee": state.assignee,
            **fields,
            **columns,
        }
        of_kind: dict[str, list[dict[str, Any]]] = {kind: [] for kind in self.context.book.items}
        for _, kind, data in self._items:
            listed = self.context.book.items[kind].fields
            of_kind[kind].append({n: data.get(n, f.default) for n, f in listed.items()})
        return {
            "customer": state.customer._asdict(),
            "ticket": ticket,
            **of_kind,
            "values": {n: v for n, v in self.values.items() if v is not None},
        }


def make_plan(
    context: PlanContext, event: Event, rule: Rule, state: TicketState, facts: Mapping[str, Any]
) -> Plan:
    """Work a rule out for a ticket; `facts` are the facts and what the caller gave."""
    values = {**named(context, state), **facts}
    draft = Draft(context, event, state, values)
    for step in rule.steps:
        if not step.when or not find_misses(step.when, values):
            step.do(draft)
    return draft.finish(rule)


def new_head(book: Book, given: Mapping[str, Stored]) -> tuple[Status, tuple[str, str | None]]:
    """The status of a new ticket, and its priority and assignee."""
    name = str(given.get("status") or next(iter(book.statuses)))
    if name not in book.statuses:
        raise BadInput(
            f"book {book.name} has no status {name!r}; it has {', '.join(book.statuses)}."
        )
    assignee = given.get("assignee")
    head = str(given.get("priority") or "medium"), None if assignee is None else str(assignee)
    return book.statuses[name], head


def new_fields(book: Book, given: Mapping[str, Stored]) -> dict[str, Stored]:
    """The fields of a new ticket as they are stored; BadInput where one is unknown or missing."""
    for name in given:
        if name not in book.fields and name not in OPENED:
            raise BadInput(f"a ticket of book {book.name} has no {name!r}.")
    fields = {
        name: field.default if given.get(name) is None else given[name]
        for name, field in book.fields.items()
    }
    for name, value in fields.items():
        if value is None and not book.fields[name].optional:
            raise BadInput(f"a new ticket of book {book.name} needs {name}.")
    return {name: value for name, value in fields.items() if value is not None}


def _fits(have: object, wanted: object) -> bool:
    return have in wanted if isinstance(wanted, list) else have == wanted


def _lower_in_series(old: str, new: str) -> bool:
    a, b = re.fullmatch(_NUMBERED, old), re.fullmatch(_NUMBERED, new)
    return bool(a and b and a[1] == b[1] and int(a[2]) < int(b[2]))
