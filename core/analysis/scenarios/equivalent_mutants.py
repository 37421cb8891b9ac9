"""Changes that nothing notices: those no scenario could, since the book says the same with them,
and those that somebody ought to write a scenario for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from math import floor
from typing import Any, NamedTuple

from ...book.model import DateFact, Event
from ...decision.facts import fact_row
from ...tables.cells import Value, format_value
from ...values.field_types import Field
from ...values.working_days import Calendar
from .coverage import Played
from .mutated_book import Original
from .mutations import DROP, Change
from .scenario_files import Scenario
from .stage import Stage
from .surviving_mutants import Trial, test_of
from .telling_facts import Apart, Region

MOST = 200
"""Regions of facts that are looked at before a change is taken for one that makes a difference."""

START = date(2026, 1, 1)
"""Of the days on which dates are counted from, a year of them."""


class Alike:
    """Tells changes that make no difference from those that nobody has tried."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._apart = {name: Apart(original, event) for name, event in original.events.items()}
        self._calendar = Calendar(original.book.calendar)

    def reason(self, change: Change) -> str | None:
        """Why a change makes no difference; None where it does, as far as can be known."""
        if change.kind not in ("cell", "condition", "place"):
            return self._default(change) or _no_days(change)
        for event, place in self._places(change):
            found = list(islice(self.apart_in(change, event, place), MOST))
            if any(self._on_some_day(event, region) for region in found):
                return None
        for event, place in self._places(change):
            apart = Apart(self._original, self._original.events[event], anything=True)
            for region in self._regions(apart, change, event, place):
                told = shown(self._original.events[event], region.space.sample(region.box))
                return f"the facts that would show it can't be: {told}"
        if change.kind == "cell" and self._is_empty(change):
            return "the row holds for no facts, as its parameters are"
        return "other rows of the rule answer the same facts"

    def _is_empty(self, change: Change) -> bool:
        """Whether the row that a test stands in never holds, whatever the facts."""
        (event, place), test = self._places(change)[0], test_of(self._original, change)
        anything = Apart(self._original, self._original.events[event], anything=True)
        return test is not None and next(anything.of_row(place, test.row), None) is None

    def _on_some_day(self, event: str, region: Region) -> bool:
        """Whether what is counted from one date can come out as a region has it, on any day."""
        original, sample = self._original, region.space.sample(region.box)
        counted: dict[str, list[str]] = {}
        for name in sample:
            fact = original.book.facts.get(name)
            if isinstance(fact, DateFact) and fact.unit != "hours_until":
                counted.setdefault(fact.base, []).append(name)
        return all(
            self._on_some(event, base, names, region)
            for base, names in counted.items()
            if len(names) > 1 and all(sample[name] is not None for name in names)
        )

    def _on_some(self, event: str, base: str, names: Sequence[str], region: Region) -> bool:
        sample = region.space.sample(region.box)
        numbers = [abs(value) for name in names if isinstance(value := sample[name], int)]
        far = 2 * max(numbers, default=0) + 14
        far = 31 * far if any("month" in self._unit(name) for name in names) else far
        given: dict[str, Any] = {base: None}
        bare = self._original.events[event]._replace(facts=tuple(names), inputs=given)
        for today in (START + timedelta(days=days) for days in range(366)):
            way = fact_row(self._original.book, bare, self._calendar, today.isoformat())
            for days in range(-far, far + 1):
                day = (today + timedelta(days=days)).isoformat()
                facts = dict(zip(names, way((), {base: day}), strict=True))
                if not region.space.misses(region.box, facts):
                    return True
        return False

    def _unit(self, name: str) -> str:
        return getattr(self._original.book.facts[name], "unit", "")

    def apart(self, change: Change) -> Iterator[Region]:
        """Facts that can occur and that tell a changed test apart."""
        for event, place in self._places(change):
            yield from self.apart_in(change, event, place)

    def apart_in(self, change: Change, event: str, place: int) -> Iterator[Region]:
        """The same, as far as a rule of an event (of an input, any place) is concerned."""
        return self._regions(self._apart[event], change, event, place)

    def _places(self, change: Change) -> list[tuple[str, int]]:
        return self._original.reach(change) or [(str(change.path[1]), -1)]

    def _regions(self, apart: Apart, change: Change, event: str, place: int) -> Iterator[Region]:
        original = self._original
        if change.kind == "cell":
            test = test_of(original, change)
            if test is not None:
                row = original.events[event].rules[place].rows[test.row]
                yield from apart.of_test(place, test.row, test.changed_row(row))
        elif change.kind == "condition":
            book = original.with_rules(change, event)
            if book is not None:
                yield from apart.of_steps(place, book.event(event))
        elif (book := original.with_event(change)) is not None:
            yield from apart.of_input(str(change.path[3]), book.event(event))

    def of_row(self, event: str, place: int, row: int) -> Iterator[Region]:
        """Facts that can occur and for which a row of a rule holds."""
        yield from self._apart[event].of_row(place, row)

    def _default(self, change: Change) -> str | None:
        """Whether what is left out is what is there anyway."""
        if change.then is not DROP or change.kind != "word":
            return None
        raw = self._original.raw(change.path[:-2])
        kind, name = next(iter(raw), ""), str(change.path[-1])
        fields: Mapping[str, Field] = {}
        if kind == "add":
            fields = self._original.book.items[raw["add"]].fields
        elif kind == "open" and raw["open"] == self._original.book.name:
            first = next(iter(self._original.book.statuses))
            heads = (
                Field("status", "text", default=first),
                Field("priority", "text", default="medium"),
            )
            fields = {**self._original.book.fields, **{field.name: field for field in heads}}
        field = fields.get(name)
        if field is None:
            return None
        same = field.default == change.now or (field.optional and change.now == "none")
        return f"{change.now} is the default of {name}" if same else None


