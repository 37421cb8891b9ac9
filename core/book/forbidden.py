"""What a book forbids to say, looked for in a text."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import BadInput
from .model import Forbidden


def forbidden_in(patterns: Sequence[Forbidden], said: str) -> tuple[Forbidden, str] | None:
    """The first pattern of what must never be said that a text matches, in whatever language, and
    the words of the text that do."""
    from ..system.regex_limit import find_match  # late: 2 ms

    for one in patterns:
        try:
            if (words := find_match(one.pattern, said)) is not None:
                return one, words
        except ValueError as error:
            raise BadInput(f"a [[forbidden]] pattern {error}.") from None
    return None
