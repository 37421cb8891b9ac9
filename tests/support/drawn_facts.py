"""Facts of a table at random, of those that can occur as far as the book says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from prassi.core.analysis.checks.impossible_facts import find_impossible_rows
from prassi.core.library.book_files import BookFiles
from prassi.core.tables.cells import Domain, Span, Value
from prassi.core.tables.decision_table import CellRow
from prassi.core.tables.regions import Tests

TRIES = 2000
"""Values that are tried before a row is given up, which perhaps no facts fit."""


class Drawer:
    """Draws facts of an event: half of them at random, half so that a rule's row holds."""

    def __init__(self, files: BookFiles, event: str, seed: str = "") -> None:
        reader = files.reader()
        self.event = reader.event(event)
        statuses = {} if reader.declarations.catalogue else reader.declarations.statuses
        never: list[Tests] = list(
            find_impossible_rows(self.event, reader.declarations.facts, statuses)
        )
        never += reader.events.impossible(self.event).values()
        self._rows = [row for rule in self.event.rules for row in rule.rows]
        self._chance = random.Random(f"{files.name} {event} {seed}")
        domains = reader.events.domains(self.event.inputs)
        tested = {name for row in self._rows for name in row}
        reached = _reached(tested, never)
        self.tested = [name for name in domains if name in tested]
        self._names = [*self.tested, *(n for n in domains if n in reached and n not in tested)]
        self._never = {name: self._settled(name, never) for name in self._names}
        tests = [*self._rows, *never]
        self._values = {name: _values(name, domains[name], tests) for name in self._names}

    def draw(self, count: int) -> Iterator[dict[str, Value]]:
        """So many facts; each is given a value, those that no rule tests too."""
        while count:
            row: CellRow = self._chance.choice(self._rows) if count % 2 and self._rows else {}
            facts = self._facts(row)
            if facts is None:
                self._rows = [other for other in self._rows if other is not row]
            else:
                count -= 1
                yield facts

    def _facts(self, row: CellRow) -> dict[str, Value] | None:
        """Facts for which a row holds; None where none are found."""
        # What the row asks for first, so that it is soon seen where nothing fits it.
        names = sorted(self._names, key=lambda name: name not in row)
        facts: dict[str, Value] = {}
        places = [self._shuffled(names[0], row)] if names else []
        for _ in range(TRIES):
            if len(facts) == len(names):
                return facts
            name = names[len(places) - 1]
            if not places[-1]:
                places.pop()
                if not places:
                    return None
                del facts[names[len(places) - 1]]
                continue
            facts[name] = places[-1].pop()
            if any(self._holds(one, facts) for one in self._never[name]):
                del facts[name]
            elif len(facts) < len(names):
                places.append(self._shuffled(names[len(places)], row))
        return None

    def _shuffled(self, name: str, row: CellRow) -> list[Value]:
        values = [v for v in self._values[name] if name not in row or row[name].holds(v)]
        self._chance.shuffle(values)
        return values

    @staticmethod
    def _settled(name: str, never: Sequence[Tests]) -> list[Tests]:
        return [row for row in never if name in row]

    @staticmethod
    def _holds(row: Tests, facts: Mapping[str, Value]) -> bool:
        return all(name in facts and test.holds(facts[name]) for name, test in row.items())


def _reached(names: set[str], rows: Sequence[Tests]) -> set[str]:
    """The facts that rows tie to these, directly or through other rows."""
    while more := {name for row in rows if not names.isdisjoint(row) for name in row} - names:
        names = names | more
    return names


def _values(name: str, domain: Domain, rows: Sequence[Tests]) -> list[Value]:
    """Values of a domain: all words, and numbers at and around every bound that is tested."""
    found: list[Value] = [None] if domain.optional else []
    if domain.values is not None:
        return [*found, *domain.values]
    spans = [
        Span(domain.low, domain.high),
        *(s for row in rows if name in row for s in row[name].spans),
    ]
    ends = {end for span in spans for end in span if end is not None} or {0}
    near = {end + step for end in ends for step in (-7, -2, -1, 0, 1, 2, 30)}
    return [*found, *sorted(number for number in near if domain.holds(number))]
