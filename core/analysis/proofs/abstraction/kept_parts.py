"""The parts of a ticket that an abstraction keeps, and how closely; all else is left open.

Of a part that is kept with PRESENCE only whether there is a value is known, or whether it is a word by
which rules choose what they change; with EXACT the value itself, as far as its bound goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product

from ....book.action_context import Constant
from ....book.item_actions import AddItem, ChangeItems
from ....book.model import Book
from ....book.ticket_parts import Part
from ....values.field_types import Field
from ..abstract_values import ANY, MARK, SOME, AbstractValue, OneOf, Unknown, Values, day, offset
from ..precision import EXACT, PRESENCE, Precision
from .abstract_ticket import AbstractList, AbstractTicket, Content
from .value_bounds import ValueBounds, abstract_text

NEWEST = 3
"""How many of a kind are kept in their order; of older ones only of what kinds they are.

Of what rules add it is the newest one alone, since there can come to be any number of them.
"""

MESSAGE = "message"
"""The table of messages: of those of a template it is kept in which states there are some."""

OTHERS = 2
"""Up to how many tickets that point at one are followed with it."""

_TICKET = {
    "ref": Field("ref", "text"),
    "status": Field("status", "word"),
    "opened": Field("opened", "moment"),
    "priority": Field("priority", "word"),
    "assignee": Field("assignee", "text", optional=True),
    "result": Field("result", "text", optional=True),
    "customer": Field("customer", "integer"),
    "open": Field("open", "boolean"),
}
_HANGING = {
    "task": {"kind": Field("kind", "text"), "due": Field("due", "moment")},
    MESSAGE: {"template": Field("template", "text"), "state": Field("state", "word")},
}

NEVER_KNOWN = frozenset({"note", "tag", "event", "customer"})
"""Tables of which nothing is ever known: what they hold has no end."""

ALWAYS_KNOWN = frozenset({"ref", "id", "customer", "ticket", "target", "field"})
"""Columns that are the same for all tickets of a class, but for their names."""

DAYS = ("date", "moment")
"""The types of columns of which a value comes nearer with each day."""


@lru_cache(256)
def fields_of(book: Book, table: str) -> Mapping[str, Field]:
    """The columns of a table that a class can know."""
    if table in ("ticket", "tickets"):
        status = _TICKET["status"]._replace(values=tuple(book.statuses))
        return {**_TICKET, "status": status, **book.fields}
    return _HANGING[table] if table in _HANGING else book.items[table].fields


def is_free_text(book: Book, part: Part) -> bool:
    """Whether a part is a text that the book does not hold to some words."""
    field = fields_of(book, part.table).get(part.column) if part.table in _tables(book) else None
    return field is not None and field.type in ("text", "word") and not field.values


def _tables(book: Book) -> set[str]:
    return {"ticket", "tickets", *_HANGING, *book.items}


@lru_cache(64)
def kinds_added(book: Book, names: tuple[str, ...] | None = None) -> frozenset[str]:
    """The kinds of items that some rule of these events adds; of any event without names."""
    events = [book.event(name) for name in book.event_names if names is None or name in names]
    rules = [rule for event in events for rule in event.rules]
    actions = [step.action for rule in rules for step in rule.steps]
    return frozenset(action.item for action in actions if isinstance(action, AddItem))


@lru_cache(256)
def select_words(book: Book, part: Part) -> frozenset[str]:
    """The words of an item's field by which rules choose the items that they change."""
    field = book.items[part.table].fields.get(part.column) if part.table in book.items else None
    if field is None or field.many or not field.values:
        return frozenset()
    events = [book.event(name) for name in book.event_names]
    actions = [step.action for event in events for rule in event.rules for step in rule.steps]
    changes = [one for one in actions if isinstance(one, ChangeItems) and one.item == part.table]
    sources = [one.where[part.column] for one in changes if part.column in one.where]
    return frozenset(str(one.constant) for one in sources if isinstance(one, Constant))


