"""The stage on which scenarios and stories are played: what it leaves open, and what it takes back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from prassi.core.analysis.proofs.prove import Prover
from prassi.core.analysis.scenarios import stage as stage_module
from prassi.core.analysis.scenarios.scenario_files import CUSTOMER, ScenarioStep
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.errors import BadInput
from prassi.core.importing.rows_and_faults import Raw
from prassi.core.library.settings import NONE
from prassi.core.ticketfile.open import create_in_memory

LOANS = Path(__file__).parents[2] / "docs" / "examples" / "loans"
LOAN = {"ref": "L-1", "book": "insistence", "customer": "C-1", "line": "metered", "opened": "2026-02-02"}  # fmt: skip
ROWS = [Raw(1, "customers", CUSTOMER), Raw(1, "tickets", {**LOAN, "subject": "Bill"})]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(f"book test {LOANS}", id="book test loans"),
        "book test requests --boundaries --write",  # refused once the stage is there
        "book prove requests --quiet --fresh",
    ],
)
def test_a_command_closes_what_it_played_on(
    words: str, desk: Desk, made: list[sqlite3.Connection]
) -> None:
    desk.run(words)
    _check_closed(made)


def test_a_prover_without_a_book_closes_what_it_opened(made: list[sqlite3.Connection]) -> None:
    with pytest.raises(BadInput, match="no-such-book"):
        Prover(NONE, "no-such-book")
    _check_closed(made)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """The connections that stages make."""
    connections = list[sqlite3.Connection]()

    def create() -> sqlite3.Connection:
        connections.append(create_in_memory())
        return connections[-1]

    monkeypatch.setattr(stage_module, "create_in_memory", create)
    return connections


def _check_closed(made: list[sqlite3.Connection]) -> None:
    assert made
    for connection in made:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


def test_what_is_tried_out_is_taken_back() -> None:
    answer = ScenarioStep("2026-02-03", "answer", {"text": "We look into it."}, {})
    with closing(Stage(NONE)) as stage, stage.furnish(ROWS, "2026-02-02"):
        before = stage.find_ticket("L-1")
        with stage.try_out():
            stage.carry_out(stage.plan("insistence", "L-1", answer))
            assert stage.find_ticket("L-1") != before
        assert stage.find_ticket("L-1") == before


def test_a_furnished_stage_is_empty_afterwards() -> None:
    with closing(Stage(NONE)) as stage:
        with stage.furnish(ROWS, "2026-02-02"):
            assert stage.find_ticket("L-1") is not None
        assert stage.find_ticket("L-1") is None


def test_each_step_is_told_of_facts_that_its_event_does_not_ask_for() -> None:
    """Whatever was asked before it: the first table of a step is the one that its facts are for."""
    good = ScenarioStep("2026-02-03", "answer", {"text": "We look into it."}, {})
    with closing(Stage(NONE)) as stage, stage.furnish(ROWS, "2026-02-02"):
        stage.plan("insistence", "L-1", good)
        with pytest.raises(
            BadInput, match="event answer does not ask for same_open; it asks for status"
        ):
            stage.plan("insistence", "L-1", good._replace(facts={"same_open": "none"}))
