"""Status by event, judged by all scenarios of the shipped books: what they do is in the matrix."""

from __future__ import annotations

from contextlib import closing

import pytest
from prassi.core.analysis.scenarios.coverage import play_scenarios
from prassi.core.analysis.scenarios.scenario_files import list_scenario_files, read_scenario_files
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.analysis.status_matrix import StatusMatrix
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

SHELF = Shelf(NONE)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["collections", "cases", "insistence", "packages"])
def test_what_scenarios_do_is_in_the_matrix(name: str) -> None:
    """Where facts.sql reads the facts: with its rule, and with the status that the rule enters."""
    book = SHELF.book(name)
    rows = StatusMatrix(book, SHELF.files(name).reader()).list_rows()
    answers = {(row.status, row.rule) for row in rows}
    ends = {(row.status, row.rule, row.status_after) for row in rows}
    scenarios = read_scenario_files(list_scenario_files(book.folder), name)
    looked_at = 0
    with closing(Stage(NONE)) as stage:
        for result in play_scenarios(stage, [one for one in scenarios if not one.step.facts]):
            if result.played is None or result.played.rule is None:
                continue
            last = result.played.consultations[-1]
            status = last.facts.get("status")
            if last.event.opens or status is None:
                continue
            looked_at += 1
            rule = result.played.rule
            assert (status, rule) in answers, result.scenario.name
            entered = [line for line in result.played.does if line.startswith("status ")]
            if entered:
                assert (status, rule, entered[-1][7:]) in ends, result.scenario.name
    assert looked_at >= 30
