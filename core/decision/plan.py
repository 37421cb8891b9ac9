"""A rule's actions made concrete for one ticket: dates counted, tags numbered, messages rendered.

A plan is complete before anything is written: `plan_builder` makes it, a dry run prints it, a real one
hands it to `ticketfile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from ..book.done_action import DoneAction
from ..book.message_actions import EventRefused
from ..book.model import Book, Event, Rule
from ..book.placeholders import Text
from ..book.task_kinds import stands_beside
from ..book.ticket_parts import TaskRow
from ..messages.templates import Messages
from ..system.records import NamedTuple
from ..values.field_types import Stored
from ..values.working_days import Calendar
from .facts import facts_as_json
from .next_step import NextStep
from .ticket_state import TicketState

ANY_AGENT = "agent"
"""Who acts where it is nobody's role: whoever has the ticket."""

THIS = None
"""Stands for the id of the plan's ticket in the rows that the plan makes."""

MadeRow = tuple[str, tuple[object, ...]]
"""A row to write: its table, and its columns, of which the first is the ticket's id."""


class Opening(Protocol):
    """Where the tickets and customers that a plan makes get their ids and refs from."""

    def ticket(self, book: str) -> tuple[Book, int, str]:
        """The book of a new ticket, its id and its ref."""

    def customer(self) -> tuple[int, str]:
        """The id and ref of a new customer."""

    def customer_id(self, ref: str) -> int:
        """The id of a customer there is."""


class PlanContext(NamedTuple):
    """What a plan needs of its surroundings: the book, the day, calendar, messages and people.

    `common` is what every message can show, whatever its ticket: plain data. `by` is who acts.
    """

    book: Book
    at: str
    today: date
    calendar: Calendar
    messages: Messages
    roles: Mapping[str, tuple[str, ...]]
    common: Mapping[str, object]
    opening: Opening
    by: str | None = None

    @property
    def has_sender(self) -> bool:
        """Whether the settings have the company's name, with which e-mails are signed."""
        company = self.common.get("company")
        return isinstance(company, Mapping) and bool(company.get("name"))

    def holder(self, role: str) -> str:
        """Who has a role in the settings; the role itself where nobody is named, or several people."""
        people = self.roles.get(role, ())
        return people[0] if len(people) == 1 else role

    def address(self, role: str) -> str:
        """To whom a message for a role goes: to the first who has it."""
        return (*self.roles.get(role, ()), role)[0]


class Letter(NamedTuple):
    """A message in the words of its template, for somebody's address."""

    language: str
    to: str | None
    subject: str | None
    body: str


class NewTicket(NamedTuple):
    """A ticket that was opened: its ref, and what is known of it, as JSON shows it."""

    ref: str
    details: Mapping[str, object]


