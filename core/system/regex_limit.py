"""Patterns of a book: some take for ever to compile, and some to be compared with some texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from .cpu_limit import OutOfTime, run_limited

T = TypeVar("T")

_SHOWN = 60
"""Characters of a pattern that an error names."""


def check_pattern(pattern: str) -> None:
    """Compile a pattern; ValueError with the reason where that can't be done in time."""
    _call_in_time(f"{_shorten(pattern)!r} is not a pattern that can be used", re.compile, pattern)


def matches_whole(pattern: str, text: str) -> bool:
    """Whether a whole text looks like a pattern; ValueError where that takes too long."""
    wrong = f"can't be compared with the pattern {_shorten(pattern)}"
    return _call_in_time(wrong, re.fullmatch, pattern, text) is not None


def find_match(pattern: str, text: str) -> str | None:
    """What in a text looks like a pattern, in capitals or not; ValueError where it takes too long."""
    wrong = f"can't be compared with the pattern {_shorten(pattern)}"
    match = _call_in_time(wrong, re.search, pattern, text, re.IGNORECASE)
    return None if match is None else match[0]


def _call_in_time(wrong: str, call: Callable[..., T], *given: str | int) -> T:
    try:
        return run_limited(call, *given)
    except OutOfTime as error:
        raise ValueError(f"{wrong}: {error}") from None
    except RecursionError:
        raise ValueError(f"{wrong}: its brackets are nested too deep") from None
    except (re.error, OverflowError) as error:
        raise ValueError(f"{wrong}: {error}") from None


def _shorten(pattern: str) -> str:
    return pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}..."
