"""Words as people look for them: in any case, with or without accents, from the beginning of a word."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import decimal, normalize

from ..system.records import NamedTuple

_MARKS = "\u0300-\u036f\u064b-\u065f\u0670"
"""Accents and vowel signs that stand on the letter before them."""

_LETTERS = ((0x41, 0x250), (0x370, 0x530), (0x621, 0x6D4), (0x1E00, 0x2000))
"""Where letters with accents and letters in two cases stand in Unicode."""

_SHORTEST_PHONE = 4
_PHONE = r"[\d\s+()./-]+"
_TAIL = 6
"""Digits at the end of a phone number that have to be there in any writing of it."""

_MOST_FIXED = 8
"""Characters with anything between them that LIKE looks for: it calls itself for each."""


def fold_text(text: str) -> str:
    """A text in lower case and without accents."""
    if text.isascii():
        return text.lower()
    return re.sub(f"[{_MARKS}]", "", normalize("NFKD", text.casefold()))


class WordPattern(NamedTuple):
    """A word somebody looks for: `like` is what a text of ASCII letters has to be LIKE, `loose` what
    any other text has to be LIKE, `pattern` what any text has to match."""

    like: str
    loose: str
    pattern: re.Pattern[str]

    def fits(self, text: str | None) -> bool:
        """Whether a word of the text begins like this one."""
        return text is not None and self.pattern.search(text) is not None


def make_pattern(word: str) -> WordPattern:
    """The pattern of a word."""
    folded = fold_text(word)
    return WordPattern(make_like(folded), _make_loose(folded), re.compile(_write_pattern(folded)))


def make_like(text: str) -> str:
    r"""What a text that contains another one is LIKE, with \ before what LIKE would read."""
    return f"%{_escape_like(text)}%"


def _make_loose(folded: str) -> str:
    """What a text that contains a word is LIKE whatever accents it has: with the first characters that
    are written in one way only, such as most digits, in their order."""
    letters = _read_variants()
    fixed = [one for one in folded if one not in letters][:_MOST_FIXED]
    return f"%{'%'.join(map(_escape_like, fixed))}%"


def _escape_like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _write_pattern(folded: str) -> str:
    letters = _read_variants()
    written = [
        f"[{re.escape(one + letters.get(one, ''))}][{_MARKS}]*" if one.isalnum() else re.escape(one)
        for one in folded
    ]
    if folded[:1].isalnum():
        # After the first letter: what a pattern begins with is looked for four times as fast.
        first, marks = written[0].split("]", 1)
        written[0] = f"{first}](?<![^\\W_].)(?<![{_MARKS}].){marks}"
    return "".join(written)


@cache
def _read_variants() -> dict[str, str]:
    """The letters that a letter without accent stands for, in both cases."""
    found, known = dict[str, str](), {*re.findall(f"[{_MARKS}]", "".join(map(chr, range(0x700))))}
    for first, last in _LETTERS:
        for one in map(chr, range(first, last)):
            # A character folded as fold_text does it, in a fifth of the time.
            letter, *marks = list(normalize("NFKD", one.casefold()))
            if letter != one and known.issuperset(marks):
                found[letter] = found.get(letter, "") + one
    return found


class PhonePattern(NamedTuple):
    """A phone number somebody looks for, however it is written: `like` is what a number in ASCII
    digits has to be LIKE."""

    like: str
    digits: str

    def fits(self, phone: str | None) -> bool:
        """Whether a number contains this one, or is this one without its country."""
        if phone is None:
            return False
        known = _plain_digits(phone)
        return self.digits in known or (len(known) >= _TAIL and self.digits.endswith(known))


def make_phone_pattern(text: str) -> PhonePattern | None:
    """The pattern of a phone number; None where the text can't be one."""
    if re.fullmatch(_PHONE, text) is None or len(digits := _plain_digits(text)) < _SHORTEST_PHONE:
        return None
    return PhonePattern(f"%{'%'.join(digits[-_TAIL:])}%", digits)


def _plain_digits(phone: str) -> str:
    """The digits of a number, without the zeros before a country or an area."""
    return "".join(str(decimal(one)) for one in phone if one.isdecimal()).lstrip("0")
