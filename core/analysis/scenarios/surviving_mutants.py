"""Which small mutations of a book its scenarios notice, and which they do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from ...book.model import Book
from ...book.status_catalogue import State
from ...tables.cells import Cell, parse
from ...tables.decision_table import Row
from .coverage import ScenarioResult, play_scenarios
from .mutated_book import Original
from .mutations import DROP, Mutation
from .scenario_files import Expectation, Scenario
from .stage import Consultation, Stage, find_differences


class CellMutation(NamedTuple):
    """A test of a rule's row, and what would stand there in its place; None where nothing would."""

    mutation: Mutation
    rule: int
    row: int
    fact: str
    cell: Cell | None

    def changed_row(self, row: Row) -> Row:
        """The row with the mutation."""
        rest = {name: cell for name, cell in row.items() if name != self.fact}
        return rest if self.cell is None else {**rest, self.fact: self.cell}


class MutantTrial:
    """The mutations of a book, and which of them no scenario has noticed yet."""

    def __init__(self, original: Original, stage: Stage, mutations: Sequence[Mutation]) -> None:
        self._original, self._stage, self._all = original, stage, mutations
        self._books: dict[tuple[object, ...], Book | None] = {}
        self._adopted: dict[tuple[State, ...], Original] = {(): original}
        self.cell_mutations: dict[str, list[CellMutation]] = defaultdict(list)
        self._of_rules: dict[tuple[str, int], list[Mutation]] = defaultdict(list)
        self._of_more: list[Mutation] = []
        self._alive: dict[int, Mutation] = {}
        for mutation in mutations:
            self._sort_in(mutation)
        self.count = len(self._alive)
        """How many mutations leave a book that can be read."""

    def _sort_in(self, mutation: Mutation) -> None:
        """Keep a mutation where it is tried; one that makes the book unreadable is none."""
        if mutation.kind == "cell":
            test = read_cell_mutation(self._original, mutation)
            if test is None:
                return
            self.cell_mutations[str(mutation.path[1])].append(test)
        elif (reach := self._original.find_rules(mutation)) is not None:
            if not reach or self._book(mutation, reach[0][0]) is None:
                return
            for rule in reach:
                self._of_rules[rule].append(mutation)
        elif self._book(mutation, "") is None:
            return
        else:
            self._of_more.append(mutation)
        self._alive[id(mutation)] = mutation

    def _book(self, mutation: Mutation, event: str) -> Book | None:
        """The book with a mutation, as far as an event, in the ticket file that is there; made once."""
        make, states = self._in_this_file()
        key = (id(mutation), event, states)
        if key not in self._books:
            if event:
                self._books[key] = make.mutate_rules(mutation, event)
            elif mutation.path[0] == "events":
                self._books[key] = make.mutate_event(mutation)
            else:
                self._books[key] = make.mutate_book(mutation)
        return self._books[key]

    def _in_this_file(self) -> tuple[Original, tuple[State, ...]]:
        """The book with the states that the ticket file of a scenario has."""
        book, states = self._original.book, tuple[State, ...]()
        if book.catalogue:
            states = tuple(self._stage.read_states(book.name))
        if states not in self._adopted:
            self._adopted[states] = Original(self._original.files, states)
        return self._adopted[states], states

    def list_survivors(self) -> list[Mutation]:
        """The mutations that nothing has noticed, in the order of the book."""
        return list(self._alive.values())

    def is_alive(self, mutation: Mutation) -> bool:
        """Whether nothing has noticed a mutation."""
        return id(mutation) in self._alive

    def play_all(self, scenarios: Sequence[Scenario]) -> list[ScenarioResult]:
        """Play scenarios, and show the mutations to each that comes out as expected."""
        run = []
        for played in play_scenarios(self._stage, scenarios):
            self.show_result(played)
            run.append(played)
        return run

    def show_result(self, played: ScenarioResult) -> None:
        """Let a scenario that came out as expected notice what it can, while its setting is there."""
        if played.ran is None or played.wrong:
            return
        for one in played.ran.consultations:
            if one.book == self._original.book.name:
                self._decide(one)
        scenario = played.scenario
        if is_complete(scenario):
            for one in played.ran.consultations:
                for place, rule in enumerate(one.event.rules):
                    if rule in one.rules:
                        self._try_rule(scenario, one.event.name, place)
        asked = {scenario.step.event, *(one.event.name for one in played.ran.consultations)}
        for mutation in self._of_more:
            elsewhere = mutation.path[0] == "events" and mutation.path[1] not in asked
            if self.is_alive(mutation) and not elsewhere and self._notices(scenario, mutation, ""):
                del self._alive[id(mutation)]

    def _decide(self, one: Consultation) -> None:
        """Drop the tests with which another rule, or none, would answer what was asked."""
        tests = self.cell_mutations[one.event.name]
        if not tests:
            return
        misses = [
            [{n for n, cell in row.items() if not cell.holds(one.facts[n])} for row in rule.rows]
            for rule in one.event.rules
        ]
        for test in tests:
            if _tells(test, misses[test.rule], one):
                del self._alive[id(test.mutation)]
        self.cell_mutations[one.event.name] = [
            test for test in tests if self.is_alive(test.mutation)
        ]

    def _try_rule(self, scenario: Scenario, event: str, place: int) -> None:
        for mutation in self._of_rules.get((event, place), ()):
            if self.is_alive(mutation) and self._notices(scenario, mutation, event):
                del self._alive[id(mutation)]

    def _notices(self, scenario: Scenario, mutation: Mutation, event: str) -> bool:
        """Whether a scenario comes out otherwise with a mutation."""
        try:
            ran = self._stage.play(scenario, self._book(mutation, event))
        except (ValueError, KeyError, TypeError):  # what only shows when it is done
            return True
        return bool(find_differences(scenario.expected, ran))


def read_cell_mutation(original: Original, mutation: Mutation) -> CellMutation | None:
    """The test that a mutation of a cell is; None where it is no test of that fact."""
    event, rule, fact = str(mutation.path[1]), int(mutation.path[3]), str(mutation.path[-1])
    row = int(mutation.path[5]) if isinstance(mutation.path[5], int) else 0
    if mutation.then is DROP:
        return CellMutation(mutation, rule, row, fact, None)
    domain = original.reader.events.domains(original.events[event].inputs)[fact]
    try:
        cell = parse(mutation.then, domain, original.reader.declarations.figures)
    except ValueError:
        return None
    return CellMutation(mutation, rule, row, fact, cell)


def _tells(test: CellMutation, misses: Sequence[set[str]], one: Consultation) -> bool:
    """Whether a rule with a changed test answers where it did not, or does not where it did."""
    others = any(not missed for place, missed in enumerate(misses) if place != test.row)
    if others:
        return False
    rest = misses[test.row] - {test.fact}
    holds = not rest and (test.cell is None or test.cell.holds(one.facts[test.fact]))
    return holds == bool(misses[test.row])


def is_complete(scenario: Scenario) -> bool:
    """Whether a scenario says more than which rule answers."""
    return scenario.expected != Expectation(scenario.expected.rule)
