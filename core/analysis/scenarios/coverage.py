"""Playing all scenarios of a book: how each came out, and which rules and rows were reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ...book.model import Book
from ...errors import PrassiError
from .scenario_files import Scenario
from .stage import PlayResult, Stage, find_differences, find_matching_rows


class ScenarioResult(NamedTuple):
    """A scenario with what came; `wrong` says what came otherwise than expected."""

    scenario: Scenario
    ran: PlayResult | None
    wrong: list[str]


def play_scenarios(stage: Stage, scenarios: Sequence[Scenario]) -> Iterator[ScenarioResult]:
    """Play scenarios in their order; those that follow each other in one setting share it."""
    for _, alike in groupby(scenarios, key=lambda one: (one.book, one.setting.key)):
        waiting = list(alike)
        try:
            with stage.set_up(waiting[0]):
                while waiting:
                    ran = stage.play(waiting[0])
                    scenario = waiting.pop(0)
                    yield ScenarioResult(scenario, ran, find_differences(scenario.expected, ran))
        except PrassiError as error:
            told = " ".join(str(error).split())
            yield from (ScenarioResult(one, None, [f"can't be played: {told}"]) for one in waiting)


class Coverage:
    """What of a book's rules and rows was reached."""

    def __init__(self, book: Book) -> None:
        events = [book.event(name) for name in book.event_names]
        self._rows: dict[tuple[str, int], bool] = {
            (rule.id, place): False
            for event in events
            for rule in event.rules
            for place, row in enumerate(rule.rows)
            if all(cell.samples() for cell in row.values())  # else it holds for no facts
        }

    def reach(self, played: ScenarioResult) -> None:
        """Count in what a scenario reached."""
        for one in played.ran.consultations if played.ran is not None else ():
            for rule in one.event.rules:
                for place in find_matching_rows(rule, one.facts):
                    self._rows[rule.id, place] = True

    @property
    def rules(self) -> Mapping[str, bool]:
        """Whether each rule was reached, by any of its rows."""
        reached: dict[str, bool] = {}
        for (rule, _), is_reached in self._rows.items():
            reached[rule] = reached.get(rule, False) or is_reached
        return reached

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows were reached, and how many there are."""
        return sum(self._rows.values()), len(self._rows)

    @property
    def percent(self) -> float:
        """How many of a hundred rows were reached."""
        reached, all_ = self.rows
        return 100.0 * reached / all_ if all_ else 100.0

    def missing(self) -> list[str]:
        """The rules that were not reached, and the rows of the others."""
        rules = self.rules
        return [rule for rule, reached in rules.items() if not reached] + [
            f"row {place + 1} of {rule}"
            for (rule, place), reached in self._rows.items()
            if rules[rule] and not reached
        ]
