"""Concrete tickets of a class: rows as a ticket file has them, to ask facts.sql about.

The samples of a class differ in all that the class leaves open, in the day it is, and in how far
beyond a bound a date or a number lies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import gcd
from typing import NamedTuple, TypeVar

from ....book.list_templates import list_templates
from ....book.properties import BOUNCED, LEFT, WAITING
from ....book.ticket_parts import Part
from ....ticketfile.facts_sql_sample import SampleRow
from ....values.field_types import Field
from ..abstract_values import (
    ALL,
    SOME,
    SOME_OF,
    TEXT,
    AbstractValue,
    OneOf,
    Unknown,
    Values,
    offset,
)
from .abstract_ticket import AbstractList, AbstractTicket, Content
from .kept_parts import DAYS, MESSAGE, KeptParts, fields_of, is_closed
from .message_classes import FILE_STATES, SEVERAL, list_states
from .value_bounds import Source, ValueBounds

SAMPLE_DAYS = tuple(
    date(*ymd)
    for ymd in ((2026, 3, 2), (2027, 1, 30), (2028, 2, 28), (2025, 12, 31), (2026, 8, 17))
)
"""The days of the samples of a class."""

SAMPLES = len(SAMPLE_DAYS)

LEVEL_SAMPLES = (0, 3)
"""The samples in which all numbers at their bound lie equally far beyond it, so that a query which
compares two columns finds them equal: the nearest ticket, and the one with the most older items."""

NO_TICKET: SampleRow = ("ticket", ("id",), (0,))
"""What stands for the ticket of an event that begins without one."""

_BEYOND = (0, 1, 9, 40, 400)
_ANY_DAY = (-400, -3, 0, 2, 365)
_COUNTS = (0, 1, 2, 17, 90)
_AMOUNTS = (1, 4000, 12050, 500, 99_999_999_999)
_HOURS = ("", "T00:00", "T10:30", "T23:59", "")
_TEXTS = ("x", "Y z", "Ж 7")
_TASK_KIND = Part("task", "kind")

Stored = str | int | None
"""A value as a row of the ticket file has it."""

_Choice = TypeVar("_Choice")


class _Item(NamedTuple):
    """An item to put in: its name, and what is known of it."""

    name: str
    content: Content


class SampleTicket:
    """One ticket of a class, in all its rows: which of the tickets, `number` says.

    `given` are the inputs that are asked with; `many` is how many older items of a kind there are
    where there are many; `word` is, where it is given, what free texts are of which only that they are
    there is known, and other values that can be it. `old` has, once the rows are made, the names of
    older items by their kind.
    """

    def __init__(
        self,
        number: int,
        bounds: ValueBounds,
        given: Values,
        many: int,
        word: str | None = None,
    ) -> None:
        self._number, self._bounds, self._many, self._word = number, bounds, many, word
        self.today = SAMPLE_DAYS[number]
        self.old: dict[int, list[str]] = {}
        self._names = {one for value in given.values() if isinstance(value, tuple) for one in value}
        self._place = 0
        self._task_kinds = (*sorted(bounds.alike_task_kinds), *_TEXTS)
        """Kinds of tasks that nothing tells apart, as far as is known."""

    def _pick(self, values: Sequence[_Choice]) -> _Choice:
        """One of some values: another one for each sample, and for each place in a sample.

        Samples go through the values by a step that has no divisor in common with their number: else
        all of them could get the same one of two values, and agree by that.
        """
        self._place += 1
        if not self._number:
            return values[0]
        step = 1 + self._place % 4
        while gcd(step, len(values)) > 1:
            step += 1
        return values[(self._number * step + self._place - 1) % len(values)]

    def make_input(self, name: str, value: AbstractValue, field: Field) -> Stored:
        """An input as a parameter of facts.sql."""
        if isinstance(value, tuple):
            parts = [part for one in value for part in self._items_of(one)]
            return json.dumps([self._concrete(name, part, field) for part in parts])
        return self._concrete(name, value, field)

    def _items_of(self, name: AbstractValue) -> Sequence[AbstractValue]:
        """The items that a name stands for."""
        found = re.fullmatch(rf"({ALL}|{SOME_OF})(\d+)", name) if isinstance(name, str) else None
        if found is None:
            return [name]
        numbers = self.old[int(found[2])]
        return numbers if found[1] == ALL else numbers[self._number % 2 :][: len(numbers) - 1]

    # --- rows ------------------------------------------------------------------------------------

    def rows(self, kept: KeptParts, ticket: AbstractTicket) -> Iterator[SampleRow]:
        """The rows to put in: table, columns, values."""
        fields = fields_of(kept.book, "ticket")
        head: dict[str, Stored] = {"id": 1, "ref": "T-1", "customer": 1}
        for n, v in zip(kept.columns, ticket.columns, strict=True):
            head[n] = self._store(Part("ticket", n), v, fields[n])
        yield "ticket", tuple(head), tuple(head.values())
        if kept.family:
            names = ("id", "ref", "customer", *kept.other_columns)
            own = {name: head.get(name) for name in names}
            own["open"] = _is_open(kept, head.get("status"))
            yield "tickets", tuple(own), tuple(own.values())
            yield from self._other_rows(kept, ticket)
        for kind, listed in zip(kept.kinds, ticket.lists, strict=True):
            if kind == MESSAGE:
                yield from self._message_rows(kept, listed)
            elif isinstance(listed, AbstractList):
                yield from self._item_rows(kept, kind, listed)

    def _other_rows(self, kept: KeptParts, ticket: AbstractTicket) -> Iterator[SampleRow]:
        fields = fields_of(kept.book, "tickets")
        for place, content in enumerate(ticket.others, 2):
            row: dict[str, Stored] = {"id": place, "ref": f"T-{place}", "customer": 1}
            for n, v in zip(kept.other_columns, content, strict=True):
                row[n] = self._store(Part("ticket", n), v, fields[n])
            row |= dict.fromkeys(kept.links, "T-1")
            row["open"] = _is_open(kept, row.get("status"))
            yield "tickets", tuple(row), tuple(row.values())
            for name in kept.links:
                yield "link", ("ticket", "field", "target"), (place, name, "T-1")

    def _item_rows(self, kept: KeptParts, kind: str, listed: AbstractList) -> Iterator[SampleRow]:
        fields, key, names = fields_of(kept.book, kind), kept.key(kind), kept.contents[kind]
        for place, item in enumerate(self._in_order(listed, self._items(listed)), 1):
            row: dict[str, Stored] = {"id": place, "ticket": 1}
            for n, v in zip(names, item.content, strict=True):
                row[n] = self._store(Part(kind, n), v, fields[n])
            if key is not None:
                row[key] = item.name
            yield kind, tuple(row), tuple(row.values())

    def _message_rows(self, kept: KeptParts, listed: AbstractList | Unknown) -> Iterator[SampleRow]:
        """The messages: some of each template and state that is kept, and any of other templates."""
        others: list[Content] = [
            (template, state)
            for template in sorted({*list_templates(kept.book, kept.book.event_names), TEXT})
            if template not in kept.templates or isinstance(listed, Unknown)
            for state in self._pick(((), (LEFT,), (WAITING, LEFT), (BOUNCED,), (WAITING,)))
        ]
        partly = [one for one in sorted(kept.templates) if kept.keeps_waiting_only(one)]
        others += [(t, s) for t in partly for s in self._pick(((), (LEFT,), (LEFT, BOUNCED)))]
        known = [] if isinstance(listed, Unknown) else listed.kinds
        messages = [one for one in known for _ in range(self._count(one[1]))] + others
        if self._number % 2:
            messages.reverse()
        for place, (template, state) in enumerate(messages, 1):
            written = FILE_STATES[str(self._pick(list_states(state)))]
            if written:
                yield self._message_row(place, template, self._pick(written), state)

    def _count(self, state: AbstractValue) -> int:
        """How many messages there are in a state: several, one that waits, or any number."""
        count = (1, 2, 1, self._many, 3)[self._number]
        return 1 if state == WAITING else max(count, 2) if state == SEVERAL else count

    def _message_row(
        self, place: int, template: AbstractValue, state: str, known: AbstractValue
    ) -> SampleRow:
        days = sorted(-abs(self._pick(_ANY_DAY)) for _ in range(2))
        made, left = ((self.today + timedelta(days=one)).isoformat() for one in days)
        heads = ("id", "ticket", "template", "channel", "state", "made_on", "left_on")
        left_on = None if state in FILE_STATES[WAITING] else left
        channel = self._pick(("email", "sms"))
        return MESSAGE, heads, (place, 1, template, channel, state, made, left_on)

    def _items(self, listed: AbstractList) -> list[_Item]:
        """The items of a list, the older ones first, of each kind as many as the sample has."""
        items = []
        for kind_place, content in enumerate(listed.kinds):
            count = (1, 2, 1, self._many, 3)[self._number]
            if f"{SOME_OF}{kind_place}" in self._names:
                count = max(count, 2)
            self.old[kind_place] = [f"old-{kind_place}-{n}" for n in range(count)]
            items += [_Item(name, content) for name in self.old[kind_place]]
        return items + [_Item(f"n{n}", content) for n, content in enumerate(listed.newest, 1)]

    def _in_order(self, listed: AbstractList, items: list[_Item]) -> list[_Item]:
        """Items in their order, or in another one each time where nothing is known of it."""
        if not listed.mixed or self._number == 0:
            return items
        cut = len(items) * self._number // SAMPLES
        turned = [*items[cut:], *items[:cut]]
        return turned if self._number % 2 else turned[::-1]

    # --- values ----------------------------------------------------------------------------------

    def _store(self, part: Part, value: AbstractValue, field: Field) -> Stored:
        if field.many and value is SOME:
            value = (SOME,) * self._pick((0, 1, 3, 2))
        if isinstance(value, tuple):
            return json.dumps([self._concrete(part, one, field) for one in value])
        return self._concrete(part, value, field)

    def _concrete(self, source: Source, value: AbstractValue, field: Field) -> Stored:
        """A value of a class as one of its tickets has it."""
        if value is None or isinstance(value, bool):
            return None if value is None else int(value)
        if field.type in DAYS:
            return self._date(source, value, field)
        if isinstance(value, OneOf):
            return self._word if self._word in value.values else self._pick(value.values)
        if isinstance(value, Unknown):
            return self._some(field)
        if isinstance(value, int):
            return self._number_beyond(source, value) if field.type == "integer" else value
        assert not isinstance(value, tuple)
        if value != TEXT:
            return value
        return self._pick(self._task_kinds) if source == _TASK_KIND else self._text(_TEXTS)

    def _number_beyond(self, source: Source, value: int) -> int:
        """A number, or where it is at its bound one that lies beyond."""
        steps = self._bounds.of(source).steps
        if -steps <= value < steps:
            return value
        is_level = self._number in LEVEL_SAMPLES
        more = _COUNTS[self._number] if is_level else self._pick(_COUNTS)
        return value + more if value >= 0 else value - more

    def _date(self, source: Source, value: AbstractValue, field: Field) -> str:
        if isinstance(value, str):
            days, bound = offset(value), self._bounds.of(source)
            if days > bound.future:
                days += self._pick(_BEYOND)
            elif days <= -bound.past:
                days -= self._pick(_BEYOND)
        else:
            days = self._pick(_ANY_DAY)
        hour = self._pick(_HOURS) if field.type == "moment" else ""
        return (self.today + timedelta(days=days)).isoformat() + hour

    def _some(self, field: Field) -> Stored:
        if field.values:
            return self._pick(field.values)
        if field.type == "boolean":
            return self._pick((0, 1))
        if field.type == "money":
            return self._pick(_AMOUNTS)
        if field.type == "integer":
            return self._pick(_COUNTS) + (field.low or 0)
        return self._word or self._text(("x", " ", *_TEXTS[1:]))

    def _text(self, plain: tuple[str, ...]) -> str:
        """Some text: another one each time, or a word of the book."""
        text = self._pick((*plain, *sorted(self._bounds.words)))
        return f"{text}{self._place}" if text in plain and text.strip() else text


def _is_open(kept: KeptParts, status: Stored) -> int:
    return int(not is_closed(kept.book, status))


def as_parameters(sample: SampleTicket, fields: Mapping[str, Field], given: Values) -> Values:
    """Inputs as facts.sql is given them, once the sample's rows are made."""
    return {n: sample.make_input(n, value, fields[n]) for n, value in given.items()}
