"""Making a plan: the actions of a rule, carried out one after the other on a draft of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..book.forbidden import forbidden_in
from ..book.message_actions import MessageWithdrawn
from ..book.task_kinds import stands_beside
from ..errors import BadInput, Refused
from ..system.fast_json import encode
from ..tables.decision_table import row_holds
from .plan import THIS, Letter, NewTicket, Plan, fill_text, ticket_values
from .ticket_state import Customer

if TYPE_CHECKING:
    from ..book.done_action import DoneAction
    from ..book.model import Book, Event, Rule
    from ..book.placeholders import Text
    from ..book.ticket_parts import MessageRow, TaskRow
    from ..messages.templates import Rendered
    from ..values.due_dates import Due
    from ..values.field_types import Stored
    from .plan import MadeRow, PlanContext
    from .ticket_state import TicketState


class TicketDraft:
    """A plan in the making: what the actions of a rule change and record."""

    __slots__ = (
        "_actions",
        "_event",
        "_items",
        "_made",
        "_messages",
        "_state",
        "_tags",
        "_tasks",
        "columns",
        "context",
        "ended",
        "values",
    )

    def __init__(
        self, context: PlanContext, event: Event, state: TicketState, values: dict[str, Stored]
    ) -> None:
        self.context, self.values = context, values
        self._event, self._state = event, state
        self._tasks, self._tags, self._items = state.tasks, state.tags, state.items
        self._messages = state.messages
        self._actions: list[DoneAction] = []
        self.columns: dict[str, tuple[Stored, Stored]] = {}
        self._made: list[MadeRow | None] = []
        self.ended: dict[str, list[int]] = {}

    def record(self, done: DoneAction) -> None:
        """Note what was done, for whoever reads the plan."""
        self._actions.append(done)

    # --- texts and dates -------------------------------------------------------------------------

    def fill(self, text: Text) -> str | None:
        """The text with this ticket's values; None where all it has is a value not given."""
        return fill_text(text, self._event, self.values)

    def due(self, due: Due) -> str | None:
        """The date or moment of a due rule, None where it starts from a date not given."""
        return due.on(self.context.today, self.values, self.context.calendar)

    def render(self, template: str, language: str | None) -> str:
        """The body of a message for the customer, in the language given or theirs."""
        return self._render(template, language or self._customer_language).body

    def check_allowed(self, text: Text) -> None:
        """Refuse to say what the book forbids."""
        if self.context.book.forbidden:
            self._check_allowed(self.fill(text) or "")

    # --- the ticket ------------------------------------------------------------------------------

    @property
    def has_ticket(self) -> bool:
        """Whether there is a ticket already, or the event has opened one."""
        return bool(self._state.id)

    def make_row(self, table: str, *row: object) -> int:
        """Note a row to write; its negative number stands for its id until it has one."""
        self._check_ticket()
        self._made.append((table, (THIS, *row)))
        return -len(self._made)

    def end_row(self, table: str, row: int) -> None:
        """Note that a row ends; one that was made here is not written at all."""
        if row > 0:
            self.ended.setdefault(table, []).append(row)
        else:
            self._made[-row - 1] = None

    def set_column(self, name: str, value: Stored) -> None:
        """Set a column of the ticket, or a field of its book."""
        self._check_ticket()
        if name in self.columns:
            before = self.columns[name][0]
        elif name in self.context.book.fields:
            before = self._state.fields.get(name)
        else:
            before = getattr(self._state, name)
        self.columns[name] = (before, value)

    def close(self, status: str, result: str) -> None:
        """Close the ticket with a result."""
        known = self.context.book.statuses[status].results
        if known and result not in known:
            raise Refused(
                f"a ticket is closed with one of {', '.join(known)}, not with {result!r}."
            )
        self.set_column("status", status)
        self.set_column("result", result)

    def set_task(self, kind: str, due: str | None) -> None:
        """Set a task in place of the open ones, but for those beside it; without a date there is none."""
        self.end_tasks(kind if self._is_beside(kind) else None)
        if due is not None:
            self._tasks = [*self._tasks, (self.make_row("task", kind, due), kind, due)]

    def move_task(self, due: str) -> str | None:
        """Move the own task that is due first; returns its kind, None where no task is moved."""
        own = [task for task in self._tasks if not self._is_beside(task[1])]
        if not own:
            return None
        _, kind, _ = min(own, key=lambda task: task[2])
        self.set_task(kind, due)
        return kind

    def end_tasks(self, kind: str | None = None) -> list[TaskRow]:
        """End the open tasks of a kind, else all that don't stand beside the ticket's own; returns them."""
        ended = [
            task
            for task in self._tasks
            if (task[1] == kind if kind is not None else not self._is_beside(task[1]))
        ]
        if ended:
            self._tasks = [task for task in self._tasks if task not in ended]
        for row, _, _ in ended:
            self.end_row("task", row)
        return ended

    def _is_beside(self, kind: str) -> bool:
        """Whether a task of a kind stands beside the own one where the ticket stands by now."""
        return stands_beside(self.context.book.tasks, kind, self._status)

    @property
    def _status(self) -> Stored:
        return self.columns["status"][1] if "status" in self.columns else self._state.status

    def add_tag(self, tag: str) -> None:
        """Set a tag, unless it is there."""
        if all(old != tag for _, old in self._tags):
            self._tags = [*self._tags, (self.make_row("tag", tag), tag)]

    def end_tags(self, ends: Callable[[str], object]) -> list[str]:
        """Take away the tags that `ends` is true for; returns them."""
        ended = [(row, tag) for row, tag in self._tags if ends(tag)]
        if ended:
            for row, _ in ended:
                self.end_row("tag", row)
            self._tags = [kept for kept in self._tags if kept not in ended]
        return [tag for _, tag in ended]

    def add_item(self, kind: str, data: dict[str, Stored]) -> None:
        """Add an item to the ticket."""
        self._items = [*self._items, (self.make_row("item", kind, data), kind, data)]

    def change_items(
        self, kind: str, where: Mapping[str, Stored], to: Mapping[str, Stored]
    ) -> list[Mapping[str, Stored]]:
        """Change the items with the values `where`; returns what they are afterwards."""
        fitting = [
            (row, data)
            for row, of, data in self._items
            if of == kind and all(_fits(data.get(name), wanted) for name, wanted in where.items())
        ]
        changed: list[Mapping[str, Stored]] = []
        for row, data in fitting:
            new = {**data, **to}
            self.end_row("item", row)
            self._items = [item for item in self._items if item[0] != row]
            self._items.append((self.make_row("item", kind, new), kind, new))
            changed.append(new)
        return changed

    # --- beyond the ticket -----------------------------------------------------------------------

    def write_message(self, template: str, channel: str, role: str | None) -> Letter:
        """Put a message into the outbox; an e-mail that nobody signs is held."""
        letter, made_on = self.write_letter(template, channel, role), self.context.at[:10]
        stays = channel == "email" and not self.context.has_sender
        state, reason = ("held", "sender") if stays else ("waiting", None)
        self.make_row("message", template, channel, role, state, reason, made_on, None, *letter)
        return letter

    def write_letter(self, template: str, channel: str, role: str | None) -> Letter:
        """A message: to the customer, or, in the book's language, to a role."""
        customer, language = self._state.customer, self.context.book.language
        rendered = self._render(template, self._customer_language if role is None else language)
        subject, body = rendered.subject, rendered.body
        if channel == "sms":
            from ..messages.sms_segments import plain  # 0.3 ms, where there is no SMS

            subject, body = None, plain(body)
        address = customer.email if channel == "email" else customer.phone
        to = address if role is None else self.context.address(role)
        return Letter(rendered.language, to, subject, body)

    def withdraw(self, template: str | None) -> list[MessageRow]:
        """Withdraw the messages of a template, or all, that earlier events made and that have not
        left; returns them."""
        ended = [row for row in self._messages if template in (None, row[1])]
        for row, _ in ended:
            self.end_row("message", row)
        self._messages = [row for row in self._messages if row not in ended]
        return ended

    def open_ticket(
        self,
        book: str,
        given: Mapping[str, Stored],
        customer: Mapping[str, str | None] | None,
        note: Text | None,
        items: Mapping[str, Mapping[str, Stored]],
    ) -> NewTicket:
        """Open a ticket of a book, for the same customer or a new one.

        Where the event has no ticket of its own, what follows is done on this one.
        """
        from .new_ticket import new_state, show_given  # 0.3 ms, where no ticket is opened

        opened, number, ref = self.context.opening.ticket(book)
        customer_id, whose = self._customer_of(customer)
        new = new_state(opened, number, ref, given, whose)._replace(opened=self.context.at)
        head = (number, ref, book, customer_id, new.status, int(new.open), new.opened)
        row = (*head, new.priority, new.assignee, new.result, encode(new.fields))
        self._made.append(("ticket", row))
        for field in opened.fields.values():
            if field.type == "ticket" and new.fields.get(field.name) is not None:
                self._made.append(("link", (number, field.name, new.fields[field.name])))
        self.values["opened"] = ref
        details = show_given(opened, given)
        for kind, values in items.items():
            self._made.append(("item", (number, kind, _with_defaults(opened, kind, values))))
            details[kind] = _describe(opened, kind, values)
        if (text := note and self.fill(note)) is not None:
            self._made.append(("note", (number, new.opened, text, None)))
        if not self._state.id:
            self._go_on_with(new)
        return NewTicket(ref, details)

    def _customer_of(self, new: Mapping[str, str | None] | None) -> tuple[int, Customer]:
        """Whom a new ticket is about, with the id: a new customer, or that of the event's ticket."""
        if new is None:
            customer = self._state.customer
            return self.context.opening.customer_id(customer.ref), customer
        number, ref = self.context.opening.customer()
        customer = Customer(
            ref=ref,
            name=new.get("name"),
            email=new.get("email"),
            phone=new.get("phone"),
            language=new.get("language"),
        )
        self._made.append(("customer", (number, *customer, None, None)))
        return number, customer

    def _go_on_with(self, opened: TicketState) -> None:
        """What follows is done on a ticket that was opened."""
        self._state = opened
        self.values["ref"] = opened.ref
        if "customer" not in self._event.facts:
            self.values["customer"] = opened.customer.name

    # --- the finished plan -----------------------------------------------------------------------

    def finish(self, rule: Rule) -> Plan:
        """The plan, once all actions are done."""
        if "status" in self.columns:
            status = self.context.book.statuses[str(self.columns["status"][1])]
            self.columns["open"] = (int(self._state.open), int(not status.closed))
            if not status.closed and self._state.result is not None:
                self.columns.setdefault("result", (self._state.result, None))
            if status.closed:
                for message, template in self.withdraw(None):
                    self.record(MessageWithdrawn(template, message))
        return Plan(
            context=self.context,
            state=self._state,
            event=self._event,
            rule=rule,
            values=self.values,
            actions=self._actions,
            columns={name: pair for name, pair in self.columns.items() if pair[0] != pair[1]},
            made=[row for row in self._made if row is not None],
            ended=self.ended,
            tasks=self._tasks,
        )

    # --- messages --------------------------------------------------------------------------------

    @property
    def _customer_language(self) -> str:
        return self._state.customer.language or self.context.book.language

    def _render(self, template: str, language: str) -> Rendered:
        """A message in a language, else in the book's, else in English."""
        context = self.context
        languages = [*dict.fromkeys((language, context.book.language, "en"))]
        rendered = context.messages.render(
            context.book.name, template, languages, self._message_values(), context.common
        )
        self._check_allowed(rendered.body)
        return rendered

    def _check_allowed(self, text: str) -> None:
        patterns = self.context.book.forbidden
        found = forbidden_in(patterns, text) if patterns else None
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

    def _message_values(self) -> dict[str, object]:
        """What a template can show of this ticket."""
        state, book = self._state, self.context.book
        fields = {n: state.fields.get(n, f.default) for n, f in book.fields.items()}
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
        of_kind: dict[str, list[dict[str, Stored]]] = {kind: [] for kind in book.items}
        for _, kind, data in self._items:
            listed = book.items[kind].fields
            of_kind[kind].append({n: data.get(n, f.default) for n, f in listed.items()})
        return {
            "customer": state.customer._asdict(),
            "ticket": ticket,
            **of_kind,
            "values": {n: v for n, v in self.values.items() if v is not None},
        }


def make_plan(
    context: PlanContext,
    event: Event,
    rule: Rule,
    state: TicketState,
    facts: Mapping[str, Stored],
) -> Plan:
    """Work a rule out for a ticket; `facts` are the facts and what the caller gave."""
    values = {**ticket_values(context, state), **facts}
    draft = TicketDraft(context, event, state, values)
    for step in rule.steps:
        if not step.when or row_holds(step.when, values):
            step.action.carry_out(draft)
    return draft.finish(rule)


def _with_defaults(book: Book, kind: str, values: Mapping[str, Stored]) -> dict[str, Stored]:
    """The fields of a new item."""
    return {n: field.default for n, field in book.items[kind].fields.items()} | dict(values)


def _describe(book: Book, kind: str, values: Mapping[str, Stored]) -> str:
    """A new item in words."""
    fields = book.items[kind].fields
    shown = ((n, fields[n].show(value)) for n, value in values.items() if value is not None)
    return ", ".join(f"{name} {value}" for name, value in shown)


def _fits(have: Stored, wanted: Stored) -> bool:
    return have in wanted if isinstance(wanted, list) else have == wanted
