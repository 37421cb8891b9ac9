"""Short messages: which alphabet a text needs, and how many segments it takes.

GSM 03.38: a text of the 7-bit alphabet has 160 characters in one segment, 153 in each of several;
any other goes as UCS-2 with 70 and 67. The characters of the extension table take two places.
"""

from __future__ import annotations

MOST = 3
"""Segments that a message of ours may take."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2011": "-"})


def plain(text: str) -> str:
    """The text with plain spaces and hyphens for those that don't break, which cost the alphabet."""
    return text.translate(_PLAIN)


def segments(text: str) -> int:
    """How many segments a text is sent in; an empty one takes one too."""
    if all(one in _BASIC or one in _EXTENDED for one in text):
        return _parts([1 + (one in _EXTENDED) for one in text], 160, 153)
    # UCS-2 counts in units of 16 bits; a character beyond them must not be cut in two.
    return _parts([1 + (one > "\uffff") for one in text], 70, 67)


def _parts(sizes: list[int], single: int, each: int) -> int:
    if sum(sizes) <= single:
        return 1
    parts, room = 1, each
    for size in sizes:
        if size > room:
            parts, room = parts + 1, each
        room -= size
    return parts
