"""A change that leaves the rules' names as they are: `replay` tells it by kind, once, with an example."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from desk import SETTINGS, Desk

ROOT = Path(__file__).parents[2]


@pytest.fixture
def called(desk: Desk) -> Desk:
    """A desk where two customers were called, one of them twice, and one has had a notice."""
    desk.load(
        *(
            {"ref": f"T-{number}", "book": "collections", "customer": "C-1", "opened": "2026-02-01",
             "proformas": [{"number": f"PF-{number}", "amount": "120.50"}]}
            for number in (1, 2)
        ),
        {"ref": "T-3", "book": "collections", "customer": "C-1", "opened": "2026-02-01",
         "status": "pre-block", "preblock_on": "2026-02-15",
         "proformas": [{"number": "PF-3", "amount": "1.00"}]},
    )  # fmt: skip
    for ref in ("T-1", "T-2"):
        desk.good(f"call-outcome {ref} no-answer")
    desk.good("triage --quiet")
    desk.good("call-outcome T-1 no-answer", at="2026-03-09")
    return desk


def plant(desk: Desk, *changes: tuple[str, str, str]) -> str:
    """The collections book with other words in some of its files, and the option that has it used."""
    for folder, ours in (
        ("books", "core/books/collections"),
        ("templates", "templates/collections"),
    ):
        if not (mine := desk.folder / folder / "collections").exists():
            shutil.copytree(ROOT / ours, mine)
    for name, old, new in changes:
        path = desk.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new), encoding="utf-8")
    other = desk.folder / "other.toml"
    other.write_text(f'{SETTINGS}[folders]\nbooks = "books"\ntemplates = "templates"\n', "utf-8")
    return f"--config {other}"


BOOK = "books/collections/book.toml"
SUMMARY = "templates/collections/summary.it.j2"


def test_a_book_that_is_only_copied_does_the_same(called: Desk) -> None:
    assert called.good(f"replay {plant(called)}").out == "4 of 4 decisions come out the same.\n"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ((BOOK, '{ task = "call-again", due = "{retry_workdays} working days" }',
          '{ task = "call-again", due = "6 working days" }'),
         "  due date call-again: 3 decisions (call.no-answer.first 2, 1 more)\n"
         "    event 2, T-1, 2026-03-02:\n"
         "      was: 2026-03-09\n"
         "      now: 2026-03-10\n"),
        ((BOOK, '{ tag = "chiamata {attempt}" }', '{ tag = "tentativo {attempt}" }'),
         "  tag: 3 decisions (call.no-answer.first 2, call.no-answer.retry 1)\n"
         "    event 2, T-1, 2026-03-02:\n"
         "      was: chiamata 1\n"
         "      now: tentativo 1\n"),
        ((SUMMARY, "oggi abbiamo provato", "ieri abbiamo provato"),
         "  text of summary (it): 2 decisions (call.no-answer.first)\n"
         "    event 2, T-1, 2026-03-02:\n"
         "      was: oggi abbiamo provato a metterci in contatto con Voi, ma non ci si…\n"
         "      now: ieri abbiamo provato a metterci in contatto con Voi, ma non ci si…\n"),
        ((BOOK, 'preblock_days = { value = 15', 'preblock_days = { value = 16'),
         "  rule: 1 decision (day.preblock.block)\n"
         "    event 4, T-3, 2026-03-02:\n"
         "      was: day.preblock.block\n"
         "      now: day.preblock.wait\n"),
    ],
)  # fmt: skip
def test_what_changes_is_told_by_kind(
    called: Desk, change: tuple[str, str, str], told: str
) -> None:
    ran = called.run(f"replay --fail-on-change {plant(called, change)}")
    assert ran.code == 1
    head, _, rest = ran.out.partition("\n")
    assert head == "collections:"
    assert told in rest
    assert rest.replace(told, "").count(" decision (") + rest.count(" decisions (") <= 1, ran.out


# --- what-if makes events of people again ---------------------------------------------------------


def try_out(desk: Desk, change: tuple[str, str, str], words: str = "") -> str:
    """What `what-if` says of a changed book."""
    plant(desk, change)
    tried = desk.folder / "books" / "collections"
    return desk.good(f"what-if --book {tried} {words}", at="2026-03-10").out


SIX_DAYS = (
    BOOK,
    '{ task = "call-again", due = "{retry_workdays} working days" }',
    '{ task = "call-again", due = "6 working days" }',
)


def test_events_of_people_are_made_again(called: Desk) -> None:
    assert try_out(called, SIX_DAYS) == (
        "0 of 3 open tickets go another way on 2026-03-10.\n"
        "Next dates that move, by the same rule: 0.\n"
        "Events of people since 2025-12-10 that come out otherwise: 3 of 3.\n"
        "collections:\n"
        "  due date call-again: 3 events (call.no-answer.first 2, call.no-answer.retry 1)\n"
        "    event 2, T-1, 2026-03-02:\n"
        "      was: 2026-03-09\n"
        "      now: 2026-03-10\n"
        "Not looked at: what people will do.\n"
    )


def test_the_newest_events_only(called: Desk) -> None:
    out = try_out(called, SIX_DAYS, "--events 1")
    assert "since 2025-12-10 that come out otherwise: 1 of 1.\n" in out
    assert "event 5, T-1, 2026-03-09:\n" in out
    assert "Not looked at: what people will do; 2 older" in out
    called.good("undo T-1 --yes", at="2026-03-09")
    [row] = called.good(
        f"what-if --book {called.folder / 'books/collections'} --events 0 --json", at="2026-03-10"
    ).rows
    assert row["events"] == {
        "since": "2025-12-10", "looked_at": 0, "otherwise": 0, "changes": [], "older": 2,
        "forgotten": 0, "unreadable": 0, "unmade": 0, "uncounted": 0,
    }  # fmt: skip


def test_nights_tell_what_else_the_same_rules_do(desk: Desk) -> None:
    desk.load(
        {"ref": "T-1", "book": "collections", "customer": "C-1", "opened": "2026-02-01",
         "status": "pre-block", "preblock_on": "2026-02-20",
         "proformas": [{"number": "PF-3", "amount": "1.00"}]}
    )  # fmt: skip
    change = (BOOK, '{ tag = "da bloccare" },\n', '{ tag = "bloccare" },\n')
    plant(desk, change)
    out = desk.good(f"what-if --book {desk.folder / 'books/collections'} --until 2026-03-08").out
    assert out.startswith(
        "0 of 1 open tickets go another way from 2026-03-02 to 2026-03-08.\n"
        "Next dates that move, by the same rule: 0.\n"
        "Something else differs, by the same rule: 1.\n"
        "collections:\n"
        "  tag: 1 ticket (day.preblock.block)\n"
        "    T-1:\n"
        "      was: da bloccare\n"
        "      now: bloccare\n"
    ), out
