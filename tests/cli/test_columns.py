"""Columns on a screen: measured as a terminal shows them, wrapped, and kept apart."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prassi.cli.printing import columns

ARABIC = "مؤسسة النور للتجارة (القاهرة)"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
MARK = "\u200e"


@pytest.mark.parametrize(
    ("text", "places"),
    [("abc", 3), ("日本", 4), (FAMILY, 2), ("e\u0301", 1), ("مرحبا", 5), (f"{MARK}a", 1), ("", 0)],
)
def test_letters_take_as_many_places_as_a_terminal_gives_them(text: str, places: int) -> None:
    assert columns.measure_width(text) == places


def test_narrow_columns_stay_as_they_are_and_wide_ones_share_the_rest() -> None:
    assert columns.share_widths([3, 10, 8], 80) == [3, 10, 8]
    assert columns.share_widths([3, 50, 90], 47) == [3, 20, 20]
    assert columns.share_widths([3, 12, 90], 47) == [3, 12, 28]
    assert columns.share_widths([30, 30], 6) == [6, 6]  # never so narrow that nothing can be read


def test_a_long_text_goes_on_below_itself() -> None:
    rows = [["R-1", "Tre larici e un abete", 7], ["R-2", "x", 12]]
    assert list(columns.format_table(rows, ["ref", "about", "age"], 20)) == [
        "ref  about       age",
        "R-1  Tre larici    7",
        "     e un abete",
        "R-2  x            12",
    ]


def test_a_word_too_long_for_its_column_is_broken_between_letters() -> None:
    assert columns.wrap_text("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert columns.wrap_text("ab abcdefghij c", 4) == ["ab", "abcd", "efgh", "ij", "c"]
    assert columns.wrap_text("ab ábcdéfghíj c", 4) == ["ab", "ábcd", "éfgh", "íj", "c"]
    assert columns.wrap_text("日本電気", 5) == ["日本", "電気"]
    assert columns.wrap_text(FAMILY * 3, 4) == [FAMILY * 2, FAMILY]


def test_wide_letters_keep_the_next_column_where_it_was() -> None:
    rows = [["日本電気", "x"], [FAMILY, "x"], ["e\u0301", "x"], ["abcdefgh", "x"]]
    lines = list(columns.format_table(rows, ["customer", "type"], 40))
    assert {columns.measure_width(line[: line.index("x")]) for line in lines[1:]} == {10}


def test_every_line_of_a_cell_from_right_to_left_stands_between_marks() -> None:
    _, *lines = columns.format_table([["R-1", ARABIC, "عميل"]], ["ref", "customer", "type"], 28)
    assert len(lines) == 2
    assert lines[0].startswith("R-1  " + MARK + "مؤسسة")
    assert lines[0].count(MARK) == 4  # both cells
    assert lines[1] == " " * 5 + MARK + "للتجارة (القاهرة)" + MARK
    assert MARK not in columns.wrap_text("日本", 9)[0]


def test_what_could_steer_a_terminal_is_shown_and_takes_its_place() -> None:
    rows = [["\x1b[31mred\u202eflip\a", "x"], ["two\nlines\tand a tab", "x"]]
    first, second = list(columns.format_table(rows, ["text", "end"], 80))[1:]
    assert first == "\\x1b[31mred\\u202eflip\\x07  x"
    assert second == "two lines and a tab".ljust(len(first) - 1) + "x"


LETTERS = st.text(st.sampled_from("ab -日本مرع\u0301\U0001f44d\x1b\n\u202e"), max_size=60)


@given(st.lists(st.tuples(LETTERS, LETTERS, LETTERS), max_size=4), st.integers(30, 120))
def test_no_line_is_ever_wider_than_the_screen(rows: list[tuple[str, ...]], room: int) -> None:
    lines = list(columns.format_table(rows, ["one", "two", "three"], room))
    assert max(map(columns.measure_width, lines)) <= room
    letters = Counter("".join(lines))
    given = Counter("".join(columns.flatten_text(cell) for row in rows for cell in row))
    assert all(letters[letter] >= many for letter, many in given.items() if letter != " ")


def test_the_screen_is_as_wide_as_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert columns.measure_screen() == 80
    for nonsense in ("", "0", "-3", "wide"):
        monkeypatch.setenv("COLUMNS", nonsense)
        assert columns.measure_screen() == 120  # a file, as here
