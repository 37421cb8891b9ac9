"""The scenarios that a book lacks: for each rule, on both sides of each threshold, for each condition.

They are made from the scenarios there are, and expect what the book says now. Whether that is right,
somebody has to judge who knows the procedure.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from ...book.message_actions import Refuse
from ...book.model import Event, Rule
from ...errors import BadInput
from ...system.write_toml import format_toml
from ...tables.decision_table import CellRow
from .coverage import ScenarioResult
from .equivalent_mutants import EquivalenceChecker
from .make_scenario import Aim, NewScenario, ScenarioMaker
from .mutated_book import Original, RulePlace
from .mutations import ADD, Mutation
from .scenario_files import Scenario
from .stage import PlayResult, Stage, find_matching_rows
from .surviving_mutants import CellMutation, MutantTrial

FEW = 4
"""Regions that are tried for a scenario in which many tests do not hold: such spaces are large."""

HEAD = """\
# Made by `prassi book test --boundaries`: what the book says now, on both sides of its thresholds.
# Only somebody who knows the procedure can judge whether that is right.
"""


class BoundaryFinder:
    """Finds which scenarios a book lacks, and makes them."""

    def __init__(
        self, stage: Stage, original: Original, scenarios: Sequence[Scenario], at: str
    ) -> None:
        """`at` is the moment of scenarios that are like no other."""
        self._stage, self._original, self._scenarios = stage, original, scenarios
        self._maker = ScenarioMaker(original.book, stage, at)
        self._equivalence = EquivalenceChecker(original)
        self._complete = set[str]()
        self._rows = set[tuple[str, int]]()
        self.failures: list[ScenarioResult] = []
        """Scenarios that come out other than expected: while there are any, none is made."""

    def make_missing(self) -> Iterator[NewScenario]:
        """The scenarios to be added, in the order in which they can be."""
        trial = MutantTrial(self._original, self._stage, self._original.list_mutations())
        for one in trial.play_all(self._scenarios):
            if one.differences or one.played is None:
                self.failures.append(one)
            else:
                self._learn(one.scenario, one.played)
        for made in () if self.failures else self._make_all(trial):
            self._learn(made.scenario, made.played, made)
            with self._stage.set_up(made.scenario):
                trial.try_on(ScenarioResult(made.scenario, made.played, []))
            yield made

    def _learn(
        self, scenario: Scenario, played: PlayResult, made: NewScenario | None = None
    ) -> None:
        self._maker.learn(scenario, played, made)
        expected = scenario.expected
        for rule in (rule for one in played.consultations for rule in one.rules):
            if expected.does is not None or (expected.error is not None and _turns_down(rule)):
                self._complete.add(rule.id)
        for one in played.consultations:
            for rule in one.event.rules:
                self._rows |= {(rule.id, row) for row in find_matching_rows(rule, one.facts)}

    def _make_all(self, trial: MutantTrial) -> Iterator[NewScenario]:
        for event in self._original.events.values():
            for place, rule in enumerate(event.rules):
                yield from self._make_for_rule(event, place, rule)
        for tests in _group_added(trial):
            yield from self._make_for_added(trial, tests)
        for test in [test for tests in trial.cell_mutations.values() for test in tests]:
            if trial.is_alive(test.mutation) and (made := self._make_for_test(test)):
                yield made
        for mutation in trial.list_survivors():
            if trial.is_alive(mutation) and (made := self._make_for_mutation(mutation)):
                yield made

    # --- rules, rows and tests ---------------------------------------------------------------------

    def _make_for_rule(self, event: Event, place: int, rule: Rule) -> Iterator[NewScenario]:
        """A scenario that says all a rule does, and one for each row that none reaches."""
        if (rule.steps or rule.next) and rule.id not in self._complete:
            made = self._maker.make_complete(event, rule.id)
            rows = range(len(rule.rows))
            others = (self._make_for_row(event, place, row, complete=True) for row in rows)
            made = made or next((one for one in others if one is not None), None)
            if made is not None:
                yield made
        for row in range(len(rule.rows)):
            if (rule.id, row) not in self._rows and (made := self._make_for_row(event, place, row)):
                yield made

    def _make_for_row(
        self, event: Event, place: int, row: int, complete: bool = False
    ) -> NewScenario | None:
        rule = event.rules[place]

        def reaches(made: NewScenario) -> bool:
            asked = (one for one in made.played.consultations if one.event.name == event.name)
            return any(row in find_matching_rows(rule, one.facts) for one in asked)

        regions = self._equivalence.find_row_facts(RulePlace(event.name, place), row)
        return self._maker.make(regions, rule.id, Aim(event, reaches, complete))

    def _make_for_test(self, test: CellMutation) -> NewScenario | None:
        event = self._original.events[str(test.mutation.path[1])]
        regions = self._equivalence.find_telling_facts(test.mutation)
        aim = Aim(event, self._build_notices(test.mutation))
        return self._maker.make(regions, event.rules[test.rule].id, aim)

    def _make_for_added(
        self, trial: MutantTrial, tests: Sequence[CellMutation]
    ) -> Iterator[NewScenario]:
        """Scenarios of a row on whose facts tests that it does not have would not hold, as many of
        them at once as can be."""
        event = self._original.events[str(tests[0].mutation.path[1])]
        place = RulePlace(event.name, tests[0].rule)
        alive = [test for test in tests if trial.is_alive(test.mutation)]
        while alive:
            cells: list[CellRow] = [{one.fact: one.cell} for one in alive if one.cell is not None]
            found = self._equivalence.find_facts_without(place, alive[0].row, cells)
            regions = islice(found, FEW)
            aim = Aim(event, self._build_notices(*(one.mutation for one in alive)))
            made = self._maker.make(regions, event.rules[place.rule].id, aim)
            if made is None:
                return  # each of them is tried by itself
            yield made
            alive = [test for test in alive if trial.is_alive(test.mutation)]

    def _build_notices(self, *mutations: Mutation) -> Callable[[NewScenario], bool]:
        """A function that says whether a scenario notices one of some mutations."""

        def notices(made: NewScenario) -> bool:
            trial = MutantTrial(self._original, self._stage, mutations)
            trial.try_on(ScenarioResult(made.scenario, made.played, []))
            return len(trial.list_survivors()) < len(mutations)

        return notices

    # --- conditions, inputs and needs ---------------------------------------------------------------

    def _make_for_mutation(self, mutation: Mutation) -> NewScenario | None:
        if mutation.kind == "need":
            event = self._original.events[str(mutation.path[1])]
            rule = event.rules[int(mutation.path[3])]
            good = self._build_notices(mutation)
            return self._maker.make_without_input(event, rule.id, str(mutation.now), good)
        if mutation.kind == "place":
            return self._make_for_input(mutation)
        return self._make_for_condition(mutation) if mutation.kind == "condition" else None

    def _make_for_input(self, mutation: Mutation) -> NewScenario | None:
        """An input given where it can't be, or could not be with the mutation."""
        event, name = self._original.events[str(mutation.path[1])], str(mutation.path[3])
        aim = Aim(event, self._build_notices(mutation), keep=(name,))
        return self._maker.make(self._equivalence.find_telling_facts(mutation), None, aim)

    def _make_for_condition(self, mutation: Mutation) -> NewScenario | None:
        """A rule's actions where the condition of one holds and the mutated one does not, or the
        other way round."""
        for place in self._original.find_rules(mutation) or ():
            event = self._original.events[place.event]
            regions = self._equivalence.find_telling_facts_in(mutation, place)
            aim = Aim(event, self._build_notices(mutation), complete=True)
            made = self._maker.make(regions, event.rules[place.rule].id, aim)
            if made is not None:
                return made
        return None