def _no_days(change: Change) -> str | None:
    """Whether nothing is counted, in whatever unit."""
    counts = [re.fullmatch(r"0 (?:working days|days|months)(.*)", str(one)) for one in change[2:]]
    if all(counts) and len({one[1] for one in counts if one}) == 1:
        return "0 of any unit is the day itself"
    return None


def shown(event: Event, facts: Mapping[str, Value]) -> str:
    """Facts in words."""
    fields = event.fields
    return ", ".join(
        f"{n} {format_value(fields[n].show(v) if n in fields and v is not None else v)}"
        for n, v in facts.items()
    )


class Left(NamedTuple):
    """A change that nothing noticed: where it is, what it is about, what it would be, and the
    reason where it makes no difference."""

    place: str
    about: str
    kind: str
    change: str
    reason: str | None


class Verdict(NamedTuple):
    """How a book's scenarios came through the changes of it.

    `wrong` are scenarios that do not come out as expected: while there are any, nothing is tried.
    """

    changes: int
    left: list[Left]
    wrong: list[Played]

    @property
    def alike(self) -> int:
        """How many changes make no difference."""
        return sum(one.reason is not None for one in self.left)

    @property
    def unnoticed(self) -> int:
        """How many changes make a difference that no scenario shows."""
        return len(self.left) - self.alike

    @property
    def noticed(self) -> int:
        """How many changes some scenario shows."""
        return self.changes - len(self.left)

    @property
    def score(self) -> float:
        """How many of a hundred changes that make a difference are noticed, rounded down."""
        real = self.changes - self.alike
        return floor(10_000 * self.noticed / real) / 100 if real else 100.0


def judged(
    stage: Stage,
    original: Original,
    scenarios: Sequence[Scenario],
    changes: Sequence[Change] | None = None,
) -> Verdict:
    """Try changes of a book on its scenarios, all of them unless some are named."""
    trial = Trial(original, stage, original.changes() if changes is None else changes)
    wrong = [played for played in trial.run(scenarios) if played.wrong]
    if wrong:
        return Verdict(0, [], wrong)
    alike = Alike(original)
    left = [
        Left(original.place(c), original.about(c), c.kind, c.told, alike.reason(c))
        for c in trial.left()
    ]
    return Verdict(trial.count, left, [])