class Plan(NamedTuple):
    """One decision with everything that follows from it.

    `values` are the facts as the rule saw them, with the names that its actions made; `actions` what
    was done, in the order of the rule; `columns` the ticket's columns and fields that change, each
    with its value before and after; `made` the rows to write, by table; `ended` the ids of rows that
    end, by table; `tasks` the open tasks afterwards.
    """

    context: PlanContext
    state: TicketState
    event: Event
    rule: Rule
    values: Mapping[str, Stored]
    actions: list[DoneAction]
    columns: dict[str, tuple[Stored, Stored]]
    made: list[MadeRow]
    ended: dict[str, list[int]]
    tasks: list[TaskRow]

    @property
    def facts(self) -> dict[str, object]:
        """The facts as the log keeps them and JSON shows them."""
        return facts_as_json(self.event, self.values)

    @property
    def refusal(self) -> str | None:
        """Why the procedure refuses the event, where it does."""
        for done in self.actions:
            if isinstance(done, EventRefused):
                return done.words(self)
        return None

    @property
    def is_open(self) -> bool:
        """Whether the ticket is open afterwards."""
        return bool(self.after("open"))

    def after(self, column: str) -> Stored:
        """A column of the ticket as it is afterwards."""
        before: Stored = getattr(self.state, column)
        return self.columns[column][1] if column in self.columns else before

    @property
    def changes(self) -> bool:
        """Whether carrying the plan out changes anything but the log."""
        return bool(self.columns or self.made or self.ended)

    @property
    def why(self) -> str:
        """The rule's reason, in words about this ticket."""
        return self.fill(self.rule.why) or ""

    @property
    def text_values(self) -> dict[str, Stored]:
        """All that a text can name."""
        return {**ticket_values(self.context, self.state), **self.values}

    @property
    def next(self) -> NextStep | None:
        """What a person has to do next: what the rule says, else the task that is due first.

        Where there is nothing to do before a date, it is a task that stands beside, once that is due.
        """
        step, today = self.rule.next, self.context.today
        if step is not None:
            due = step.due.on(today, self.values, self.context.calendar) or today.isoformat()
            who = step.who if isinstance(step.who, str) else self.fill(step.who)
            return self._next_step(step.action, who or ANY_AGENT, due)
        tasks = self.tasks
        if any(done.ends_day for done in self.actions):
            tasks = self._due_beside()
        return self._first_step(tasks)

    @property
    def coming(self) -> NextStep | None:
        """What a person will have to do where the day says to wait: the task that is due first."""
        waits = self.is_open and self.refusal is None and self.next is None
        return self._first_step(self.tasks) if waits else None

    @property
    def beside(self) -> list[NextStep]:
        """What a person has to do today beside what is next: tasks that stand beside the ticket's own."""
        due = self._due_beside()
        steps = (self._next_step(kind, self._doer(kind), on) for _, kind, on in due)
        first = self.next if due else None
        return [step for step in steps if step != first]

    def _first_step(self, tasks: list[TaskRow]) -> NextStep | None:
        """The first of some tasks; one that stands beside comes after the ticket's own."""
        if not tasks:
            return None
        own = [task for task in tasks if not self._is_beside(task[1])]
        _, kind, due = min(own or tasks, key=lambda task: task[2])
        return self._next_step(kind, self._doer(kind), due)

    def _due_beside(self) -> list[TaskRow]:
        """The tasks that stand beside the ticket's own, and are due."""
        if not self.context.book.tasks or not self.is_open or self.refusal is not None:
            return []
        today = self.context.today.isoformat()
        return [task for task in self.tasks if task[2][:10] <= today and self._is_beside(task[1])]

    def _is_beside(self, kind: str) -> bool:
        return stands_beside(self.context.book.tasks, kind, self.after("status"))

    def _doer(self, kind: str) -> str:
        """Who does a kind of task."""
        known = self.context.book.tasks.get(kind)
        return ANY_AGENT if known is None else known.who

    def _next_step(self, action: str, who: str, due: str) -> NextStep:
        late = max(0, self.context.calendar.since_iso(due, self.context.at))
        people = self._find_people(who)
        person = people[0] if len(people) == 1 else None
        if len(people) < 2:
            return {
                "action": action,
                "who": who,
                "person": person,
                "due": due,
                "late_workdays": late,
            }
        return {
            "action": action,
            "who": who,
            "person": person,
            "people": [*people],
            "due": due,
            "late_workdays": late,
        }

    def _find_people(self, who: str) -> tuple[str, ...]:
        """Who has to act: whom the rule names, else the ticket's assignee, else those of the role.

        An assignee that is a role stands for those who have it.
        """
        context, assignee = self.context, self.after("assignee")
        if who != ANY_AGENT and who not in context.book.roles:
            return (who,)
        if assignee is None:
            return context.roles.get(who, ())
        name = str(assignee)
        return context.roles.get(name, ()) if name in context.book.roles else (name,)

    def concerns(self, person: str) -> bool:
        """Whether a person has to act; where nobody has to, whether the ticket is theirs."""
        steps = [step for step in (self.next, *self.beside) if step is not None]
        if not steps:
            return person in self._find_people(ANY_AGENT)
        return any(person in step.get("people", (step["person"],)) for step in steps)

    def at_rest(self) -> Plan:
        """The same answer with nothing left to do, for a ticket it has been carried out on."""
        kept = [done for done in self.actions if not done.changes]
        return self._replace(actions=kept, columns={}, made=[], ended={})

    # --- how what was done is told ---

    def fill(self, text: Text) -> str | None:
        """A text with this ticket's values; None where all it has is a value not given."""
        return fill_text(text, self.event, self.text_values)

    def show_item(self, kind: str, data: Mapping[str, Stored]) -> dict[str, object]:
        """The fields of an item as JSON shows them."""
        fields = self.context.book.items[kind].fields
        return {name: fields[name].show(value) for name, value in data.items()}

    def address(self, channel: str) -> str | None:
        """The customer's own address for a channel."""
        customer = self.state.customer
        return customer.email if channel == "email" else customer.phone


def ticket_values(context: PlanContext, state: TicketState) -> dict[str, Stored]:
    """What a text can name beside facts: the ticket, its customer, the day, what a step opened."""
    return {
        "ref": state.ref,
        "customer": state.customer.name,
        "today": context.today.isoformat(),
        "opened": None,
    }


def fill_text(text: Text, event: Event, values: Mapping[str, Stored]) -> str | None:
    """A text with a ticket's values; None where all it has is a value not given."""
    if text.only is not None and values[text.only] is None:
        return None
    return text.fill(values, event.fields)