def _group_added(trial: MutantTrial) -> list[list[CellMutation]]:
    """The tests that rows do not have and that no scenario has noticed, row by row."""
    rows: dict[tuple[str, int, int], list[CellMutation]] = {}
    for event, tests in trial.cell_mutations.items():
        for test in tests:
            if test.mutation.now is ADD:
                rows.setdefault((event, test.rule, test.row), []).append(test)
    return list(rows.values())


def _turns_down(rule: Rule) -> bool:
    """Whether all a rule does is to say what is wrong with an input."""
    actions = [step.action for step in rule.steps]
    return len(actions) == 1 and isinstance(actions[0], Refuse) and actions[0].input is not None


# --- as text ----------------------------------------------------------------------------------------


def format_scenario(made: NewScenario) -> str:
    """A scenario as a file has it."""
    root, scenario = made.root, made.scenario
    own = root.name == scenario.name
    lines = ["[[scenario]]", f"name = {format_toml(scenario.name)}"]
    if own:
        lines.append(f"at = {format_toml(scenario.step.at)}")
        if not scenario.setting.made_up:
            lines.append(f"ticket = {format_toml(_read_own_ticket(scenario))}")
        lines.append(f"event = {format_toml(scenario.step.event)}")
    else:
        lines.append(f"like = {format_toml(root.name)}")
    for key in ("given", "facts"):
        theirs: Mapping[str, object] = {} if own else getattr(root.step, key)
        now: Mapping[str, object] = getattr(scenario.step, key)
        new = {name: one for name, one in now.items() if name not in theirs or theirs[name] != one}
        if new:
            lines.append(f"{key} = {format_toml(new)}")
    expected = scenario.expected
    if expected.error is not None:
        lines.append(f"error = {format_toml(expected.error)}")
    if expected.rule is not None:
        lines.append(f"rule = {format_toml(expected.rule)}")
    if expected.does is not None:
        lines.append(f"does = {format_toml_list(expected.does)}")
    if expected.next is not None:
        lines.append(f"next = {format_toml(expected.next)}")
    return "\n".join(lines) + "\n"


def append_scenarios(folder: str, texts: Sequence[str], name: str = "boundaries.toml") -> str:
    """Add scenarios to a file in a folder, and return its path; BadInput where it can't be written."""
    path = os.path.join(folder, name)
    try:
        os.makedirs(folder, exist_ok=True)
        begun = os.path.exists(path)
        with open(path, "a", encoding="utf-8") as file:
            file.write("" if begun else HEAD)
            file.writelines(f"\n{text}" for text in texts)
    except OSError as error:
        raise BadInput(f"{path} can't be written: {(error.strerror or '').lower()}.") from None
    return path


def _read_own_ticket(scenario: Scenario) -> dict[str, object]:
    """What a scenario itself says of its ticket."""
    ticket = scenario.setting.rows["tickets"][0]
    return {
        name: value for name, value in ticket.items() if name not in ("ref", "book", "customer")
    }


def format_toml_list(does: Sequence[str]) -> str:
    """A list with a line for each, if there are several."""
    lines = [format_toml(line) for line in does]
    if len(lines) > 1:
        return "[\n" + "".join(f"  {one},\n" for one in lines) + "]"
    return f"[{''.join(lines)}]"
