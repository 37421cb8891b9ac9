"""Surviving mutants: the mutations of a book that none of its scenarios notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from typing import NamedTuple

from ...book.model import Book
from ...book.status_catalogue import CatalogueState
from ...tables.cells import Cell, parse_cell
from ...tables.decision_table import CellRow
from .coverage import ScenarioResult, play_scenarios
from .differences import find_differences
from .mutated_book import Original, RulePlace
from .mutations import DROP, Mutation
from .scenario_files import Expectation, Scenario
from .stage import Consultation, PlayResult, Stage


class CellMutation(NamedTuple):
    """A mutated test of a rule's row: where it stands, and the new test; None where it is left out."""

    mutation: Mutation
    rule: int
    row: int
    fact: str
    cell: Cell | None

    def change_row(self, row: CellRow) -> CellRow:
        """The row with the mutation in it."""
        rest = {name: cell for name, cell in row.items() if name != self.fact}
        return rest if self.cell is None else {**rest, self.fact: self.cell}


class MutantTrial:
    """Tries mutations of a book on scenarios, and knows which of them are still alive: those that no
    scenario has noticed.
    """

    def __init__(
        self,
        original: Original,
        stage: Stage,
        mutations: Sequence[Mutation],
        also: Callable[[Scenario, PlayResult], None] | None = None,
    ) -> None:
        """`also` is called with each scenario that came out as expected, while its setting is there."""
        self._original, self._stage, self._also = original, stage, also
        self._books: dict[tuple[object, ...], Book | None] = {}
        self._adopted: dict[tuple[CatalogueState, ...], Original] = {(): original}
        self.cell_mutations: dict[str, list[CellMutation]] = defaultdict(list)
        self._of_rules: dict[RulePlace, list[Mutation]] = defaultdict(list)
        self._of_more: list[Mutation] = []
        self._alive: dict[int, Mutation] = {}
        for mutation in mutations:
            self._add(mutation)
        self.count = len(self._alive)
        """How many mutations leave a book that can be read; the others don't count."""

    def _add(self, mutation: Mutation) -> None:
        """Put a mutation where it will be tried; drop it where the book can't be read with it."""
        if mutation.kind == "cell":
            test = read_cell_mutation(self._original, mutation)
            if test is None:
                return
            self.cell_mutations[str(mutation.path[1])].append(test)
        elif (rules := self._original.find_rules(mutation)) is not None:
            if not rules or self._mutate(mutation, rules[0].event) is None:
                return
            for rule in rules:
                self._of_rules[rule].append(mutation)
        elif self._mutate(mutation, "") is None:
            return
        else:
            self._of_more.append(mutation)
        self._alive[id(mutation)] = mutation

    def _mutate(self, mutation: Mutation, event: str) -> Book | None:
        """The book with a mutation, read anew once, as far as the event (empty: as far as needed)."""
        original, states = self._adopt_states()
        key = (id(mutation), event, states)
        if key not in self._books:
            if event:
                self._books[key] = original.mutate_rules(mutation, event)
            elif mutation.path[0] == "events":
                self._books[key] = original.mutate_event(mutation)
            else:
                self._books[key] = original.mutate_book(mutation)
        return self._books[key]

    def _adopt_states(self) -> tuple[Original, tuple[CatalogueState, ...]]:
        """The book with the states that the ticket file of the present scenario has."""
        book, states = self._original.book, tuple[CatalogueState, ...]()
        if book.catalogue:
            states = tuple(self._stage.read_states(book.name))
        if states not in self._adopted:
            self._adopted[states] = Original(self._original.files, states)
        return self._adopted[states], states

    def list_survivors(self) -> list[Mutation]:
        """The mutations that are alive, in the order of the book."""
        return list(self._alive.values())

    def is_alive(self, mutation: Mutation) -> bool:
        """Whether no scenario has noticed a mutation yet."""
        return id(mutation) in self._alive

    def play_all(self, scenarios: Sequence[Scenario]) -> list[ScenarioResult]:
        """Play scenarios, and try the mutations on each that comes out as expected."""
        results = []
        for result in play_scenarios(self._stage, scenarios):
            self.try_on(result)
            results.append(result)
        return results

    def try_on(self, result: ScenarioResult) -> None:
        """Try the mutations on a scenario that came out as expected, while its setting is there."""
        played = result.played
        if played is None or result.differences:
            return
        for one in played.consultations:
            if one.book == self._original.book.name:
                self._try_tests(one)
        if is_complete(result.scenario):
            for one in played.consultations:
                for place, rule in enumerate(one.event.rules):
                    if rule in one.rules:
                        self._try_rule(result.scenario, RulePlace(one.event.name, place))
        self._try_others(result.scenario, {one.event.name for one in played.consultations})
        if self._also is not None:
            self._also(result.scenario, played)

    def _try_tests(self, one: Consultation) -> None:
        """Kill the mutated tests with which another rule, or none, would answer the same facts."""
        tests = self.cell_mutations[one.event.name]
        if not tests:
            return
        misses = [
            [{n for n, cell in row.items() if not cell.holds(one.facts[n])} for row in rule.rows]
            for rule in one.event.rules
        ]
        for test in tests:
            if _changes_answer(test, misses[test.rule], one):
                del self._alive[id(test.mutation)]
        self.cell_mutations[one.event.name] = [
            test for test in tests if self.is_alive(test.mutation)
        ]

    def _try_rule(self, scenario: Scenario, place: RulePlace) -> None:
        for mutation in self._of_rules.get(place, ()):
            if self.is_alive(mutation) and self._notices(scenario, mutation, place.event):
                del self._alive[id(mutation)]

    def _try_others(self, scenario: Scenario, consulted: Set[str]) -> None:
        """Try the mutations of more than rules, but for those of events that had no part in it."""
        events = {scenario.step.event, *consulted}
        for mutation in self._of_more:
            elsewhere = mutation.path[0] == "events" and mutation.path[1] not in events
            if self.is_alive(mutation) and not elsewhere and self._notices(scenario, mutation, ""):
                del self._alive[id(mutation)]

    def _notices(self, scenario: Scenario, mutation: Mutation, event: str) -> bool:
        """Whether a scenario comes out differently with a mutation."""
        try:
            ran = self._stage.play(scenario, self._mutate(mutation, event))
        except (ValueError, KeyError, TypeError):  # a fault that only shows when the book is used
            return True
        return bool(find_differences(scenario.expected, ran))


