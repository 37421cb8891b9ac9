"""Texts that somebody looks for: a whole text, with * for anything, or a part of one.

Case and accents make no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .word_patterns import fold_text, make_like, make_pattern, make_phone_pattern

_MOST_STARS = 5


class TextPattern(NamedTuple):
    """What a text has to fit: `like` for texts of ASCII letters, `fits` for any text.

    Where `like_decides` is false, LIKE only sorts out what can't fit.
    """

    like: str
    fits: Callable[[str], bool]
    like_decides: bool = True


def whole_text(written: str) -> TextPattern:
    """The whole text, in which * stands for anything; ValueError where it has too many of them."""
    parts = fold_text(written).split("*")
    if len(parts) - 1 > _MOST_STARS:
        raise ValueError(f"has more than {_MOST_STARS} *")
    like = "%".join(make_like(part)[1:-1] for part in parts)
    return TextPattern(like, lambda text: _fits_parts(fold_text(text), parts))


def _fits_parts(text: str, parts: Sequence[str]) -> bool:
    """Whether a text consists of these parts, in their order, with anything between two of them."""
    first, *others = parts
    if not others:
        return text == first
    if not text.startswith(first):
        return False
    at, last = len(first), others.pop()
    for part in others:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(last) and text.endswith(last)


def part_of_text(written: str) -> TextPattern:
    """A text that contains this one."""
    folded = fold_text(written)
    return TextPattern(make_like(folded), lambda text: folded in fold_text(text))


def word_of_text(written: str) -> TextPattern:
    """A text with a word that begins so."""
    word = make_pattern(written)
    return TextPattern(word.like, word.fits, like_decides=False)


def phone_number(written: str) -> TextPattern | None:
    """A phone number, however it is written; None where this can't be one."""
    phone = make_phone_pattern(written)
    return None if phone is None else TextPattern(phone.like, phone.fits, like_decides=False)