def field_of(book: Book, part: Part) -> Field | None:
    """The field that a part is, if it is a column whose values can be told apart."""
    if not part.column or part.table == "link":
        return None
    return fields_of(book, part.table).get(part.column)


def _complete(precision: Precision) -> dict[Part, int]:
    """With what has to be known of a ticket, since it is known of those that point at it."""
    found = dict(precision)
    if Part("tickets", "open") in found:
        found[Part("tickets", "status")] = EXACT
    for part, level in [*found.items()]:
        if part.table == "tickets" and part.column != "open":
            own = Part("ticket", part.column)
            found[own] = max(level, found.get(own, 0))
    return found


class KeptColumn:
    """A column that is kept: its values as a class has them, and what a day makes of them."""

    __slots__ = (
        "_bound",
        "_is_named_by_book",
        "_selected",
        "_told",
        "_words",
        "field",
        "level",
        "name",
    )

    def __init__(self, book: Book, bounds: ValueBounds, part: Part, level: int) -> None:
        self.name, self.level = part.column, level
        self.field = fields_of(book, part.table)[part.column]
        # A ticket that points at another one is bounded as any ticket is.
        self._bound = bounds.of(Part("ticket", part.column) if part.table == "tickets" else part)
        self._words = bounds.words
        self._selected = select_words(book, part)
        self._is_named_by_book = part.table in _HANGING and self.field.type == "text"
        self._told = bounds.task_kinds if part.table == "task" else None

    @property
    def is_day(self) -> bool:
        """Whether its values come nearer with each day."""
        return self.field.type in DAYS

    def abstract(self, value: AbstractValue) -> AbstractValue:
        """A value as its class."""
        if value is None or value is ANY:
            return value
        if self.level == PRESENCE:
            return self._select(value)
        if self._is_named_by_book:
            if MARK in str(value):
                return ANY
            return value if self._told is None else abstract_text(str(value), self._told)
        return self._bound.abstract(self.field, value, self._words)

    def _select(self, value: AbstractValue) -> AbstractValue:
        """A word by which rules choose, or that it is one of the others; else that there is a value."""
        others = OneOf([one for one in self.field.values if one not in self._selected])
        if not self._selected or value == others:
            return others if self._selected else SOME
        if isinstance(value, OneOf):
            return others if self._selected.isdisjoint(value.values) else SOME
        return value if isinstance(value, Unknown) or value in self._selected else others

    def next_day(self, value: AbstractValue) -> Sequence[AbstractValue]:
        """The classes that a value of a class can be in on the next day."""
        if not self.is_day or value is None or isinstance(value, Unknown):
            return [value]
        if isinstance(value, tuple):
            return list(product(*(self._one_day_on(str(one)) for one in value)))
        return self._one_day_on(str(value))

    def _one_day_on(self, value: str) -> list[str]:
        days = offset(value)
        if days > self._bound.future:  # so far ahead that it may still be as far
            return [value, day(days - 1)]
        return [day(self._bound.clamp(days - 1))]


