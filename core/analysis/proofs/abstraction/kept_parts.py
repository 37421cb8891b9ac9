"""Which parts of a ticket are looked at, and how closely; all else is left open.

A part is `table.column`, as in `ticket.status` or `promises.pay_on`. Of a part that is kept with
level GIVEN only whether there is a value is known, with EXACT the value itself, as far as its bounds
go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import count, product
from typing import Any

from ....book.item_actions import AddItem
from ....book.model import Book
from ....values.field_types import Field
from .abstract_ticket import ANY, SOME, AbstractList, AbstractTicket, Unknown, day, offset
from .value_bounds import ValueBounds

GIVEN, EXACT = 1, 2

NEWEST = 3
"""How many of a kind are kept in their order; of older ones only of what kinds they are.

Of what rules add it is the newest one alone, since there can come to be any number of them.
"""

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
}

NEVER_KNOWN = frozenset({"note", "tag", "event", "customer"})
"""Tables of which nothing is ever known: what they hold has no end."""

ALWAYS_KNOWN = frozenset({"ref", "id", "customer", "ticket", "target", "field"})
"""Columns that are the same for all tickets of a class, but for their names."""


@lru_cache(256)
def fields_of(book: Book, table: str) -> Mapping[str, Field]:
    """The columns of a table that a class can know."""
    if table in ("ticket", "tickets"):
        return {**_TICKET, **book.fields}
    return _HANGING[table] if table in _HANGING else book.items[table].fields


@lru_cache(64)
def added_by_rules(book: Book) -> frozenset[str]:
    """The kinds of items that some rule adds."""
    events = [book.event(name) for name in book.event_names]
    rules = [rule for event in events for rule in event.rules]
    actions = [step.action for rule in rules for step in rule.steps]
    return frozenset(action.item for action in actions if isinstance(action, AddItem))


_numbers = count()


def _closed(levels: Mapping[str, int]) -> dict[str, int]:
    """With what has to be known of a ticket, since it is known of those that point at it."""
    found = dict(levels)
    if "tickets.open" in found:
        found["tickets.status"] = EXACT
    for part, level in [*found.items()]:
        table, _, column = part.partition(".")
        if table == "tickets" and column != "open":
            own = f"ticket.{column}"
            found[own] = max(level, found.get(own, 0))
    return found


class KeptParts:
    """The parts that are kept, and the classes that come of it; `number` tells it from others."""

    def __init__(self, book: Book, bounds: ValueBounds, levels: Mapping[str, int]) -> None:
        self.book, self.bounds, self.levels = book, bounds, _closed(levels)
        self.number, levels = next(_numbers), self.levels
        self.columns = [n for n in fields_of(book, "ticket") if self.level(f"ticket.{n}")]
        self.kinds = [
            k
            for k in (*book.items, *_HANGING)
            if any(p.startswith(f"{k}.") or p == k for p in levels)
        ]
        self.contents = {
            kind: [
                n
                for n in fields_of(book, kind)
                if self.level(f"{kind}.{n}") and n != self.key(kind)
            ]
            for kind in self.kinds
        }
        self.family = any(part.partition(".")[0] in ("tickets", "link") for part in levels)
        self.other_columns = [
            n for n in fields_of(book, "tickets") if n != "open" and self.level(f"tickets.{n}")
        ]
        self.links = [name for name, field in book.fields.items() if field.type == "ticket"]
        self._added = added_by_rules(book)
        self._place = {name: place for place, name in enumerate(self.columns)}

    def level(self, part: str) -> int:
        return self.levels.get(part, 0)

    def key(self, kind: str) -> str | None:
        """The field that names one of a kind, which it has by its place."""
        return self.book.items[kind].key if kind in self.book.items else None

    def keeps(self, part: str) -> bool:
        """Whether anything of a part, or of a whole table, is known."""
        table, dot, column = part.partition(".")
        if table == "state" or (table in ("ticket", "tickets", "link") and not dot):
            return table != "link" or self.family
        if table in NEVER_KNOWN:
            return False
        if table == "link":
            return self.family
        if table in ("ticket", "tickets"):
            return column in ALWAYS_KNOWN or self.level(part) > 0
        return table in self.kinds and (
            not dot or column in ("ticket", "id", self.key(table)) or self.level(part) > 0
        )

    def of_others(self) -> KeptParts:
        """The scope of the tickets that point at those of this one."""
        return KeptParts(
            self.book,
            self.bounds,
            {f"ticket.{n}": self.level(f"tickets.{n}") for n in self.other_columns},
        )

    def can_tell(self, parts: Iterable[str], ticket: AbstractTicket | None) -> bool:
        """Whether what is known of other tickets is enough for a fact that looks at these parts.

        Followed are those that point at a ticket, and not those it points at, nor a customer's.
        """
        listed = set(parts)
        if not listed & {"tickets", "link"}:
            return True
        if "link.target" not in listed or "tickets.customer" in listed:
            return False
        upward = [name for name in self.links if f"ticket.{name}" in listed]
        return all(ticket is not None and self.value(ticket, name) is None for name in upward)

    def value(self, ticket: AbstractTicket, column: str) -> Any:
        """What a class knows of a column of its tickets."""
        place = self._place.get(column)
        return ANY if place is None else ticket.columns[place]

    def known(self, ticket: AbstractTicket, part: str) -> bool:
        """Whether a ticket of this class has something known in a part that its scope keeps."""
        table, _dot, column = part.partition(".")
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

    # --- making classes --------------------------------------------------------------------------

    def squeezed(self, table: str, column: str, value: Any) -> Any:
        """A value of a column as its class."""
        part, field = f"{table}.{column}", fields_of(self.book, table)[column]
        if value is None or value is ANY:
            return value
        if self.level(part) == GIVEN:
            return SOME
        if table in _HANGING and field.type == "text":  # said by the book itself
            return ANY if str(ANY) in str(value) else value
        return self.bounds.squeeze(part.replace("tickets.", "ticket."), field, value)

    def newest(self, kind: str) -> int:
        """How many of a kind are kept in their order."""
        return 1 if kind in self._added else NEWEST

    def content(self, kind: str, data: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(self.squeezed(kind, name, data.get(name)) for name in self.contents[kind])

    def rows(
        self, kind: str, older: Iterable[tuple[Any, ...]], items: Iterable[Mapping[str, Any]]
    ) -> AbstractList:
        """Rows in their order, of which the oldest are put together where they are many."""
        listed = [self.content(kind, data) for data in items]
        cut = max(len(listed) - self.newest(kind), 0)
        past = {self._undated(kind, content) for content in listed[:cut]}
        return AbstractList(frozenset(older) | past, tuple(listed[cut:]))

    def _undated(self, kind: str, content: tuple[Any, ...]) -> tuple[Any, ...]:
        fields = fields_of(self.book, kind)
        dated = [fields[name].type in ("date", "moment") for name in self.contents[kind]]
        return tuple(
            SOME if is_date and value is not None and value is not ANY else value
            for is_date, value in zip(dated, content, strict=True)
        )

    # --- a day passes ----------------------------------------------------------------------------

    def next_day(self, ticket: AbstractTicket) -> Iterator[AbstractTicket]:
        """The classes that a ticket of this class can be in on the next day, if nothing happens."""
        columns = [
            self._shifted("ticket", name, value)
            for name, value in zip(self.columns, ticket.columns, strict=True)
        ]
        lists = [
            self._shifted_rows(kind, rows)
            for kind, rows in zip(self.kinds, ticket.lists, strict=True)
        ]
        others = [self._shifted_all("tickets", self.other_columns, row) for row in ticket.others]
        for values in product(*columns):
            for rows in product(*lists):
                for members in product(*others):
                    yield AbstractTicket(values, rows, members)

    def _shifted_rows(
        self, kind: str, rows: AbstractList | Unknown
    ) -> list[AbstractList | Unknown]:
        if isinstance(rows, Unknown):
            return [rows]
        each = [self._shifted_all(kind, self.contents[kind], content) for content in rows.newest]
        return [rows._replace(newest=newest) for newest in product(*each)]

    def _shifted_all(
        self, table: str, names: Iterable[str], values: tuple[Any, ...]
    ) -> list[tuple[Any, ...]]:
        each = [self._shifted(table, n, v) for n, v in zip(names, values, strict=True)]
        return list(product(*each))

    def _shifted(self, table: str, name: str, value: Any) -> list[Any]:
        field = fields_of(self.book, table)[name]
        if field.type not in ("date", "moment") or value is None or isinstance(value, Unknown):
            return [value]
        part = f"ticket.{name}" if table == "tickets" else f"{table}.{name}"
        if isinstance(value, tuple):
            return list(product(*(self._one_day_on(part, one) for one in value)))
        return self._one_day_on(part, value)

    def _one_day_on(self, part: str, value: str) -> list[str]:
        days = offset(value)
        if days > self.bounds.of(part).future:  # so far ahead that it may still be as far
            return [value, day(days - 1)]
        return [day(self.bounds.clamped(part, days - 1))]
