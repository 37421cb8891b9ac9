"""Actions that make something new, or change what a ticket has several of: items, tickets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Self

from ..system.language import say
from ..values.field_types import Field, Stored
from .action_base import (
    CUSTOMER_VALUES,
    ITEM_VALUES,
    NEW_ITEMS,
    NOTE,
    TICKET_VALUES,
    Action,
    Key,
    Put,
)
from .action_context import ANY_FIELD, ActionContext, ValueSource, Written
from .action_records import PRIORITIES
from .done_action import DoneAction, show_words
from .placeholders import Text
from .ticket_parts import LINK_PART, Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from .action_protocols import Telling
    from .draft import Draft

OPENED = {
    "status": Field("status", "text"),
    "priority": Field("priority", "word", PRIORITIES),
    "assignee": Field("assignee", "text", optional=True),
}
"""What a rule can say of a ticket it opens, beside the fields of its book."""

CUSTOMER = ("name", "email", "phone", "language")
"""What a rule can say of a new customer."""


# --- items ---


class AddItem(Action):
    """Fields that are not given have their `defaults`."""

    name = "add"
    keys = (Key("add", ""), Key("with", ITEM_VALUES, needed=True))
    about = "add an item to the ticket"
    happening = "an item that is added, by its kind"

    item: str
    given: Mapping[str, ValueSource]
    defaults: Mapping[str, Stored]

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        item = context.one_of(written["add"], context.items, "kind of item")
        fields = context.items[item].fields
        given = context.values(written["with"], fields)
        if missing := _missing_fields(given, fields):
            raise ValueError(f"a new one of {item} needs {missing}")
        return cls(item, given, {name: field.default for name, field in fields.items()})

    def carry_out(self, draft: Draft) -> None:
        data = {**self.defaults, **_values_of(self.given, draft)}
        draft.add_item(self.item, data)
        draft.record(ItemAdded(self.item, data))

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        return _names_kept(self.puts, is_kept)

    @property
    def writes(self) -> tuple[Part, ...]:
        return (Part(self.item),)

    @property
    def puts(self) -> tuple[Put, ...]:
        return tuple(Put(Part(self.item, name), one) for name, one in self.given.items())


class _ItemDone(DoneAction):
    item: str
    values: Mapping[str, Stored]

    def as_json(self, plan: Telling) -> dict[str, object]:
        return {"action": self.name, "item": self.item, **plan.show_item(self.item, self.values)}

    def scenario_line(self, plan: Telling) -> str:
        return f"{self.item} {_list_fields(plan.show_item(self.item, self.values))}"


class ItemAdded(_ItemDone):
    name = "add"

    def line(self, plan: Telling) -> str:
        return say("new in {item}: {fields}").format(
            item=self.item, fields=_format_fields(plan.show_item(self.item, self.values))
        )

    @property
    def data(self) -> Mapping[str, object]:
        return self.values


class ChangeItems(Action):
    """The items with the values `where` are set `to` others."""

    name = "change"
    keys = (Key("change", ""), Key("where", ITEM_VALUES), Key("to", ITEM_VALUES, needed=True))
    about = "change the items with some values"

    item: str
    where: Mapping[str, ValueSource]
    to: Mapping[str, ValueSource]

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        item = context.one_of(written["change"], context.items, "kind of item")
        fields = context.items[item].fields
        where = context.values(written.get("where", {}), fields)
        return cls(item, where, context.values(written["to"], fields))

    def carry_out(self, draft: Draft) -> None:
        where, to = _values_of(self.where, draft), _values_of(self.to, draft)
        for data in draft.change_items(self.item, where, to):
            draft.record(ItemChanged(self.item, data))

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        chosen_by = frozenset(name for source in self.where.values() for name in source.names)
        return chosen_by | _names_kept(self.puts, is_kept)

    @property
    def looks_at(self) -> frozenset[str]:
        return frozenset({self.item})

    @property
    def writes(self) -> tuple[Part, ...]:
        return (Part(self.item),)

    @property
    def puts(self) -> tuple[Put, ...]:
        return tuple(Put(Part(self.item, name), one) for name, one in self.to.items())


class ItemChanged(_ItemDone):
    name = "change"

    def line(self, plan: Telling) -> str:
        return say("now in {item}: {fields}").format(
            item=self.item, fields=_format_fields(plan.show_item(self.item, self.values))
        )


# --- tickets ---


class OpenTicket(Action):
    """For the same customer, or for a new one of whom so much is known."""

    name = "open"
    keys = (
        Key("open", ""),
        Key("with", TICKET_VALUES),
        Key("customer", CUSTOMER_VALUES),
        Key("items", NEW_ITEMS),
        Key("note", NOTE),
    )
    about = "open a ticket of a book"
    happening = "a ticket that is opened, by its book"
    also_seen_as = ("status",)
    needs_ticket = False
    writes = (LINK_PART,)

    book: str
    given: Mapping[str, ValueSource]
    customer: Mapping[str, Text]
    note: Text | None
    items: Mapping[str, Mapping[str, ValueSource]]

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        if context.day:
            raise ValueError("a night opens no tickets; let its rule ask a person to")
        book = context.text(written["open"])
        if book.names:
            raise ValueError(
                f"{written['open']!r} must be a book's name, or a parameter that is one"
            )
        given = _read_given(context.table(written.get("with", {}), "with"), context, book.parts[0])
        customer = {
            context.one_of(name, CUSTOMER, "thing known of a customer"): context.text(one)
            for name, one in context.table(written.get("customer", {}), "customer").items()
        }
        note = context.text(written["note"]) if "note" in written else None
        return cls(
            book.parts[0], given, customer, note, _read_items(written, context, book.parts[0])
        )

    def carry_out(self, draft: Draft) -> None:
        given = _values_of(self.given, draft)
        customer = {name: draft.fill(one) for name, one in self.customer.items()}
        items = {kind: _values_of(values, draft) for kind, values in self.items.items()}
        opened = draft.open_ticket(self.book, given, customer or None, self.note, items)
        draft.record(TicketOpened(opened.ref, self.book, opened.details))

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        return _names_kept(self.puts, is_kept)

    @property
    def puts(self) -> tuple[Put, ...]:
        """What it puts into the new ticket."""
        of_items = ((kind, *one) for kind, values in self.items.items() for one in values.items())
        return (
            *(Put(Part("ticket", name), one) for name, one in self.given.items()),
            *(Put(Part(kind, name), one) for kind, name, one in of_items),
        )

    @property
    def opens(self) -> str:
        return self.book


def _read_given(
    written: Mapping[str, object], context: ActionContext, book: str
) -> dict[str, ValueSource]:
    """What is said of a new ticket; the fields of another book are known when it is opened."""
    if book != context.book:
        if context.opens:
            raise ValueError(f"an event without a ticket opens one of its own book, not of {book}")
        return {n: context.value(one, OPENED.get(n, ANY_FIELD)) for n, one in written.items()}
    given = context.values(written, {**OPENED, **context.fields})
    if missing := _missing_fields(given, context.fields):
        raise ValueError(f"a new ticket needs {missing}")
    return given


def _read_items(
    written: Written, context: ActionContext, book: str
) -> dict[str, Mapping[str, ValueSource]]:
    """One item of a kind that a new ticket of the same book begins with."""
    raws = context.table(written.get("items", {}), "items")
    if raws and (book != context.book or context.opens):
        raise ValueError("items can only be given to a second ticket of the same book")
    found: dict[str, Mapping[str, ValueSource]] = {}
    for kind, raw in raws.items():
        fields = context.items[context.one_of(kind, context.items, "kind of item")].fields
        found[kind] = context.values(raw, fields)
        if missing := _missing_fields(found[kind], fields):
            raise ValueError(f"a new one of {kind} needs {missing}")
    return found


class TicketOpened(DoneAction):
    """`details` is what is known of the ticket, as JSON shows it."""

    name = "open"

    ticket: str
    book: str
    details: Mapping[str, object]

    def as_json(self, plan: Telling) -> dict[str, object]:
        return {"action": self.name, "ticket": self.ticket, "book": self.book, **self.details}

    def line(self, plan: Telling) -> str:
        return (
            say("opened {ticket} ({book}): {details}")
            .format(ticket=self.ticket, book=self.book, details=_format_fields(self.details))
            .removesuffix(": ")
        )

    def scenario_line(self, plan: Telling) -> str:
        return f"{self.ticket} {self.book} {_list_fields(self.details)}"

    @property
    def word(self) -> object:
        return self.book


# --- parts of them ---


def _missing_fields(given: Collection[str], fields: Mapping[str, Field]) -> str:
    """The fields that have to be given and are not, in a list."""
    return ", ".join(
        name
        for name, field in fields.items()
        if name not in given and not field.optional and field.default is None
    )


def _values_of(sources: Mapping[str, ValueSource], draft: Draft) -> dict[str, Stored]:
    return {name: source.value(draft) for name, source in sources.items()}


def _names_kept(puts: tuple[Put, ...], is_kept: Callable[[Part], bool]) -> frozenset[str]:
    """The names of the values that are put into parts that are kept."""
    return frozenset(name for put in puts if is_kept(put.part) for name in put.source.names)


def _format_fields(fields: Mapping[str, object]) -> str:
    """Fields in a line for people; those without a value are left out."""
    return ", ".join(
        f"{name} {' '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in fields.items()
        if value is not None
    )


def _list_fields(fields: Mapping[str, object]) -> str:
    """Fields as scenarios have them."""
    return ", ".join(f"{n} {show_words(v)}" for n, v in fields.items() if v is not None)
