"""Telling facts: facts that a mutated book decides otherwise than the original.

They are worked out on the regions of `book check`. Where there are none among the facts that can
occur, no scenario could notice the mutation: the book says the same in other words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...book.model import Event
from ...tables.decision_table import CellRow
from ...tables.regions import (
    Box,
    Outside,
    Space,
    Tests,
    find_uncovered,
    intersect_boxes,
    is_covered,
)
from ..checks import impossible_facts
from ..checks.table_regions import select_related
from .mutated_book import Original


class Region(NamedTuple):
    """Facts that can occur: a box in a space."""

    space: Space
    box: Box


class TellingFacts:
    """Finds the telling facts of one event, as regions."""

    def __init__(self, original: Original, event: Event, anything: bool = False) -> None:
        """With `anything`, facts count too that can't occur together."""
        reader, known = original.reader.events, original.reader.declarations
        statuses = {} if known.catalogue else known.statuses
        domains = reader.domains(event.inputs)
        self._event = event
        self._domains = {name: domains[name] for name in (*event.facts, *domains)}
        self._never: list[Tests] = (
            []
            if anything
            else [
                *impossible_facts.find_impossible_rows(event, known.facts, statuses),
                *reader.impossible(event).values(),
            ]
        )

    def find_for_row(self, rule: int, row: int) -> Iterator[Region]:
        """Facts for which a row holds."""
        yield from self._find_regions([self._event.rules[rule].rows[row]], [], [{}])

    def find_for_test(self, rule: int, row: int, changed: CellRow) -> Iterator[Region]:
        """Facts that a rule answers only with, or only without, a change of one of its rows."""
        rows = list(self._event.rules[rule].rows)
        after = [*rows[:row], changed, *rows[row + 1 :]]
        yield from self._find_differing(rows, after, [{}])

    def find_without(self, rule: int, row: int, tests: Sequence[CellRow]) -> Iterator[Region]:
        """Facts for which a row holds, and as many of some tests as can be do not."""
        held: Tests = self._event.rules[rule].rows[row]
        outside: list[Tests] = [
            {name: Outside(cell)} for test in tests for name, cell in test.items()
        ]
        never = select_related({name for one in (held, *outside) for name in one}, self._never)
        space = Space(self._domains, [held, *outside, *never])
        box, out = space.box(held), [space.box(one) for one in never]
        for one in outside:
            cut = intersect_boxes(box, space.box(one))
            if cut is not None and not is_covered(cut, out):
                box = cut
        yield from (Region(space, part) for part in find_uncovered(box, out))

    def find_for_steps(self, rule: int, changed: Event) -> Iterator[Region]:
        """Facts for which a rule's actions are done only with, or only without, other conditions."""
        before, after = self._event.rules[rule], changed.rules[rule]
        for one, other in zip(before.steps, after.steps, strict=True):
            if one.when != other.when:
                yield from self._find_differing([one.when], [other.when], before.rows)

    def find_for_input(self, name: str, changed: Event) -> Iterator[Region]:
        """Facts for which an input can be given only with, or only without, another test of it."""
        before, after = self._event.inputs[name].when, changed.inputs[name].when
        yield from self._find_differing([before], [after], [{}])

    def _find_differing(
        self, before: Sequence[Tests], after: Sequence[Tests], within: Sequence[Tests]
    ) -> Iterator[Region]:
        """The facts within some rows for which only one of two lists of rows holds."""
        yield from self._find_regions(before, after, within)
        yield from self._find_regions(after, before, within)

    def _find_regions(
        self, these: Sequence[Tests], others: Sequence[Tests], within: Sequence[Tests]
    ) -> Iterator[Region]:
        """The facts within some rows for which one of these holds, and none of the others."""
        rows = [*these, *others, *within]
        never = select_related({name for row in rows for name in row}, self._never)
        space = Space(self._domains, [*rows, *never])
        out = [space.box(row) for row in (*others, *never)]
        for outer in within:
            for row in these:
                box = intersect_boxes(space.box(outer), space.box(row))
                if box is not None:
                    yield from (Region(space, part) for part in find_uncovered(box, out))
