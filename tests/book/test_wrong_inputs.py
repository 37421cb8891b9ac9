"""What a book can say of what it was given: that an input is wrong, in which language it tells
something, and what a text parameter looks like. Tried with the book of a repair shop."""

from __future__ import annotations

import pytest
from desk import Desk
from repair_shop import BOOK, with_book

WRONG = BOOK.replace(
    'then = [{ refuse = "{ref} has no visit to move." }]',
    'then = [{ refuse = "{to} is no use: {ref} has no visit.", input = "to" }]',
)
TOLD = BOOK.replace(
    'about = "what is said" }\n',
    'about = "what is said" }\nin = { type = "text", optional = true, about = "in which language" }\n',
).replace(
    '{ tell = "customer", text = "{text}" }, { note',
    '{ tell = "customer", template = "booked", language = "{in}" }, { note',
)
HOUR = '[parameters]\nopens = { value = "08:00", about = "when it opens", pattern = "[0-2][0-9]:[0-5][0-9]" }\n'
OPENS = BOOK.replace("[parameters]\n", HOUR).replace("Ask for the name.", "We open at {opens}.")


def test_a_wrong_input_is_bad_input_and_named(desk: Desk) -> None:
    shop = with_book(desk, WRONG)
    before = shop.file.read_bytes()
    ran = shop.run("event W-3 move to=2026-03-10")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "Error: to: 2026-03-10 is no use: W-3 has no visit.\n"
    assert shop.file.read_bytes() == before


@pytest.mark.parametrize(
    ("book", "told"),
    [
        (WRONG.replace('input = "to"', 'input = "where"'), "there is no input 'where'"),
        (OPENS.replace('"08:00"', '"8 am"'), "opens must look like"),
    ],
)
def test_a_book_that_says_it_wrong_is_faulty(desk: Desk, book: str, told: str) -> None:
    shop = with_book(desk, BOOK)
    (shop.folder / "books" / "repairs" / "book.toml").write_text(book, encoding="utf-8")
    ran = shop.run("book check repairs")
    assert ran.code == 1
    assert told in ran.out


@pytest.mark.parametrize(
    ("language", "told"), [("it", "La macchina"), ("en", "Your car"), ("", "Your car")]
)
def test_something_is_told_in_the_language_that_is_given(
    desk: Desk, language: str, told: str
) -> None:
    shop = with_book(desk, TOLD)
    italian = shop.folder / "books" / "repairs" / "booked.it.j2"
    italian.write_text("La macchina arriva.", encoding="utf-8")
    english = shop.folder / "books" / "repairs" / "booked.en.j2"
    english.write_text("Your car comes.", encoding="utf-8")
    [row] = shop.good(f"event W-3 say text=Hello in={language} --json").rows
    assert row["actions"][0]["text"].startswith(told)


@pytest.mark.parametrize(
    ("hour", "fits"), [("09:30", True), ("9:30", False), ("morning", False), ("", False)]
)
def test_a_text_parameter_looks_as_the_book_says(desk: Desk, hour: str, fits: bool) -> None:
    shop = with_book(desk, OPENS)
    shop.settings(f"[folders]\nbooks = 'books'\n[parameters.repairs]\nopens = '{hour}'\n")
    ran = shop.run("book check repairs")
    assert ran.code == (0 if fits else 1)
    assert ("opens must look like [0-2][0-9]:[0-5][0-9]" in ran.out) is not fits


def test_an_empty_list_is_none_in_a_text() -> None:
    from prassi.core.book.placeholders import show

    assert show([], None) == "none"
    assert show(["a", "b"], None) == "a, b"
