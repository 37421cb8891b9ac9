"""What of a book DMN can say: its tables, and the data that they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...book.model import Book, DateFact, DueFact, Event, Fact, ForbiddenFact, Rule, domain
from ...tables.cells import Domain
from ...tables.decision_table import CellRow, RuleCells, find_overlaps
from ...values.field_types import Field
from . import feel

_TYPES = {
    "integer": "number",
    "money": "number",
    "boolean": "boolean",
    "date": "date",
    "moment": "date and time",
}
"""The types of FEEL for those of fields; all others are text."""


class Datum(NamedTuple):
    """What a table asks for: its type in FEEL, the values it can have, and a word about it."""

    type: str
    domain: Domain
    money: bool
    about: str


class DmnRow(NamedTuple):
    """A row of a decision table: the rule it belongs to, and its tests."""

    rule: Rule
    row: CellRow


class DmnTable(NamedTuple):
    """An event as DMN has it: `asked` are the facts its rules test, each with its datum's name."""

    event: Event
    name: str
    lines: Sequence[DmnRow]
    asked: Mapping[str, str]

    @property
    def hit_policy(self) -> str:
        """UNIQUE, but ANY where two rows answer the same facts, which can only be of one rule."""
        rows = [RuleCells(str(place), (line.row,)) for place, line in enumerate(self.lines)]
        return "ANY" if find_overlaps(rows) else "UNIQUE"


class DmnModel:
    """The tables of a book and, by their names, the data that they ask for.

    No two tables or data have the same name, as DMN wants it.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.data: dict[str, Datum] = {}
        self._taken = set[str]()
        events = [book.event(name) for name in book.event_names]
        called = self._called(events)
        self.tables = [
            DmnTable(
                event,
                self._free(f"{event.name}_rule"),
                tuple(_lines(event)),
                {fact: called[event.name, fact] for fact in _tested(event)},
            )
            for event in events
        ]

    def _called(self, events: Sequence[Event]) -> dict[tuple[str, str], str]:
        """The name of the datum for each event and fact; events share what means the same.

        An input that means something else in another event has its event's name before its own.
        """
        uses: dict[str, dict[Datum, list[Event]]] = {}
        for event in events:
            for fact in _tested(event):
                uses.setdefault(fact, {}).setdefault(self._datum(event, fact), []).append(event)
        called = {}
        for fact, data in uses.items():
            for datum, among in data.items():
                own = len(data) > 1 and fact in among[0].inputs
                name = self._free(f"{among[0].name}_{fact}" if own else fact)
                self.data[name] = datum
                called.update({(event.name, fact): name for event in among})
        return called

    def _free(self, written: str) -> str:
        """A name that FEEL allows and that nothing has yet."""
        name = feel.write_name(written)
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _datum(self, event: Event, name: str) -> Datum:
        given = event.inputs.get(name)
        fact: Fact = self.book.facts[name] if given is None else given.field
        known = domain(fact, {} if self.book.catalogue else self.book.statuses)
        if given is not None:
            known = known._replace(optional=known.optional or bool(given.when))
        money = isinstance(fact, Field) and fact.type == "money"
        return Datum(_type(fact), known, money, fact.about)


def _tested(event: Event) -> list[str]:
    """The facts that an event's rules test, in the table's order."""
    tested = {name for line in _lines(event) for name in line.row}
    return [name for name in event.facts if name in tested]


def _lines(event: Event) -> Iterator[DmnRow]:
    """The rows of a table, but those with a test that never holds."""
    for rule in event.rules:
        for row in rule.rows:
            if all(cell.samples() for cell in row.values()):
                yield DmnRow(rule, row)


def _type(fact: Fact) -> str:
    if isinstance(fact, DateFact):
        return "boolean" if fact.unit == "past" else "number"
    if isinstance(fact, DueFact):
        return "date"
    if isinstance(fact, ForbiddenFact):
        return "string"
    return "Any" if fact.many else _TYPES.get(fact.type, "string")
