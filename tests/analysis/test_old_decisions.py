"""Old decisions: explained by the book that made them, and made again by the book as it is now."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from desk import SETTINGS, Desk


@pytest.fixture
def called(desk: Desk) -> Desk:
    """A desk that has decided four times, once of a ticket that is undone since."""
    desk.load(
        {"ref": "T-1", "book": "collections", "customer": "C-1", "opened": "2026-02-01",
         "proformas": [{"number": "PF-1", "amount": "120.50"}]},
        {"ref": "T-2", "book": "collections", "customer": "C-1", "opened": "2026-02-01",
         "status": "pre-block", "preblock_on": "2026-02-15",
         "proformas": [{"number": "PF-2", "amount": "1.00"}]},
    )  # fmt: skip
    desk.good("call-outcome T-1 no-answer")
    desk.good("triage --quiet")
    desk.good("payment T-1 --proforma PF-1 --amount 120.50 --on 2026-03-01")
    desk.good("undo")
    return desk


def settings(desk: Desk, text: str) -> str:
    path = Path(desk.file).parent / "other.toml"
    path.write_text(text, encoding="utf-8")
    return f"--config {path}"


def test_by_the_same_book_all_comes_out_the_same(called: Desk) -> None:
    assert called.good("replay --fail-on-change").out == "3 of 3 decisions come out the same.\n"
    assert called.good("replay --json").out == ""
    assert called.good("replay --book requests").out == "0 of 0 decisions come out the same.\n"


def test_what_changes_is_told_with_both_rules(called: Desk) -> None:
    other = settings(called, f"{SETTINGS}[parameters.collections]\npreblock_days = 16\n")
    ran = called.run(f"replay --fail-on-change {other}")
    assert ran.code == 1
    assert ran.out == (
        "collections:\n"
        "  rule: 1 decision (day.preblock.block)\n"
        "    event 3, T-2, 2026-03-02:\n"
        "      was: day.preblock.block\n"
        "      now: day.preblock.wait\n"
        "2 of 3 decisions come out the same.\n"
    )
    assert called.good(f"replay --list {other}").out == (
        "     3  2026-03-02  T-2  day.preblock.block → day.preblock.wait\n"
        "2 of 3 decisions come out the same.\n"
    )
    [row] = called.good(f"replay --json {other}").rows
    assert row == {
        "event_id": 3, "ticket": "T-2", "at": "2026-03-02", "book": "collections", "event": "day",
        "rule": "day.preblock.block", "now": "day.preblock.wait", "differences": [],
    }  # fmt: skip
    assert called.run(f"replay --quiet {other}").out == ""


def test_an_old_decision_is_explained_by_the_book_that_made_it(called: Desk) -> None:
    other = settings(called, "[parameters.collections]\npreblock_days = 16\n")
    out = called.good(f"explain --event-id 3 {other}", at="2027-01-01").out
    assert out.startswith("T-2, event day, 2026-03-02\n")
    why = "15 days since the pre-block notice: look whether the customer wrote or paid, then block."
    assert f"Rule day.preblock.block\n  {why}\n" in out
    assert "since_notice is 15, not < 15 (preblock_days)" in out
    [row] = called.good("explain --event-id 4 --json").rows
    assert (row["rules"][0]["rule"], row["facts"]["amount_now"]) == ("payment.settled", "120.50")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("explain --event-id 99", "there is no event 99"),
        ("explain --event-id 1", "event 1 (import) is not a decision of a book; "),
        ("explain --event-id 5", "event 5 (undo) is not a decision of a book; "),
        ("explain", "give either TICKET or --event-id."),
        ("explain T-1 --event-id 2", "give either TICKET or --event-id."),
        ("explain T-1 --why-not day.nothing", "event day has no rule 'day.nothing'"),
        ("replay --book nothing", "there is no book 'nothing'"),
    ],
)
def test_what_can_not_be_explained(called: Desk, words: str, told: str) -> None:
    ran = called.run(words)
    assert (ran.code, told in ran.err) == (2, True), ran.err


def test_a_fact_that_was_not_recorded_is_told(called: Desk) -> None:
    """A new version of the book asks about what the old one did not know."""
    folder = Path(called.file).parent / "books" / "collections"
    folder.mkdir(parents=True)
    ours = Path(__file__).parents[2] / "core" / "books" / "collections"
    text = (ours / "book.toml").read_text(encoding="utf-8")
    text = text.replace("[facts]\n", '[facts]\nweather = { type = "integer", about = "degrees" }\n')
    old = 'when = { fits = "fits", still_open = 0, blocked = false }'
    assert text.count(old) == 1
    text = text.replace(old, old.replace("{ ", '{ weather = "< 40", '))
    (folder / "book.toml").write_text(text, encoding="utf-8")
    sql = (ours / "facts.sql").read_text(encoding="utf-8")
    sql = sql.replace(
        "\nSELECT\n    ticket.id AS ticket,", "\nSELECT\n    ticket.id AS ticket, 20 AS weather,"
    )
    (folder / "facts.sql").write_text(sql, encoding="utf-8")
    other = settings(called, f'{SETTINGS}[folders]\nbooks = "books"\n')
    rows: list[dict[str, Any]] = called.good(f"replay --json {other}").rows
    assert [(row["rule"], row["now"]) for row in rows] == [("payment.settled", None)]
    assert rows[0]["why"] == "the log does not have weather, which it asks about now."


def test_a_fact_of_another_type_is_told_for_its_decision_only(called: Desk) -> None:
    """As an older version of the book may have recorded it: the others are still made again."""
    with closing(sqlite3.connect(called.file)) as connection, connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(
            "UPDATE event SET facts = json_set(facts, '$.still_open', 'all') WHERE rule = 'payment.settled'"
        )
        for _, text in guards:
            connection.execute(text)
    rows: list[dict[str, Any]] = called.good("replay --json").rows
    assert [(row["rule"], row["now"]) for row in rows] == [("payment.settled", None)]
    assert rows[0]["why"].startswith("event payment can't be decided: the fact still_open is 'all'")


def test_why_not_another_rule(called: Desk) -> None:
    why_not = "explain T-1 call outcome=no-answer --why-not"
    out = called.good(f"{why_not} call.no-answer.first", at="2026-03-09").out
    assert out == (
        "call.no-answer.first would answer with 1 fact different:\n"
        "  attempt is 2; it would have to be 1\n"
    )
    out = called.good(f"{why_not} call.no-answer.retry", at="2026-03-09").out
    assert out == "call.no-answer.retry is the rule that answers.\n"
    out = called.good(f"{why_not} call.no-answer.retry").out
    assert out == (
        "call.no-answer.retry would answer with 1 fact different:\n"
        "  stands is waits; it would have to be due\n"
    )
    [row] = called.good("explain T-1 --why-not day.call --json").rows
    assert row == {
        "rule": "day.call", "answers": False,
        "change": [{"fact": "status", "value": "calling", "wanted": "new"}],
    }  # fmt: skip


def test_the_next_day_with_another_answer(called: Desk) -> None:
    out = called.good("explain T-1").out
    assert out.endswith("From 2026-03-09 on, if nothing else happens: day.call-again\n")
    [row] = called.good("explain T-1 --json", at="2026-03-08").rows
    assert row["turns"] == {"on": "2026-03-09", "rule": "day.call-again"}
    assert called.good("explain T-1 --json", at="2026-03-09").rows[0]["turns"] is None


def test_no_fact_is_told_that_is_not_so(called: Desk) -> None:
    """Since when a ticket is with others is known of those that are, and told of no other one."""
    assert "status_on" not in called.good("explain T-1", at="2026-03-04").out
    called.good("triage --quiet", at="2026-03-03")
    out = called.good("explain T-2", at="2026-03-04").out
    assert "status = to-block" in out
    assert "status_on = 2026-03-02" in out
    assert "age = 2" in out
