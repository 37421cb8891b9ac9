"""Actions on the ticket itself: its columns and fields, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ..system.language import say
from ..values.field_types import Field, Stored
from .action_base import FIELD_VALUE, PERSON, PRIORITY, RESULT, ROLE, STATUS, Action, Key, Put
from .action_context import ActionContext, FilledText, ValueSource, Written
from .done_action import DoneAction, show_words
from .placeholders import Text
from .ticket_parts import (
    ASSIGNEE_PART,
    MESSAGE_PART,
    PRIORITY_PART,
    RESULT_PART,
    STATUS_PART,
    Part,
)

if TYPE_CHECKING:
    from .action_protocols import Telling
    from .draft import Draft

PRIORITIES = ("low", "medium", "high", "blocking")

# --- columns and fields ---


class SetPriority(Action):
    name = "priority"
    keys = (Key("priority", PRIORITY),)
    about = "set the priority"
    writes = (PRIORITY_PART,)

    value: str

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(context.one_of(written["priority"], PRIORITIES, "priority"))

    def carry_out(self, draft: Draft) -> None:
        draft.set_column("priority", self.value)
        draft.record(PrioritySet(self.value))


class PrioritySet(DoneAction):
    name = "priority"

    value: str

    def line(self, plan: Telling) -> str:
        return say("priority {value}").format(value=self.value)

    def scenario_line(self, plan: Telling) -> str:
        return self.value


class SetStatus(Action):
    name = "status"
    keys = (Key("status", STATUS),)
    about = "set the status"
    dates_next = True

    status: Text
    may_close: bool

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        if "{" in str(written["status"]):
            return cls(context.name(written["status"]), True)
        name = context.one_of(written["status"], context.statuses, "status")
        return cls(Text((name,)), context.statuses[name].closed)

    def carry_out(self, draft: Draft) -> None:
        value = str(draft.fill(self.status))
        draft.set_column("status", value)
        draft.record(StatusSet(value))

    @property
    def looks_at(self) -> frozenset[str] | None:
        return frozenset({"message"}) if self.may_close else frozenset()

    @property
    def writes(self) -> tuple[Part, ...]:
        return (STATUS_PART, MESSAGE_PART) if self.may_close else (STATUS_PART,)

    @property
    def puts(self) -> tuple[Put, ...]:
        return (Put(STATUS_PART, FilledText(self.status)),)

    @property
    def status_after(self) -> Text:
        return self.status


class StatusSet(DoneAction):
    name = "status"

    value: str

    def line(self, plan: Telling) -> str:
        return say("status {value}").format(value=self.value)

    def scenario_line(self, plan: Telling) -> str:
        return self.value


class Close(Action):
    """`status` is that of closed tickets."""

    name = "close"
    keys = (Key("close", RESULT),)
    about = "close the ticket with a result"
    happening = "a result that a ticket is closed with"
    also_seen_as = ("status",)
    dates_next = True
    looks_at = frozenset({"message"})
    writes = (STATUS_PART, RESULT_PART, MESSAGE_PART)

    status: str
    result: Text

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        result = context.text(written["close"])
        closed = context.statuses.get(context.closed_status)
        known = closed.results if closed is not None else ()
        if known and not result.names:
            context.one_of(written["close"], known, "result")
        return cls(context.closed_status, result)

    def carry_out(self, draft: Draft) -> None:
        result = draft.fill(self.result) or ""
        draft.close(self.status, result)
        draft.record(TicketClosed(result))

    @property
    def puts(self) -> tuple[Put, ...]:
        return (Put(RESULT_PART, FilledText(self.result)),)

    @property
    def status_after(self) -> Text:
        return Text((self.status,))


class TicketClosed(DoneAction):
    name = "close"

    result: str

    def line(self, plan: Telling) -> str:
        return say("closed: {result}").format(result=self.result)

    def scenario_line(self, plan: Telling) -> str:
        return self.result


class SetField(Action):
    name = "set"
    keys = (Key("set", ""), Key("to", FIELD_VALUE, needed=True))
    about = "set a field of the ticket"
    happening = "a field that is set"
    looks_at = frozenset({"ticket"})

    field: Field
    to: ValueSource

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        name = context.one_of(written["set"], context.fields, "field")
        field = context.fields[name]
        if field.type == "ticket":
            raise ValueError(f"{name} links a ticket to another, which stays as it was opened")
        return cls(field, context.value(written["to"], field))

    def carry_out(self, draft: Draft) -> None:
        value = self.to.value(draft)
        draft.set_column(self.field.name, value)
        draft.record(FieldSet(self.field.name, self.field.show(value)))

    @property
    def puts(self) -> tuple[Put, ...]:
        return (Put(Part("ticket", self.field.name), self.to),)


class FieldSet(DoneAction):
    name = "set"

    field: str
    value: Stored

    def scenario_line(self, plan: Telling) -> str:
        return f"{self.field} {show_words(self.value)}"


# --- whose it is ---


class Assign(Action):
    """To whoever has the role, or to the person; to nobody where neither is given."""

    name = "assign"
    keys = (Key("assign", PERSON),)
    about = "assign to the person who has a role, to a person by name, or to nobody"
    writes = (ASSIGNEE_PART,)

    role: str | None = None
    person: Text | None = None

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        if written["assign"] == "none":
            return cls()
        if "{" in str(written["assign"]):
            return cls(person=context.name(written["assign"]))
        return cls(context.role(written["assign"]))

    def carry_out(self, draft: Draft) -> None:
        person = None if self.role is None else draft.context.holder(self.role)
        if self.person is not None:
            person = draft.fill(self.person)
        draft.set_column("assignee", person)
        draft.record(TicketAssigned(self.role, person))

    @property
    def roles(self) -> tuple[str, ...]:
        return () if self.role is None else (self.role,)


class TicketAssigned(DoneAction):
    name = "assign"

    role: str | None
    to: str | None

    def line(self, plan: Telling) -> str:
        return say("assigned to {to}").format(to=self.to or say("nobody"))

    def scenario_line(self, plan: Telling) -> str:
        return self.to or "nobody"


class Escalate(Action):
    name = "escalate"
    keys = (Key("escalate", ROLE),)
    about = "hand the ticket up to the person who has a role"
    writes = (ASSIGNEE_PART,)
    needs_ticket = False

    role: str

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(context.role(written["escalate"]))

    def carry_out(self, draft: Draft) -> None:
        person = draft.context.holder(self.role)
        if draft.has_ticket:
            draft.set_column("assignee", person)
        draft.record(TicketEscalated(person))

    @property
    def roles(self) -> tuple[str, ...]:
        return (self.role,)


class TicketEscalated(DoneAction):
    name = "escalate"

    to: str

    def line(self, plan: Telling) -> str:
        return say("escalated to {to}").format(to=self.to)

    def scenario_line(self, plan: Telling) -> str:
        return self.to
