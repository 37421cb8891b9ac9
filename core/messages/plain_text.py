"""Plain data for templates: every text from outside becomes one line without control characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NUMBERS = frozenset({int, float, bool, type(None)})


_MARKS = "\u200c\u200d\u200e\u200f\u061c"


def plain(value: Any) -> Any:
    """Plain data with every text one line; TypeError for anything that has methods of its own."""
    kind = type(value)
    if kind is dict:
        made = dict(value)
        for key, one in value.items():
            # Short ways for the commonest: the sweep comes here millions of times.
            if type(one) is str:
                if not one.isprintable():
                    made[key] = one_line(one)
            elif type(one) not in _NUMBERS:
                made[key] = plain(one)
        return made
    if kind is str:
        return one_line(value)
    if kind in _NUMBERS:
        return value
    if kind is list or kind is tuple:
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return plain(dict(value))
    raise TypeError(f"a message takes plain data, not {value!r}")


def one_line(text: str) -> str:
    """A text without line breaks, control characters and marks that turn writing around.

    The marks that Arabic, Persian and Hebrew need stay.
    """
    if text.isprintable():
        return text
    from unicodedata import category  # late: 0.3 ms

    return " ".join("".join(_replace_invisible(one, category(one)) for one in text).split())


def _replace_invisible(character: str, kind: str) -> str:
    if kind == "Cf":
        return character if character in _MARKS else ""
    return " " if kind in ("Cc", "Cs", "Zl", "Zp", "Zs") else character
