"""Equivalent mutants: mutations that no scenario could notice, since the book decides the same with
them, told from those that nobody has written a scenario for yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice

from ...book.model import DateFact, Event, Input
from ...decision.facts import fact_row
from ...tables.cells import Value, format_value
from ...tables.decision_table import CellRow
from ...values.field_types import Field
from ...values.working_days import Calendar
from .mutated_book import Original, RulePlace
from .mutations import DROP, Mutation
from .surviving_mutants import read_cell_mutation
from .telling_facts import Region, TellingFacts

MOST = 200
"""Regions of facts that are tried before a mutation counts as one that makes a difference."""

START = date(2026, 1, 1)
"""The first of the 366 days from which dates are counted on trial."""


class EquivalenceChecker:
    """Finds out which mutations of a book make no difference, and why."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._facts = {
            name: TellingFacts(original, event) for name, event in original.events.items()
        }
        self._calendar = Calendar(original.book.calendar)

    def explain(self, mutation: Mutation) -> str | None:
        """Why a mutation makes no difference; None where it makes one, as far as can be known."""
        if mutation.kind not in ("cell", "condition", "place"):
            return self._explain_default(mutation) or _explain_zero(mutation)
        for place in self._find_places(mutation):
            found = list(islice(self.find_telling_facts_in(mutation, place), MOST))
            if any(self._occurs(place.event, region) for region in found):
                return None
        for place in self._find_places(mutation):
            event = self._original.events[place.event]
            facts = TellingFacts(self._original, event, anything=True)
            for region in self._find_regions(facts, mutation, place):
                example = format_facts(event, region.space.sample(region.box))
                return f"the facts that would show it can't be: {example}"
        if mutation.kind == "cell" and self._is_empty(mutation):
            return "the row holds for no facts, as its parameters are"
        return "other rows of the rule answer the same facts"

    def _is_empty(self, mutation: Mutation) -> bool:
        """Whether the row around a test never holds, whatever the facts are."""
        place, test = self._find_places(mutation)[0], read_cell_mutation(self._original, mutation)
        event = self._original.events[place.event]
        facts = TellingFacts(self._original, event, anything=True)
        return test is not None and next(facts.find_for_row(place.rule, test.row), None) is None

    def _occurs(self, event: str, region: Region) -> bool:
        """Whether all counts from one date can come to what a region has of them, on any day."""
        original, sample = self._original, region.space.sample(region.box)
        counted: dict[str, list[str]] = {}
        for name in sample:
            fact = original.book.facts.get(name)
            if isinstance(fact, DateFact) and fact.unit != "hours_until":
                counted.setdefault(fact.base, []).append(name)
        return all(
            self._occurs_on_some_day(event, base, names, region)
            for base, names in counted.items()
            if len(names) > 1 and all(sample[name] is not None for name in names)
        )

    def _occurs_on_some_day(
        self, event: str, base: str, names: Sequence[str], region: Region
    ) -> bool:
        sample = region.space.sample(region.box)
        numbers = [abs(value) for name in names if isinstance(value := sample[name], int)]
        far = 2 * max(numbers, default=0) + 14
        far = 31 * far if any("month" in self._read_unit(name) for name in names) else far
        whole = self._original.events[event]
        spec = Input(
            field=Field(name=base, type="date"),
            when={},
            earliest_today=False,
            latest_today=False,
            default_today=False,
            among=None,
        )
        bare = whole._replace(facts=tuple(names), inputs={base: spec})
        for today in (START + timedelta(days=days) for days in range(366)):
            convert = fact_row(self._original.book, bare, self._calendar, today.isoformat())
            for days in range(-far, far + 1):
                day = (today + timedelta(days=days)).isoformat()
                values = zip(names, convert((), {base: day}), strict=True)
                facts = {name: one for name, one in values if not isinstance(one, list)}
                if not region.space.misses(region.box, facts):
                    return True
        return False

    def _read_unit(self, name: str) -> str:
        return getattr(self._original.book.facts[name], "unit", "")

    def find_telling_facts(self, mutation: Mutation) -> Iterator[Region]:
        """Facts that can occur, and that are decided otherwise with a mutation of a test."""
        for place in self._find_places(mutation):
            yield from self.find_telling_facts_in(mutation, place)

    def find_telling_facts_in(self, mutation: Mutation, place: RulePlace) -> Iterator[Region]:
        """The same, as far as one rule is concerned (for an input: its event)."""
        return self._find_regions(self._facts[place.event], mutation, place)

    def _find_places(self, mutation: Mutation) -> list[RulePlace]:
        return self._original.find_rules(mutation) or [RulePlace(str(mutation.path[1]), -1)]

    def _find_regions(
        self, facts: TellingFacts, mutation: Mutation, place: RulePlace
    ) -> Iterator[Region]:
        original = self._original
        if mutation.kind == "cell":
            test = read_cell_mutation(original, mutation)
            if test is not None:
                row = original.events[place.event].rules[place.rule].rows[test.row]
                yield from facts.find_for_test(place.rule, test.row, test.change_row(row))
        elif mutation.kind == "condition":
            book = original.mutate_rules(mutation, place.event)
            if book is not None:
                yield from facts.find_for_steps(place.rule, book.event(place.event))
        elif (book := original.mutate_event(mutation)) is not None:
            yield from facts.find_for_input(str(mutation.path[3]), book.event(place.event))

    def find_row_facts(self, place: RulePlace, row: int) -> Iterator[Region]:
        """Facts that can occur and for which a row of a rule holds."""
        yield from self._facts[place.event].find_for_row(place.rule, row)

    def find_facts_without(
        self, place: RulePlace, row: int, tests: Sequence[CellRow]
    ) -> Iterator[Region]:
        """Facts for which a row holds, and as many of some tests as can be do not."""
        yield from self._facts[place.event].find_without(place.rule, row, tests)

    def _explain_default(self, mutation: Mutation) -> str | None:
        """The reason where what is left out is the default of its field."""
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
                Field(name="status", type="text", default=first),
                Field(name="priority", type="text", default="medium"),
            )
            fields = {**self._original.book.fields, **{field.name: field for field in heads}}
        field = fields.get(name)
        if field is None:
            return None
        same = field.default == mutation.now or (field.optional and mutation.now == "none")
        return f"{mutation.now} is the default of {name}" if same else None


def _explain_zero(mutation: Mutation) -> str | None:
    """The reason where nothing is counted before and after, in whatever unit."""
    both = (mutation.now, mutation.then)
    counts = [re.fullmatch(r"0 (?:working days|days|months)(.*)", str(one)) for one in both]
    if all(counts) and len({one[1] for one in counts if one}) == 1:
        return "0 of any unit is the day itself"
    return None


def format_facts(event: Event, facts: Mapping[str, Value]) -> str:
    """Facts in words."""
    fields = event.fields
    return ", ".join(
        f"{n} {format_value(fields[n].show(v) if n in fields and v is not None else v)}"
        for n, v in facts.items()
    )
