"""A ticket that a book forgets is told, and so is a book that forgets the night."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from desk import Desk

pytestmark = pytest.mark.unmeasured

BOOK = Path(__file__).resolve().parents[2] / "core" / "books" / "collections"
AT = "--at 2026-03-02"


@pytest.fixture
def own(desk: Desk) -> Path:
    """The desk's own copy of the book, which its settings name."""
    folder = desk.folder / "own" / "collections"
    shutil.copytree(BOOK, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    desk.settings('[folders]\nbooks = "own"\n')
    return folder


def test_a_ticket_without_facts_is_told_and_the_others_are_decided(desk: Desk, own: Path) -> None:
    rows = [{"ref": ref, "book": "collections", "customer": "C-1"} for ref in ("T-1", "T-2")]
    desk.load(*rows)
    with (own / "facts.sql").open("a") as file:
        file.write("WHERE ticket.ref <> 'T-2'\n")
    code, out, err = desk.run(f"triage {AT}")
    assert code == 1
    assert "T-1" in out
    assert "T-2" not in out
    assert "T-2: facts.sql of book collections has no row for it." in err


def test_a_book_needs_the_night(desk: Desk, own: Path) -> None:
    text = (own / "book.toml").read_text()
    (own / "book.toml").write_text(text.replace("events.day", "events.night"))
    code, out, _ = desk.run("book check")
    assert code == 1
    assert "there is no event day; every book needs it" in out


def test_an_input_can_only_depend_on_one_above_it(desk: Desk, own: Path) -> None:
    text = (own / "book.toml").read_text()
    channel = 'channel = { type = "word", values = ["call", "email", "ticket"], default = "call"'
    assert channel in text
    wrong = f'{channel}, when = {{ reason = "refuses" }}'
    (own / "book.toml").write_text(text.replace(channel, wrong))
    code, out, _ = desk.run("book check")
    assert code == 1
    assert "there is no fact 'reason' to test." in out
