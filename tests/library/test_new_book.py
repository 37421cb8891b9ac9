"""The beginning of a book: it works as it is, and a copy does what the original does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desk import Desk
from english_words import find_english


@pytest.fixture
def writing(desk: Desk) -> Desk:
    desk.settings(f"[folders]\nbooks = {str(desk.folder)!r}\n")
    return desk


def test_a_new_book_works_as_it_is(writing: Desk) -> None:
    assert "is made, with 3 files" in writing.good("book new questions").out
    assert "nothing found" in writing.good("book check questions").out
    tested = writing.good("book test questions").out
    assert "all as they should be; 3 of 3 rules reached" in tested
    writing.good("init")
    rows = '[{"ref": "C-1"}]', '[{"ref": "Q-1", "book": "questions", "customer": "C-1"}]'
    (writing.folder / "rows.json").write_text(
        f'{{"customers": {rows[0]}, "tickets": {rows[1]}}}', encoding="utf-8"
    )
    writing.good(f"import {writing.folder / 'rows.json'}")
    assert writing.good("event Q-1 answer text=Yes --json").rows[0]["rule"] == "answer.closed"


@pytest.mark.parametrize("language", ["it", "es", "ru", "ar"])
def test_its_comments_are_in_the_language(writing: Desk, language: str) -> None:
    writing.good("book new questions")
    writing.good(f"book new others --lang {language}")
    for path in ("book.toml", "facts.sql", "scenarios/first.toml"):
        english, told = (
            (writing.folder / name / path).read_text(encoding="utf-8")
            for name in ("questions", "others")
        )
        comments = re.findall(r"(?m)^(?:#|--) (.+)", told)
        assert find_english(" ".join(comments)) == set()
        assert comments
        assert not set(told) & {"\u200e", "\u200f"}
        plain = [re.sub(r"(?m)^(#|--) .+\n", "", text) for text in (english, told)]
        assert plain[1].replace("others", "questions").replace("OTH", "QUE") == plain[0]


def test_a_copy_passes_what_the_original_passes(writing: Desk) -> None:
    writing.good("book new wishes --like requests")
    assert writing.good("book check wishes").out == (
        writing.good("book check requests").out.replace("requests: ", "wishes: ")
    )
    writing.good("book test wishes")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["insistence", "packages", "cases"])
def test_a_copy_opens_tickets_and_writes_messages_of_its_own(writing: Desk, name: str) -> None:
    writing.good(f"book new mine --like {name}")
    assert "nothing found" in writing.good("book check mine").out
    writing.good("book test mine")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("book new cases", "already"),
        ("book new Loans", "small letters"),
        ("book new ../x", "small letters"),
        ("book new a --like loanz", "loanz"),
    ],
)
def test_what_can_not_be_a_book_is_told(writing: Desk, command: str, told: str) -> None:
    before = {*writing.folder.iterdir()}
    ran = writing.run(command)
    assert (ran.code, told in ran.err) == (2, True)
    assert {*writing.folder.iterdir()} == before


def test_nothing_is_overwritten(writing: Desk) -> None:
    (writing.folder / "mine").mkdir()
    kept = writing.folder / "mine" / "note.txt"
    kept.write_text("kept", encoding="utf-8")
    assert writing.run("book new mine").code == 2
    assert [*Path(writing.folder / "mine").iterdir()] == [kept]
    assert "would be made" in writing.good("book new other -n").out
    assert not (writing.folder / "other").exists()
