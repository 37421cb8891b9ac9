"""What a query of `list` can ask for, and which columns it can print: what every ticket has, and what
the books declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..book.model import Book
from ..errors import BadInput
from ..system.near_words import find_near
from ..ticketfile.message_states import STATES
from ..ticketfile.ticket_columns import COLUMNS, URGENCY
from ..ticketfile.ticket_conditions import MESSAGE_COLUMNS
from ..values.field_types import Field

OWN_FIELDS = {
    "ticket": Field("ticket", "text"),
    "opened": Field("opened", "date"),
    "priority": Field("priority", "word", values=URGENCY),
    "assignee": Field("assignee", "person"),
    "result": Field("result", "text"),
    "amount": Field("amount", "money"),
    "action": Field("action", "text"),
    "due": Field("due", "date"),
    "person": Field("person", "person"),
}
NEXT_FIELDS = {"action": "kind", "due": "due"}
"""What is asked of the next task, by the columns that all tasks have."""

CUSTOMER_FIELDS = ("customer", "name", "phone", "email", "language")
MESSAGE_FIELDS = {
    **{name: Field(name, "text") for name in MESSAGE_COLUMNS},
    "channel": Field("channel", "word", values=("email", "sms")),
    "state": Field("state", "word", values=STATES),
    "made_on": Field("made_on", "date"),
    "left_on": Field("left_on", "date"),
}
TASK_FIELDS = {"kind": Field("kind", "text"), "due": Field("due", "date")}
PEOPLE = ("who", "assignee", "person")
"""Fields that have somebody of the desk."""

EVERY = ("book", "status", *OWN_FIELDS, *CUSTOMER_FIELDS, "who", "tag", "note", "all")
"""What can be asked of every ticket, whatever its book."""


def list_fields(books: Mapping[str, Book]) -> list[str]:
    """All that a query can ask for."""
    names = dict.fromkeys(EVERY)
    names |= dict.fromkeys(f"task.{name}" for name in TASK_FIELDS)
    names |= dict.fromkeys(f"message.{name}" for name in MESSAGE_FIELDS)
    for book in books.values():
        names |= dict.fromkeys(book.fields)
        for kind in book.items.values():
            names |= dict.fromkeys(f"{kind.name}.{name}" for name in kind.fields)
    return [*names]


def list_values(books: Mapping[str, Book], name: str) -> list[str]:
    """The values that a field of a query has, as far as it has only so many."""
    if name == "book":
        return [*books]
    values = dict.fromkeys(_list_own_values(name))
    for book in books.values():
        kind, _, of_kind = name.partition(".")
        fields = book.items[kind].fields if kind in book.items else book.fields
        if (field := fields.get(of_kind or name)) is not None:
            values |= dict.fromkeys(field.values)
        if name == "status":
            values |= dict.fromkeys(book.statuses)
    return [*values]


def _list_own_values(name: str) -> tuple[str, ...]:
    """The values of a field that every ticket or message has."""
    table, _, of_message = name.partition(".")
    field = MESSAGE_FIELDS.get(of_message) if table == "message" else OWN_FIELDS.get(name)
    return () if field is None else field.values


def list_columns(books: Mapping[str, Book]) -> list[str]:
    """All columns that a line can have."""
    names = dict.fromkeys([*COLUMNS, "amount", "who", "person", "tags"])
    for book in books.values():
        names |= dict.fromkeys(book.fields)
        for kind in book.items.values():
            names |= dict.fromkeys(f"{kind.name}.{name}" for name in kind.fields)
    return [*names]


def check_column(option: str, name: str, known: Sequence[str]) -> None:
    """BadInput where a column is none of those there are."""
    if name not in known:
        near = find_near(name, known)
        then = f"did you mean {near!r}?" if near else f"there are {', '.join(known)}."
        raise BadInput(f"{option} {name}: there is no such column; {then}")
