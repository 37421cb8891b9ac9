"""What facts.sql says of a class of tickets: asked of several of its tickets, on several days.

A fact is left open where it looks at a part of which nothing is known, and where the tickets of the
class that are tried don't agree: they differ in all that the class leaves open, in the day it is, and
in how far beyond a bound a date or a number lies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from ....book.model import Book, Event
from ....ticketfile.facts_sql_sample import SampleFile, SampleRow
from ....values.field_types import Field
from .abstract_ticket import (
    ALL,
    ANY,
    SOME,
    SOME_OF,
    TEXT,
    AbstractList,
    AbstractTicket,
    OneOf,
    day,
    offset,
)
from .fact_dependencies import FactDependencies
from .kept_parts import KeptParts, fields_of
from .value_bounds import ValueBounds

_DAYS = tuple(
    date(*ymd)
    for ymd in ((2026, 3, 2), (2027, 1, 30), (2028, 2, 28), (2025, 12, 31), (2026, 8, 17))
)
"""The days that a class is tried on."""

TRIES = len(_DAYS)

_LOOKS, _LONGEST = 200, 1_000_000
"""How often a query is looked at before it is stopped, and the longest text."""

_NO_TICKET: SampleRow = ("ticket", ("id",), (0,))
"""What stands for the ticket of an event that begins without one."""

_MOST_NAMED = 40
_MOST_ITEMS = 2000
_BEYOND = (0, 1, 9, 40, 400)
_ANY_DAY = (-400, -3, 0, 2, 365)
_COUNTS = (0, 1, 2, 17, 90)
_AMOUNTS = (1, 4000, 12050, 500, 99_999_999_999)
_HOURS = ("", "T00:00", "T10:30", "T23:59", "")


class FactQuery(NamedTuple):
    """Some columns of facts.sql, asked together; `inputs` are those of the event they are asked for."""

    scope: KeptParts
    inputs: Mapping[str, Field]
    columns: Sequence[FactColumn]


class FactColumn:
    """A column of facts.sql, asked of classes of one scope for one event.

    `columns` and `lists` are the places of what of a class it looks at, `inputs` what of the inputs.
    """

    def __init__(
        self, asked: AbstractFacts, scope: KeptParts, inputs: Mapping[str, Field], name: str
    ) -> None:
        looked = asked.reads.of(name)
        self.name, self._scope = name, scope
        self.open = ANY if getattr(asked.book.facts[name], "optional", False) else SOME
        self._askable = (
            looked.simple and "now" not in looked.given and all(map(scope.keeps, looked.parts))
        )
        self.given, self.figure, self._parts = looked.given, looked.figure, looked.parts
        tables_read = {part.partition(".")[0] for part in looked.parts}
        self._alone = tables_read <= {"ticket", "state"}
        self._columns = [n for n, c in enumerate(scope.columns) if f"ticket.{c}" in looked.parts]
        self._lists = [n for n, kind in enumerate(scope.kinds) if kind in tables_read]
        self._others = bool(tables_read & {"tickets", "link"})
        self.inputs = [name for name in inputs if name in looked.given]
        self.looks_at = tuple(
            (part, level)
            for part, level in sorted(scope.levels.items())
            if part in looked.parts or part.partition(".")[0] in tables_read - {"ticket"}
        )
        self.known: dict[object, Any] = {}

    def key(self, ticket: AbstractTicket | None, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """What of a class and of the inputs bears on the answer."""
        inputs = tuple([given[name] for name in self.inputs])
        if ticket is None:
            return (None, inputs)
        columns = tuple([ticket.columns[n] for n in self._columns])
        lists = tuple([ticket.lists[n] for n in self._lists])
        return columns, lists, ticket.others if self._others else (), inputs

    def can_be_asked(self, ticket: AbstractTicket | None, given: Mapping[str, Any]) -> bool:
        """Whether nothing that it looks at is left open."""
        if not self._askable or any(_is_open(given[name]) for name in self.inputs):
            return False
        if ticket is None:
            return self._alone
        if not self._scope.can_tell(self._parts, ticket):
            return False
        return all(self._scope.known(ticket, part) for part in self._parts)


class AbstractFacts:
    """Asks facts.sql about classes, and remembers what it said."""

    def __init__(self, book: Book, reads: FactDependencies, bounds: ValueBounds) -> None:
        self.book, self.reads, self._bounds = book, reads, bounds
        self._sample = SampleFile(book)
        self._sample.limit(_LOOKS, _LONGEST)
        self._figures = {name: p.sql_value() for name, p in book.parameters.items()}
        self._columns: dict[tuple[int, str, str], FactColumn] = {}
        self._known: dict[object, dict[object, Any]] = {}
        """What was said before, also in other scopes that see as much of what a column looks at."""

    def close(self) -> None:
        """Close the sample that is asked."""
        self._sample.close()

    def question(self, scope: KeptParts, event: Event | None, names: Sequence[str]) -> FactQuery:
        """Some columns, to be asked together."""
        inputs = {} if event is None else {n: i.field for n, i in event.inputs.items()}
        columns = []
        for name in names:
            key = (scope.number, "" if event is None else event.name, name)
            if key not in self._columns:
                made = self._columns[key] = FactColumn(self, scope, inputs, name)
                made.known = self._known.setdefault((key[1:], made.looks_at), made.known)
            columns.append(self._columns[key])
        return FactQuery(scope, inputs, columns)

    def answer(
        self, question: FactQuery, ticket: AbstractTicket | None, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Columns of facts.sql for a class, None for an event without a ticket; `given` are inputs."""
        keys = [(column, column.key(ticket, given)) for column in question.columns]
        new = [(column, key) for column, key in keys if key not in column.known]
        if new:
            asked = [(column, key) for column, key in new if column.can_be_asked(ticket, given)]
            for column, key in new:
                column.known[key] = column.open
            columns = [column for column, _ in asked]
            tries = [
                self._try(n, columns, question, ticket, given) for n in range(TRIES if asked else 0)
            ]
            for place, (column, key) in enumerate(asked):
                column.known[key] = _agreed([one[place] for one in tries])
        return {column.name: column.known[key] for column, key in keys}

    def _try(
        self,
        number: int,
        columns: Sequence[FactColumn],
        question: FactQuery,
        ticket: AbstractTicket | None,
        given: Mapping[str, Any],
    ) -> list[Any]:
        names = [column.name for column in columns]
        inputs = {name: given[name] for column in columns for name in column.inputs}
        today, member = (
            _DAYS[number],
            SampleTicket(number, self._bounds, inputs, self._many(columns)),
        )
        rows = [_NO_TICKET] if ticket is None else [*member.rows(question.scope, ticket)]
        told = {n: member.given(n, value, question.inputs[n]) for n, value in inputs.items()}
        said = self._sample.ask(
            rows,
            names,
            {
                **self._figures,
                **dict.fromkeys(self.book.input_names),
                **told,
                "book": self.book.name,
                "today": today.isoformat(),
                "now": f"{today.isoformat()}T00:00",
                "first": 1,
                "last": 1,
            },
        )
        if said is None:
            return [ANY] * len(names)
        return [
            self._class(name, value, today, member.old)
            for name, value in zip(names, said, strict=True)
        ]

    def _many(self, columns: Iterable[FactColumn]) -> int:
        """More items than any figure with which these columns could compare how many there are."""
        figures = [max(self._bounds.figures(one.given), one.figure) for one in columns]
        return min(max([3, *figures]) + 1, _MOST_ITEMS)

    def _class(self, name: str, value: Any, today: date, old: Mapping[int, Collection[str]]) -> Any:
        """A column of the query as the class of a fact; `old` are the names of older items.

        Of what can't be read as the fact's type nothing is known: an event asked it is turned down.
        """
        try:
            return self._read(name, value, today, old)
        except (TypeError, ValueError):
            return ANY

    def _read(self, name: str, value: Any, today: date, old: Mapping[int, Collection[str]]) -> Any:
        field = self.book.facts[name]
        assert isinstance(field, Field)
        if field.type == "boolean":
            return value == 1
        if value is None:
            return None
        if field.many:
            value = json.loads(value)
            if field.type in ("date", "moment"):
                value = [_as_of(one, today) for one in value]
            elif len(value) <= _MOST_NAMED and all(
                re.fullmatch(r"n\d|old-\d+-\d+", str(one)) for one in value
            ):
                return _named(value, old)
        elif field.type in ("date", "moment"):
            value = _as_of(value, today)
        return self._bounds.squeeze(name, field, value)