class KeptParts:
    """The parts that are kept, and the classes that come of it."""

    def __init__(self, book: Book, bounds: ValueBounds, precision: Precision) -> None:
        self.book, self.bounds, self.precision = book, bounds, _complete(precision)
        self.templates = {part.column for part in precision if part.table == MESSAGE}
        """The templates whose messages are kept: with PRESENCE, those that wait."""
        self.kinds = [kind for kind in (*book.items, *_HANGING) if self._keeps_some(kind)]
        self._columns = self._list_columns("ticket")
        self._contents = {
            kind: [one for one in self._list_columns(kind) if one.name != self.key(kind)]
            for kind in self.kinds
        }
        self._others = [one for one in self._list_columns("tickets") if one.name != "open"]
        self.columns = [one.name for one in self._columns]
        self.contents = {kind: [one.name for one in self._contents[kind]] for kind in self.kinds}
        self.other_columns = [one.name for one in self._others]
        self.family = any(part.table in ("tickets", "link") for part in self.precision)
        """Whether tickets that point at one are followed with it."""
        self.links = [name for name, field in book.fields.items() if field.type == "ticket"]
        self._kinds_added = kinds_added(book)
        self._place = {name: place for place, name in enumerate(self.columns)}

    def _keeps_some(self, table: str) -> bool:
        return any(part.table == table for part in self.precision)

    def _list_columns(self, table: str) -> list[KeptColumn]:
        return [
            KeptColumn(self.book, self.bounds, part, level)
            for part in (Part(table, name) for name in fields_of(self.book, table))
            if (level := self.level(part))
        ]

    def level(self, part: Part) -> int:
        """How much is kept of a part: 0 where it is left out."""
        if part.table == MESSAGE and part.column in _HANGING[MESSAGE]:
            return EXACT if self.templates else 0
        return self.precision.get(part, 0)

    def keeps_waiting_only(self, template: str) -> bool:
        """Whether of a template only those messages are kept that wait."""
        return self.precision.get(Part(MESSAGE, template)) == PRESENCE

    def key(self, kind: str) -> str | None:
        """The field that names one of a kind, which it has by its place."""
        return self.book.items[kind].key if kind in self.book.items else None

    def keeps(self, part: Part) -> bool:
        """Whether anything of a part, or of a whole table, is known."""
        table, column = part
        if table == "link":
            return self.family
        if table == "state" or (table in ("ticket", "tickets") and not column):
            return True
        if table in NEVER_KNOWN:
            return False
        if table == MESSAGE:
            return bool(self.templates)
        if table in ("ticket", "tickets"):
            return column in ALWAYS_KNOWN or self.level(part) > 0
        return table in self.kinds and (
            column in ("", "ticket", "id", self.key(table)) or self.level(part) > 0
        )

    def of_others(self) -> KeptParts:
        """What is kept of the tickets that point at those of this one."""
        kept = {Part("ticket", n): self.level(Part("tickets", n)) for n in self.other_columns}
        return KeptParts(self.book, self.bounds, kept)

    # --- what is known of a class ----------------------------------------------------------------

    def can_tell(self, parts: Iterable[Part], ticket: AbstractTicket | None) -> bool:
        """Whether what is known of other tickets is enough for a fact that reads these parts.

        Followed are those that point at a ticket, and not those it points at, nor a customer's.
        """
        read = set(parts)
        if read.isdisjoint((Part("tickets"), Part("link"))):
            return True
        if Part("link", "target") not in read or Part("tickets", "customer") in read:
            return False
        upward = [name for name in self.links if Part("ticket", name) in read]
        return all(ticket is not None and self.value(ticket, name) is None for name in upward)

    def value(self, ticket: AbstractTicket, column: str) -> AbstractValue:
        """What a class knows of a column of its tickets."""
        place = self._place.get(column)
        return ANY if place is None else ticket.columns[place]

    def knows(self, ticket: AbstractTicket, part: Part) -> bool:
        """Whether something is known of a part that is kept, for this class."""
        table, column = part
        if table == "ticket":
            return column not in self._place or self.value(ticket, column) is not ANY
        if table == "tickets" and column in self.other_columns:
            place = self.other_columns.index(column)
            return all(content[place] is not ANY for content in ticket.others)
        if table not in self.kinds:
            return True
        rows = ticket.lists[self.kinds.index(table)]
        if isinstance(rows, Unknown):
            return False
        if column not in self.contents[table]:
            return True
        place = self.contents[table].index(column)
        return all(content[place] is not ANY for content in (*rows.older, *rows.newest))

    def list_values(self, ticket: AbstractTicket, part: Part) -> list[AbstractValue]:
        """What a class knows of a part: a value for its ticket, for each other one or for each item."""
        table, column = part
        if table == "ticket":
            return [self.value(ticket, column)] if column in self._place else []
        if table == "tickets":
            names, contents = self.other_columns, ticket.others
        elif table in self.kinds:
            rows = ticket.lists[self.kinds.index(table)]
            if isinstance(rows, Unknown):
                return []
            names, contents = self.contents[table], (*rows.older, *rows.newest)
        else:
            return []
        return [content[names.index(column)] for content in contents] if column in names else []

    # --- making classes --------------------------------------------------------------------------

    def abstract_columns(self, values: Values) -> tuple[AbstractValue, ...]:
        """The columns of a ticket as its class; what is not named has no value."""
        return tuple([one.abstract(values.get(one.name)) for one in self._columns])

    def change_columns(
        self, columns: tuple[AbstractValue, ...], changes: Values
    ) -> tuple[AbstractValue, ...]:
        """The columns of a class, of which some have other values."""
        return tuple(
            [
                one.abstract(changes[one.name]) if one.name in changes else value
                for one, value in zip(self._columns, columns, strict=True)
            ]
        )

    def abstract_other(self, values: Values) -> Content:
        """A ticket that points at one, as far as it is known."""
        return tuple([one.abstract(values.get(one.name)) for one in self._others])

    def abstract_item(self, kind: str, data: Values) -> Content:
        """An item, or a task, as far as it is known."""
        return tuple([one.abstract(data.get(one.name)) for one in self._contents[kind]])

    def column(self, table: str, name: str) -> KeptColumn:
        """A column that is kept of the ticket, or of a kind of items."""
        columns = self._columns if table == "ticket" else self._contents[table]
        return next(one for one in columns if one.name == name)

    def abstract_list(
        self, kind: str, older: Iterable[Content], items: Iterable[Values]
    ) -> AbstractList:
        """Items in their order, of which the oldest are put together where they are many."""
        listed = [self.abstract_item(kind, data) for data in items]
        cut = max(len(listed) - (1 if kind in self._kinds_added else NEWEST), 0)
        past = {self._without_days(kind, content) for content in listed[:cut]}
        return AbstractList(frozenset(older) | past, tuple(listed[cut:]))

    def abstract_older(self, kind: str, data: Values) -> Content:
        """An item among the older ones, of which the days are not kept."""
        return self._without_days(kind, self.abstract_item(kind, data))

    def _without_days(self, kind: str, content: Content) -> Content:
        return tuple(
            SOME if one.is_day and value is not None and value is not ANY else value
            for one, value in zip(self._contents[kind], content, strict=True)
        )

    # --- a day passes ----------------------------------------------------------------------------

    def next_day(self, ticket: AbstractTicket) -> Iterator[AbstractTicket]:
        """The classes that a ticket of this class can be in on the next day, if nothing happens."""
        lists = [
            self._next_day_of_list(kind, rows)
            for kind, rows in zip(self.kinds, ticket.lists, strict=True)
        ]
        others = [list(_next_day_of_all(self._others, row)) for row in ticket.others]
        for values in _next_day_of_all(self._columns, ticket.columns):
            for rows in product(*lists):
                for members in product(*others):
                    yield AbstractTicket(values, rows, members)

    def _next_day_of_list(
        self, kind: str, rows: AbstractList | Unknown
    ) -> list[AbstractList | Unknown]:
        if isinstance(rows, Unknown):
            return [rows]
        columns = self._contents[kind]
        each = [list(_next_day_of_all(columns, content)) for content in rows.newest]
        return [rows._replace(newest=newest) for newest in product(*each)]


def _next_day_of_all(columns: Sequence[KeptColumn], values: Content) -> Iterator[Content]:
    each = [one.next_day(value) for one, value in zip(columns, values, strict=True)]
    return product(*each)


def is_closed(book: Book, status: AbstractValue) -> bool:
    """Whether a status is known to be one of a closed ticket."""
    known = book.statuses.get(status) if isinstance(status, str) else None
    return known is not None and known.closed
