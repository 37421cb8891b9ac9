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
         "  due date call-again: 3 decisions (call.no-answer.first 2, call.no-answer.retry 1)\n"
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
         "      was: oggi abbiamo provato a metterci in contatto con Lei, ma…\n"
         "      now: ieri abbiamo provato a metterci in contatto con Lei, ma…\n"),
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
