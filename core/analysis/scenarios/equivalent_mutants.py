"""Mutator that nothing notices: those no scenario could, since the book says the same with them,
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
from ...tables.cells import Value, show_value
from ...values.field_types import Field
from ...values.working_days import Calendar
from .coverage import ScenarioResult
from .mutated_book import Original
from .mutations import DROP, Mutation
from .scenario_files import Scenario
from .stage import Stage
from .surviving_mutants import MutantTrial, read_cell_mutation
from .telling_facts import Region, TellingFacts

MOST = 200
"""Regions of facts that are looked at before a mutation is taken for one that makes a difference."""

START = date(2026, 1, 1)
"""Of the days on which dates are counted from, a year of them."""


class EquivalenceChecker:
    """Tells mutations that make no difference from those that nobody has tried."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._apart = {
            name: TellingFacts(original, event) for name, event in original.events.items()
        }
        self._calendar = Calendar(original.book.calendar)

    def explain(self, mutation: Mutation) -> str | None:
        """Why a mutation makes no difference; None where it does, as far as can be known."""
        if mutation.kind not in ("cell", "condition", "place"):
            return self._default(mutation) or _no_days(mutation)
        for event, place in self._places(mutation):
            found = list(islice(self.find_telling_facts_in(mutation, event, place), MOST))
            if any(self._on_some_day(event, region) for region in found):
                return None
        for event, place in self._places(mutation):
            apart = TellingFacts(self._original, self._original.events[event], anything=True)
            for region in self._regions(apart, mutation, event, place):
                told = format_facts(self._original.events[event], region.space.sample(region.box))
                return f"the facts that would show it can't be: {told}"
        if mutation.kind == "cell" and self._is_empty(mutation):
            return "the row holds for no facts, as its parameters are"
        return "other rows of the rule answer the same facts"

    def _is_empty(self, mutation: Mutation) -> bool:
        """Whether the row that a test stands in never holds, whatever the facts."""
        (event, place), test = (
            self._places(mutation)[0],
            read_cell_mutation(self._original, mutation),
        )
        anything = TellingFacts(self._original, self._original.events[event], anything=True)
        return test is not None and next(anything.find_for_row(place, test.row), None) is None

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

    def find_telling_facts(self, mutation: Mutation) -> Iterator[Region]:
        """Facts that can occur and that tell a changed test apart."""
        for event, place in self._places(mutation):
            yield from self.find_telling_facts_in(mutation, event, place)

    def find_telling_facts_in(self, mutation: Mutation, event: str, place: int) -> Iterator[Region]:
        """The same, as far as a rule of an event (of an input, any place) is concerned."""
        return self._regions(self._apart[event], mutation, event, place)

    def _places(self, mutation: Mutation) -> list[tuple[str, int]]:
        return self._original.find_rules(mutation) or [(str(mutation.path[1]), -1)]

    def _regions(
        self, apart: TellingFacts, mutation: Mutation, event: str, place: int
    ) -> Iterator[Region]:
        original = self._original
        if mutation.kind == "cell":
            test = read_cell_mutation(original, mutation)
            if test is not None:
                row = original.events[event].rules[place].rows[test.row]
                yield from apart.find_for_test(place, test.row, test.changed_row(row))
        elif mutation.kind == "condition":
            book = original.mutate_rules(mutation, event)
            if book is not None:
                yield from apart.find_for_steps(place, book.event(event))
        elif (book := original.mutate_event(mutation)) is not None:
            yield from apart.find_for_input(str(mutation.path[3]), book.event(event))

    def find_row_facts(self, event: str, place: int, row: int) -> Iterator[Region]:
        """Facts that can occur and for which a row of a rule holds."""
        yield from self._apart[event].find_for_row(place, row)

    def _default(self, mutation: Mutation) -> str | None:
        """Whether what is left out is what is there anyway."""
        if mutation.then is not DROP or mutation.kind != "word":
            return None
        raw = self._original.read_raw(mutation.path[:-2])
        kind, name = next(iter(raw), ""), str(mutation.path[-1])
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
        same = field.default == mutation.now or (field.optional and mutation.now == "none")
        return f"{mutation.now} is the default of {name}" if same else None


def _no_days(mutation: Mutation) -> str | None:
    """Whether nothing is counted, in whatever unit."""
    counts = [re.fullmatch(r"0 (?:working days|days|months)(.*)", str(one)) for one in mutation[2:]]
    if all(counts) and len({one[1] for one in counts if one}) == 1:
        return "0 of any unit is the day itself"
    return None


def format_facts(event: Event, facts: Mapping[str, Value]) -> str:
    """Facts in words."""
    fields = event.fields
    return ", ".join(
        f"{n} {show_value(fields[n].show(v) if n in fields and v is not None else v)}"
        for n, v in facts.items()
    )


class Survivor(NamedTuple):
    """A mutation that nothing noticed: where it is, what it is about, what it would be, and the
    reason where it makes no difference."""

    place: str
    about: str
    kind: str
    mutation: str
    reason: str | None


class MutationReport(NamedTuple):
    """How a book's scenarios came through the mutations of it.

    `wrong` are scenarios that do not come out as expected: while there are any, nothing is tried.
    """

    mutations: int
    survivors: list[Survivor]
    failures: list[ScenarioResult]

    @property
    def equivalent_count(self) -> int:
        """How many mutations make no difference."""
        return sum(one.reason is not None for one in self.survivors)

    @property
    def missed_count(self) -> int:
        """How many mutations make a difference that no scenario shows."""
        return len(self.survivors) - self.equivalent_count

    @property
    def killed_count(self) -> int:
        """How many mutations some scenario shows."""
        return self.mutations - len(self.survivors)

    @property
    def score(self) -> float:
        """How many of a hundred mutations that make a difference are noticed, rounded down."""
        real = self.mutations - self.equivalent_count
        return floor(10_000 * self.killed_count / real) / 100 if real else 100.0


def try_mutations(
    stage: Stage,
    original: Original,
    scenarios: Sequence[Scenario],
    mutations: Sequence[Mutation] | None = None,
) -> MutationReport:
    """Try mutations of a book on its scenarios, all of them unless some are named."""
    trial = MutantTrial(
        original, stage, original.list_mutations() if mutations is None else mutations
    )
    wrong = [played for played in trial.play_all(scenarios) if played.wrong]
    if wrong:
        return MutationReport(0, [], wrong)
    equivalence = EquivalenceChecker(original)
    left = [
        Survivor(
            original.locate(c),
            original.name_subject(c),
            c.kind,
            c.description,
            equivalence.explain(c),
        )
        for c in trial.list_survivors()
    ]
    return MutationReport(trial.count, left, [])
