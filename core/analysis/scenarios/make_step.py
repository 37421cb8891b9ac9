"""Making a step with wanted facts out of another one.

What the caller gives is given; what facts.sql says is assumed; for what is counted from a date,
another date is looked for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ...book.model import Book, DueFact, Event, Fact, Input
from ...errors import PrassiError
from ...tables.cells import Value
from ...tables.decision_table import find_misses
from ...values.field_types import Field, Stored
from .scenario_files import ScenarioStep
from .stage import FactValues, Stage
from .telling_facts import Region

DAYS, HOURS = 1200, 120
"""How far from the moment a date is looked for with which a count comes out right, at most."""

_NOT_GIVEN = ("", False, None)
"""What stands for an input that is not given."""


class WantedFacts(NamedTuple):
    """What a step is to come to: `values` of facts that lie in a region of facts of an event.

    Inputs to `keep` are given even where the book does not allow them.
    """

    event: Event
    region: Region
    values: Mapping[str, Value]
    keep: Collection[str] = ()


class StepMaker:
    """Makes steps for the events of a book; what scenarios give and come to serves as examples."""

    def __init__(self, book: Book, stage: Stage, at: str) -> None:
        self._book, self._stage, self._at = book, stage, at
        self._inputs: dict[tuple[str, str], object] = {}
        self._facts: dict[str, list[FactValues]] = defaultdict(list)

    def learn_inputs(self, step: ScenarioStep) -> None:
        """Remember what a step gives, as examples."""
        for name, value in step.given.items():
            if value not in _NOT_GIVEN:
                self._inputs.setdefault((step.event, name), value)

    def learn_facts(self, event: str, facts: FactValues) -> None:
        """Remember the facts that a step comes to, as examples."""
        self._facts[event].append(facts)

    def make(
        self, old: ScenarioStep, facts: FactValues, wanted: WantedFacts
    ) -> ScenarioStep | None:
        """A step like an old one, which comes to `facts`, but with the wanted ones.

        None where no date can be found that makes them.
        """
        event, given, assumed = wanted.event, dict(old.given), dict(old.facts)
        for name in wanted.keep:
            if given.get(name) in _NOT_GIVEN:
                given[name] = self._find_input(event, name)
        counts = []
        for name, value in wanted.values.items():
            if name in event.inputs:
                given[name] = self._make_input(event, name, value)
            elif isinstance(fact := self._book.facts[name], Field):
                assumed[name] = self._make_fact(event, fact, value)
            else:
                counts.append(name)
        given = self.complete_inputs(event, given, wanted.keep)
        step: ScenarioStep | None = ScenarioStep(old.at, old.event, given, assumed)
        for name in counts:
            step = None if step is None else self._change_date(step, facts, wanted, name)
        return step

    # --- inputs and facts --------------------------------------------------------------------------

    def _make_input(self, event: Event, name: str, value: Value) -> object:
        if value is None:
            return ""
        if value == "given":
            return self._find_input(event, name)
        return event.fields[name].show(value)

    def _make_fact(self, event: Event, fact: Field, value: Value) -> object:
        if value is None:
            return "none"
        if value != "given":
            return fact.show(value)
        for known in self._facts[event.name]:
            if known.get(fact.name) is not None:
                return fact.show(known[fact.name])
        return make_example(fact, self._at)

    def _find_input(self, event: Event, name: str) -> object:
        """A value for an input: one that a scenario gives, or an example."""
        if (event.name, name) in self._inputs:
            return self._inputs[event.name, name]
        return make_example(event.inputs[name].field, self._at)

    def complete_inputs(
        self, event: Event, given: Mapping[str, object], keep: Collection[str] = ()
    ) -> dict[str, object]:
        """Inputs with those that must be given, and without those that can't be, but for `keep`."""
        complete = dict(given)
        values: dict[str, Stored] = {}
        for name, spec in event.inputs.items():
            raw = complete.get(name)
            missing = raw in _NOT_GIVEN or raw == []
            if spec.when and name not in keep and find_misses(spec.when, values):
                if not missing:
                    complete[name] = ""
                values[name] = None
                continue
            if missing and _must_be_given(spec):
                complete[name] = raw = self._find_input(event, name)
            values[name] = _read_input(spec, raw)
        return complete

    # --- dates -------------------------------------------------------------------------------------

    def _change_date(
        self, step: ScenarioStep, facts: FactValues, wanted: WantedFacts, name: str
    ) -> ScenarioStep | None:
        """The step with another date, so that what is counted from it lies in the region."""
        known, event, region = self._book.facts, wanted.event, wanted.region
        for root in _find_roots(known, event, name):
            names = {n for n in region.space.names if root in _find_roots(known, event, n)}
            units = {getattr(known.get(n), "unit", "") for n in names}
            for value in self._list_dates(event, root, step.at, "hours_until" in units):
                other = _with_root(event, step, root, value)
                found = self._work_out(event, facts, other)
                if found is not None and names.isdisjoint(region.space.misses(region.box, found)):
                    return other
        return None

    def _list_dates(self, event: Event, root: str, at: str, by_hours: bool) -> Iterator[object]:
        """Values that a date or a text could have, those nearest to the moment first."""
        spec = event.inputs.get(root)
        field = spec.field if spec is not None else self._book.facts[root]
        if not _must_be_given(spec) if spec else isinstance(field, Field) and field.optional:
            yield None
        if isinstance(field, Field) and field.type == "text":
            yield from (known[root] for known in self._facts[event.name] if known.get(root))
            return
        if by_hours:
            start = datetime.fromisoformat(at)
            for hours in range(HOURS):
                for difference in (hours, -hours):
                    yield (start + timedelta(hours=difference)).isoformat(timespec="minutes")
        today = date.fromisoformat(at[:10])
        for days in range(DAYS):
            if spec is None or not spec.latest_today or days == 0:
                yield (today + timedelta(days=days)).isoformat()
            if spec is None or not spec.earliest_today:
                yield (today - timedelta(days=days)).isoformat()

    def _work_out(self, event: Event, facts: FactValues, step: ScenarioStep) -> FactValues | None:
        """The facts of a step, without asking facts.sql again; None where they can't be counted."""
        known = dict(facts)
        for name, raw in step.facts.items():
            fact = self._book.facts[name]
            if isinstance(fact, Field):
                known[name] = None if raw == "none" and fact.optional else fact.read(raw)
        inputs = {
            name: _read_input(spec, step.given.get(name)) for name, spec in event.inputs.items()
        }
        columns = (known.get(name) for name in event.columns)
        row = (0, *(json.dumps(one) if isinstance(one, list) else one for one in columns))
        try:
            return self._stage.convert_row(self._book, event, row, inputs, step.at)
        except (PrassiError, TypeError):
            return None


