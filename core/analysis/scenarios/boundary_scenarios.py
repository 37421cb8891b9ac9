"""The scenarios a book lacks: for each rule, on both sides of each threshold, for each condition.

They are made from the scenarios there are, and say what the book says now: whether that is right
is for people to judge who know the procedure.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...book.model import Event, Rule
from ...errors import BadInput
from .coverage import ScenarioResult
from .equivalent_mutants import EquivalenceChecker
from .make_scenario import Aim, NewScenario, ScenarioMaker
from .mutated_book import Original
from .mutations import Mutation
from .scenario_files import Scenario
from .stage import PlayResult, Stage, find_matching_rows
from .surviving_mutants import CellMutation, MutantTrial

HEAD = """\
# NewScenario by `prassi book test --boundaries`: what the book says now, on both sides of its thresholds.
# Whether that is right is for somebody to judge who knows the procedure.
"""


class BoundaryFinder:
    """Finds what the scenarios of a book lack, and makes it."""

    def __init__(
        self, stage: Stage, original: Original, scenarios: Sequence[Scenario], at: str
    ) -> None:
        """`at` is the moment of scenarios that are like no other."""
        self._stage, self._original, self._scenarios = stage, original, scenarios
        self._maker = ScenarioMaker(original.book, stage, at)
        self._equivalence = EquivalenceChecker(original)
        self._complete = set[str]()
        self._rows = set[tuple[str, int]]()
        self.wrong: list[ScenarioResult] = []
        """Scenarios that don't come out as expected: while there are any, none is made."""

    def missing(self) -> Iterator[NewScenario]:
        """The scenarios to be added, in the order in which they can be."""
        trial = MutantTrial(self._original, self._stage, self._original.list_mutations())
        for one in trial.play_all(self._scenarios):
            if one.wrong or one.ran is None:
                self.wrong.append(one)
            else:
                self._learn(one.scenario, one.ran)
        for made in () if self.wrong else self._made(trial):
            self._learn(made.scenario, made.ran, made)
            with self._stage.set_up(made.scenario):
                trial.show_result(ScenarioResult(made.scenario, made.ran, []))
            yield made

    def _learn(self, scenario: Scenario, ran: PlayResult, made: NewScenario | None = None) -> None:
        self._maker.learn(scenario, ran, made)
        expected, reached = scenario.expected, [r for one in ran.consultations for r in one.rules]
        for rule in reached:
            if expected.does is not None or (expected.error is not None and _turns_down(rule)):
                self._complete.add(rule.id)
        for one in ran.consultations:
            for rule in one.event.rules:
                self._rows |= {(rule.id, row) for row in find_matching_rows(rule, one.facts)}

    def _made(self, trial: MutantTrial) -> Iterator[NewScenario]:
        for event in self._original.events.values():
            for place, rule in enumerate(event.rules):
                does = rule.steps or rule.next
                if does and rule.id not in self._complete:
                    yield from self._of_rule(event, place)
                for row in range(len(rule.rows)):
                    if (rule.id, row) not in self._rows and (
                        made := self._of_row(event, place, row)
                    ):
                        yield made
        for test in [test for tests in trial.cell_mutations.values() for test in tests]:
            if trial.is_alive(test.mutation) and (made := self._of_test(test)):
                yield made
        for mutation in trial.list_survivors():
            if trial.is_alive(mutation) and (made := self._of_change(mutation)):
                yield made

    # --- rules, rows and tests ---------------------------------------------------------------------

    def _of_rule(self, event: Event, place: int) -> Iterator[NewScenario]:
        """A scenario of a rule that says all it does, if one can be made."""
        rows = range(len(event.rules[place].rows))
        ways = (self._of_row(event, place, row, complete=True) for row in rows)
        made = self._maker.as_it_is(event, event.rules[place].id)
        made = made or next((one for one in ways if one is not None), None)
        if made is not None:
            yield made

    def _of_row(
        self, event: Event, place: int, row: int, complete: bool = False
    ) -> NewScenario | None:
        rule = event.rules[place]

        def reached(made: NewScenario) -> bool:
            asked = (one for one in made.ran.consultations if one.event.name == event.name)
            return any(row in find_matching_rows(rule, one.facts) for one in asked)

        regions = self._equivalence.find_row_facts(event.name, place, row)
        return self._maker.make(regions, rule.id, Aim(event, reached, complete))

    def _of_test(self, test: CellMutation) -> NewScenario | None:
        event = self._original.events[str(test.mutation.path[1])]
        regions, rule = (
            self._equivalence.find_telling_facts(test.mutation),
            event.rules[test.rule].id,
        )
        return self._maker.make(regions, rule, Aim(event, self._noticing(test.mutation)))

    def _noticing(self, mutation: Mutation) -> Callable[[NewScenario], bool]:
        def notices(made: NewScenario) -> bool:
            trial = MutantTrial(self._original, self._stage, [mutation])
            trial.show_result(ScenarioResult(made.scenario, made.ran, []))
            return not trial.list_survivors()

        return notices

    # --- conditions, inputs and needs ---------------------------------------------------------------

    def _of_change(self, mutation: Mutation) -> NewScenario | None:
        if mutation.kind == "need":
            event = self._original.events[str(mutation.path[1])]
            rule = event.rules[int(mutation.path[3])]
            return self._maker.without(event, rule.id, str(mutation.now), self._noticing(mutation))
        if mutation.kind == "place":
            return self._of_input(mutation)
        return self._of_condition(mutation) if mutation.kind == "condition" else None

    def _of_input(self, mutation: Mutation) -> NewScenario | None:
        """An input given where it has no place, or where it would have none."""
        event, name = self._original.events[str(mutation.path[1])], str(mutation.path[3])
        aim = Aim(event, self._noticing(mutation), keep=(name,))
        return self._maker.make(self._equivalence.find_telling_facts(mutation), None, aim)

    def _of_condition(self, mutation: Mutation) -> NewScenario | None:
        """A rule's actions where a condition of one holds, and another in its place does not."""
        for name, place in self._original.find_rules(mutation) or ():
            event, regions = (
                self._original.events[name],
                self._equivalence.find_telling_facts_in(mutation, name, place),
            )
            aim = Aim(event, self._noticing(mutation), complete=True)
            made = self._maker.make(regions, event.rules[place].id, aim)
            if made is not None:
                return made
        return None


