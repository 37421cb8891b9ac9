"""Saying why, taking back, and the books: `explain`, `undo`, `book`."""

from __future__ import annotations

import pytest
from desk import MONDAY, Desk
from procedure import calling, promised, ticket


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A ticket that was called twice, and one that awaits a payment."""
    return desk.load(calling(2), {**promised("2026-02-20"), "ref": "T-2"})


# --- explain --------------------------------------------------------------------------------------


def test_explain_in_words(two: Desk) -> None:
    lines = two.good("explain T-1 call outcome=no-answer").out.splitlines()
    assert lines[:2] == [f"T-1, event call, {MONDAY}", "Facts"]
    rule, ruled_out = (
        lines.index("Rule call.no-answer.retry"),
        lines.index("Ruled out, nearest first"),
    )
    facts = [line.split("  (")[0].strip() for line in lines[2:rule]]
    assert {"outcome = no-answer", "attempt = 3", "proformas = 2", "on_appointment = no"} <= {
        *facts
    }
    assert all(line.endswith(")") for line in lines[2:rule])
    assert lines[rule + 1] == "  Missed call number 3: call again in 5 working days."
    told = [line.split(":")[0] for line in lines[rule + 2 : ruled_out]]
    assert told == ["  from s04", "  from s05", "  remark r1", "  remark r17"]
    nearest = lines[ruled_out + 1 : -1]
    assert "  call.no-answer.first: attempt is 3, not 1" in nearest
    misses = [line.count("; ") for line in nearest]
    assert misses == sorted(misses)
    assert lines[-1].endswith("further away (--json shows all)")


def test_explain_as_json(two: Desk) -> None:
    (told,) = two.good("explain T-1 call outcome=no-answer --json").rows
    (decision,) = two.good("call-outcome T-1 no-answer --json --dry-run").rows
    assert list(told) == ["ticket", "book", "event", "at", "facts", "rules", "ruled_out", "turns"]
    assert all(told[name] == decision[name] for name in ("ticket", "book", "event", "at", "facts"))
    (rule,) = told["rules"]
    assert (rule["rule"], rule["extrapolated"]) == (decision["rule"], False)
    assert list(rule["from"]) == ["s04", "s05"]
    assert all(rule["from"].values())
    assert list(rule["remarks"]) == ["r1", "r17"]
    book = two.good("book show collections --json").rows[0]
    everyone = [rule["rule"] for rule in book["rules"] if rule["event"] == "call"]
    others = [other["rule"] for other in told["ruled_out"]]
    assert sorted([rule["rule"], *others]) == sorted(everyone)
    assert {
        "rule": "call.no-answer.first",
        "cells": [{"fact": "attempt", "value": "3", "wanted": "1"}],
    } in told["ruled_out"]
    counts = [len(other["cells"]) for other in told["ruled_out"]]
    assert counts == sorted(counts)
    assert counts[0] == 1


def test_explain_without_an_event_is_about_today(two: Desk) -> None:
    (told,) = two.good("explain T-2 --json").rows
    assert (told["event"], told["rules"][0]["rule"]) == ("day", "day.payment.missed")
    assert told["rules"][0]["why"].startswith("The payment of 2026-02-20 is missing")
    (earlier,) = two.good("explain T-2 --json", at="2026-02-20").rows
    assert earlier["rules"][0]["rule"] == "day.payment.wait"
    assert two.good("explain T-2 day --json").rows == [told]


def test_explain_writes_nothing(two: Desk) -> None:
    before = two.file.read_bytes()
    two.good("explain T-2")
    two.good("explain T-1 promise what=new agreed_on=2026-03-12")
    assert two.file.read_bytes() == before


# --- undo -----------------------------------------------------------------------------------------


def test_undo_of_the_newest_of_one_and_of_a_run(two: Desk) -> None:
    start = two.export()
    two.good("call-outcome T-1 no-answer")
    two.good("triage")
    assert two.good("undo --dry-run").out == "Event 2 (call on T-1) would be undone.\n"
    assert two.good("undo --dry-run --json").rows == [
        {
            "undone": 2,
            "ticket": "T-1",
            "event": "call",
            "applied": False,
            "event_id": None,
            "by": "anna",
        }
    ]
    assert two.good("undo 2").out == "Event 2 (call on T-1) is undone, by event 4.\n"
    (row,) = two.good("undo --run 3 --json").rows
    assert (row["undone"], row["applied"], row["event_id"]) == (3, True, 5)
    assert two.export() == start
    assert two.good("undo --run 1 --quiet") == (0, "", "")
    assert two.export() == {"customers": [], "tickets": []}


def test_undo_takes_back_what_is_mine(two: Desk) -> None:
    """Neither somebody else's step nor a night's, unless it is named and confirmed."""
    start = two.export()
    two.good("call-outcome T-1 no-answer --as luca")
    two.good("triage")
    ran = two.run("undo")
    assert (ran.code, ran.err.startswith("Error: there is nothing of anna to undo")) == (2, True)
    for words in ("undo 2", "undo T-1", "undo --ticket T-1"):
        ran = two.run(words)
        told = "Error: event 2 (call on T-1) is luca's; give --yes to take it back all the same.\n"
        assert (ran.code, ran.err) == (2, told)
    assert [row["by"] for row in two.good("log --json").rows] == ["anna", "luca", "anna"]
    two.good("undo T-1 --yes")
    two.good("undo --run 3")
    assert two.export() == start


def test_undo_of_a_run_can_leave_what_was_touched_since(desk: Desk) -> None:
    desk.load(*({**promised("2026-02-20"), "ref": f"T-{n}"} for n in range(1, 4)))
    desk.good("triage")
    desk.good("call-outcome T-2 no-answer")
    ran = desk.run("undo --run 2")
    assert (ran.code, "undo event 5 (call) first" in ran.err) == (3, True)
    undone = [row["undone"] for row in desk.good("undo --run 2 --skip-touched --json").rows]
    assert undone == [4, 2]
    assert desk.run("undo --run 1 --skip-touched").code == 2
    assert desk.good("verify").code == 0


def test_undo_of_a_run_takes_all_of_it_newest_first(desk: Desk) -> None:
    desk.load(*({**promised("2026-02-20"), "ref": f"T-{n}"} for n in range(1, 4)))
    start = desk.export()
    desk.good("triage")
    assert desk.good("undo --run 2 --dry-run").out.splitlines() == [
        f"Event {n} (day on T-{n - 1}) would be undone." for n in (4, 3, 2)
    ]
    assert desk.good("undo --run 2").out.splitlines() == [
        f"Event {n} (day on T-{n - 1}) is undone, by event {by}."
        for n, by in ((4, 5), (3, 6), (2, 7))
    ]
    assert desk.export() == start


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("undo 99", 2, "there is no event 99; `prassi log` lists the events there are."),
        ("undo 3", 3, "event 3 has already been undone, by event 4."),
        ("undo 4", 3, "event 4 is an undo itself: take the step again instead."),
        (
            "undo 1",
            3,
            "can't be undone before what came after it on T-1: undo event 2 (call) first.",
        ),
        (
            "undo --run 99",
            2,
            "run 99 has no event that could be undone; `prassi log` shows the runs.",
        ),
        (
            "undo --run 3",
            2,
            "run 3 has no event that could be undone; `prassi log` shows the runs.",
        ),
        ("undo 2 --run 2", 2, "EVENT, TICKET and --run can't be used together: give one."),
    ],
)
def test_undo_refuses(two: Desk, words: str, code: int, told: str) -> None:
    two.good("call-outcome T-1 no-answer")
    two.good("call-outcome T-1 no-answer")
    two.good("undo")
    before = two.file.read_bytes()
    ran = two.run(words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("Error: ")
    assert ran.err.endswith(f"{told}\n")
    assert two.file.read_bytes() == before


def test_nothing_to_undo(desk: Desk) -> None:
    desk.good("init")
    ran = desk.run("undo")
    assert (ran.code, ran.out) == (2, "")
    assert "there is nothing of anna to undo" in ran.err


# --- book -----------------------------------------------------------------------------------------


def test_book_list(desk: Desk) -> None:
    assert "\ncollections    Recovering unpaid proformas" in desk.good("book list").out
    rows = desk.good("book list --json").rows
    assert [list(row) for row in rows] == [["book", "title", "calendar", "digest"]] * 5
    assert [(row["book"], row["calendar"]) for row in rows] == [
        ("cases", "RU"), ("collections", "IT"), ("insistence", "CL"), ("packages", "EG"),
        ("requests", "IT"),
    ]  # fmt: skip
    assert {len(row["digest"]) for row in rows} == {64}


def test_book_list_tells_of_a_book_that_can_not_be_read(desk: Desk) -> None:
    own = desk.folder / "books" / "calls"
    own.mkdir(parents=True)
    (own / "book.toml").write_text('[book]\nname = "calls"\ntitle = "x"\n', encoding="utf-8")
    (own / "facts.sql").write_text("SELECT 1", encoding="utf-8")
    desk.settings('[folders]\nbooks = "books"\n')
    told = f"{own}/book.toml:1: the book needs 'statuses'."
    lines = desk.good("book list").out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "calls", "cases", "collections", "insistence", "packages", "requests",
    ]  # fmt: skip
    assert lines[0] == f"calls          can't be read: {told}"
    assert desk.good("book list --json").rows[0] == {"book": "calls", "fault": told}


def test_book_show_is_the_procedure(desk: Desk) -> None:
    out = desk.good("book show collections").out
    (told,) = desk.good("book show collections --json").rows
    assert out.startswith("Recovering unpaid proformas (collections)\n")
    assert "\n  retry_workdays = 5 working days: until the next call after a missed one\n" in out
    for rule in told["rules"]:
        assert f"\n  {rule['rule']}\n" in out.replace("  (extrapolated)", "")
        assert rule["from"] or rule["extrapolated"]
    for name, says in (told["statements"] | told["remarks"]).items():
        assert f"\n  {name}  {says}" in out
    assert told["parameters"]["retry_workdays"] == 5
    cited = {name for rule in told["rules"] for name in rule["from"]}
    assert {name for name in told["statements"] if name not in cited} == set()


def test_settings_change_what_a_book_shows(desk: Desk) -> None:
    desk.settings("[parameters.collections]\nretry_workdays = 7\n")
    assert desk.good("book show collections --json").rows[0]["parameters"]["retry_workdays"] == 7
    assert "\n  retry_workdays = 7 working days" in desk.good("book show collections").out


@pytest.mark.slow
def test_book_check(desk: Desk) -> None:
    told = desk.good("book check").out.splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "cases", "collections", "insistence", "packages", "requests",
    ]  # fmt: skip
    assert desk.good("book check collections --quiet").out == ""
    assert desk.good("book check --json").out == ""


@pytest.mark.slow
def test_book_check_tells_every_fault_of_a_book_of_ones_own(desk: Desk) -> None:
    """With exit 1, and file and line."""
    folder = desk.folder / "books" / "broken"
    folder.mkdir(parents=True)
    (folder / "facts.sql").write_text("SELECT id AS ticket FROM ticket", encoding="utf-8")
    (folder / "book.toml").write_text(
        '[book]\nname = "broken"\ntitle = 7\nlanguage = "en"\n\n[parameters]\nsoon = "x"\n',
        encoding="utf-8",
    )
    desk.settings('[folders]\nbooks = "books"\n')
    ran = desk.run("book check")
    faults = [line for line in ran.out.splitlines() if "broken" in line]
    assert ran.code == 1
    assert len(faults) > 1
    assert all(f"{folder / 'book.toml'}:" in fault for fault in faults)
    assert "collections: " in ran.out
    told = desk.run("book check broken --json")
    assert (told.code, [row["fault"] for row in told.rows]) == (1, faults)
    assert {row["book"] for row in told.rows} == {"broken"}
    quiet = desk.run("book check --quiet")
    assert (quiet.code, quiet.out.splitlines()) == (1, faults)
    assert desk.run("book show broken").code == 2
    assert desk.run("event T-1 call").code == 4


def test_a_book_that_is_not_there(desk: Desk) -> None:
    assert desk.run("book check nobody").code == 2
    desk.load(ticket("new"))
    assert desk.run("triage --book nobody").code == 2
