"""Playing all scenarios of a book: how each comes out, and which rules and rows they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ...book.model import Book
from ...errors import PrassiError
from ...system.language import ENGLISH, speak_meanwhile
from .differences import find_differences
from .scenario_files import Scenario
from .stage import PlayResult, Stage, find_matching_rows


class ScenarioResult(NamedTuple):
    """How a scenario came out: None where it could not be played. `differences` say in a sentence
    each what came otherwise than expected."""

    scenario: Scenario
    played: PlayResult | None
    differences: list[str]

    def tell_differences(self) -> list[str]:
        """The differences with their actions in the language that is spoken."""
        if self.played is None:
            return self.differences
        return find_differences(self.scenario.expected, self.played)


def play_scenarios(stage: Stage, scenarios: Sequence[Scenario]) -> Iterator[ScenarioResult]:
    """Play scenarios in their order; those that follow each other in one setting share it."""
    for _, group in groupby(scenarios, key=lambda one: (one.book, one.setting.key)):
        waiting = list(group)
        try:
            with stage.set_up(waiting[0]):
                while waiting:
                    played = stage.play(waiting[0])
                    scenario = waiting.pop(0)
                    with speak_meanwhile(ENGLISH):  # for programs, too
                        differences = find_differences(scenario.expected, played)
                    yield ScenarioResult(scenario, played, differences)
        except PrassiError as error:
            reason = f"can't be played: {' '.join(str(error).split())}"
            yield from (ScenarioResult(one, None, [reason]) for one in waiting)


class Coverage:
    """Which rules of a book, and which of their rows, scenarios reach."""

    def __init__(self, book: Book) -> None:
        events = [book.event(name) for name in book.event_names]
        self._rows: dict[tuple[str, int], bool] = {
            (rule.id, place): False
            for event in events
            for rule in event.rules
            for place, row in enumerate(rule.rows)
            if all(
                cell.samples() for cell in row.values()
            )  # a row without samples holds for no facts
        }

    def add(self, result: ScenarioResult) -> None:
        """Count what a scenario reached."""
        for one in result.played.consultations if result.played is not None else ():
            for rule in one.event.rules:
                for place in find_matching_rows(rule, one.facts):
                    self._rows[rule.id, place] = True

    @property
    def rules(self) -> Mapping[str, bool]:
        """Whether each rule is reached, by any of its rows."""
        reached: dict[str, bool] = {}
        for (rule, _), is_reached in self._rows.items():
            reached[rule] = reached.get(rule, False) or is_reached
        return reached

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows are reached, and how many there are."""
        return sum(self._rows.values()), len(self._rows)

    @property
    def percent(self) -> float:
        """The rows reached, in per cent."""
        reached, all_ = self.rows
        return 100.0 * reached / all_ if all_ else 100.0

    def list_missing(self) -> list[str]:
        """The rules that are not reached, and rows of others that are not."""
        rules = self.rules
        return [rule for rule, reached in rules.items() if not reached] + [
            f"row {place + 1} of {rule}"
            for (rule, place), reached in self._rows.items()
            if rules[rule] and not reached
        ]