def read_cell_mutation(original: Original, mutation: Mutation) -> CellMutation | None:
    """A mutation of a cell as a test; None where what would stand there is not a valid test."""
    event, rule, fact = str(mutation.path[1]), int(mutation.path[3]), str(mutation.path[-1])
    row = int(mutation.path[5]) if isinstance(mutation.path[5], int) else 0
    test = CellMutation(mutation=mutation, rule=rule, row=row, fact=fact, cell=None)
    if mutation.then is DROP:
        return test
    domain = original.reader.events.domains(original.events[event].inputs)[fact]
    try:
        cell = parse_cell(mutation.then, domain, original.reader.declarations.figures)
    except ValueError:
        return None
    return test._replace(cell=cell)


def _changes_answer(test: CellMutation, misses: Sequence[set[str]], one: Consultation) -> bool:
    """Whether a rule with a mutated test answers where it did not, or does not where it did.

    `misses` are the facts that keep each of its rows from holding.
    """
    others = any(not missed for place, missed in enumerate(misses) if place != test.row)
    if others:
        return False
    rest = misses[test.row] - {test.fact}
    holds = not rest and (test.cell is None or test.cell.holds(one.facts[test.fact]))
    return holds == bool(misses[test.row])


def is_complete(scenario: Scenario) -> bool:
    """Whether a scenario says more than which rule answers."""
    return scenario.expected != Expectation(rule=scenario.expected.rule)
