"""Amounts as people type them: 1234.56, 1.234,56, 1,234.56, 1234,5, 1 234,56."""

from __future__ import annotations

import re

_GROUPED = "[0-9]{1,3}(?:SIGN[0-9]{3})+"
_BLANKS = str.maketrans("", "", " \u00a0\u202f'’")


def read_typed_amount(written: str) -> str:
    """The amount with a point before its cents; ValueError with a reason.

    Where both signs stand, the last one is before the cents. One sign with three digits after it can
    be read in two ways, so it is refused.
    """
    text = written.strip().translate(_BLANKS)
    signs = [sign for sign in text if sign in ".,"]
    if not re.fullmatch("[0-9][0-9.,]*", text):
        return written  # no amount at all: whoever reads it says so
    if not signs or re.fullmatch(r"[0-9]+\.[0-9]{1,2}", text):
        return text
    if len({*signs}) == 1:
        return _read_one_sign(written, text, signs)
    return _join(written, text, signs[0], signs[-1])


def _read_one_sign(written: str, text: str, signs: list[str]) -> str:
    sign = signs[0]
    if len(signs) > 1:
        return _join(written, text, sign, "")
    whole, _, cents = text.partition(sign)
    if len(cents) == 3 and whole not in ("", "0"):
        told = f"it is {whole}{cents} or {whole}.{cents}"
        raise ValueError(f"is {written!r}: {told}; write {whole}{cents}.00, or two decimals")
    return f"{whole}.{cents}"


def _join(written: str, text: str, group: str, point: str) -> str:
    """The digits, where the groups are of three and at most one sign stands before the cents."""
    whole, cents = text, ""
    if point:
        whole, _, cents = text.rpartition(point)
    grouped = _GROUPED.replace("SIGN", re.escape(group))
    if not re.fullmatch(grouped, whole) or (point and not re.fullmatch("[0-9]{1,2}", cents)):
        raise ValueError(f"is {written!r}: write it as 1234.56")
    digits = whole.replace(group, "")
    return f"{digits}.{cents}" if point else digits
