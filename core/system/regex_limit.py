"""Comparing a text with a pattern of a book: some patterns take for ever on some texts."""

from __future__ import annotations

import re
from collections.abc import Callable

from .cpu_limit import OutOfTime, limited


def fits(pattern: str, text: str) -> bool:
    """Whether a whole text looks like a pattern; ValueError where that takes too long."""
    return _limited(re.fullmatch, pattern, text, 0) is not None


def found(pattern: str, text: str) -> str | None:
    """What in a text looks like a pattern, in capitals or not; ValueError where it takes too long."""
    match = _limited(re.search, pattern, text, re.IGNORECASE)
    return None if match is None else match[0]


def _limited(
    compare: Callable[[str, str, int], re.Match[str] | None], pattern: str, text: str, flags: int
) -> re.Match[str] | None:
    try:
        return limited(compare, pattern, text, flags)
    except OutOfTime as error:
        raise ValueError(f"can't be compared with the pattern {pattern}: {error}") from None
