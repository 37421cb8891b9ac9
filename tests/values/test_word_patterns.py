"""Words are found in any case and without accents, phone numbers in any writing."""

from __future__ import annotations

import pytest
from prassi.core.values.word_patterns import fold_text, make_pattern, make_phone_pattern


@pytest.mark.parametrize(
    ("word", "text", "fits"),
    [
        ("perche", "Perché no", True),
        ("PERCHÉ", "perche\u0301", True),
        ("che", "perché", False),
        ("che", "perché/che", True),
        ("a.b", "a.b", True),
        ("a.b", "axb", False),
        ("احمد", "أَحمد", True),
        ("[x]", "y[X]", True),
    ],
)
def test_a_word(word: str, text: str, fits: bool) -> None:
    assert make_pattern(word).fits(text) is fits
    assert fold_text(fold_text(text)) == fold_text(text)


@pytest.mark.parametrize(
    ("asked", "known", "fits"),
    [
        ("+39 055 123456", "055123456", True),
        ("055 123456", "0039 055/123.456", True),
        ("٠٥٥ ١٢٣٤٥٦", "+39 055 123456", True),
        ("+39 055 123456", "+39 055 123457", False),
        ("+39 055 123456", "56", False),
    ],
)
def test_a_phone_number(asked: str, known: str, fits: bool) -> None:
    pattern = make_phone_pattern(asked)
    assert pattern is not None
    assert pattern.fits(known) is fits


def test_what_is_no_phone_number() -> None:
    assert make_phone_pattern("PF-1234") is None
    assert make_phone_pattern("123") is None
