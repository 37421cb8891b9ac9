"""Regions of facts, exactly: which facts some rows of tests hold for, and which are left over.

The tests of a table can tell only so many values of a fact apart. Values that no test tells apart
are one class, so that every fact has finitely many, unbounded numbers too, and a row of tests is a
box: for each fact a set of classes. Sets are whole numbers used as bits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .cells import Cell, Domain, Span, Value


class Outside(NamedTuple):
    """The test that holds where another one does not."""

    cell: Cell

    @property
    def spans(self) -> tuple[Span, ...]:
        return self.cell.spans

    def holds(self, value: Value) -> bool:
        return not self.cell.holds(value)


Test = Cell | Outside
Tests = Mapping[str, Test]
"""A row of tests by fact, all of which hold; a fact without a test may be anything."""

Box = tuple[int, ...]
"""For each fact of a space, the classes of its values, as bits."""


class Space:
    """The facts that some rows test, each with the classes of its values."""

    def __init__(self, domains: Mapping[str, Domain], rows: Iterable[Tests]) -> None:
        tests: dict[str, dict[Test, None]] = {}
        for row in rows:
            for name, test in row.items():
                tests.setdefault(name, {})[test] = None
        self.names = tuple(name for name in domains if name in tests)
        self._values: dict[str, list[Value]] = {}
        self._stretches: dict[str, list[tuple[Value, int]]] = {}
        self._bits: dict[tuple[str, Test], int] = {}
        self._tests: dict[str, list[tuple[Test, int]]] = {name: [] for name in self.names}
        for name in self.names:
            self._cut(name, domains[name], list(tests[name]))
        self.whole: Box = tuple((1 << len(self._values[name])) - 1 for name in self.names)

    def _cut(self, name: str, domain: Domain, tests: Sequence[Test]) -> None:
        """Put the values of a fact into classes: those for which the same tests hold."""
        classes: dict[tuple[bool, ...], Value] = {}
        stretches = []
        for value in _list_candidates(domain, tests):
            signature = tuple(test.holds(value) for test in tests)
            classes.setdefault(signature, value)
            stretches.append((value, 1 << list(classes).index(signature)))
        self._values[name], self._stretches[name] = list(classes.values()), stretches
        for place, test in enumerate(tests):
            held = [signature[place] for signature in classes]
            bits = sum(1 << bit for bit, holds in enumerate(held) if holds)
            self._bits[name, test] = bits
            self._tests[name].append((test, bits))

    def values(self, name: str) -> list[Value]:
        """A value of each class of a fact's values."""
        return self._values[name]

    def stretches(self, name: str) -> list[tuple[Value, int]]:
        """Where the values of a fact change their class: each with the class from there on, as a bit.

        Numbers come in their order, the first one standing for all below it; no value comes last.
        """
        return self._stretches[name]

    def box(self, row: Tests) -> Box:
        """The facts for which a row holds, which has to be one of those the space was made of."""
        return tuple(
            self._bits[name, row[name]] if name in row else whole
            for name, whole in zip(self.names, self.whole, strict=True)
        )

    def misses(self, box: Box, facts: Mapping[str, Value]) -> list[str]:
        """Those of the facts whose values do not lie in the box."""
        return [
            name
            for name, bits in zip(self.names, box, strict=True)
            if name in facts and not bits & self._class_of(name, facts[name])
        ]

    def _class_of(self, name: str, value: Value) -> int:
        """The class that a value is in, as a bit; none for a value that is out of its domain."""
        bits = self.whole[self.names.index(name)]
        for test, held in self._tests[name]:
            bits &= held if test.holds(value) else ~held
        return bits

    def sample(self, box: Box, said: Box | None = None) -> dict[str, Value]:
        """A value from the box for each fact on which `said`, by default the box, says something."""
        return {
            name: self._values[name][(bits & -bits).bit_length() - 1]
            for name, bits, told, whole in zip(
                self.names, box, said or box, self.whole, strict=True
            )
            if told != whole
        }


def _list_candidates(domain: Domain, tests: Sequence[Test]) -> Iterator[Value]:
    """Values of a domain, at least one of each class."""
    if domain.values is not None:
        yield from domain.values
    else:
        spans = [Span(domain.low, domain.high), *(span for test in tests for span in test.spans)]
        cuts = {span.low for span in spans} | {s.high + 1 for s in spans if s.high is not None}
        known = sorted(cut for cut in cuts if cut is not None)
        # Between two cuts nothing changes, so that its lower end stands for all that lies there.
        for value in [known[0] - 1, *known] if known else [0]:
            if domain.holds(value):
                yield value
    if domain.optional:
        yield None


def is_within(box: Box, other: Box) -> bool:
    """Whether all of a box lies in the other."""
    return all(a & b == a for a, b in zip(box, other, strict=True))


def intersect_boxes(box: Box, other: Box) -> Box | None:
    """What two boxes share; None where they exclude each other."""
    shared = tuple(a & b for a, b in zip(box, other, strict=True))
    return shared if all(shared) else None


def find_uncovered(box: Box, rows: Sequence[Box]) -> Iterator[Box]:
    """What of a box no row covers, in parts that don't meet.

    The box is split along one fact after the other, and what a part does not meet is not looked at
    again: a table drawn up as a tree of questions is walked like one.
    """
    if all(box):
        open_tests = [
            {n: bits for n, bits in enumerate(row) if box[n] & ~bits}
            for row in rows
            if all(bits & other for bits, other in zip(box, row, strict=True))
        ]
        yield from _find_uncovered(box, open_tests)


def _find_uncovered(box: Box, rows: Sequence[Mapping[int, int]]) -> Iterator[Box]:
    """The same for rows that all meet the box, of each the tests that not all of it passes."""
    if not rows:
        yield box
        return
    if not all(rows):  # a row without a test left covers it
        return
    asked = Counter(place for row in rows for place in row)
    place = max(asked, key=lambda n: (asked[n], -n))
    for bits in _split_bits(box[place], {row[place] for row in rows if place in row}):
        meeting = [
            {n: test for n, test in row.items() if n != place}
            for row in rows
            if row.get(place, bits) & bits
        ]
        yield from _find_uncovered((*box[:place], bits, *box[place + 1 :]), meeting)


def is_covered(box: Box, rows: Sequence[Box]) -> bool:
    """Whether the rows together cover a box, as they do an empty one."""
    return next(find_uncovered(box, rows), None) is None


def widen_box(box: Box, whole: Box, rows: Sequence[Box]) -> Box:
    """A box that meets none of the rows, with as many more values of each fact as it can have so."""
    for place in reversed(range(len(box))):
        others = [row[place] for row in rows if _meets_elsewhere(place, box, row)]
        free = whole[place]
        for bits in others:
            free &= ~bits
        box = (*box[:place], box[place] | free, *box[place + 1 :])
    return box


def _meets_elsewhere(place: int, box: Box, row: Box) -> bool:
    """Whether a box meets a row, but perhaps for the fact at a place."""
    return all(a & b or n == place for n, (a, b) in enumerate(zip(box, row, strict=True)))


def _split_bits(bits: int, others: Iterable[int]) -> list[int]:
    """Cut a set along others, so that each part lies wholly in or wholly out of each of them."""
    parts = [bits]
    for other in others:
        parts = [part for whole in parts for part in (whole & other, whole & ~other) if part]
    return sorted(parts, key=lambda part: part & -part)