def _read_input(spec: Input, raw: object) -> Stored:
    """An input as it is stored; None where it is not given, or can't be read."""
    try:
        return spec.field.read(None if raw in _NOT_GIVEN else raw)
    except ValueError:
        return None


def _must_be_given(spec: Input) -> bool:
    return not (spec.field.optional or spec.default_today or spec.field.default is not None)


def _with_root(event: Event, step: ScenarioStep, root: str, value: object) -> ScenarioStep:
    if root in event.inputs:
        return step._replace(given={**step.given, root: "" if value is None else value})
    return step._replace(facts={**step.facts, root: "none" if value is None else value})


def _find_roots(facts: Mapping[str, Fact], event: Event, name: str) -> Sequence[str]:
    """The dates and texts of facts.sql or the caller that a fact is worked out from."""
    fact = facts.get(name)
    if name in event.inputs or fact is None or isinstance(fact, Field):
        return []
    bases = fact.bases if isinstance(fact, DueFact) else (fact.base,)
    found: list[str] = []
    for base in bases:
        found += _find_roots(facts, event, base) or [base]
    return found


def make_example(field: Field, at: str) -> object:
    """A value that a field could have."""
    examples: dict[str, object] = {
        "date": at[:10],
        "moment": f"{at[:10]}T10:00",
        "money": "100.00",
        "boolean": True,
        "integer": max(1, field.low or 0),
        "customer": "C-1",
    }
    value = field.values[0] if field.values else examples.get(field.type, "As it was told.")
    return [value] if field.many else value
