"""What rows of the import format can say: customers, and the tickets of each book.

All that is special to a book comes from the book. Tasks and notes are read as kinds of items that
the tickets of every book have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from ..book.model import Book, Items
from ..book.names import COMMON_EVENTS
from ..library.library import Shelf
from ..values.field_types import Field, Stored
from .given_messages import CONTROL, MESSAGES, make_message_kind

PRIORITIES = ("low", "medium", "high", "blocking")

Fault = Callable[[str, str], None]
"""Takes the name of a field (empty for the whole row), and what is wrong with it."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}")


def _by_name(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


CUSTOMER = _by_name(
    Field("ref", "text"),
    Field("name", "text", optional=True),
    Field("email", "text", optional=True),
    Field("phone", "text", optional=True),
    Field("language", "text", optional=True),
    Field("email_bad_on", "date", optional=True),
    Field("phone_bad_on", "date", optional=True),
)
"""What a customer's row can say; a bad address is one from which a message came back."""


STATE = _by_name(
    Field("book", "text"),
    Field("state", "text"),
    Field("completed", "boolean", default=False),
)
"""What the row of a state says, where a ticket file has states of its own."""


class Form:
    """What a ticket's row can say in one book.

    `head` are the fields that the tickets of every book have, `fields` those of the book, `lists`
    what a ticket has several of.
    """

    def __init__(self, book: Book, today: str) -> None:
        statuses = tuple(book.statuses)
        self.book = book
        self.head = _by_name(
            Field("ref", "text"),
            Field("book", "text"),
            Field("customer", "text"),
            # Which states a file has is known once all its rows are read.
            Field("status", "text", optional=True)
            if book.catalogue
            else Field("status", "word", statuses, default=statuses[0]),
            Field("opened", "moment", default=today),
            Field("priority", "word", PRIORITIES, default="medium"),
            Field("assignee", "text", optional=True),
            Field("result", "text", optional=True),
            Field("tags", "text", many=True, default=[]),
        )
        self.fields = book.fields
        task = _by_name(Field("kind", "text"), Field("due", "moment"))
        note = _by_name(Field("at", "moment", default=today), Field("text", "text"))
        self.lists: dict[str, Items] = {
            **book.items,
            "tasks": Items("tasks", "what is to be done, and when", None, task),
            "notes": Items("notes", "what was noted", None, note),
            MESSAGES: make_message_kind(today),
        }
        self.single = {**self.head, **self.fields}
        self.groups = {
            f.within: _group(self.fields, f.within) for f in self.fields.values() if f.within
        }
        """The fields that stand in an object of their own, by its name."""
        self.keys = (*self.single, *self.lists, *self.groups)
        self.links = _links(self.fields)
        """The fields that name another ticket, and below those of each list that has such."""
        self.list_links = {n: found for n, i in self.lists.items() if (found := _links(i.fields))}

    def list_inputs(self) -> set[str]:
        """What any event of the book can be given."""
        events = (self.book.event(name) for name in (*self.book.event_names, *COMMON_EVENTS))
        return {name for event in events for name in event.inputs}


def _group(fields: Mapping[str, Field], name: str) -> dict[str, Field]:
    return {field.name: field for field in fields.values() if field.within == name}


def _links(fields: Mapping[str, Field]) -> list[str]:
    return [name for name, field in fields.items() if field.type == "ticket"]


class Forms:
    """The forms of all books at hand, each made when it is first asked for."""

    def __init__(self, shelf: Shelf, today: str) -> None:
        self._shelf, self._today = shelf, today
        self._made: dict[str, Form] = {}
        self._names = frozenset(shelf.names())

    def get(self, name: object) -> Form | None:
        """The form of a book, None where there is no such book; a faulty book raises Faults."""
        if not isinstance(name, str) or name not in self._names:
            return None
        if name not in self._made:
            self._made[name] = Form(self._shelf.book(name), self._today)
        return self._made[name]

    def zone_of(self, name: object) -> str | None:
        """The time zone of the place that a book works in, else that of the desk."""
        form = self.get(name)
        return self._shelf.calendar(form.book.calendar).zone if form else self._shelf.zone

    def renew(self, name: str) -> None:
        """Make a form anew, once the states of its book have changed."""
        self._shelf.forget(name)
        self._made.pop(name, None)

    def of(self, name: object, fault: Fault) -> Form | None:
        """The form of the book that a row names; where there is none, that is a fault."""
        form = self.get(name)
        if form is None and name in (None, ""):
            fault("book", "is missing")
        elif form is None:
            fault("book", f"is {name!r}: there {_books_there_are(self._names)}")
        return form

    def all(self) -> list[Form]:
        """The forms of all sound books, in the order of the alphabet.

        A faulty book is told where a row names it.
        """
        found = [self.get(book.name) for book in self._shelf.sound()]
        return [form for form in found if form is not None]


def _books_there_are(names: Collection[str]) -> str:
    return f"{'is only' if len(names) == 1 else 'are'} {', '.join(sorted(names))}"


def read(
    fields: Mapping[str, Field], values: Mapping[str, object], told: Collection[str], fault: Fault
) -> dict[str, Stored]:
    """The stored values of `fields`; what can't be read, and is not told yet, is a fault."""
    stored: dict[str, Stored] = {}
    for name, field in fields.items():
        if name in told:
            continue
        try:
            stored[name] = field.read(values.get(name))
        except ValueError as error:
            fault(name, str(error))
    return stored


def read_customer(
    values: Mapping[str, object], told: Collection[str], fault: Fault
) -> dict[str, Stored]:
    """A customer's values as they are stored."""
    check_keys(values, CUSTOMER, "a customer", fault)
    stored = read(CUSTOMER, values, told, fault)
    check_ref(stored.get("ref"), fault)
    for name in ("email", "phone"):
        if CONTROL.search(str(stored.get(name))):
            fault(name, f"is {stored[name]!r}: it holds control characters")
    language = stored.get("language")
    if isinstance(language, str):
        if not _LANGUAGE.fullmatch(language):
            fault("language", f"is {language!r}: it must be a code of 2 to 8 letters, such as it")
        stored["language"] = language.lower()
    return stored


def read_ticket(
    form: Form, values: Mapping[str, object], told: Collection[str], fault: Fault
) -> tuple[dict[str, Stored], dict[str, list[dict[str, Stored]]]]:
    """A ticket's single values and its lists as they are stored."""
    check_keys(values, form.keys, f"a ticket of book {form.book.name}", fault)
    values = _flat(form, values, fault)
    single = read(form.single, values, told, fault)
    check_ref(single.get("ref"), fault)
    lists = {
        name: _read_list(items, values[name], fault)
        for name, items in form.lists.items()
        if values.get(name) is not None
    }
    return single, lists


def _flat(form: Form, values: Mapping[str, object], fault: Fault) -> Mapping[str, object]:
    """The values with those of objects brought up beside the others; a row may have them so too."""
    flat = {name: value for name, value in values.items() if name not in form.groups}
    for group, fields in form.groups.items():
        inner = values.get(group)
        if inner is None:
            continue
        if not isinstance(inner, Mapping):
            fault(group, f"is {inner!r}: it must be an object")
            continue
        check_keys(inner, fields, group, fault)
        for name, value in inner.items():
            if name in fields and values.get(name) is not None:
                fault(name, f"stands in {group} and beside it: give it once")
            elif name in fields:
                flat[name] = value
    return flat


def _read_list(items: Items, raw: object, fault: Fault) -> list[dict[str, Stored]]:
    if not isinstance(raw, list):
        fault(items.name, f"is {raw!r}: it must be a list of objects")
        return []
    return [read_item(items, one, place, fault) for place, one in enumerate(raw, 1)]


def read_item(
    items: Items, raw: object, place: int | None, fault: Fault, told: Collection[str] = ()
) -> dict[str, Stored]:
    """One of a ticket's items as it is stored; `place` counts from 1 in a list."""
    where = f"{items.name} {place}: " if place is not None else ""
    if not isinstance(raw, Mapping):
        fault("", f"{where}this is {raw!r} and must be an object")
        return {}

    def of_item(name: str, reason: str) -> None:
        fault(name and f"{where}{name}", reason if name else f"{where}{reason}")

    check_keys(raw, items.fields, f"one of {items.name}", of_item)
    return read(items.fields, raw, told, of_item)


def check_keys(
    values: Mapping[str, object], known: Collection[str], what: str, fault: Fault
) -> None:
    """Every key that is not known is a fault."""
    for name in values:
        if name not in known:
            fault("", f"{what} has no {name!r}; it has {', '.join(known)}")


def check_ref(ref: Stored, fault: Fault) -> None:
    """A ref is typed at a shell and printed in columns: no blanks around it, nothing invisible."""
    if isinstance(ref, str) and (ref != ref.strip() or CONTROL.search(ref)):
        fault("ref", f"is {ref!r}: it must have no blanks around it and no control characters")
