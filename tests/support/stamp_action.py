"""A kind of action that Prassi does not have: all it takes to add one is a file such as this one.

`{ stamp = "Seen on day {age}.", on = "2 working days" }` writes the text as a note that begins with
STAMP, and the date into the field stamped_on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from prassi.core.book.action_base import DUE, TEXT, Action, Key, Put
from prassi.core.book.action_context import ActionContext, DueDate, Written
from prassi.core.book.done_action import DoneAction
from prassi.core.book.placeholders import Text
from prassi.core.book.ticket_parts import Part
from prassi.core.values.due_dates import Due

if TYPE_CHECKING:
    from prassi.core.book.action_protocols import Telling
    from prassi.core.book.draft import Draft


class Stamp(Action):
    name = "stamp"
    keys = (Key("stamp", TEXT), Key("on", DUE, needed=True))
    about = "stamp the ticket"
    happening = "a text that is stamped"
    looks_at = frozenset({"ticket"})

    text: Text
    on: Due

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(context.text(written["stamp"]), context.due(written["on"]))

    def carry_out(self, draft: Draft) -> None:
        text, day = draft.fill(self.text), draft.due(self.on)
        draft.make_row("note", draft.context.at, f"STAMP {text}", None)
        draft.set_column("stamped_on", day)
        draft.record(StampSet(text, day))

    @property
    def puts(self) -> tuple[Put, ...]:
        return (Put(Part("ticket", "stamped_on"), DueDate(self.on)),)


class StampSet(DoneAction):
    name = "stamp"

    text: str | None
    on: str | None

    def line(self, plan: Telling) -> str:
        return f"stamped: {self.text}"
