"""From a row of facts.sql, and what the caller gave, to the facts a table decides on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

from ..book.forbidden import forbidden_in
from ..book.model import DateFact, DueFact, ForbiddenFact
from ..errors import BadInput
from ..values.due_dates import count_months
from ..values.field_types import Stored, format_amounts
from ..values.time_zones import count_hours

if TYPE_CHECKING:
    from ..book.model import Book, Event
    from ..values.due_dates import Due
    from ..values.working_days import Calendar

FactValues = tuple[Stored, ...]
FactRow = Callable[[Sequence[Stored], Mapping[str, Stored]], FactValues]
"""From a row of the facts query and the inputs to the facts, in the event's order."""

Count = Callable[[str | None], Stored]
"""Works a fact out from the date, the moment or the text that it is about."""


def fact_row(book: Book, event: Event, calendar: Calendar, at: str) -> FactRow:
    """Compile the way from a row (ticket id first) to the event's facts as of the moment `at`, which
    is given by the desk's clock and counted from by that of the book's place."""
    parts = [_source(name, book, event) for name in event.facts]
    source = f"lambda row, given: ({', '.join(parts)}{',' if parts else ''})"
    at = calendar.local(at)
    today = date.fromisoformat(at[:10])
    scope = {
        "loads": _read_list,
        "forbidden": _forbidden(book),
        **_counts(calendar, at, today),
        **_dues(book, event, calendar, today),
    }
    compute: FactRow = FunctionType(_compile(source), scope)

    def read_row(row: Sequence[Stored], given: Mapping[str, Stored]) -> FactValues:
        try:
            return compute(row, given)
        except (TypeError, ValueError) as error:
            raise BadInput(
                f"facts.sql of book {book.name} gives values that can't be read: {error}."
            ) from error

    return read_row


def _read_list(text: str) -> list[str | int]:
    from json import loads  # late: 2 ms, and few facts are lists

    found: list[str | int] = loads(text)
    return found


def _counts(calendar: Calendar, at: str, today: date) -> dict[str, Count]:
    """The functions that count from a date or a moment, by the units of date facts."""
    known: dict[str, int] = {}
    iso = at[:10]

    def days_since(day: str | None) -> int | None:
        if day is None:
            return None
        if day not in known:
            known[day] = (today - date.fromisoformat(day[:10])).days
        return known[day]

    def workdays_since(day: str | None) -> int | None:
        return None if day is None else calendar.since_iso(day, iso)

    def workdays_until(day: str | None) -> int | None:
        return None if day is None else -calendar.since_iso(day, iso)

    def past(day: str | None) -> bool:
        return day is not None and day[:10] < iso

    def whole_months(day: str | None) -> int | None:
        return None if day is None else count_months(date.fromisoformat(day[:10]), today)

    def hours_until(moment: str | None) -> int | None:
        if moment is None:
            return None
        return count_hours(at, moment, calendar.zone)

    return {
        "days_since": days_since,
        "workdays_since": workdays_since,
        "months_since": whole_months,
        "workdays_until": workdays_until,
        "hours_until": hours_until,
        "past": past,
    }


def _forbidden(book: Book) -> Callable[[str | None, str], str | None]:
    """The function that looks for what the book forbids to say in a text."""

    def find(text: str | None, shows: str) -> str | None:
        found = None if text is None else forbidden_in(book.forbidden, text)
        if found is None:
            return None
        pattern, words = found
        return {"words": words, "pattern": pattern.pattern}.get(shows, pattern.about)

    return find


def _dues(book: Book, event: Event, calendar: Calendar, today: date) -> dict[str, Count]:
    """The functions that work the due facts of an event out from the dates they start from."""
    return {
        f"due_{name}_{place}": _due(rule, calendar, today)
        for name in event.facts
        if isinstance(fact := book.facts.get(name), DueFact)
        for place, rule in enumerate(fact.dues)
    }


def _due(rule: Due, calendar: Calendar, today: date) -> Count:
    known: dict[str | None, str | None] = {}

    def on(base: str | None) -> str | None:
        if base not in known:
            values = {} if rule.base is None else {rule.base: base}
            known[base] = rule.on(today, values, calendar)
        return known[base]

    return on


@lru_cache(64)
def _compile(source: str) -> CodeType:
    """The code of a function; `compile` would make all the types of `ast`, which takes 1 ms."""
    function: FunctionType = eval(source)
    return function.__code__


def _source(name: str, book: Book, event: Event) -> str:
    if name in event.inputs:
        return f"given[{name!r}]"
    fact = book.facts[name]
    if isinstance(fact, DateFact):
        return f"{fact.unit}({_source(fact.base, book, event)})"
    if isinstance(fact, DueFact):
        dues = [
            f"due_{name}_{place}({_source(due.base, book, event) if due.base else None})"
            for place, due in enumerate(fact.dues)
        ]
        return f"({' or '.join(dues)})"
    if isinstance(fact, ForbiddenFact):
        return f"forbidden({_source(fact.base, book, event)}, {fact.shows!r})"
    column = f"row[{event.columns.index(name) + 1}]"
    if fact.many:
        return f"loads({column})"
    return f"({column} == 1)" if fact.type == "boolean" else column


class Facts(Mapping[str, Stored]):
    """Facts by name: the values of a `row` at the places that the names have."""

    __slots__ = ("_places", "row")

    def __init__(self, places: Mapping[str, int], row: FactValues) -> None:
        self._places, self.row = places, row

    def __getitem__(self, name: str) -> Stored:
        return self.row[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def row_of(event: Event, facts: Mapping[str, Stored]) -> FactValues:
    """The values of an event's facts, in its order."""
    return facts.row if isinstance(facts, Facts) else tuple([facts[name] for name in event.facts])


def facts_as_json(event: Event, facts: Mapping[str, Stored]) -> dict[str, object]:
    """Facts as the log keeps and JSON prints them: those that have a value, money with its point."""
    return row_as_json(event.facts, event.money, row_of(event, facts))


def row_as_json(names: Sequence[str], money: Sequence[str], row: FactValues) -> dict[str, object]:
    """A row of facts with these names as the log keeps them; `money` are those that are amounts."""
    known: dict[str, object] = {
        name: value for name, value in zip(names, row, strict=True) if value is not None
    }
    for name in money:
        if name in known:
            known[name] = format_amounts(known[name])
    return known


def read_fact(event: Event, name: str, logged: Stored) -> Stored:
    """A fact that the log keeps as the table decides on it: the way back from `facts_as_json`."""
    is_money = logged is not None and name in event.money
    return event.fields[name].read(logged) if is_money else logged