def _agreed(values: Sequence[Any]) -> Any:
    """What all tries say, as a class; if they don't agree, whether there always is a value."""
    first = values[0]
    if all(value == first and type(value) is type(first) for value in values):
        return first
    return ANY if None in values or ANY in values else SOME


def _named(names: Sequence[str], old: Mapping[int, Collection[str]]) -> tuple[str, ...]:
    """Names of items: the newest one by one, of older ones all of a kind, or some."""
    found = sorted(name for name in names if name[0] == "n")
    for place, numbers in old.items():
        if not set(numbers).isdisjoint(names):
            found.append(f"{ALL if set(numbers) <= set(names) else SOME_OF}{place}")
    return tuple(found)


def _as_of(iso: str, today: date) -> str:
    return day((date.fromisoformat(iso[:10]) - today).days)


def _is_open(value: Any) -> bool:
    return value is ANY or (isinstance(value, tuple) and (ANY in value or SOME in value))


def _is_open_status(scope: KeptParts, status: Any) -> int:
    known = scope.book.statuses.get(status)
    return int(known is None or not known.closed)


class SampleTicket:
    """One ticket of a class, in all its rows: which of the tickets, `number` says."""

    def __init__(
        self, number: int, bounds: ValueBounds, given: Mapping[str, Any], many: int
    ) -> None:
        self._number, self._bounds, self._many = number, bounds, many
        self.old: dict[int, list[str]] = {}
        self._named = {one for value in given.values() if isinstance(value, tuple) for one in value}
        self._place = 0

    def _pick(self, values: Sequence[Any]) -> Any:
        """One of some values: another one for each try, and for each place in a try."""
        self._place += 1
        return (
            values[(self._number * (1 + self._place % 4) + self._place - 1) % len(values)]
            if self._number
            else values[0]
        )

    def given(self, name: str, value: Any, field: Field) -> Any:
        """An input as a parameter of facts.sql."""
        if isinstance(value, tuple):
            parts = [part for one in value for part in self._called(one)]
            return json.dumps([self._one(name, part, field) for part in parts])
        return self._one(name, value, field)

    def _called(self, name: Any) -> Sequence[Any]:
        """The items that a name stands for."""
        found = re.fullmatch(rf"({ALL}|{SOME_OF})(\d+)", name) if isinstance(name, str) else None
        if found is None:
            return [name]
        numbers = self.old[int(found[2])]
        return numbers if found[1] == ALL else numbers[self._number % 2 :][: len(numbers) - 1]

    def rows(self, scope: KeptParts, ticket: AbstractTicket) -> Iterator[SampleRow]:
        """The rows to put in: table, columns, values."""
        fields = fields_of(scope.book, "ticket")
        head = {
            n: self._stored(f"ticket.{n}", v, fields[n])
            for n, v in zip(scope.columns, ticket.columns, strict=True)
        }
        head = {"id": 1, "ref": "T-1", "customer": 1, **head}
        yield "ticket", tuple(head), tuple(head.values())
        if scope.family:
            listed = {
                name: head.get(name) for name in ("id", "ref", "customer", *scope.other_columns)
            }
            listed["open"] = _is_open_status(scope, head.get("status"))
            yield "tickets", tuple(listed), tuple(listed.values())
            yield from self._others(scope, ticket)
        for kind, rows in zip(scope.kinds, ticket.lists, strict=True):
            if isinstance(rows, AbstractList):
                yield from self._listed(scope, kind, rows)

    def _others(self, scope: KeptParts, ticket: AbstractTicket) -> Iterator[SampleRow]:
        fields = fields_of(scope.book, "tickets")
        for place, content in enumerate(ticket.others, 2):
            row = {"id": place, "ref": f"T-{place}", "customer": 1}
            row |= {
                n: self._stored(f"ticket.{n}", v, fields[n])
                for n, v in zip(scope.other_columns, content, strict=True)
            }
            row |= dict.fromkeys(scope.links, "T-1")
            row["open"] = _is_open_status(scope, row.get("status"))
            yield "tickets", tuple(row), tuple(row.values())
            for name in scope.links:
                yield "link", ("ticket", "field", "target"), (place, name, "T-1")

    def _listed(self, scope: KeptParts, kind: str, rows: AbstractList) -> Iterator[SampleRow]:
        fields, key, names = fields_of(scope.book, kind), scope.key(kind), scope.contents[kind]
        listed = []
        for kind_place, content in enumerate(rows.kinds):
            count = (1, 2, 1, self._many, 3)[self._number]
            if f"{SOME_OF}{kind_place}" in self._named:
                count = max(count, 2)
            numbers = [f"old-{kind_place}-{n}" for n in range(count)]
            self.old[kind_place] = numbers
            listed += [(number, content) for number in numbers]
        listed += [(f"n{n}", content) for n, content in enumerate(rows.newest, 1)]
        for place, (number, content) in enumerate(self._ordered(rows, listed), 1):
            row: dict[str, Any] = {"id": place, "ticket": 1}
            row |= {
                n: self._stored(f"{kind}.{n}", v, fields[n])
                for n, v in zip(names, content, strict=True)
            }
            if key is not None:
                row[key] = number
            yield kind, tuple(row), tuple(row.values())

    def _ordered(self, rows: AbstractList, listed: list[Any]) -> list[Any]:
        """Items in their order, or in another one each time where nothing is known of it."""
        if not rows.mixed or self._number == 0:
            return listed
        cut = len(listed) * self._number // TRIES
        turned = [*listed[cut:], *listed[:cut]]
        return turned if self._number % 2 else turned[::-1]

    def _stored(self, part: str, value: Any, field: Field) -> Any:
        if field.many and value is SOME:
            value = (SOME,) * self._pick((0, 1, 3, 2))
        if isinstance(value, tuple):
            return json.dumps([self._one(part, one, field) for one in value])
        return self._one(part, value, field)

    def _one(self, name: str, value: Any, field: Field) -> Any:
        """A value of a class as one of its members has it."""
        if value is None or isinstance(value, bool):
            return None if value is None else int(value)
        if field.type in ("date", "moment"):
            return self._date(name, value, field)
        if isinstance(value, OneOf):
            return self._pick(value.values)
        if value is SOME:
            return self._some(field)
        if field.type == "integer":
            steps = self._bounds.of(name).steps
            more = self._pick(_COUNTS) if value >= steps or value < -steps else 0
            return value + more if value >= 0 else value - more
        if value == TEXT:
            return self._text(("x", "Y z", "Ж 7"))
        return value

    def _date(self, name: str, value: Any, field: Field) -> str:
        today = _DAYS[self._number]
        if value is SOME:
            days = self._pick(_ANY_DAY)
        else:
            days, bound = offset(value), self._bounds.of(name)
            if days > bound.future:
                days += self._pick(_BEYOND)
            elif days <= -bound.past:
                days -= self._pick(_BEYOND)
        hour = self._pick(_HOURS) if field.type == "moment" else ""
        return (today + timedelta(days=days)).isoformat() + hour

    def _some(self, field: Field) -> Any:
        if field.values:
            return self._pick(field.values)
        if field.type == "boolean":
            return self._pick((0, 1))
        if field.type == "money":
            return self._pick(_AMOUNTS)
        if field.type == "integer":
            return self._pick(_COUNTS) + (field.low or 0)
        return self._text(("x", " ", "Y z", "Ж 7"))

    def _text(self, plain: tuple[str, ...]) -> str:
        """Some text: another one each time, or a word of the book."""
        words = sorted(self._bounds.words)
        text = str(self._pick((*plain, *words)))
        return f"{text}{self._place}" if text in plain and text.strip() else text
