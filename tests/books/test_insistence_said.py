"""What is said of requirements, in five languages, and the demo's desk."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from desk import SETTINGS, Desk
from insistencework import (
    FRIDAY,
    LATE,
    ROSA,
    SAID,
    SUBJECTS,
    check,
    follow_up,
    requirement,
    told,
)
from prassi.core.library import settings
from prassi.core.library.library import Shelf
from prassi.core.messages.template_files import OURS
from prassi.core.messages.templates import Messages
from prassi.core.ticketfile import facts_sql

pytestmark = pytest.mark.unmeasured

SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "insistence"


# --- what is said ---------------------------------------------------------------------------------

LANGUAGES = ("it", "es", "ru", "ar", "en")
SPOKEN = {
    "tell-deadline": ([requirement()], ""),
    "tell-answer": ([requirement("Sí.")], ""),
    "tell-self-service-late": ([requirement(last=FRIDAY)], ""),
    "tell-self-service-disagreement": ([requirement("No.")], "--customer disagrees"),
    "tell-filed": ([requirement()], f"--file-follow-up {LATE} {SAID}"),
    "tell-follow-up-deadline": ([requirement(), follow_up()], ""),
    "tell-follow-up-answer": ([requirement("No."), follow_up("Sí.")], ""),
    "tell-escalated": ([requirement(), follow_up("No.")], ""),
    "tell-satisfied": ([requirement("Sí.")], "--customer accepts"),
    "tell-satisfied.closed": ([requirement("Sí.", status="closed")], "--customer accepts"),
    "tell-satisfied.late": ([requirement(last="2026-02-11")], "--customer accepts"),
    "tell-satisfied.late-closed": (
        [requirement(last=FRIDAY, status="closed")],
        "--customer accepts",
    ),
    "tell-deadline.eleventh": ([requirement(last="2026-03-11")], ""),
    "tell-answer.eighth": ([requirement("Sí.", answered_on="2026-02-08")], ""),
    "tell-self-service-late.eighth": ([requirement(last="2026-02-08")], ""),
    **{
        f"tell-filed.{subject}": ([requirement()], f"--file-follow-up {subject} {SAID}")
        for subject in SUBJECTS[1:]
    },
}


@pytest.mark.slow
@pytest.mark.unmeasured
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_five_languages(desk: Desk, language: str) -> None:
    """The texts as they are read out; `make snapshots` renews them."""
    customers = [{**ROSA, "language": language}]
    lines = []
    for template, (tickets, options) in SPOKEN.items():
        (desk.folder / template).mkdir()
        own = Desk(desk.folder / template)
        own.settings(SETTINGS.replace("[roles]", 'website = "gas.example.org"\n[roles]'))
        own.load(*tickets, customers=customers)
        decision = own.good(f"insistence-check R-1 {options} --json -n").rows[-1]
        lines += [f"{template.partition('.')[0]}: {text}" for text in told(decision)]
    path = SNAPSHOTS / f"{language}.txt"
    if os.environ.get("PRASSI_SNAPSHOTS") == "renew":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(SPOKEN)


def test_every_text_is_there_in_five_languages() -> None:
    messages = Messages()
    folder = Path(OURS) / "insistence"
    names = {file.name.partition(".")[0] for file in folder.glob("[!_]*.j2")}
    assert names == {name.partition(".")[0] for name in SPOKEN}
    for name in names:
        assert messages.languages("insistence", name) == tuple(sorted(LANGUAGES))


def test_without_a_website_and_without_the_day_of_an_answer_nothing_is_missing(desk: Desk) -> None:
    late = check(desk, [requirement(last=FRIDAY)], "")
    assert "Sucursal Virtual: ingrese" in told(late)[0]
    answered = desk.folder / "answered"
    answered.mkdir()
    decision = check(Desk(answered), [requirement("No.", answered_on=None)], "")
    assert told(decision) == ["Su requerimiento R-1 ya fue respondido. La respuesta dice: «No.»"]


def test_an_answer_that_is_not_in_the_file_is_looked_up(desk: Desk) -> None:
    known = {"answered_on": "2026-02-20"}
    decision = check(desk, [requirement(**known), follow_up(**known)], "")
    assert decision["rule"] == "insist.x.read-follow-up"
    assert told(decision) == []
    assert "look it up" in told(decision, "agent")[-1]


# --- the demo's desk ------------------------------------------------------------------------------

FIXTURE = Path(__file__).parents[2] / "fixtures" / "insistence.json"


def test_the_demos_desk_has_every_state(desk: Desk) -> None:
    desk.good("init")
    desk.good(f"import {FIXTURE}")
    rows = desk.good("triage --all --json").rows
    rules = {rule.id for rule in Shelf(settings.NONE).book("insistence").event("day").rules}
    assert {row["rule"] for row in rows} == rules
    before = desk.export()
    desk.good("triage")
    assert desk.export() == before


@pytest.mark.parametrize("name", ["insist", "day"])
def test_only_what_an_index_finds_is_looked_up(desk: Desk, name: str) -> None:
    """What SQLite works out for all tickets of the file at once takes a minute a night."""
    desk.load(requirement(), customers=[ROSA])
    book = Shelf(settings.NONE).book("insistence")
    query = facts_sql.build_facts_query(book, book.event(name), facts_sql.ANY_STATE)
    given = {**dict.fromkeys((*book.input_names, "book", "today", "now", "first", "last"))}
    given |= {name: known.sql_value() for name, known in book.parameters.items()}
    with closing(sqlite3.connect(desk.file)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", given)]
    assert not [step for step in plan if step.startswith(("SCAN t", "SCAN link", "SCAN main"))]
    assert not [step for step in plan if step in ("MATERIALIZE known", "MATERIALIZE asked_about")]
