"""From a row of facts.sql, and what the caller gave, to the facts a table decides on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import CodeType
from typing import Any

from ..book.forbidden import forbidden_in
from ..book.model import Book, DateFact, DueFact, Event, ForbiddenFact
from ..errors import BadInput
from ..values.due_dates import Due, count_months
from ..values.field_types import Stored, format_amounts
from ..values.working_days import Calendar

FactRow = Callable[[Sequence[Any], Mapping[str, Stored]], tuple[Any, ...]]
"""From a row of the facts query and the inputs to the facts, in the event's order."""


def fact_row(book: Book, event: Event, calendar: Calendar, at: str) -> FactRow:
    """Compile the way from a row (ticket id first) to the event's facts as of the moment `at`."""
    days: dict[str, int] = {}
    iso = at[:10]
    today = date.fromisoformat(iso)

    def days_since(day: str | None) -> int | None:
        if day is None:
            return None
        if day not in days:
            days[day] = (today - date.fromisoformat(day[:10])).days
        return days[day]

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
        left = datetime.fromisoformat(moment) - datetime.fromisoformat(at)
        return left // timedelta(hours=1)

    def forbidden(said: str | None, shows: str) -> str | None:
        found = None if said is None else forbidden_in(book.forbidden, said)
        if found is None:
            return None
        return found[1] if shows == "words" else found[0].about

    def counted(row: Sequence[Any], given: Mapping[str, Stored]) -> tuple[Any, ...]:
        try:
            return made(row, given)
        except (TypeError, ValueError) as error:
            raise BadInput(
                f"facts.sql of book {book.name} gives values that can't be read: {error}."
            ) from error

    def due(rule: Due) -> Callable[[str | None], str | None]:
        known: dict[str | None, str | None] = {}

        def on(base: str | None) -> str | None:
            if base not in known:
                values = {} if rule.base is None else {rule.base: base}
                known[base] = rule.on(today, values, calendar)
            return known[base]

        return on

    dues = {
        f"due_{name}_{place}": due(rule)
        for name in event.facts
        if isinstance(fact := book.facts.get(name), DueFact)
        for place, rule in enumerate(fact.dues)
    }
    parts = [_source(name, book, event) for name in event.facts]
    source = f"lambda row, given: ({', '.join(parts)}{',' if parts else ''})"
    scope = {
        "days_since": days_since,
        "workdays_since": workdays_since,
        "months_since": whole_months,
        "workdays_until": workdays_until,
        "hours_until": hours_until,
        "past": past,
        **dues,
        "forbidden": forbidden,
        "loads": json.loads,
    }
    made: FactRow = eval(_code(source, event.name), scope)
    return counted


@lru_cache(64)
def _code(source: str, event: str) -> CodeType:
    return compile(source, f"<facts of {event}>", "eval")


def _source(name: str, book: Book, event: Event) -> str:
    if name in event.inputs:
        return f"given[{name!r}]"
    fact = book.facts[name]
    if isinstance(fact, DateFact):
        return f"{fact.unit}({_source(fact.base, book, event)})"
    if isinstance(fact, DueFact):
        ways = [
            f"due_{name}_{place}({_source(due.base, book, event) if due.base else None})"
            for place, due in enumerate(fact.dues)
        ]
        return f"({' or '.join(ways)})"
    if isinstance(fact, ForbiddenFact):
        return f"forbidden({_source(fact.base, book, event)}, {fact.shows!r})"
    column = f"row[{event.columns.index(name) + 1}]"
    if fact.many:
        return f"loads({column})"
    return f"({column} == 1)" if fact.type == "boolean" else column


def stored(event: Event, name: str, told: Any) -> Any:
    """A fact as the log keeps it, as the table decides on it: the other way round than `shown`."""
    return event.fields[name].read(told) if told is not None and name in event.money else told


class Facts(Mapping[str, Any]):
    """Facts by name: the values of a `row` at the places that the names have."""

    __slots__ = ("_places", "row")

    def __init__(self, places: Mapping[str, int], row: tuple[Any, ...]) -> None:
        self._places, self.row = places, row

    def __getitem__(self, name: str) -> Any:
        return self.row[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def row_of(event: Event, facts: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of an event's facts, in its order."""
    return facts.row if isinstance(facts, Facts) else tuple([facts[name] for name in event.facts])


def shown(event: Event, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as the log keeps and JSON prints them: those that have a value, money with its point."""
    return told_of(event.facts, event.money, row_of(event, facts))


def told_of(names: Sequence[str], money: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """A row of facts with these names as the log keeps them; `money` are those that are amounts."""
    told = {name: value for name, value in zip(names, row, strict=True) if value is not None}
    for name in money:
        if name in told:
            told[name] = format_amounts(told[name])
    return told
