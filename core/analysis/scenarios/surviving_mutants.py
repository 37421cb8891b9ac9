"""Which small changes of a book its scenarios notice, and which they do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from ...book.model import Book
from ...book.status_catalogue import State
from ...tables.cells import Cell, parse
from ...tables.decision_table import Row
from .coverage import Played, play
from .mutated_book import Original
from .mutations import DROP, Change
from .scenario_files import Expected, Scenario
from .stage import Decided, Stage, wrong


class Test(NamedTuple):
    """A test of a rule's row, and what would stand there in its place; None where nothing would."""

    change: Change
    rule: int
    row: int
    fact: str
    cell: Cell | None

    def changed_row(self, row: Row) -> Row:
        """The row with the change."""
        rest = {name: cell for name, cell in row.items() if name != self.fact}
        return rest if self.cell is None else {**rest, self.fact: self.cell}


class Trial:
    """The changes of a book, and which of them no scenario has noticed yet."""

    def __init__(self, original: Original, stage: Stage, changes: Sequence[Change]) -> None:
        self._original, self._stage, self._all = original, stage, changes
        self._books: dict[tuple[object, ...], Book | None] = {}
        self._adopted: dict[tuple[State, ...], Original] = {(): original}
        self.tests: dict[str, list[Test]] = defaultdict(list)
        self._of_rules: dict[tuple[str, int], list[Change]] = defaultdict(list)
        self._of_more: list[Change] = []
        self._left: dict[int, Change] = {}
        for change in changes:
            self._sort_in(change)
        self.count = len(self._left)
        """How many changes leave a book that can be read."""

    def _sort_in(self, change: Change) -> None:
        """Keep a change where it is tried; one that makes the book unreadable is none."""
        if change.kind == "cell":
            test = test_of(self._original, change)
            if test is None:
                return
            self.tests[str(change.path[1])].append(test)
        elif (reach := self._original.reach(change)) is not None:
            if not reach or self._book(change, reach[0][0]) is None:
                return
            for rule in reach:
                self._of_rules[rule].append(change)
        elif self._book(change, "") is None:
            return
        else:
            self._of_more.append(change)
        self._left[id(change)] = change

    def _book(self, change: Change, event: str) -> Book | None:
        """The book with a change, as far as an event, in the ticket file that is there; made once."""
        make, states = self._in_this_file()
        key = (id(change), event, states)
        if key not in self._books:
            if event:
                self._books[key] = make.with_rules(change, event)
            elif change.path[0] == "events":
                self._books[key] = make.with_event(change)
            else:
                self._books[key] = make.with_all(change)
        return self._books[key]

    def _in_this_file(self) -> tuple[Original, tuple[State, ...]]:
        """The book with the states that the ticket file of a scenario has."""
        book, states = self._original.book, tuple[State, ...]()
        if book.catalogue:
            states = tuple(self._stage.read_states(book.name))
        if states not in self._adopted:
            self._adopted[states] = Original(self._original.files, states)
        return self._adopted[states], states

    def left(self) -> list[Change]:
        """The changes that nothing has noticed, in the order of the book."""
        return list(self._left.values())

    def is_left(self, change: Change) -> bool:
        """Whether nothing has noticed a change."""
        return id(change) in self._left

    def run(self, scenarios: Sequence[Scenario]) -> list[Played]:
        """Play scenarios, and show the changes to each that comes out as expected."""
        run = []
        for played in play(self._stage, scenarios):
            self.show(played)
            run.append(played)
        return run

    def show(self, played: Played) -> None:
        """Let a scenario that came out as expected notice what it can, while its setting is there."""
        if played.ran is None or played.wrong:
            return
        for one in played.ran.decided:
            if one.book == self._original.book.name:
                self._decide(one)
        scenario = played.scenario
        if is_complete(scenario):
            for one in played.ran.decided:
                for place, rule in enumerate(one.event.rules):
                    if rule in one.rules:
                        self._try_rule(scenario, one.event.name, place)
        asked = {scenario.step.event, *(one.event.name for one in played.ran.decided)}
        for change in self._of_more:
            elsewhere = change.path[0] == "events" and change.path[1] not in asked
            if self.is_left(change) and not elsewhere and self._notices(scenario, change, ""):
                del self._left[id(change)]

    def _decide(self, one: Decided) -> None:
        """Drop the tests with which another rule, or none, would answer what was asked."""
        tests = self.tests[one.event.name]
        if not tests:
            return
        misses = [
            [{n for n, cell in row.items() if not cell.holds(one.facts[n])} for row in rule.rows]
            for rule in one.event.rules
        ]
        for test in tests:
            if _tells(test, misses[test.rule], one):
                del self._left[id(test.change)]
        self.tests[one.event.name] = [test for test in tests if self.is_left(test.change)]

    def _try_rule(self, scenario: Scenario, event: str, place: int) -> None:
        for change in self._of_rules.get((event, place), ()):
            if self.is_left(change) and self._notices(scenario, change, event):
                del self._left[id(change)]

    def _notices(self, scenario: Scenario, change: Change, event: str) -> bool:
        """Whether a scenario comes out otherwise with a change."""
        try:
            ran = self._stage.play(scenario, self._book(change, event))
        except (ValueError, KeyError, TypeError):  # what only shows when it is done
            return True
        return bool(wrong(scenario.expected, ran))


def test_of(original: Original, change: Change) -> Test | None:
    """The test that a change of a cell is; None where it is no test of that fact."""
    event, rule, fact = str(change.path[1]), int(change.path[3]), str(change.path[-1])
    row = int(change.path[5]) if isinstance(change.path[5], int) else 0
    if change.then is DROP:
        return Test(change, rule, row, fact, None)
    domain = original.reader.events.domains(original.events[event].inputs)[fact]
    try:
        cell = parse(change.then, domain, original.reader.declarations.figures)
    except ValueError:
        return None
    return Test(change, rule, row, fact, cell)


def _tells(test: Test, misses: Sequence[set[str]], one: Decided) -> bool:
    """Whether a rule with a changed test answers where it did not, or does not where it did."""
    others = any(not missed for place, missed in enumerate(misses) if place != test.row)
    if others:
        return False
    rest = misses[test.row] - {test.fact}
    holds = not rest and (test.cell is None or test.cell.holds(one.facts[test.fact]))
    return holds == bool(misses[test.row])


def is_complete(scenario: Scenario) -> bool:
    """Whether a scenario says more than which rule answers."""
    return scenario.expected != Expected(scenario.expected.rule)
