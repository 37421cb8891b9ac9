"""What carries the actions of a rule out, as far as a book knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from ..values.due_dates import Due
from ..values.field_types import Stored
from .done_action import DoneAction
from .placeholders import Text
from .ticket_parts import MessageRow, TaskRow

Values = Mapping[str, Stored]


class WrittenMessage(Protocol):
    """A message in the words of its template, for somebody's address."""

    @property
    def language(self) -> str: ...

    @property
    def to(self) -> str | None: ...

    @property
    def subject(self) -> str | None: ...

    @property
    def body(self) -> str: ...


class OpenedTicket(Protocol):
    """A ticket that an action opened: its ref, and what is known of it, as JSON shows it."""

    @property
    def ref(self) -> str: ...

    @property
    def details(self) -> Mapping[str, object]: ...


class DraftContext(Protocol):
    """The moment, and who has a role."""

    @property
    def at(self) -> str: ...

    def holder(self, role: str) -> str: ...


class Draft(Protocol):
    """A plan in the making, which the actions of a rule change in the order of the rule.

    Each action changes parts of the ticket, and records what it has done.
    """

    @property
    def context(self) -> DraftContext: ...

    @property
    def values(self) -> Mapping[str, Stored]:
        """The facts, and what else a text can name."""

    def record(self, done: DoneAction) -> None:
        """Note what was done, for whoever reads the plan."""

    # --- texts and dates ---

    def fill(self, text: Text) -> str | None:
        """The text with this ticket's values; None where all it has is a value not given."""

    def due(self, due: Due) -> str | None:
        """The date of a due rule; None where it starts from a date not given."""

    def render(self, template: str, language: str | None) -> str:
        """The body of a message for the customer."""

    def check_allowed(self, text: Text) -> None:
        """Refuse to say what the book forbids."""

    # --- the ticket ---

    @property
    def has_ticket(self) -> bool:
        """Whether there is a ticket already, or the event has opened one."""

    def make_row(self, table: str, *row: object) -> int:
        """Note a row of the ticket to write; the number that is returned stands for its id."""

    def end_row(self, table: str, row: int) -> None:
        """Note that a row of the ticket ends."""

    def set_column(self, name: str, value: Stored) -> None:
        """Set a column of the ticket, or a field of its book."""

    def close(self, status: str, result: str) -> None:
        """Close the ticket with a result."""

    def set_task(self, kind: str, due: str | None) -> None:
        """Set a task in place of the open ones, but for those beside it; without a date there is none."""

    def move_task(self, due: str) -> str | None:
        """Move the task that is due first; returns its kind, None where no task is moved."""

    def end_tasks(self, kind: str | None = None) -> list[TaskRow]:
        """End the open tasks of a kind, else all that don't stand beside the ticket's own; returns them."""

    def add_tag(self, tag: str) -> None:
        """Set a tag, unless it is there."""

    def end_tags(self, ends: Callable[[str], object]) -> list[str]:
        """Take away the tags that `ends` is true for; returns them."""

    def add_item(self, kind: str, data: dict[str, Stored]) -> None:
        """Add an item to the ticket."""

    def change_items(self, kind: str, where: Values, to: Values) -> list[Values]:
        """Change the items with the values `where`; returns what they are afterwards."""

    # --- beyond the ticket ---

    def write_message(self, template: str, channel: str, role: str | None) -> WrittenMessage:
        """Put a message into the outbox: to the customer, or to whoever has the role."""

    def withdraw(self, template: str | None) -> list[MessageRow]:
        """Withdraw messages that earlier events made and that have not left; returns them."""

    def open_ticket(
        self,
        book: str,
        given: Values,
        customer: Mapping[str, str | None] | None,
        note: Text | None,
        items: Mapping[str, Values],
    ) -> OpenedTicket:
        """Open a ticket of a book, for the same customer or a new one, with an item of some kinds."""
