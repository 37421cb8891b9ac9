"""Short messages: alphabets and segments."""

from __future__ import annotations

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st
from prassi.core.messages.sms_segments import plain, segments

GSM = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        (GSM, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # An extended character takes two places and is not cut: 152 and 1 are left over.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ب" * 70, 1),
        ("ب" * 71, 2),
        ("ب" * 134, 2),
        ("ب" * 135, 3),
        ("a" * 70 + "ç", 2),
        ("\N{GRINNING FACE}" * 35, 1),
        ("\N{GRINNING FACE}" * 36, 2),
        ("\N{GRINNING FACE}" * 67, 3),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize("letter", "ç’áíъب`")
def test_letters_that_cost_the_alphabet(letter: str) -> None:
    assert segments("a" * 100 + letter) == 2
    assert segments("a" * 101) == 1


def test_spaces_that_do_not_break_cost_nothing() -> None:
    text = "120,00\u00a0€ le 3\u202fmars"
    assert segments(plain(text) + "a" * 100) == 1
    assert segments(text + "a" * 100) == 2


@given(st.text(max_size=400), st.text(max_size=20))
def test_more_text_never_takes_less(text: str, more: str) -> None:
    assert segments(text) <= segments(text + more)
    assert segments(text) <= 1 + len(text.encode("utf-16-le")) // 2 // 66


@given(st.text(st.sampled_from("abc €[]^\n{ñàçب\N{GRINNING FACE}"), max_size=500))
def test_another_program_counts_the_same(text: str) -> None:
    assert segments(text) == max(1, len(smsutil.split(text).parts))