def _turns_down(rule: Rule) -> bool:
    """Whether all a rule does is to say what is wrong with an input."""
    return [(step.kind, "input" in step.raw) for step in rule.steps] == [("refuse", True)]


# --- as text ----------------------------------------------------------------------------------------


def format_scenario(made: NewScenario) -> str:
    """A scenario as a file has it."""
    root, scenario = made.root, made.scenario
    own = root.name == scenario.name
    lines = ["[[scenario]]", f"name = {format_toml(scenario.name)}"]
    if own:
        lines.append(f"at = {format_toml(scenario.step.at)}")
        if not scenario.setting.made_up:
            lines.append(f"ticket = {format_toml(_own(scenario))}")
        lines.append(f"event = {format_toml(scenario.step.event)}")
    else:
        lines.append(f"like = {format_toml(root.name)}")
    for key in ("given", "facts"):
        theirs: Mapping[str, Any] = {} if own else getattr(root.step, key)
        now: Mapping[str, Any] = getattr(scenario.step, key)
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


def append_scenarios(folder: str, texts: Sequence[str]) -> str:
    """Add scenarios to those in a folder; returns the file. BadInput where it can't be written."""
    path = os.path.join(folder, "boundaries.toml")
    try:
        os.makedirs(folder, exist_ok=True)
        begun = os.path.exists(path)
        with open(path, "a", encoding="utf-8") as file:
            file.write("" if begun else HEAD)
            file.writelines(f"\n{text}" for text in texts)
    except OSError as error:
        raise BadInput(f"{path} can't be written: {(error.strerror or '').lower()}.") from None
    return path


def _own(scenario: Scenario) -> dict[str, Any]:
    """What a scenario says of its ticket itself."""
    ticket = scenario.setting.rows["tickets"][0]
    return {
        name: value for name, value in ticket.items() if name not in ("ref", "book", "customer")
    }


def format_toml_list(does: Sequence[str]) -> str:
    """A list with a line for each, if there are several."""
    told = [format_toml(line) for line in does]
    return (
        "[\n" + "".join(f"  {one},\n" for one in told) + "]"
        if len(told) > 1
        else f"[{''.join(told)}]"
    )


def format_toml(value: Any) -> str:
    """A value as TOML has it; JSON's texts, numbers and lists are TOML's too."""
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{name} = {format_toml(one)}" for name, one in value.items()) + " }"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(format_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
