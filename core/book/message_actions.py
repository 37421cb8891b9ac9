"""Actions that say something: to the customer, to whoever has the ticket, on a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ..errors import WrongInput
from ..system.language import say, say_count
from ..values.due_dates import Due
from .action_base import CHANNEL, DUE, NAME, ROLE, SHEET, TEMPLATE, TEXT, Action, Key
from .action_context import ActionContext, Written
from .done_action import DoneAction
from .placeholders import Text
from .ticket_parts import MESSAGE_PART, Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from .action_protocols import Telling
    from .draft import Draft

CHANNELS = ("email", "sms")


class QueueMessage(Action):
    """To the customer, or to whoever has the role."""

    name = "message"
    keys = (Key("message", TEMPLATE), Key("channel", CHANNEL, needed=True), Key("to", ROLE))
    about = "put a message into the outbox"
    happening = "a template that is sent; `*` for each in its turn, the same wherever it stands"
    looks_at = None
    writes = (MESSAGE_PART,)

    template: str
    channel: str
    role: str | None

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        channel = context.one_of(written["channel"], CHANNELS, "channel")
        role = context.role(written["to"]) if "to" in written else None
        return cls(str(written["message"]), channel, role)

    def carry_out(self, draft: Draft) -> None:
        message = draft.write_message(self.template, self.channel, self.role)
        draft.record(
            MessageQueued(
                template=self.template,
                channel=self.channel,
                language=message.language,
                to=message.to,
                subject=message.subject,
                body=message.body,
            )
        )

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        return frozenset()

    @property
    def templates(self) -> tuple[str, ...]:
        return (self.template,)

    @property
    def roles(self) -> tuple[str, ...]:
        return () if self.role is None else (self.role,)


class MessageQueued(DoneAction):
    name = "message"

    template: str
    channel: str
    language: str
    to: str | None
    subject: str | None
    body: str

    @property
    def segments(self) -> int | None:
        """How many segments an SMS is sent in."""
        if self.channel != "sms":
            return None
        from ..messages.sms_segments import segments  # 0.3 ms, where there is no SMS

        return segments(self.body)

    def as_json(self, plan: Telling) -> dict[str, object]:
        told = super().as_json(plan)
        if self.channel == "sms":
            del told["subject"]
            told["segments"] = self.segments
        return told

    def words(self, plan: Telling) -> str:
        return "\n".join(part for part in (self.subject, self.body) if part)

    def line(self, plan: Telling) -> str:
        to = self.to or say("nobody: there is no address, add one to the customer")
        count = self.segments
        size = say_count(", {count} segment", ", {count} segments", count or 0).format(count=count)
        return say("message {template} ({language}{size}) to {to}").format(
            template=self.template, language=self.language, size=size if count else "", to=to
        )

    def scenario_line(self, plan: Telling) -> str:
        # To whom is told only where that is not the customer.
        theirs = self.to is not None and self.to == plan.address(self.channel)
        to = "" if theirs else f" to {self.to or 'nobody'}"
        return f"{self.template} {self.channel} {self.language}{to}"


class Withdraw(Action):
    name = "withdraw"
    keys = (Key("withdraw", TEMPLATE),)
    about = "take back the messages of a template that earlier events made and that have not left"
    looks_at = frozenset({"message"})
    writes = (MESSAGE_PART,)

    template: str

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(str(written["withdraw"]))

    def carry_out(self, draft: Draft) -> None:
        for message, template in draft.withdraw(self.template):
            draft.record(MessageWithdrawn(template, message))

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        return frozenset()

    @property
    def withdrawn_templates(self) -> tuple[str, ...]:
        return (self.template,)


class MessageWithdrawn(DoneAction):
    name = "withdraw"

    template: str
    message: int

    def line(self, plan: Telling) -> str:
        return say("withdraw message {message} ({template})").format(
            message=self.message, template=self.template
        )

    def scenario_line(self, plan: Telling) -> str:
        return self.template


class Report(Action):
    name = "report"
    keys = (Key("report", SHEET),)
    about = "write a row on a sheet"
    happening = "a sheet that is written on"

    sheet: str

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(context.one_of(written["report"], context.sheets, "sheet"))

    def carry_out(self, draft: Draft) -> None:
        draft.make_row("report", self.sheet, draft.context.at[:10])
        draft.record(RowReported(self.sheet))

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        return frozenset()


class RowReported(DoneAction):
    name = "report"

    sheet: str

    def line(self, plan: Telling) -> str:
        return say("row on sheet {sheet}").format(sheet=self.sheet)

    def scenario_line(self, plan: Telling) -> str:
        return self.sheet


class Transfer(Action):
    name = "transfer"
    keys = (Key("transfer", NAME),)
    about = "say to which line a call is put through"
    changes = False

    to_line: Text

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(context.text(written["transfer"]))

    def carry_out(self, draft: Draft) -> None:
        draft.record(CallTransferred(draft.fill(self.to_line)))


class CallTransferred(DoneAction):
    name = "transfer"
    changes = False

    to_line: str | None

    def as_json(self, plan: Telling) -> dict[str, object]:
        return {"action": self.name, "line": self.to_line}

    def line(self, plan: Telling) -> str:
        return say("put the call through to {to_line}").format(to_line=self.to_line)

    def scenario_line(self, plan: Telling) -> str:
        return str(self.to_line)


class Tell(Action):
    """A text, or what a template makes, in a language of its own where one is given."""

    name = "tell"
    keys = (Key("tell", NAME), Key("text", TEXT), Key("template", TEMPLATE), Key("language", TEXT))
    about = "say what somebody has to be told"
    changes = False

    who: str
    text: Text | None
    template: str
    language: Text

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        if ("text" in written) == ("template" in written):
            raise ValueError("tell needs either text or template")
        return cls(
            str(written["tell"]),
            context.text(written["text"]) if "text" in written else None,
            str(written.get("template", "")),
            context.text(written.get("language", "")),
        )

    def carry_out(self, draft: Draft) -> None:
        if self.text is None:
            body = draft.render(self.template, draft.fill(self.language))
            draft.record(SomebodyTold(self.who, body))
        else:
            draft.check_allowed(self.text)
            draft.record(SomebodyTold(self.who, self.text))

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        return frozenset()

    @property
    def looks_at(self) -> frozenset[str] | None:
        return frozenset() if self.text is not None else None

    @property
    def templates(self) -> tuple[str, ...]:
        return () if self.text is not None else (self.template,)

    @property
    def roles(self) -> tuple[str, ...]:
        return (self.who,)


class SomebodyTold(DoneAction):
    name = "tell"
    changes = False

    who: str
    text: Text | str

    def words(self, plan: Telling) -> str:
        return self.text if isinstance(self.text, str) else plan.fill(self.text) or ""

    def line(self, plan: Telling) -> str:
        return say("tell the {who}: {words}").format(
            who=self.who, words=" ".join(self.words(plan).split())
        )

    def scenario_line(self, plan: Telling) -> str:
        return f"{self.who}: {self.words(plan)}"


class Wait(Action):
    name = "wait"
    keys = (Key("wait", DUE),)
    about = "nothing to do before a date"
    dates_next = True
    changes = False
    waits = True

    until: Due

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(context.due(written["wait"]))

    def carry_out(self, draft: Draft) -> None:
        draft.record(WaitSet(draft.due(self.until)))


class WaitSet(DoneAction):
    name = "wait"
    changes = False
    ends_day = True

    until: str | None

    def line(self, plan: Telling) -> str:
        return say("wait until {until}").format(until=self.until)

    def scenario_line(self, plan: Telling) -> str:
        return self.until or "without end"


class Refuse(Action):
    """The event, with what is possible instead; or an input of it, with what is wrong."""

    name = "refuse"
    keys = (Key("refuse", TEXT), Key("input", ""))
    about = "refuse the event, with what is possible instead; or an input of it, with what is wrong"
    changes = False
    refuses = True

    text: Text
    input: str | None

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        text = context.text(written["refuse"])
        if "input" not in written:
            return cls(text, None)
        return cls(text, context.one_of(written["input"], sorted(context.names), "input"))

    def carry_out(self, draft: Draft) -> None:
        if self.input is not None:
            raise WrongInput(self.input, draft.fill(self.text) or "")
        draft.record(EventRefused(self.text))

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        return frozenset()


class EventRefused(DoneAction):
    name = "refuse"
    changes = False
    ends_day = True

    text: Text

    def words(self, plan: Telling) -> str:
        return plan.fill(self.text) or ""

    def scenario_line(self, plan: Telling) -> str:
        return self.words(plan)
