"""Amounts as ledgers write them: 1.234,50 · -220,00 · 220,00- · (98,50) · EUR 1.220,00 · 98.50 CR · 50,-."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

_WHOLE = {
    # In India only the last three digits stand together: 1,22,000.00
    ".": r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3})",
    ",": r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)",
}
_NUMBER = {
    ".": re.compile(rf"{_WHOLE['.']}(?:\.[0-9]*)?|\.[0-9]+"),
    ",": re.compile(rf"{_WHOLE[',']}(?:,[0-9]*)?|,[0-9]+"),
}
_WORD = r"[^\W\d_]{2,5}\.?"
_PARTS = re.compile(
    rf"(?P<before>[-+]?)(?P<word>{_WORD})?(?P<sign>[-+]?)(?P<number>[0-9.,]+)"
    rf"(?P<after>[-+]?)(?P<unit>{_WORD})?(?P<last>[-+]?)"
)
_NO_CENTS = {one: re.compile(rf"(?<=[0-9]{re.escape(one)})-{{1,2}}(?![0-9])") for one in ".,"}
"""The dash that stands for no cents, as in 50,- and 50.--: it is not a sign."""
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "'": None, "\u2019": None})
_SYMBOLS = {"\u20ac": "EUR", "\u00a3": "GBP", "\u20ba": "TRY", "\u20bd": "RUB", "\u20b9": "INR"}
"""Signs that are those of one currency only."""
_NAMES = {"EURO": "EUR"}
_LONGEST = 25
_THREE = re.compile(r"^[^.,]*[0-9]([.,])[0-9]{3}(?![0-9.,])")
_SIDES = {"CR": "-", "DR": "+"}
_HUNDREDTH = Decimal("0.01")


class PlainNumber(str):
    """A number that its source has as a number: with a point, whatever its amounts look like."""

    __slots__ = ()


class Amount(NamedTuple):
    """An amount, and its currency where the cell names one."""

    value: Decimal
    currency: str | None

    @property
    def text(self) -> str:
        """The amount with a point and two decimals, and `-` before it where it is below zero."""
        return f"{self.value:.2f}"


def read_amount(text: str, decimal: str, rounds: bool = False) -> Amount:
    """An amount whose cents stand after `decimal`; ValueError with a reason where it is not one.

    With `rounds`, more than two decimals are rounded half up.
    """
    if _is_number(text, decimal):
        return Amount(_round(_read_number(text, decimal), rounds, text), None)
    bare, negative, symbol = _strip(text)
    parts = _PARTS.fullmatch(_NO_CENTS[decimal].sub("", bare))
    if parts is None or not _is_number(parts["number"], decimal):
        raise ValueError(
            f"is {text!r}: it is not an amount written with {decimal!r} before the cents"
        )
    words = [word.rstrip(".").upper() for word in (parts["word"], parts["unit"]) if word]
    signs = [parts[name] for name in ("before", "sign", "after", "last") if parts[name]]
    signs += [_SIDES[word] for word in words if word in _SIDES]
    units = [word for word in words if word not in _SIDES]
    if len(signs) + negative > 1 or len(units) > 1:
        raise ValueError(f"is {text!r}: it has two signs or two currencies")
    value = _read_number(parts["number"], decimal)
    value = -value if negative or "-" in signs else value
    return Amount(_round(value, rounds, text), symbol or _find_code(units))


def _is_number(digits: str, decimal: str) -> bool:
    return len(digits) <= _LONGEST and _NUMBER[decimal].fullmatch(digits) is not None


def _strip(text: str) -> tuple[str, bool, str | None]:
    """The text without blanks, brackets and signs of currencies; whether it was in brackets."""
    symbols = [_SYMBOLS.get(c) for c in text if unicodedata.category(c) == "Sc"]
    bare = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Sc")
    bare = bare.translate(_MINUS)
    in_brackets = bare.count("(") == bare.count(")") == 1 and bare.index("(") < bare.index(")")
    if in_brackets:
        bare = bare.replace("(", "").replace(")", "")
    return bare, in_brackets, next(iter(symbols), None)


def _read_number(digits: str, decimal: str) -> Decimal:
    thousands = "," if decimal == "." else "."
    return Decimal(digits.replace(thousands, "").replace(decimal, ".") or "0")


def _round(value: Decimal, rounds: bool, text: str) -> Decimal:
    rounded = value.quantize(_HUNDREDTH, ROUND_HALF_UP)
    if rounded != value and not rounds:
        told = f"it has more than two decimals; to round them, round = true{_other_reading(text)}"
        raise ValueError(f"is {text!r}: {told}")
    return rounded


def _other_reading(text: str) -> str:
    """What a single sign with three digits after it can be too."""
    match = _THREE.search(text)
    if match is None or isinstance(text, PlainNumber):
        return ""
    sign = "," if match[1] == "." else "."
    return f'; if it is {re.sub("[^0-9]", "", text)}, decimal = "{sign}"'


def _find_code(units: list[str]) -> str | None:
    """The ISO code of the currency that the cell names, where that is sure."""
    if not units:
        return None
    code = _NAMES.get(units[0], units[0])
    return code if re.fullmatch("[A-Z]{3}", code) else None
