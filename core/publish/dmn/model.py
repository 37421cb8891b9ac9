"""The parts of a book that DMN can express: its tables, and the data that they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...book.domains import domain
from ...book.model import Book, DateFact, DueFact, Event, Fact, ForbiddenFact, Rule
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
    """What a table asks for: its type in FEEL, the values it can have, and its meaning."""

    type: str
    domain: Domain
    money: bool
    about: str


class DmnRow(NamedTuple):
    """A row of a decision table: the rule it belongs to, and its tests."""

    rule: Rule
    row: CellRow


class DmnTable(NamedTuple):
    """An event in DMN's terms; `asked` are the facts that its rules test, each with the name of its
    datum."""

    event: Event
    name: str
    lines: Sequence[DmnRow]
    asked: Mapping[str, str]

    @property
    def hit_policy(self) -> str:
        """UNIQUE, but ANY if two rows answer the same facts; these are always rows of one rule."""
        rows = [RuleCells(str(place), (line.row,)) for place, line in enumerate(self.lines)]
        return "ANY" if find_overlaps(rows) else "UNIQUE"


class DmnModel:
    """The tables of a book and, by their names, the data that they ask for.

    No two tables or data have the same name, as DMN requires.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.data: dict[str, Datum] = {}
        self._taken = set[str]()
        events = [book.event(name) for name in book.event_names]
        names = self._name_data(events)
        self.tables = [
            DmnTable(
                event,
                self._take_name(f"{event.name}_rule"),
                tuple(_list_rows(event)),
                {fact: names[event.name, fact] for fact in _list_tested_facts(event)},
            )
            for event in events
        ]

    def _name_data(self, events: Sequence[Event]) -> dict[tuple[str, str], str]:
        """Name the datum of each event and fact; events share data that mean the same.

        An input that means something else in another event gets its event's name before its own.
        """
        uses: dict[str, dict[Datum, list[Event]]] = {}
        for event in events:
            for fact in _list_tested_facts(event):
                uses.setdefault(fact, {}).setdefault(self._read_datum(event, fact), []).append(
                    event
                )
        names = {}
        for fact, data in uses.items():
            for datum, among in data.items():
                own = len(data) > 1 and fact in among[0].inputs
                name = self._take_name(f"{among[0].name}_{fact}" if own else fact)
                self.data[name] = datum
                names.update({(event.name, fact): name for event in among})
        return names

    def _take_name(self, written: str) -> str:
        """A name that FEEL allows and that nothing else has; it is taken from then on."""
        name = feel.write_name(written)
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _read_datum(self, event: Event, name: str) -> Datum:
        given = event.inputs.get(name)
        fact: Fact = self.book.facts[name] if given is None else given.field
        known = domain(fact, {} if self.book.catalogue else self.book.statuses)
        if given is not None:
            known = known._replace(optional=known.optional or bool(given.when))
        money = isinstance(fact, Field) and fact.type == "money"
        return Datum(_name_type(fact), known, money, fact.about)


def _list_tested_facts(event: Event) -> list[str]:
    """The facts that an event's rules test, in the table's order."""
    tested = {name for line in _list_rows(event) for name in line.row}
    return [name for name in event.facts if name in tested]


def _list_rows(event: Event) -> Iterator[DmnRow]:
    """The rows of a table, without those that have a test that never holds."""
    for rule in event.rules:
        for row in rule.rows:
            if all(cell.samples() for cell in row.values()):
                yield DmnRow(rule, row)


def _name_type(fact: Fact) -> str:
    if isinstance(fact, DateFact):
        return "boolean" if fact.unit == "past" else "number"
    if isinstance(fact, DueFact):
        return "date"
    if isinstance(fact, ForbiddenFact):
        return "string"
    return "Any" if fact.many else _TYPES.get(fact.type, "string")
