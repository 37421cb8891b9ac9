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
from .coverage import Played
from .equivalent_mutants import Alike
from .make_scenario import Aim, Made, Maker
from .mutated_book import Original
from .mutations import Change
from .scenario_files import Scenario
from .stage import Ran, Stage, held_rows
from .surviving_mutants import Test, Trial

HEAD = """\
# Made by `prassi book test --boundaries`: what the book says now, on both sides of its thresholds.
# Whether that is right is for somebody to judge who knows the procedure.
"""


class Boundaries:
    """Finds what the scenarios of a book lack, and makes it."""

    def __init__(
        self, stage: Stage, original: Original, scenarios: Sequence[Scenario], at: str
    ) -> None:
        """`at` is the moment of scenarios that are like no other."""
        self._stage, self._original, self._scenarios = stage, original, scenarios
        self._maker = Maker(original.book, stage, at)
        self._alike = Alike(original)
        self._complete = set[str]()
        self._rows = set[tuple[str, int]]()
        self.wrong: list[Played] = []
        """Scenarios that don't come out as expected: while there are any, none is made."""

    def missing(self) -> Iterator[Made]:
        """The scenarios to be added, in the order in which they can be."""
        trial = Trial(self._original, self._stage, self._original.changes())
        for one in trial.run(self._scenarios):
            if one.wrong or one.ran is None:
                self.wrong.append(one)
            else:
                self._learn(one.scenario, one.ran)
        for made in () if self.wrong else self._made(trial):
            self._learn(made.scenario, made.ran, made)
            with self._stage.set(made.scenario):
                trial.show(Played(made.scenario, made.ran, []))
            yield made

    def _learn(self, scenario: Scenario, ran: Ran, made: Made | None = None) -> None:
        self._maker.learn(scenario, ran, made)
        expected, reached = scenario.expected, [r for one in ran.decided for r in one.rules]
        for rule in reached:
            if expected.does is not None or (expected.error is not None and _turns_down(rule)):
                self._complete.add(rule.id)
        for one in ran.decided:
            for rule in one.event.rules:
                self._rows |= {(rule.id, row) for row in held_rows(rule, one.facts)}

    def _made(self, trial: Trial) -> Iterator[Made]:
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
        for test in [test for tests in trial.tests.values() for test in tests]:
            if trial.is_left(test.change) and (made := self._of_test(test)):
                yield made
        for change in trial.left():
            if trial.is_left(change) and (made := self._of_change(change)):
                yield made

    # --- rules, rows and tests ---------------------------------------------------------------------

    def _of_rule(self, event: Event, place: int) -> Iterator[Made]:
        """A scenario of a rule that says all it does, if one can be made."""
        rows = range(len(event.rules[place].rows))
        ways = (self._of_row(event, place, row, complete=True) for row in rows)
        made = self._maker.as_it_is(event, event.rules[place].id)
        made = made or next((one for one in ways if one is not None), None)
        if made is not None:
            yield made

    def _of_row(self, event: Event, place: int, row: int, complete: bool = False) -> Made | None:
        rule = event.rules[place]

        def reached(made: Made) -> bool:
            asked = (one for one in made.ran.decided if one.event.name == event.name)
            return any(row in held_rows(rule, one.facts) for one in asked)

        regions = self._alike.of_row(event.name, place, row)
        return self._maker.make(regions, rule.id, Aim(event, reached, complete))

    def _of_test(self, test: Test) -> Made | None:
        event = self._original.events[str(test.change.path[1])]
        regions, rule = self._alike.apart(test.change), event.rules[test.rule].id
        return self._maker.make(regions, rule, Aim(event, self._noticing(test.change)))

    def _noticing(self, change: Change) -> Callable[[Made], bool]:
        def notices(made: Made) -> bool:
            trial = Trial(self._original, self._stage, [change])
            trial.show(Played(made.scenario, made.ran, []))
            return not trial.left()

        return notices

    # --- conditions, inputs and needs ---------------------------------------------------------------

    def _of_change(self, change: Change) -> Made | None:
        if change.kind == "need":
            event = self._original.events[str(change.path[1])]
            rule = event.rules[int(change.path[3])]
            return self._maker.without(event, rule.id, str(change.now), self._noticing(change))
        if change.kind == "place":
            return self._of_input(change)
        return self._of_condition(change) if change.kind == "condition" else None

    def _of_input(self, change: Change) -> Made | None:
        """An input given where it has no place, or where it would have none."""
        event, name = self._original.events[str(change.path[1])], str(change.path[3])
        aim = Aim(event, self._noticing(change), keep=(name,))
        return self._maker.make(self._alike.apart(change), None, aim)

    def _of_condition(self, change: Change) -> Made | None:
        """A rule's actions where a condition of one holds, and another in its place does not."""
        for name, place in self._original.reach(change) or ():
            event, regions = self._original.events[name], self._alike.apart_in(change, name, place)
            aim = Aim(event, self._noticing(change), complete=True)
            made = self._maker.make(regions, event.rules[place].id, aim)
            if made is not None:
                return made
        return None


def _turns_down(rule: Rule) -> bool:
    """Whether all a rule does is to say what is wrong with an input."""
    return [(step.kind, "input" in step.raw) for step in rule.steps] == [("refuse", True)]


# --- as text ----------------------------------------------------------------------------------------


def written(made: Made) -> str:
    """A scenario as a file has it."""
    root, scenario = made.root, made.scenario
    own = root.name == scenario.name
    lines = ["[[scenario]]", f"name = {as_toml(scenario.name)}"]
    if own:
        lines.append(f"at = {as_toml(scenario.step.at)}")
        if not scenario.setting.made_up:
            lines.append(f"ticket = {as_toml(_own(scenario))}")
        lines.append(f"event = {as_toml(scenario.step.event)}")
    else:
        lines.append(f"like = {as_toml(root.name)}")
    for key in ("given", "facts"):
        theirs: Mapping[str, Any] = {} if own else getattr(root.step, key)
        now: Mapping[str, Any] = getattr(scenario.step, key)
        new = {name: one for name, one in now.items() if name not in theirs or theirs[name] != one}
        if new:
            lines.append(f"{key} = {as_toml(new)}")
    expected = scenario.expected
    if expected.error is not None:
        lines.append(f"error = {as_toml(expected.error)}")
    if expected.rule is not None:
        lines.append(f"rule = {as_toml(expected.rule)}")
    if expected.does is not None:
        lines.append(f"does = {as_list(expected.does)}")
    if expected.next is not None:
        lines.append(f"next = {as_toml(expected.next)}")
    return "\n".join(lines) + "\n"


def append(folder: str, texts: Sequence[str]) -> str:
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


def as_list(does: Sequence[str]) -> str:
    """A list with a line for each, if there are several."""
    told = [as_toml(line) for line in does]
    return (
        "[\n" + "".join(f"  {one},\n" for one in told) + "]"
        if len(told) > 1
        else f"[{''.join(told)}]"
    )


def as_toml(value: Any) -> str:
    """A value as TOML has it; JSON's texts, numbers and lists are TOML's too."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {as_toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
