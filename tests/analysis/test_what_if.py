"""What if: the open tickets under other figures, days or books."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from desk import SETTINGS, Desk

ROOT = Path(__file__).parents[2]


@pytest.fixture
def full(desk: Desk) -> Desk:
    """The desk of the demo, before its Monday."""
    desk.settings((ROOT / "fixtures" / "prassi.toml").read_text(encoding="utf-8"))
    desk.good("init")
    desk.good(["import", str(ROOT / "fixtures" / "collections.json")])
    return desk


@pytest.mark.slow
def test_it_tells_what_differs_and_writes_nothing(full: Desk) -> None:
    before = full.file.read_bytes()
    out = full.good("what-if --set collections.preblock_days=17").out
    assert out == (
        "1 of 49 open tickets go another way on 2026-03-02.\n"
        "rule                now    then\n"
        "day.preblock.block  1      0\n"
        "day.preblock.wait   0      1\n"
        "Next dates that move, by the same rule: 7.\n"
        "Something else differs, by the same rule: 6.\n"
        "collections:\n"
        "  text of preblock (it, es, ar): 5 tickets (day.payment.preblock 3, 2 more)\n"
        "    T-1026:\n"
        "      was: …e entro il 16 marzo 2026 compreso non riceveremo il pagamento o …\n"
        "      now: …e entro il 18 marzo 2026 compreso non riceveremo il pagamento o …\n"
        "  note: 1 ticket (day.preblock.block)\n"
        "    T-1037:\n"
        "      was: … esito per 15 giorni, chiamate registrate: 0. DA BLOCCARE.\n"
        "      now: … esito per 17 giorni, chiamate registrate: 0. DA BLOCCARE.\n"
        "Events of people since 2025-12-02 that come out otherwise: 0 of 0.\n"
        "Not looked at: what people will do.\n"
    )
    assert full.file.read_bytes() == before
    assert full.good("what-if --set collections.preblock_days=15 --json").rows == [
        {
            "tickets": 49, "another_way": 0, "other_days": 0, "moved": 0, "rules": {}, "messages": {},
            "otherwise": 0, "changes": [],
            "events": {"since": "2025-12-02", "looked_at": 0, "otherwise": 0, "changes": [],
                       "older": 0, "forgotten": 0, "unreadable": 0, "unmade": 0, "uncounted": 0},
        }
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trial", "settings"),
    [
        ("--set collections.preblock_days=17", "[parameters.collections]\npreblock_days = 17\n"),
        ("--set collections.preblock_proformas=1 --set collections.reschedule_max_broken=0",
         "[parameters.collections]\npreblock_proformas = 1\nreschedule_max_broken = 0\n"),
        ("--set requests.stale_workdays=9 --set collections.check_workdays=9",
         "[parameters.collections]\ncheck_workdays = 9\n"),
    ],
)  # fmt: skip
def test_it_says_what_triage_then_says(full: Desk, trial: str, settings: str) -> None:
    rows = full.good(f"what-if {trial} --list --json").rows
    decided = full.good("triage --dry-run --all --json").rows
    now = told(decided)
    text = (ROOT / "fixtures" / "prassi.toml").read_text(encoding="utf-8")
    full.settings(f"{text}\n{settings}")
    other = full.good("triage --dry-run --all --json").rows
    then = told(other)
    moved = {ref for ref in now if now[ref] != then[ref]}
    otherwise = {
        one["ticket"]
        for one, two in zip(decided, other, strict=True)
        if one["actions"] != two["actions"]
    }
    assert {row["ticket"] for row in rows} == moved | otherwise
    assert {row["ticket"] for row in rows if row["changes"]} <= otherwise
    for row in rows:
        assert (row["now"], row["due_now"], row["messages_now"]) == now[row["ticket"]]
        assert (row["then"], row["due_then"], row["messages_then"]) == then[row["ticket"]]


def told(rows: list[dict[str, Any]]) -> dict[str, tuple[list[str], str | None, list[str]]]:
    """Of each ticket: its rule, its next date, and the messages it gets."""
    ways = {}
    for row in rows:
        due = row["next"]["due"] if row["next"] else None
        for action in row["actions"]:
            due = action["until"] if action["action"] == "wait" and due is None else due
        sent = [a["template"] for a in row["actions"] if a["action"] == "message"]
        ways[row["ticket"]] = ([row["rule"]], due, sent)
    return ways


@pytest.mark.slow
def test_nights_follow_each_other(full: Desk) -> None:
    """As they do in earnest: the same rules on the same days."""
    before = full.file.read_bytes()
    rows = full.good(
        "what-if --set collections.preblock_days=20 --until 2026-03-20 --list --json"
    ).rows
    assert full.file.read_bytes() == before
    nights = [f"2026-03-{day:02}" for day in range(2, 21)]
    now = events(full, nights)
    full.file.write_bytes(before)
    text = (ROOT / "fixtures" / "prassi.toml").read_text(encoding="utf-8")
    full.settings(f"{text}\n[parameters.collections]\npreblock_days = 20\n")
    then = events(full, nights)
    assert rows
    for row in rows:
        assert row["now"] == now.get(row["ticket"], [])
        assert row["then"] == then.get(row["ticket"], [])
    differing = {ref for ref in {*now, *then} if now.get(ref) != then.get(ref)}
    assert differing <= {row["ticket"] for row in rows}


def events(desk: Desk, nights: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for night in nights:
        desk.good("triage --quiet", at=night)
    for row in desk.good("log --json").rows:
        if row["rule"]:
            found.setdefault(row["ticket"], []).append(f"{row['at']} {row['rule']}")
    return found


@pytest.mark.slow
def test_a_closure_moves_dates(full: Desk) -> None:
    rows = full.good("what-if --closure 2026-03-03 --list --json").rows
    assert rows
    assert {tuple(row["now"]) == tuple(row["then"]) for row in rows} == {True}
    later = [row for row in rows if row["due_then"] > row["due_now"]]
    assert len(later) == 6
    [waits] = [row["changes"] for row in rows if row not in later]
    assert waits == [{"kind": "wait", "what": "", "was": "2026-03-03", "now": "2026-03-04"}]


def test_a_faulty_version_of_a_book_is_told(full: Desk) -> None:
    folder = full.folder / "tried" / "collections"
    shutil.copytree(ROOT / "core" / "books" / "collections", folder)
    text = (folder / "book.toml").read_text(encoding="utf-8")
    text = text.replace('since_notice = "< {preblock_days}"', 'since_notice = "<= {preblock_days}"')
    (folder / "book.toml").write_text(text, encoding="utf-8")
    ran = full.run(f"what-if --book {folder}")
    assert (ran.code, "day.preblock.wait and day.preblock.block both answer" in ran.err) == (
        2,
        True,
    )


def test_a_sound_version_of_a_book(full: Desk) -> None:
    folder = full.folder / "tried" / "collections"
    shutil.copytree(ROOT / "core" / "books" / "collections", folder)
    text = (folder / "book.toml").read_text(encoding="utf-8")
    text = text.replace("preblock_days = { value = 15", "preblock_days = { value = 17")
    (folder / "book.toml").write_text(text, encoding="utf-8")
    one = full.good(f"what-if --book {folder}").out
    assert one == full.good("what-if --set collections.preblock_days=17").out
    (folder / "texts.it.toml").unlink()  # notes in another language would count as different
    without = full.good(f"what-if --book {folder}").out
    assert "now: …effect for 17 days, calls recorded: 0. To be blocked." in without
    assert without.count("note: ") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("what-if", "there is nothing to compare: give --set, --closure or --book."),
        ("what-if --set preblock_days=2", "is not BOOK.NAME=VALUE"),
        ("what-if --set collections.preblock_days", "is not BOOK.NAME=VALUE"),
        ("what-if --set collections.nothing=2", "the book has no parameter 'nothing'."),
        ("what-if --set nothing.a=2", "there is no book 'nothing'"),
        ("what-if --set collections.preblock_days=soon", "must be like 15, not 'soon'."),
        ("what-if --set collections.preblock_days=-1", "must be at least 0, not -1."),
        ("what-if --closure 2026-02-30", "there is no such day"),
        ("what-if --book nowhere", "has no book.toml: give the folder of a book."),
        ("what-if --closure 2026-03-03 --until 2026-03-01", "before 2026-03-02"),
    ],
)
def test_what_can_not_be_tried(desk: Desk, words: str, sentence: str) -> None:
    desk.settings(SETTINGS)
    desk.good("init")
    ran = desk.run(words)
    assert (ran.code, sentence in ran.err) == (2, True), ran.err
