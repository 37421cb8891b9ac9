"""Whatever scenarios of the shipped books do, done again by the same book it is the same."""

from __future__ import annotations

from contextlib import closing

import pytest
from prassi.core.analysis.replay import replay_decisions
from prassi.core.analysis.scenarios.find_scenarios import find_targets
from prassi.core.analysis.scenarios.scenario_files import Scenario
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.errors import PrassiError
from prassi.core.library.settings import NONE


@pytest.mark.slow
@pytest.mark.parametrize("book", ["cases", "collections", "insistence", "packages", "requests"])
def test_a_book_that_stays_the_same_changes_nothing(book: str) -> None:
    settings, [target] = find_targets(NONE, [book])
    count, found = 0, list[str]()
    with closing(Stage(settings)) as stage:
        for scenario in target.scenarios:
            made, differing = replay_one(stage, scenario)
            count += made
            found += [f"{scenario.name}: {one}" for one in differing]
    assert found == []
    assert count > len(target.scenarios) / 3


def replay_one(stage: Stage, scenario: Scenario) -> tuple[int, list[str]]:
    """Carry a scenario out and make its decisions again: how many, and what differs."""
    try:
        with stage.set_up(scenario):
            ref = stage._opened or scenario.setting.ref
            plan = stage.plan(scenario.book, ref, scenario.step)
            stage.carry_out(plan)
            again = [*replay_decisions(stage._office, ())]
            return len(again), [str(each) for one in again for each in one.changes]
    except PrassiError:  # an event that is turned down leaves nothing to do again
        return 0, []
