"""A rule's actions made concrete for one ticket: dates counted, tags numbered, messages rendered.

A plan is complete before anything is written: `draft` makes it, a dry run prints it, a real one
hands it to `ticketfile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..book.actions import ACTIONS
from ..book.placeholders import Text
from .facts import shown
from .ticket_state import TicketState

if TYPE_CHECKING:
    from ..book.model import Book, Event, Rule
    from ..messages.templates import Messages
    from ..values.working_days import Calendar


THIS = None
"""Stands for the id of the plan's ticket in the rows that the plan makes."""


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

    `common` is what every message can show, whatever its ticket: plain data.
    """

    book: Book
    at: str
    today: date
    calendar: Calendar
    messages: Messages
    roles: Mapping[str, str]
    common: Mapping[str, Any]
    opening: Opening

    def person(self, role: str) -> str:
        """Who has a role in the settings; the role itself where nobody is named."""
        return self.roles.get(role, role)


class Plan(NamedTuple):
    """One decision with everything that follows from it.

    `values` are the facts as the rule saw them, with the names that its actions made; `said` the
    actions, each its kind and what the kind's KEYS name; `columns` the ticket's columns and fields
    that change, each with its value before and after; `made` the rows to write, by table; `ended`
    the ids of rows that end, by table; `tasks` the open tasks afterwards.
    """

    context: PlanContext
    state: TicketState
    event: Event
    rule: Rule
    values: Mapping[str, Any]
    said: list[tuple[Any, ...]]
    columns: dict[str, tuple[Any, Any]]
    made: list[tuple[str, tuple[Any, ...]]]
    ended: dict[str, list[int]]
    tasks: list[tuple[int, str, str]]

    @property
    def facts(self) -> dict[str, Any]:
        """The facts that are shown and kept."""
        return shown(self.event, self.values)

    @property
    def actions(self) -> list[dict[str, Any]]:
        """The actions as JSON shows them, in the order of the rule."""
        return [self._action(*said) for said in self.said]

    def _action(self, kind: str, *told: Any) -> dict[str, Any]:
        if kind in ("add", "change"):
            fields = self.context.book.items[told[0]].fields
            shown = {name: fields[name].show(value) for name, value in told[1].items()}
            return {"action": kind, "item": told[0], **shown}
        if kind == "open":
            return {"action": kind, "ticket": told[0], "book": told[1], **told[2]}
        if kind == "message" and told[1] == "sms":
            from ..messages.sms_segments import segments

            template, channel, language, to, _, body = told
            return {
                "action": kind,
                "template": template,
                "channel": channel,
                "language": language,
                "to": to,
                "body": body,
                "segments": segments(body),
            }
        filled = (fill(t, self.event, self.named) if isinstance(t, Text) else t for t in told)
        return {"action": kind, **dict(zip(KEYS[kind], filled, strict=True))}

    @property
    def refused(self) -> str | None:
        """Why the procedure refuses the event, where it does."""
        return next(
            (action["text"] for action in self.actions if action["action"] == "refuse"), None
        )

    @property
    def changes(self) -> bool:
        """Whether carrying the plan out changes anything but the log."""
        return bool(self.columns or self.made or self.ended)

    @property
    def why(self) -> str:
        """The rule's reason, in words about this ticket."""
        return fill(self.rule.why, self.event, self.named) or ""

    @property
    def named(self) -> dict[str, Any]:
        """All that a text can name."""
        return {**named(self.context, self.state), **self.values}

    @property
    def next(self) -> dict[str, Any] | None:
        """What a person has to do next: what the rule says, else the task that is due first."""
        step, today = self.rule.next, self.context.today
        if step is not None:
            due = step.due.on(today, self.values, self.context.calendar) or today.isoformat()
            named = (
                step.who if isinstance(step.who, str) else fill(step.who, self.event, self.named)
            )
            return self._asked(step.action, named or "agent", due)
        if not self.tasks or any(said[0] in ("wait", "refuse") for said in self.said):
            return None
        _, kind, due = min(self.tasks, key=lambda task: task[2])
        return self._asked(kind, "agent", due)

    def _asked(self, action: str, who: str, due: str) -> dict[str, Any]:
        late = max(0, self.context.calendar.since_iso(due, self.context.at))
        return {"action": action, "who": who, "due": due, "late_workdays": late}

    def at_rest(self) -> Plan:
        """The same answer with nothing left to do, for a ticket it has been carried out on."""
        said = [said for said in self.said if not ACTIONS[said[0]].changes]
        return self._replace(said=said, columns={}, made=[], ended={})


KEYS = {
    "note": ("text",),
    "tag": ("tag",),
    "untag": ("tag",),
    "task": ("kind", "due"),
    "done": ("kind", "due"),
    "priority": ("value",),
    "status": ("value",),
    "close": ("result",),
    "assign": ("role", "to"),
    "message": ("template", "channel", "language", "to", "subject", "body"),
    "escalate": ("to",),
    "transfer": ("line",),
    "report": ("sheet",),
    "tell": ("who", "text"),
    "wait": ("until",),
    "refuse": ("text",),
    "set": ("field", "value"),
}
"""What JSON calls the parts of an action, by its kind."""


def named(context: PlanContext, state: TicketState) -> dict[str, Any]:
    """What a text can name beside facts: the ticket, its customer, the day, what a step opened."""
    return {
        "ref": state.ref,
        "customer": state.customer.name,
        "today": context.today.isoformat(),
        "opened": None,
    }


def fill(text: Text, event: Event, values: Mapping[str, Any]) -> str | None:
    """A text with a ticket's values; None where all it has is a value not given."""
    if text.only is not None and values[text.only] is None:
        return None
    return text.fill(values, event.fields)
